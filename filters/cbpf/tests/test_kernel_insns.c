/* SPDX-License-Identifier: MIT */
/* The length after the kernel's translation, and that the kernel counts the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>

#include "filters/cbpf/tests/kernel.h"
#include "filters/cbpf/tests/random_prog.h"

/* kernel/seccomp.c: MAX_INSNS_PER_PATH, and what seccomp_attach_filter() adds for each filter. */
#define CHAIN_INSNS   32768
#define PER_FILTER    4
#define SHORTEST_PROG 5 /* prologue and RET K, translated */

static const struct sock_filter ret_allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
static const struct sock_filter add_1 = BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1);

/* RET ALLOW, so that the process can go on, then @count of @insn and what it may jump to. */
static void many(struct cbpf_prog *prog, size_t count, struct sock_filter insn)
{
	cbpf_release(prog);
	cbpf_add(prog, ret_allow);
	for (size_t i = 0; i < count; i++)
		cbpf_add(prog, insn);
	for (size_t i = 0; i < 3; i++)
		cbpf_add(prog, ret_allow);
}

/* clang-format off */
static const struct shape {
	const char *name;
	struct sock_filter insn;
	size_t insns; /* of eBPF */
} shapes[] = {
	{"jeq, both fall through", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 0), 1},
	{"jeq, false falls through", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 0), 1},
	{"jeq, true falls through", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1), 1},
	{"jeq, neither", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 2), 2},
	{"jeq, neither, to one place", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 1, 1), 2},
	{"jeq, bit 31", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80000001, 0, 0), 2},
	{"jeq, bit 31, neither", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 1, 2), 3},
	{"jeq, largest without bit 31", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x7fffffff, 0, 1), 1},
	{"jeq x, bit 31 in an unused constant", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0x80000000, 0, 1), 1},
	{"jgt, true falls through", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 5, 0, 1), 1},
	{"jgt, bit 31, true falls through", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 0x80000000, 0, 1), 2},
	{"jge x, true falls through", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 1), 1},
	{"jge, neither", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 5, 2, 1), 2},
	{"jset, false falls through", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 5, 1, 0), 1},
	{"jset, true falls through", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 5, 0, 1), 2},
	{"jset, bit 31, true falls through", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x80000000, 0, 1), 3},
	{"jset x, both fall through", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 0), 1},
	{"ja", BPF_STMT(BPF_JMP | BPF_JA, 1), 1},
	{"ret k", BPF_STMT(BPF_RET | BPF_K, 0), 2},
	{"ret a", BPF_STMT(BPF_RET | BPF_A, 0), 1},
	{"ld", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), 1},
	{"ld len", BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), 1},
	{"ldx len", BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0), 1},
	{"ldx constant", BPF_STMT(BPF_LDX | BPF_IMM, 0xffffffff), 1},
	{"st", BPF_STMT(BPF_ST, 3), 1},
	{"div by a constant", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 3), 1},
	{"div by x", BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), 5},
	{"mul by x", BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0), 1},
	{"and, bit 31", BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x80000000), 1},
	{"neg", BPF_STMT(BPF_ALU | BPF_NEG, 0), 1},
	{"txa", BPF_STMT(BPF_MISC | BPF_TXA, 0), 1},
};
/* clang-format on */

#define COPIES 50

static void test_shapes(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(shapes); i++) {
		many(&prog, COPIES, shapes[i].insn);
		if (cbpf_kernel_insns(&prog) != 3 + 8 + COPIES * shapes[i].insns)
			fail_msg("%s: %zu", shapes[i].name, cbpf_kernel_insns(&prog));
	}
	cbpf_release(&prog);
}

/* ---- the same question to the kernel */

struct fit {
	const struct cbpf_prog *prog;
	size_t fitting;
};

static void count_fitting(void *ctx)
{
	struct fit *fit = ctx;

	while (kernel_install(fit->prog->insns, fit->prog->len) == 0)
		fit->fitting++;
}

static size_t fitting(const struct cbpf_prog *prog)
{
	struct fit *fit = kernel_shared(sizeof(*fit));
	size_t result;

	fit->prog = prog;
	assert_int_equal(kernel_child(count_fitting, fit), SIGILL);
	result = fit->fitting;
	munmap(fit, sizeof(*fit));
	return result;
}

/* Seven filters of 4,096 jeq #5 fit, and three of jeq #0x80000001. */
static void test_full_length_filters(void **state)
{
	const struct sock_filter small = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 0);
	const struct sock_filter large = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x80000001, 0, 0);
	struct cbpf_prog prog = {0};

	(void)state;
	if (!kernel_usable())
		skip();
	many(&prog, CBPF_MAX_INSNS - 4, small);
	assert_int_equal(fitting(&prog), 7);
	many(&prog, CBPF_MAX_INSNS - 4, large);
	assert_int_equal(fitting(&prog), 3);
	cbpf_release(&prog);
}

