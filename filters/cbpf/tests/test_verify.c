/* SPDX-License-Identifier: MIT */
/* The verifier: what it refuses and in which words, and that the running kernel agrees. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>

#include "filters/cbpf/check.h"
#include "filters/cbpf/tests/kernel.h"
#include "filters/cbpf/tests/random_prog.h"

#define RET_ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define INSNS(...) \
	(const struct sock_filter[]){__VA_ARGS__}, sizeof((struct sock_filter[]){__VA_ARGS__}) / 8
#define JEQ(jt, jf) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, jt, jf)

static const struct verify_case {
	const char *name;
	const struct sock_filter *insns;
	size_t len;
	const char *message; /* NULL: accepted */
} cases[] = {
	{"one instruction", INSNS(RET_ALLOW), NULL},
	{"load at 60", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), RET_ALLOW), NULL},
	{"load at 64", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET_ALLOW),
	 "instruction 0: load at offset 64: must be a multiple of 4 below 64"},
	{"load at 66",
	 INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), JEQ(0, 0), JEQ(0, 0),
	       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 66), RET_ALLOW),
	 "instruction 3: load at offset 66: must be a multiple of 4 below 64"},
	{"load at 18", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 18), RET_ALLOW),
	 "instruction 0: load at offset 18: must be a multiple of 4 below 64"},
	{"ancillary load", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF), RET_ALLOW),
	 "instruction 0: load at offset 4294963200: must be a multiple of 4 below 64"},
	{"byte load", INSNS(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET_ALLOW),
	 "instruction 0: opcode 0x30 is a load of a byte or half-word, which seccomp refuses"},
	{"half-word load", INSNS(BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), RET_ALLOW),
	 "instruction 0: opcode 0x28 is a load of a byte or half-word, which seccomp refuses"},
	{"indirect load", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), RET_ALLOW),
	 "instruction 0: opcode 0x40 is an indirect load, which seccomp refuses"},
	{"MSH", INSNS(BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), RET_ALLOW),
	 "instruction 0: opcode 0xb1 is an indirect load, which seccomp refuses"},
	{"MOD by a constant", INSNS(BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 3), RET_ALLOW),
	 "instruction 0: opcode 0x94 is MOD, which seccomp refuses"},
	{"MOD by X", INSNS(BPF_STMT(BPF_ALU | BPF_MOD | BPF_X, 0), RET_ALLOW),
	 "instruction 0: opcode 0x9c is MOD, which seccomp refuses"},
	{"XOR", INSNS(BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 3), RET_ALLOW), NULL},
	{"RET X", INSNS(RET_ALLOW, BPF_STMT(BPF_RET | BPF_X, 0), RET_ALLOW),
	 "instruction 1: opcode 0x0e is unknown"},
	{"no such opcode", INSNS(BPF_STMT(0xff, 0), RET_ALLOW),
	 "instruction 0: opcode 0xff is unknown"},
	{"a legal opcode with a high bit", INSNS(BPF_STMT(0x106, 0), RET_ALLOW),
	 "instruction 0: opcode 0x106 is unknown"},
	{"division by 0", INSNS(BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RET_ALLOW),
	 "instruction 0: division by the constant 0"},
	{"division by X", INSNS(BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), RET_ALLOW), NULL},
	{"shift by 31", INSNS(BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31), RET_ALLOW), NULL},
	{"shift by 32", INSNS(BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 32), RET_ALLOW),
	 "instruction 0: shift by the constant 32: must be below 32"},
	{"shift by X ignores its constant",
	 INSNS(BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 99), RET_ALLOW), NULL},
	{"slot 15", INSNS(BPF_STMT(BPF_ST, 15), RET_ALLOW), NULL},
	{"slot 16", INSNS(BPF_STMT(BPF_STX, 16), RET_ALLOW),
	 "instruction 0: scratch slot 16: must be below 16"},
	{"read of slot 2^32-1", INSNS(BPF_STMT(BPF_LD | BPF_MEM, 0xffffffff), RET_ALLOW),
	 "instruction 0: scratch slot 4294967295: must be below 16"},
	{"JA to the last", INSNS(BPF_STMT(BPF_JMP | BPF_JA, 1), RET_ALLOW, RET_ALLOW), NULL},
	{"JA beyond the last", INSNS(BPF_STMT(BPF_JMP | BPF_JA, 2), RET_ALLOW, RET_ALLOW),
	 "instruction 0: jump over 2 goes beyond the last instruction"},
	{"JA backwards", INSNS(RET_ALLOW, BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), RET_ALLOW),
	 "instruction 1: jump over 4294967295 goes beyond the last instruction"},
	{"jt beyond the last", INSNS(JEQ(1, 0), RET_ALLOW),
	 "instruction 0: branch over 1 or 0 goes beyond the last instruction"},
	{"jf beyond the last", INSNS(JEQ(0, 255), RET_ALLOW),
	 "instruction 0: branch over 0 or 255 goes beyond the last instruction"},
	{"nothing behind a branch", INSNS(RET_ALLOW, JEQ(0, 0)),
	 "instruction 1: branch over 0 or 0 goes beyond the last instruction"},
	{"nothing behind a load", INSNS(RET_ALLOW, BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)),
	 "instruction 1: the last instruction must be a RET"},
	{"RET A at the end", INSNS(BPF_STMT(BPF_RET | BPF_A, 0)), NULL},
	{"scratch read first", INSNS(BPF_STMT(BPF_LD | BPF_MEM, 2), RET_ALLOW),
	 "instruction 0: scratch slot 2 is read, but not written on every path to it"},
	{"scratch read into X first",
	 INSNS(BPF_STMT(BPF_ST, 1), BPF_STMT(BPF_LDX | BPF_MEM, 2), RET_ALLOW),
	 "instruction 1: scratch slot 2 is read, but not written on every path to it"},
	{"scratch written on both paths",
	 INSNS(JEQ(0, 2), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_STX, 3),
	       BPF_STMT(BPF_LD | BPF_MEM, 3), RET_ALLOW),
	 NULL},
	{"scratch written on one path",
	 INSNS(JEQ(1, 0), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LD | BPF_MEM, 3), RET_ALLOW),
	 "instruction 2: scratch slot 3 is read, but not written on every path to it"},
	{"dead code behind a jump may read anything",
	 INSNS(BPF_STMT(BPF_JMP | BPF_JA, 1), BPF_STMT(BPF_LD | BPF_MEM, 9), RET_ALLOW), NULL},
	{"dead code behind a RET may not",
	 INSNS(RET_ALLOW, BPF_STMT(BPF_LD | BPF_MEM, 9), RET_ALLOW),
	 "instruction 1: scratch slot 9 is read, but not written on every path to it"},
	{"what is jumped to behind a RET has only what the RET had",
	 INSNS(JEQ(1, 0), BPF_STMT(BPF_JMP | BPF_JA, 2), BPF_STMT(BPF_ST, 0),
	       BPF_STMT(BPF_JMP | BPF_JA, 1), RET_ALLOW, BPF_STMT(BPF_LD | BPF_MEM, 0), RET_ALLOW),
	 "instruction 5: scratch slot 0 is read, but not written on every path to it"},
};

