/* SPDX-License-Identifier: MIT */
#include "harness/oracle/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"

#define SET_WORDS (DISPATCH_WINDOW / 64)
/* A comparison costs about a cycle when it is foreseen and twenty when it is not; the table costs
 * one jump that is not. */
#define MIN_REGION_TESTS 5
#define MIN_WINDOW_TESTS 2
/* Comparisons looked at while searching for regions, over the whole program. */
#define MAX_VISITS (64 * CBPF_MAX_INSNS)

/* Values of a window: bit i is the window's first value plus i. */
struct set {
	uint64_t bits[SET_WORDS];
};

struct window {
	uint32_t base;
	size_t tests; /* constants of the region that lie in it */
};

struct dispatch {
	const struct cbpf_prog *prog;
	bool *is_head; /* comparisons that are entered from elsewhere than a comparison */
	/* One region: */
	bool *is_reached;  /* by instruction; all false at rest */
	uint16_t *reached; /* the instructions, in their order once surveyed */
	size_t reached_count;
	uint16_t *ranks;  /* by instruction: where in `reached` */
	struct set *sets; /* by rank: the values that arrive there; all empty at rest */
	size_t set_cap;
	struct window windows[DISPATCH_MAX_WINDOWS];
	size_t window_count;
	size_t visits_left; /* of MAX_VISITS, for the whole program */
};

static bool is_ja(const struct sock_filter *insn)
{
	return insn->code == (BPF_JMP | BPF_JA);
}

static bool is_test(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_JMP && !is_ja(insn) && BPF_SRC(insn->code) == BPF_K;
}

static bool is_inner(const struct sock_filter *insn)
{
	return is_test(insn) || is_ja(insn);
}

static size_t target_true(const struct cbpf_prog *prog, size_t pc)
{
	const struct sock_filter *insn = &prog->insns[pc];

	return pc + 1 + (is_ja(insn) ? insn->k : insn->jt);
}

static size_t target_false(const struct cbpf_prog *prog, size_t pc)
{
	const struct sock_filter *insn = &prog->insns[pc];

	return pc + 1 + (is_ja(insn) ? insn->k : insn->jf);
}

static void find_heads(struct dispatch *dispatch)
{
	const struct cbpf_prog *prog = dispatch->prog;

	dispatch->is_head[0] = true;
	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];

		if (is_inner(insn) || BPF_CLASS(insn->code) == BPF_RET)
			continue;
		if (BPF_CLASS(insn->code) == BPF_JMP) {
			dispatch->is_head[target_true(prog, pc)] = true;
			dispatch->is_head[target_false(prog, pc)] = true;
		} else {
			dispatch->is_head[pc + 1] = true;
		}
	}
}

struct dispatch *dispatch_new(const struct cbpf_prog *prog)
{
	struct dispatch *dispatch = sg_calloc(1, sizeof(*dispatch));

	dispatch->prog = prog;
	dispatch->is_head = sg_calloc(prog->len + 1, sizeof(*dispatch->is_head));
	dispatch->is_reached = sg_calloc(prog->len, sizeof(*dispatch->is_reached));
	dispatch->reached = sg_calloc(prog->len, sizeof(*dispatch->reached));
	dispatch->ranks = sg_calloc(prog->len, sizeof(*dispatch->ranks));
	dispatch->visits_left = MAX_VISITS;
	find_heads(dispatch);
	return dispatch;
}

void dispatch_free(struct dispatch *dispatch)
{
	free(dispatch->is_head);
	free(dispatch->is_reached);
	free(dispatch->reached);
	free(dispatch->ranks);
	free(dispatch->sets);
	free(dispatch);
}

/* ---- the region, and its windows */

