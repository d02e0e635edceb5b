/* SPDX-License-Identifier: MIT */
#include "harness/oracle/kernel_plan.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"

#define PART_BITS  11
#define PART_MASK  ((1u << PART_BITS) - 1)
#define PART_ERRNO 1024 /* and as many above as a part has values */
#define MAX_ERRNO  4095 /* include/linux/err.h; ERRNO data is capped at it */

#define WORD_NR      (ABI_OFF_NR / 4)
#define WORD_ARCH    (ABI_OFF_ARCH / 4)
#define WORD_IP      (ABI_OFF_IP / 4) /* and the next */
#define FIRST_ARG    (ABI_OFF_ARG(0) / 4)
#define ESCAPE_INSNS 6
#define EPILOG_INSNS 4

/* Any call will do: none is executed. */
#define HARMLESS_NR 110 /* getppid */

/* ---- values as errnos: not 512 to 516, which the kernel acts on itself (include/linux/errno.h,
 * ERESTARTSYS ...), and not those of parts */

static const struct {
	uint32_t first, last;
} errno_ranges[] = {{1, 511}, {517, PART_ERRNO - 1}, {PART_ERRNO + PART_MASK + 1, MAX_ERRNO}};

/* 0 when there are not that many. */
static uint32_t errno_of(size_t index)
{
	for (size_t i = 0; i < SG_COUNT(errno_ranges); i++) {
		size_t len = errno_ranges[i].last - errno_ranges[i].first + 1;

		if (index < len)
			return errno_ranges[i].first + (uint32_t)index;
		index -= len;
	}
	return 0;
}

/* SIZE_MAX when it stands for none. */
static size_t index_of(uint32_t errnum)
{
	size_t before = 0;

	for (size_t i = 0; i < SG_COUNT(errno_ranges); i++) {
		if (errnum >= errno_ranges[i].first && errnum <= errno_ranges[i].last)
			return before + errnum - errno_ranges[i].first;
		before += errno_ranges[i].last - errno_ranges[i].first + 1;
	}
	return SIZE_MAX;
}

static size_t value_index(const struct kernel_plan *plan, uint32_t value)
{
	size_t i = 0;

	while (i < plan->value_count && plan->values[i] != value)
		i++;
	return i;
}

/* ---- the plan */

static bool is_input(const struct sock_filter *insn)
{
	return insn->code == (BPF_LD | BPF_W | BPF_ABS);
}

static void note_insn(struct kernel_plan *plan, const struct sock_filter *insn)
{
	if (is_input(insn))
		plan->used |= 1u << insn->k / 4;
	if (insn->code == (BPF_ALU | BPF_DIV | BPF_X))
		plan->has_div_x = true;
	if (insn->code == (BPF_RET | BPF_A))
		plan->has_ret_a = true;
	if (insn->code != (BPF_RET | BPF_K) || value_index(plan, insn->k) < plan->value_count)
		return;
	SG_GROW(plan->values, plan->value_count, plan->value_cap);
	plan->values[plan->value_count++] = insn->k;
}

static bool is_used(const struct kernel_plan *plan, uint32_t word)
{
	return plan->used >> word & 1;
}

/* The instruction pointer first, whose values are the most diverse; the number goes without. */
static void assign_carriers(struct kernel_plan *plan)
{
	static const uint8_t wanting[] = {WORD_IP, WORD_IP + 1, WORD_ARCH, WORD_NR};
	uint32_t next = FIRST_ARG;

	for (uint32_t word = 0; word < ABI_DATA_WORDS; word++)
		plan->carriers[word] = word >= FIRST_ARG ? (int8_t)word : -1;
	for (size_t i = 0; i < SG_COUNT(wanting); i++) {
		if (!is_used(plan, wanting[i]))
			continue;
		while (next < ABI_DATA_WORDS && is_used(plan, next))
			next++;
		if (next < ABI_DATA_WORDS)
			plan->carriers[wanting[i]] = (int8_t)next++;
	}
}

static size_t epilog_len(const struct kernel_plan *plan)
{
	return plan->has_ret_a ? EPILOG_INSNS : 0;
}

void kernel_plan_init(struct kernel_plan *plan, const struct cbpf_prog *prog)
{
	*plan = (struct kernel_plan){.prog = prog};
	for (size_t pc = 0; pc < prog->len; pc++)
		note_insn(plan, &prog->insns[pc]);
	assign_carriers(plan);
	plan->fits = prog->len + epilog_len(plan) <= CBPF_MAX_INSNS &&
		     (!plan->value_count || errno_of(plan->value_count - 1));
}

void kernel_plan_release(struct kernel_plan *plan)
{
	free(plan->values);
	*plan = (struct kernel_plan){0};
}

bool kernel_plan_has_escape(const struct kernel_plan *plan)
{
	return !plan->has_div_x &&
	       ESCAPE_INSNS + plan->prog->len + epilog_len(plan) <= CBPF_MAX_INSNS;
}

/* ---- tuples */

/* uretprobe and uprobe: newer kernels run them without asking the filter (seccomp_uprobe_exception,
 * kernel/seccomp.c). */
static bool is_never_judged(uint32_t nr)
{
	return nr == 335 || nr == 336;
}

static bool can_be_native(const struct kernel_plan *plan, const struct abi_tuple *tuple)
{
	return tuple->arch == AUDIT_ARCH_X86_64 && !is_used(plan, WORD_IP) &&
	       !is_used(plan, WORD_IP + 1) && !is_never_judged(tuple->nr);
}