static void assert_verified(const struct cbpf_prog *prog, const char *name, const char *message)
{
	struct sg_err err = {0};
	int ret = cbpf_verify(prog, &err);

	if ((ret == 0) != (message == NULL))
		fail_msg("%s: returned %d, %s", name, ret, err.msg);
	if (!message)
		return;
	assert_int_equal(ret, -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, message);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(cases); i++) {
		struct cbpf_prog prog = {(struct sock_filter *)cases[i].insns, cases[i].len, 0};

		assert_verified(&prog, cases[i].name, cases[i].message);
	}
}

static void fill(struct cbpf_prog *prog, size_t len)
{
	while (prog->len < len)
		cbpf_add(prog, (struct sock_filter)RET_ALLOW);
}

static void test_lengths(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	assert_verified(&prog, "empty", "the program has no instructions");
	fill(&prog, 4096);
	assert_verified(&prog, "longest", NULL);
	fill(&prog, 4097);
	assert_verified(&prog, "too long", "4097 instructions: the kernel takes at most 4096");
	cbpf_release(&prog);
}

/* ---- the same questions to the kernel */

struct trial {
	const struct cbpf_prog *progs;
	size_t count;
	size_t next;   /* the first not yet asked */
	int answers[]; /* 0 or errno */
};

/*
 * Asks until the chain of those accepted is full. A RET ALLOW in front keeps the child alive and
 * changes no answer: jumps are relative, and to what is behind a RET no scratch is written, as at
 * the start of a program (check.c). Where there is no room for it the program is asked for as it
 * is, and must be one that the kernel refuses.
 */
static void try_programs(void *ctx)
{
	struct trial *trial = ctx;
	struct sock_filter insns[CBPF_MAX_INSNS + 1] = {RET_ALLOW};

	while (trial->next < trial->count) {
		const struct cbpf_prog *prog = &trial->progs[trial->next];
		bool room = prog->len > 0 && prog->len < CBPF_MAX_INSNS;
		int answer;

		for (size_t pc = 0; pc < prog->len; pc++)
			insns[room + pc] = prog->insns[pc];
		answer = kernel_install(insns, prog->len + room);
		if (answer == ENOMEM)
			return;
		trial->answers[trial->next++] = answer;
	}
}

/* What the kernel says of each; the caller unmaps. NULL where a child got nowhere. */
static struct trial *ask_kernel(const struct cbpf_prog *progs, size_t count)
{
	struct trial *trial = kernel_shared(sizeof(*trial) + count * sizeof(*trial->answers));

