/* SPDX-License-Identifier: MIT */
/* The kernel's const-allow rule: what it follows, and everything that defeats it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <stdlib.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/tests/random_prog.h"

#define READ  0
#define WRITE 1

#define INSNS(...) \
	(const struct sock_filter[]){__VA_ARGS__}, sizeof((struct sock_filter[]){__VA_ARGS__}) / 8
#define LD(offset)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define J(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define JA(over)         BPF_STMT(BPF_JMP | BPF_JA, over)
#define AND(k)           BPF_STMT(BPF_ALU | BPF_AND | BPF_K, k)
#define RET(k)           BPF_STMT(BPF_RET | BPF_K, k)
#define ALLOW            RET(ABI_RET_ALLOW)
#define DENY             RET(ABI_RET_ERRNO | 1)

/* Each is a filter whose interpreter's verdict for write on x86_64 is said, too. */
static const struct bitmap_case {
	const char *name;
	const struct sock_filter *insns;
	size_t len;
	bool served;
	uint32_t ret;
} cases[] = {
	{"ALLOW at once", INSNS(ALLOW), true, ABI_RET_ALLOW},
	{"denied", INSNS(DENY), false, ABI_RET_ERRNO | 1},
	{"LOG lets the call run but is not ALLOW", INSNS(RET(ABI_RET_LOG)), false, ABI_RET_LOG},
	{"ALLOW with data is not exactly ALLOW", INSNS(RET(ABI_RET_ALLOW | 1)), false,
	 ABI_RET_ALLOW | 1},
	{"RET A of ALLOW",
	 INSNS(BPF_STMT(BPF_LD | BPF_IMM, ABI_RET_ALLOW), BPF_STMT(BPF_RET | BPF_A, 0)), false,
	 ABI_RET_ALLOW},
	{"number and architecture",
	 INSNS(LD(4), J(BPF_JEQ, AUDIT_ARCH_X86_64, 0, 3), LD(0), J(BPF_JEQ, WRITE, 0, 1), ALLOW,
	       DENY),
	 true, ABI_RET_ALLOW},
	{"another architecture", INSNS(LD(4), J(BPF_JEQ, AUDIT_ARCH_I386, 0, 1), ALLOW, DENY),
	 false, ABI_RET_ERRNO | 1},
	{"another number", INSNS(LD(0), J(BPF_JEQ, READ, 0, 1), ALLOW, DENY), false,
	 ABI_RET_ERRNO | 1},
	{"JEQ taken", INSNS(LD(0), J(BPF_JEQ, WRITE, 1, 0), DENY, ALLOW), true, ABI_RET_ALLOW},
	{"JGE of the equal", INSNS(LD(0), J(BPF_JGE, WRITE, 1, 0), DENY, ALLOW), true,
	 ABI_RET_ALLOW},
	{"JGE of the greater", INSNS(LD(0), J(BPF_JGE, WRITE + 1, 1, 0), ALLOW, DENY), true,
	 ABI_RET_ALLOW},
	{"JGT of the equal", INSNS(LD(0), J(BPF_JGT, WRITE, 1, 0), ALLOW, DENY), true,
	 ABI_RET_ALLOW},
	{"JGT of the smaller", INSNS(LD(0), J(BPF_JGT, READ, 1, 0), DENY, ALLOW), true,
	 ABI_RET_ALLOW},
	{"JGE is unsigned", INSNS(LD(4), J(BPF_JGE, 0x80000000, 1, 0), DENY, ALLOW), true,
	 ABI_RET_ALLOW},
	{"JSET", INSNS(LD(4), J(BPF_JSET, 0x80000000, 1, 0), DENY, ALLOW), true, ABI_RET_ALLOW},
	{"JSET of no common bit", INSNS(LD(0), J(BPF_JSET, 6, 1, 0), ALLOW, DENY), true,
	 ABI_RET_ALLOW},
	{"JA", INSNS(JA(1), DENY, ALLOW), true, ABI_RET_ALLOW},
	{"AND", INSNS(LD(4), AND(0xff), J(BPF_JEQ, 0x3e, 0, 1), ALLOW, DENY), true, ABI_RET_ALLOW},
	{"A starts as 0", INSNS(J(BPF_JEQ, 0, 0, 1), ALLOW, DENY), true, ABI_RET_ALLOW},
	{"an argument", INSNS(LD(16), ALLOW), false, ABI_RET_ALLOW},
	{"the instruction pointer", INSNS(LD(8), ALLOW), false, ABI_RET_ALLOW},
	{"an argument on another path", INSNS(LD(0), J(BPF_JEQ, READ, 0, 1), LD(16), ALLOW), true,
	 ABI_RET_ALLOW},
	{"LD constant", INSNS(BPF_STMT(BPF_LD | BPF_IMM, 1), ALLOW), false, ABI_RET_ALLOW},
	{"LD LEN", INSNS(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), ALLOW), false, ABI_RET_ALLOW},
	{"LDX constant", INSNS(BPF_STMT(BPF_LDX | BPF_IMM, 1), ALLOW), false, ABI_RET_ALLOW},
	{"scratch", INSNS(BPF_STMT(BPF_ST, 0), ALLOW), false, ABI_RET_ALLOW},
	{"TAX", INSNS(BPF_STMT(BPF_MISC | BPF_TAX, 0), ALLOW), false, ABI_RET_ALLOW},
	{"a branch on X", INSNS(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0), ALLOW), false,
	 ABI_RET_ALLOW},
	{"AND with X", INSNS(BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0), ALLOW), false, ABI_RET_ALLOW},
	{"OR", INSNS(BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 0), ALLOW), false, ABI_RET_ALLOW},
	{"ADD", INSNS(LD(0), BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 0), ALLOW), false, ABI_RET_ALLOW},
	{"RSH", INSNS(LD(0), BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 1), ALLOW), false, ABI_RET_ALLOW},
};