static void count_constant(struct dispatch *dispatch, uint32_t k)
{
	uint32_t base = k - k % DISPATCH_WINDOW;
	size_t i = 0;

	while (i < dispatch->window_count && dispatch->windows[i].base != base)
		i++;
	if (i == DISPATCH_MAX_WINDOWS)
		return;
	if (i == dispatch->window_count)
		dispatch->windows[dispatch->window_count++] = (struct window){.base = base};
	dispatch->windows[i].tests++;
}

static void reach(struct dispatch *dispatch, size_t pc)
{
	if (dispatch->is_reached[pc])
		return;
	dispatch->is_reached[pc] = true;
	dispatch->reached[dispatch->reached_count++] = (uint16_t)pc;
}

/* Collects the windows of the region at @head; returns how many comparisons it has. */
static size_t survey(struct dispatch *dispatch, size_t head)
{
	const struct cbpf_prog *prog = dispatch->prog;
	size_t tests = 0;

	dispatch->window_count = dispatch->reached_count = 0;
	reach(dispatch, head);
	for (size_t i = 0; i < dispatch->reached_count; i++) {
		size_t pc = dispatch->reached[i];

		if (!is_inner(&prog->insns[pc]))
			continue;
		reach(dispatch, target_true(prog, pc));
		reach(dispatch, target_false(prog, pc));
		if (is_test(&prog->insns[pc])) {
			tests++;
			count_constant(dispatch, prog->insns[pc].k);
		}
	}
	for (size_t i = 0; i < dispatch->reached_count; i++)
		dispatch->is_reached[dispatch->reached[i]] = false;
	return tests;
}

static int by_tests(const void *a, const void *b)
{
	const struct window *left = a, *right = b;

	if (left->tests != right->tests)
		return left->tests < right->tests ? 1 : -1;
	return left->base < right->base ? -1 : left->base > right->base;
}

/* Those with the most comparisons first, sparse ones not at all. */
static void choose_windows(struct dispatch *dispatch)
{
	qsort(dispatch->windows, dispatch->window_count, sizeof(*dispatch->windows), by_tests);
	while (dispatch->window_count &&
	       dispatch->windows[dispatch->window_count - 1].tests < MIN_WINDOW_TESTS)
		dispatch->window_count--;
}

static bool is_in_window(const struct dispatch *dispatch, uint32_t k)
{
	for (size_t i = 0; i < dispatch->window_count; i++)
		if (dispatch->windows[i].base == k - k % DISPATCH_WINDOW)
			return true;
	return false;
}

/* ---- where each value of a window leads */

/* The values first .. first + 63 that are @from or more. */
static uint64_t bits_from(uint32_t first, uint64_t from)
{
	if (from <= first)
		return UINT64_MAX;
	return from - first < 64 ? UINT64_MAX << (from - first) : 0;
}

static uint64_t bits_set(uint32_t first, uint32_t mask)
{
	uint64_t bits = 0;

	for (uint32_t i = 0; i < 64; i++)
		bits |= (uint64_t)(((first + i) & mask) != 0) << i;
	return bits;
}

/* Of the values first .. first + 63, those for which the test @insn is true. */
static uint64_t bits_true(const struct sock_filter *insn, uint32_t first)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ: return insn->k - first < 64 ? 1ull << (insn->k - first) : 0;
	case BPF_JGT: return bits_from(first, (uint64_t)insn->k + 1);
	case BPF_JGE: return bits_from(first, insn->k);
	default: return bits_set(first, insn->k);
	}
}

static struct set *set_of(struct dispatch *dispatch, size_t pc)
{
	return &dispatch->sets[dispatch->ranks[pc]];
}

static void pass_on(struct dispatch *dispatch, size_t pc, uint32_t base)
{
	const struct cbpf_prog *prog = dispatch->prog;
	const struct sock_filter *insn = &prog->insns[pc];
	struct set *from = set_of(dispatch, pc);
	struct set *on_true = set_of(dispatch, target_true(prog, pc));
	struct set *on_false = set_of(dispatch, target_false(prog, pc));

	for (size_t word = 0; word < SET_WORDS; word++) {
		uint32_t first = base + (uint32_t)word * 64;
		uint64_t taken = is_ja(insn) ? UINT64_MAX : bits_true(insn, first);

		on_true->bits[word] |= from->bits[word] & taken;
		on_false->bits[word] |= from->bits[word] & ~taken;
	}
}