/* The number is the one word that can do without a carrier: it can be chosen, but for the two. */
static bool has_constant(const struct kernel_plan *plan, uint32_t word)
{
	return word != WORD_NR && is_used(plan, word) && plan->carriers[word] < 0;
}

static bool nr_is_direct(const struct kernel_plan *plan)
{
	return is_used(plan, WORD_NR) && plan->carriers[WORD_NR] < 0;
}

bool kernel_plan_key(const struct kernel_plan *plan, const struct abi_tuple *tuple,
		     struct kernel_key *ret_key)
{
	uint32_t words[ABI_DATA_WORDS];

	*ret_key = (struct kernel_key){0};
	if (!plan->fits)
		return false;
	if (can_be_native(plan, tuple)) {
		ret_key->is_native = true;
		return true;
	}
	if (nr_is_direct(plan) && is_never_judged(tuple->nr))
		return false;
	abi_tuple_words(tuple, words);
	for (uint32_t word = 0; word < FIRST_ARG; word++)
		if (has_constant(plan, word))
			ret_key->constants[word] = words[word];
	return true;
}

struct kernel_call kernel_plan_call(const struct kernel_plan *plan, const struct kernel_key *key,
				    const struct abi_tuple *tuple)
{
	struct kernel_call call = {.nr = tuple->nr};
	uint32_t words[ABI_DATA_WORDS], carried[ABI_DATA_WORDS];

	if (key->is_native) {
		memcpy(call.args, tuple->args, sizeof(call.args));
		return call;
	}
	abi_tuple_words(tuple, words);
	memcpy(carried, words, sizeof(carried));
	for (uint32_t word = 0; word < FIRST_ARG; word++)
		if (is_used(plan, word) && plan->carriers[word] >= 0)
			carried[plan->carriers[word]] = words[word];
	for (uint32_t i = 0; i < 6; i++)
		call.args[i] = carried[FIRST_ARG + 2 * i] | (uint64_t)carried[FIRST_ARG + 2 * i + 1]
								    << 32;
	if (!nr_is_direct(plan))
		call.nr = HARMLESS_NR;
	return call;
}

/* ---- rewriting */

/*
 *	if (ip == kernel_escape_ip())
 *		return ALLOW;
 *	A = 0;
 */
static void add_escape(struct cbpf_prog *prog)
{
	const uint64_t ip = kernel_escape_ip();
	const struct sock_filter insns[ESCAPE_INSNS] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_IP),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)ip, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_IP + 4),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(ip >> 32), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_IMM, 0),
	};

	for (size_t i = 0; i < ESCAPE_INSNS; i++)
		cbpf_add(prog, insns[i]);
}

/* return ERRNO(PART_ERRNO + the part of A) */
static void add_epilog(struct cbpf_prog *prog, uint32_t part)
{
	const struct sock_filter insns[EPILOG_INSNS] = {
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, part * PART_BITS),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PART_MASK),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, SECCOMP_RET_ERRNO | PART_ERRNO),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	for (size_t i = 0; i < EPILOG_INSNS; i++)
		cbpf_add(prog, insns[i]);
}

static struct sock_filter rewrite_input(const struct kernel_plan *plan,
					const struct kernel_key *key, uint32_t word)
{
	if (!key->is_native && has_constant(plan, word))
		return (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, key->constants[word]);
	if (!key->is_native && plan->carriers[word] >= 0)
		word = (uint32_t)plan->carriers[word];
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * word);
}

static struct sock_filter rewrite_insn(const struct kernel_plan *plan, const struct kernel_key *key,
				       size_t pc)
{
	const struct sock_filter *insn = &plan->prog->insns[pc];

	if (is_input(insn))
		return rewrite_input(plan, key, insn->k / 4);
	if (insn->code == (BPF_RET | BPF_A))
		return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
						    (uint32_t)(plan->prog->len - pc - 1));
	if (insn->code == (BPF_RET | BPF_K))
		return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						    SECCOMP_RET_ERRNO |
							    errno_of(value_index(plan, insn->k)));
	return *insn;
}

void kernel_plan_rewrite(const struct kernel_plan *plan, const struct kernel_key *key,
			 struct cbpf_prog *ret_prog)
{
	cbpf_release(ret_prog);
	if (kernel_plan_has_escape(plan))
		add_escape(ret_prog);
	for (size_t pc = 0; pc < plan->prog->len; pc++)
		cbpf_add(ret_prog, rewrite_insn(plan, key, pc));
	if (plan->has_ret_a)
		add_epilog(ret_prog, key->part);
}

/* The kernel kills for KILL_THREAD, whose value is 0; every other value was rewritten, so that it
 * came of a division by X = 0. */
bool kernel_plan_read(const struct kernel_plan *plan, const struct kernel_key *key, long result,
		      uint32_t *value)
{
	uint32_t errnum = (uint32_t)-result;

	if (result == KERNEL_KILLED)
		return plan->has_div_x;
	if (result > 0 || result < -MAX_ERRNO)
		return false;
	if (errnum - PART_ERRNO <= PART_MASK) {
		*value |= (errnum - PART_ERRNO) << key->part * PART_BITS;
		return plan->has_ret_a;
	}
	if (index_of(errnum) >= plan->value_count)
		return false;
	*value = plan->values[index_of(errnum)];
	return true;
}
