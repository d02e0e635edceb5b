/* SPDX-License-Identifier: MIT */
/*
 * The interpreter against the running kernel, for the vectors and for random programs. Each RET is
 * rewritten so that the kernel itself says whether the value is the one that the interpreter
 * returned: ERRNO(1) where it is, ERRNO(2) where not. Then a child makes the call, getppid(2) with
 * the arguments of the tuple, which never runs. A division by X = 0 returns 0, KILL_THREAD: the
 * child must die of SIGSYS.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <stdbool.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/tests/kernel.h"
#include "filters/cbpf/tests/random_prog.h"
#include "filters/cbpf/vectors.h"

enum { SAME = 1, DIFFERENT = 2, EPILOGUE_INSNS = 3, GETPPID = 110 };

static struct sock_filter verdict(bool same)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
					    SECCOMP_RET_ERRNO | (same ? SAME : DIFFERENT));
}

/* RET A becomes a jump to an epilogue that compares. */
static void rewrite(const struct cbpf_prog *prog, uint32_t want, struct cbpf_prog *out)
{
	const struct sock_filter compare = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, want, 0, 1);
	bool epilogue = false;

	cbpf_copy(out, prog);
	for (size_t pc = 0; pc < prog->len; pc++) {
		struct sock_filter *insn = &out->insns[pc];

		if (insn->code == (BPF_RET | BPF_K)) {
			*insn = verdict(insn->k == want);
		} else if (insn->code == (BPF_RET | BPF_A)) {
			*insn = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, prog->len - pc - 1);
			epilogue = true;
		}
	}
	if (!epilogue)
		return;
	cbpf_add(out, compare);
	cbpf_add(out, verdict(true));
	cbpf_add(out, verdict(false));
}

struct question {
	const struct cbpf_prog *prog;
	const struct abi_tuple *tuple;
	int installed; /* 0 or errno */
	int answer;    /* errno of the call; 0 while it has not returned */
};

static void ask(void *ctx)
{
	struct question *question = ctx;
	const uint64_t *args = question->tuple->args;

	question->installed = kernel_install(question->prog->insns, question->prog->len);
	syscall(GETPPID, args[0], args[1], args[2], args[3], args[4], args[5]);
	question->answer = errno;
}

static void remember_pc(void *ctx, const struct cbpf_step *step)
{
	*(uint32_t *)ctx = step->pc;
}

static void assert_kernel_agrees(const char *name, const struct cbpf_prog *prog,
				 const struct abi_tuple *tuple)
{
	struct question *question = kernel_shared(sizeof(*question));
	struct cbpf_prog rewritten = {0};
	uint32_t last_pc = 0;
	struct cbpf_result result = cbpf_trace(prog, tuple, remember_pc, &last_pc);
	bool divided = BPF_CLASS(prog->insns[last_pc].code) == BPF_ALU;

	rewrite(prog, result.ret, &rewritten);
	*question = (struct question){.prog = &rewritten, .tuple = tuple};
	int signal = kernel_child(ask, question);

	if (question->installed != 0)
		fail_msg("%s: not installed: %s", name, strerror(question->installed));
	if (signal != (divided ? SIGSYS : SIGILL) || question->answer != (divided ? 0 : SAME))
		fail_msg("%s: interpreter 0x%x%s, kernel: signal %d, answer %d", name, result.ret,
			 divided ? " by division" : "", signal, question->answer);
	munmap(question, sizeof(*question));
	cbpf_release(&rewritten);
}

static bool loads_address(const struct cbpf_prog *prog)
{
	for (size_t pc = 0; pc < prog->len; pc++)
		if (prog->insns[pc].code == (BPF_LD | BPF_W | BPF_ABS) &&
		    (prog->insns[pc].k == ABI_OFF_IP || prog->insns[pc].k == ABI_OFF_IP + 4))
			return true;
	return false;
}

static int usable(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	return kernel_usable();
#else
	printf("SKIP: x86_64: the tuples are calls of x86_64\n");
	return 0;
#endif
}

static void test_vectors(void **state)
{
	size_t asked = 0;

	(void)state;
	if (!usable())
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		struct cbpf_prog prog = {(struct sock_filter *)vector->insns, vector->len, 0};

		bool with_a = prog.insns[prog.len - 1].code == (BPF_RET | BPF_A);

		if (vector->tuple->arch != AUDIT_ARCH_X86_64 || loads_address(&prog) ||
		    (with_a && prog.len + EPILOGUE_INSNS > CBPF_MAX_INSNS))
			continue;
		assert_kernel_agrees(vector->name, &prog, vector->tuple);
		asked++;
	}
	/* All but the big-endian ones, the two loads of the address, the one of full length. */
	assert_int_equal(asked, cbpf_vector_count - 8 - 2 - 1);
}

#define RANDOM_PROGRAMS 400

static void test_random_programs(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	if (!usable())
		skip();
	sg_rng_seed(&rng, 42);
	for (int i = 0; i < RANDOM_PROGRAMS; i++) {
		struct abi_tuple tuple = {.nr = GETPPID, .arch = AUDIT_ARCH_X86_64};
		char name[32];

		snprintf(name, sizeof(name), "random program %d", i);
		do {
			random_prog(&rng, 60, &prog);
		} while (cbpf_verify(&prog, NULL) != 0 || loads_address(&prog));
		for (size_t arg = 0; arg < SG_COUNT(tuple.args); arg++)
			tuple.args[arg] = (uint64_t)random_k(&rng) << 32 | random_k(&rng);
		assert_kernel_agrees(name, &prog, &tuple);
	}
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_random_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