static void enter(const struct set *set, size_t place, size_t table, struct code *code)
{
	for (size_t i = 0; i < DISPATCH_WINDOW; i++)
		if (set->bits[i / 64] >> i % 64 & 1)
			code_table_set(code, table, i, place);
}

static int by_number(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* Puts the region in order: whatever can lead to an instruction then stands before it. */
static void sort_region(struct dispatch *dispatch)
{
	size_t count = dispatch->reached_count;

	qsort(dispatch->reached, count, sizeof(*dispatch->reached), by_number);
	for (size_t i = 0; i < count; i++)
		dispatch->ranks[dispatch->reached[i]] = (uint16_t)i;
	if (count <= dispatch->set_cap)
		return;
	free(dispatch->sets);
	dispatch->sets = sg_calloc(count, sizeof(*dispatch->sets));
	dispatch->set_cap = count;
}

static void fill_table(struct dispatch *dispatch, uint32_t base, const size_t *places, size_t table,
		       struct code *code)
{
	memset(&dispatch->sets[0], 0xff, sizeof(dispatch->sets[0]));
	for (size_t i = 0; i < dispatch->reached_count; i++) {
		size_t pc = dispatch->reached[i];

		if (is_inner(&dispatch->prog->insns[pc]))
			pass_on(dispatch, pc, base);
		else
			enter(&dispatch->sets[i], places[pc], table, code);
		memset(&dispatch->sets[i], 0, sizeof(dispatch->sets[i]));
	}
}

/* ---- the code */

/*
 *	lea edx, [rax - base]
 *	cmp edx, DISPATCH_WINDOW
 *	jae after
 *	(table jump)
 * after:
 */
static void emit_window(struct dispatch *dispatch, uint32_t base, const size_t *places,
			struct code *code)
{
	size_t table = code_table_new(code, DISPATCH_WINDOW), after = code->used;

	fill_table(dispatch, base, places, table, code);
	code_table_jump(code, table);
	code_jump_if(code, CODE_NOT_BELOW, after);
	code_put_imm32(code, "\x81\xfa", 2, DISPATCH_WINDOW);
	code_put_imm32(code, "\x8d\x90", 2, -base);
}

/* The first instruction that a value outside the windows meets and that may matter to it. */
static size_t skip_windows(const struct dispatch *dispatch, size_t pc)
{
	const struct sock_filter *insn = &dispatch->prog->insns[pc];

	while (is_ja(insn) ||
	       (insn->code == (BPF_JMP | BPF_JEQ | BPF_K) && is_in_window(dispatch, insn->k))) {
		pc = target_false(dispatch->prog, pc);
		insn = &dispatch->prog->insns[pc];
	}
	return pc;
}

static size_t tables_free(const struct code *code)
{
	return (code->table_cap - code->table_len) / DISPATCH_WINDOW;
}

/* The window with the most comparisons is asked first, so it is emitted last. */
void dispatch_emit(struct dispatch *dispatch, size_t pc, const size_t *places, struct code *code)
{
	if (!dispatch->is_head[pc] || !dispatch->visits_left)
		return;

	size_t tests = survey(dispatch, pc);

	dispatch->visits_left -= tests < dispatch->visits_left ? tests : dispatch->visits_left;
	if (tests < MIN_REGION_TESTS)
		return;
	choose_windows(dispatch);
	if (!dispatch->window_count || dispatch->window_count > tables_free(code))
		return;
	sort_region(dispatch);
	code_jump(code, places[skip_windows(dispatch, pc)]);
	for (size_t i = dispatch->window_count; i-- > 0;)
		emit_window(dispatch, dispatch->windows[i].base, places, code);
}