static struct cbpf_prog prog_of(const struct bitmap_case *c)
{
	return (struct cbpf_prog){(struct sock_filter *)c->insns, c->len, 0};
}

static void test_cases(void **state)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	const struct abi_tuple write = {.nr = WRITE, .arch = x86_64->audit};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(cases); i++) {
		struct cbpf_prog prog = prog_of(&cases[i]);
		struct sg_err err = {0};

		if (cbpf_verify(&prog, &err) != 0)
			fail_msg("%s: %s", cases[i].name, err.msg);
		if (cbpf_run(&prog, &write).ret != cases[i].ret)
			fail_msg("%s: another verdict", cases[i].name);
		if (cbpf_const_allow(&prog, x86_64, WRITE) != cases[i].served)
			fail_msg("%s: should %sbe served", cases[i].name,
				 cases[i].served ? "" : "not ");
	}
}

static const struct sock_filter allow_insn = ALLOW;
static const struct cbpf_prog allow = {(struct sock_filter *)&allow_insn, 1, 0};

static void test_numbers_outside_the_table(void **state)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	uint32_t limit = abi_nr_limit(x86_64);

	(void)state;
	assert_in_range(limit, 400, 1000);
	assert_true(cbpf_const_allow(&allow, x86_64, limit - 1));
	assert_false(cbpf_const_allow(&allow, x86_64, limit));
	assert_false(cbpf_const_allow(&allow, x86_64, 0xffffffff));
	assert_false(cbpf_const_allow(&allow, x86_64, ABI_X32_BIT | WRITE));
}

static void test_architectures(void **state)
{
	const struct abi_arch *i386 = abi_arch(ABI_I386), *x32 = abi_arch(ABI_X32);
	const struct sock_filter insns[] = {LD(4), J(BPF_JEQ, AUDIT_ARCH_I386, 0, 1), ALLOW, DENY};
	struct cbpf_prog only_i386 = {(struct sock_filter *)insns, SG_COUNT(insns), 0};
	size_t calls;

	(void)state;
	assert_true(cbpf_const_allow(&only_i386, i386, 4));
	assert_false(cbpf_const_allow(&only_i386, abi_arch(ABI_X86_64), 4));
	assert_false(cbpf_const_allow(&allow, x32, ABI_X32_BIT | WRITE));
	assert_false(cbpf_const_allow(&allow, x32, WRITE));

	abi_calls(x32, &calls);
	assert_true(calls > 300);
	assert_int_equal(cbpf_bitmap_served(&allow, x32), 0);
	abi_calls(i386, &calls);
	assert_int_equal(cbpf_bitmap_served(&allow, i386), calls);
	assert_int_equal(cbpf_bitmap_served(&only_i386, i386), calls);
	assert_int_equal(cbpf_bitmap_served(&only_i386, abi_arch(ABI_X86_64)), 0);
}

/* Names are counted, not numbers: the gap of x86_64 between 334 and 424 has few. */
static void test_served_counts_named_calls(void **state)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	const struct sock_filter insns[] = {LD(0),
					    J(BPF_JGE, 20, 1, 0),
					    ALLOW,
					    J(BPF_JGE, 340, 0, 1),
					    J(BPF_JGE, 420, 0, 1),
					    DENY,
					    ALLOW};
	struct cbpf_prog prog = {(struct sock_filter *)insns, SG_COUNT(insns), 0};

	(void)state;
	assert_int_equal(cbpf_verify(&prog, NULL), 0);
	assert_int_equal(cbpf_bitmap_served(&prog, x86_64), 20);
}

/* ---- random programs: the rule once more, over what the interpreter really executes */

struct watch {
	const struct cbpf_prog *prog;
	bool followed; /* so far by the kernel's emulation */
};

static void watch_step(void *ctx, const struct cbpf_step *step)
{
	struct watch *watch = ctx;
	const struct sock_filter *insn = &watch->prog->insns[step->pc];
	bool known_load = insn->code == (BPF_LD | BPF_W | BPF_ABS) && insn->k < ABI_OFF_IP;
	bool known_jump = BPF_CLASS(insn->code) == BPF_JMP && BPF_SRC(insn->code) == BPF_K;

	watch->followed = watch->followed &&
			  (known_load || known_jump || insn->code == (BPF_ALU | BPF_AND | BPF_K) ||
			   insn->code == (BPF_RET | BPF_K));
}

static void test_random_programs(void **state)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	struct cbpf_prog prog = {0};
	size_t served = 0, rounds = 20000;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 511);
	for (size_t i = 0; i < rounds; i++) {
		struct abi_tuple tuple = {.nr = sg_rng_below(&rng, 3), .arch = x86_64->audit};
		struct watch watch = {&prog, true};

		do {
			random_prog(&rng, 12, &prog);
		} while (cbpf_verify(&prog, NULL) != 0);
		for (size_t pc = 0; pc < prog.len; pc++)
			if (prog.insns[pc].code == (BPF_RET | BPF_K) && sg_rng_below(&rng, 3))
				prog.insns[pc].k = ABI_RET_ALLOW;
		uint32_t ret = cbpf_trace(&prog, &tuple, watch_step, &watch).ret;
		bool expected = watch.followed && ret == ABI_RET_ALLOW;

		assert_int_equal(cbpf_const_allow(&prog, x86_64, tuple.nr), expected);
		served += expected;
	}
	assert_in_range(served, rounds / 50, rounds / 2);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_numbers_outside_the_table),
		cmocka_unit_test(test_architectures),
		cmocka_unit_test(test_served_counts_named_calls),
		cmocka_unit_test(test_random_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