	trial->progs = progs;
	trial->count = count;
	while (trial->next < count) {
		size_t before = trial->next;

		if (kernel_child(try_programs, trial) != SIGILL || trial->next == before) {
			print_error("the child stopped at program %zu\n", trial->next);
			return NULL;
		}
	}
	return trial;
}

static void free_trial(struct trial *trial)
{
	munmap(trial, sizeof(*trial) + trial->count * sizeof(*trial->answers));
}

static void test_cases_in_kernel(void **state)
{
	struct cbpf_prog progs[SG_COUNT(cases)];
	struct trial *trial;

	(void)state;
	if (!kernel_usable())
		skip();
	for (size_t i = 0; i < SG_COUNT(cases); i++)
		progs[i] =
			(struct cbpf_prog){(struct sock_filter *)cases[i].insns, cases[i].len, 0};
	trial = ask_kernel(progs, SG_COUNT(cases));
	assert_non_null(trial);
	for (size_t i = 0; i < SG_COUNT(cases); i++)
		if (trial->answers[i] != (cases[i].message ? EINVAL : 0))
			fail_msg("%s: the kernel says %d", cases[i].name, trial->answers[i]);
	free_trial(trial);
}

/* Every opcode with 8 bits, and every bit above, in a program where all else is right. */
static void test_opcodes_in_kernel(void **state)
{
	struct cbpf_prog progs[0x100 * 9] = {0};
	struct trial *trial;
	size_t legal = 0;

	(void)state;
	if (!kernel_usable())
		skip();
	for (size_t i = 0; i < SG_COUNT(progs); i++) {
		uint16_t high = i < 0x100 ? 0 : 0x80u << (i / 0x100);

		cbpf_add(&progs[i], (struct sock_filter)BPF_STMT(BPF_ST, 4));
		cbpf_add(&progs[i], (struct sock_filter)BPF_STMT(high | (i & 0xff), 4));
		fill(&progs[i], 8);
	}
	trial = ask_kernel(progs, SG_COUNT(progs));
	assert_non_null(trial);
	for (size_t i = 0; i < SG_COUNT(progs); i++) {
		bool accepted = cbpf_verify(&progs[i], NULL) == 0;

		if (accepted != (trial->answers[i] == 0))
			fail_msg("opcode 0x%x: the kernel says %d", progs[i].insns[1].code,
				 trial->answers[i]);
		legal += accepted;
		cbpf_release(&progs[i]);
	}
	assert_int_equal(legal, 41);
	free_trial(trial);
}

#define RANDOM_PROGRAMS 20000

/* Spoils about half of them; one in a hundred has a length that is refused. */
static void make_random(struct sg_rng *rng, struct cbpf_prog *prog)
{
	random_prog(rng, sg_rng_below(rng, 8) ? 12 : 600, prog);
	if (sg_rng_below(rng, 2))
		random_spoil(rng, prog);
	if (sg_rng_below(rng, 100) == 0) {
		cbpf_release(prog);
		if (sg_rng_below(rng, 2))
			fill(prog, CBPF_MAX_INSNS + 1);
	}
}

static void test_random_programs_in_kernel(void **state)
{
	static struct cbpf_prog progs[RANDOM_PROGRAMS];
	size_t reasons[CBPF_REFUSAL_COUNT] = {0};
	struct trial *trial;
	struct sg_rng rng;

	(void)state;
	if (!kernel_usable())
		skip();
	sg_rng_seed(&rng, 2005);
	for (size_t i = 0; i < RANDOM_PROGRAMS; i++)
		make_random(&rng, &progs[i]);
	trial = ask_kernel(progs, RANDOM_PROGRAMS);
	assert_non_null(trial);
	for (size_t i = 0; i < RANDOM_PROGRAMS; i++) {
		size_t pc;
		enum cbpf_refusal reason = cbpf_check(&progs[i], &pc);

		reasons[reason]++;
		if (trial->answers[i] != (reason == CBPF_ACCEPTED ? 0 : EINVAL))
			fail_msg("program %zu: reason %d at %zu, the kernel says %d", i, reason, pc,
				 trial->answers[i]);
		cbpf_release(&progs[i]);
	}
	free_trial(trial);

	/* Both outcomes are common, and no reason is missing. */
	for (size_t reason = 0; reason < CBPF_REFUSAL_COUNT; reason++) {
		print_message("reason %zu: %zu programs\n", reason, reasons[reason]);
		assert_true(reasons[reason] >= 50);
	}
	assert_in_range(reasons[CBPF_ACCEPTED], RANDOM_PROGRAMS / 4, RANDOM_PROGRAMS / 4 * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_cases_in_kernel),
		cmocka_unit_test(test_opcodes_in_kernel),
		cmocka_unit_test(test_random_programs_in_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