/* ---- to the instruction: a chain that is exactly full, and one that is one too long */

#define BASE_FILTERS 7
#define BASE_INSNS   4100 /* the longest filler */
#define ROOM         (CHAIN_INSNS - BASE_FILTERS * (BASE_INSNS + PER_FILTER))

struct topping {
	const struct cbpf_prog *progs;
	size_t count, next;
	int base;       /* the first refusal of a base filter, or 0 */
	int answers[3]; /* of the next: the program, one too many behind it, exactly full */
};

/* A filter of exactly @insns instructions of eBPF: prologue, RET ALLOW, some ADD, RET A. */
static int install_filler(size_t insns)
{
	struct cbpf_prog prog = {0};
	int answer;

	cbpf_add(&prog, ret_allow);
	for (size_t i = SHORTEST_PROG + 1; i < insns; i++)
		cbpf_add(&prog, add_1);
	cbpf_add(&prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0));
	answer = kernel_install(prog.insns, prog.len);
	cbpf_release(&prog);
	return answer;
}

static void top_up(void *ctx)
{
	struct topping *topping = ctx;
	const struct cbpf_prog *prog = &topping->progs[topping->next];
	size_t left = ROOM - cbpf_kernel_insns(prog) - PER_FILTER;

	topping->answers[0] = kernel_install(prog->insns, prog->len);
	topping->answers[1] = install_filler(left + 1);
	topping->answers[2] = install_filler(left);
}

/* The base filters once, then a child of its own for each program. */
static void top_up_each(void *ctx)
{
	struct topping *topping = ctx;

	for (int i = 0; i < BASE_FILTERS && topping->base == 0; i++)
		topping->base = install_filler(BASE_INSNS);
	while (topping->base == 0 && topping->next < topping->count) {
		const int *answers = topping->answers;

		if (kernel_child(top_up, topping) != SIGILL || answers[0] != 0 ||
		    answers[1] != ENOMEM || answers[2] != 0)
			return;
		topping->next++;
	}
}

static void assert_kernel_counts_the_same(const struct cbpf_prog *progs, size_t count)
{
	struct topping *topping = kernel_shared(sizeof(*topping));

	*topping = (struct topping){.progs = progs, .count = count};
	assert_int_equal(kernel_child(top_up_each, topping), SIGILL);
	assert_int_equal(topping->base, 0);
	if (topping->next < count)
		fail_msg("program %zu of %zu eBPF instructions: the kernel says %d, %d, %d",
			 topping->next, cbpf_kernel_insns(&progs[topping->next]),
			 topping->answers[0], topping->answers[1], topping->answers[2]);
	munmap(topping, sizeof(*topping));
}

static void test_shapes_in_kernel(void **state)
{
	struct cbpf_prog progs[SG_COUNT(shapes)] = {0};

	(void)state;
	if (!kernel_usable())
		skip();
	for (size_t i = 0; i < SG_COUNT(shapes); i++)
		many(&progs[i], COPIES, shapes[i].insn);
	assert_kernel_counts_the_same(progs, SG_COUNT(shapes));
	for (size_t i = 0; i < SG_COUNT(shapes); i++)
		cbpf_release(&progs[i]);
}

#define RANDOM_PROGRAMS 300

static void test_random_programs_in_kernel(void **state)
{
	struct cbpf_prog progs[RANDOM_PROGRAMS] = {0}, body = {0};
	struct sg_rng rng;

	(void)state;
	if (!kernel_usable())
		skip();
	sg_rng_seed(&rng, 3526);
	for (size_t i = 0; i < RANDOM_PROGRAMS; i++) {
		do {
			random_prog(&rng, sg_rng_below(&rng, 4) ? 20 : 700, &body);
		} while (cbpf_verify(&body, NULL) != 0);
		cbpf_add(&progs[i], ret_allow);
		for (size_t pc = 0; pc < body.len; pc++)
			cbpf_add(&progs[i], body.insns[pc]);
	}
	assert_kernel_counts_the_same(progs, RANDOM_PROGRAMS);
	for (size_t i = 0; i < RANDOM_PROGRAMS; i++)
		cbpf_release(&progs[i]);
	cbpf_release(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_full_length_filters),
		cmocka_unit_test(test_shapes_in_kernel),
		cmocka_unit_test(test_random_programs_in_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
