/* SPDX-License-Identifier: MIT */
/* Proofs by a worker: what comes of filters, and of a prover that crashes, hangs, eats memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>

#include "fuzz/proof.h"
#include "fuzz/tests/source_support.h"
#include "harness/base/sandbox.h"

static const char profile[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	"\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";

/* Up to three filters, as assembly; NULL: no filter at all. */
static void prove(struct fuzz_prover *prover, const char *text, const char *const *filters,
		  size_t count, struct fuzz_proof *ret)
{
	static const struct policy_options options = {0};
	struct gen_filter made[3] = {0};
	const struct gen_filter *list[3];
	struct sg_err err = {0};

	for (size_t i = 0; i < count; i++) {
		made[i].none = !filters[i];
		if (filters[i])
			made[i].prog = assemble(filters[i]);
		list[i] = &made[i];
	}
	if (fuzz_prove(prover, text, strlen(text), &options, list, count, ret, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < count; i++)
		gen_filter_release(&made[i]);
}

static const char *const right = "ld arch\n jeq #arch.x86_64, +1, +0\n ret KILL_PROCESS\n"
				 "ld nr\n jeq #0, +0, +1\n ret ALLOW\n ret ERRNO(1)\n";
static const char *const wrong = "ld arch\n jeq #arch.x86_64, +1, +0\n ret KILL_PROCESS\n"
				 "ld nr\n jge #1, +1, +0\n ret ALLOW\n ret ERRNO(2)\n";

/* ---- proofs */

static void each_filter_has_its_own_proof(void **state)
{
	const char *const filters[] = {right, wrong, right};
	struct fuzz_prover *prover = fuzz_prover_new(&fuzz_proof_quick, NULL);
	struct fuzz_proof proofs[3];

	(void)state;
	for (int again = 0; again < 2; again++) {
		prove(prover, profile, filters, 3, proofs);
		assert_int_equal(proofs[0].result, PROVE_EQUAL);
		assert_int_equal(proofs[1].result, PROVE_DIFFERENT);
		assert_int_equal(proofs[1].wanted, ABI_RET_ERRNO | 1);
		assert_int_equal(proofs[1].got, ABI_RET_ERRNO | 2);
		assert_int_equal(proofs[1].tuple.arch, abi_arch(ABI_X86_64)->audit);
		assert_int_not_equal(proofs[1].tuple.nr, 0);
		assert_int_equal(proofs[2].result, PROVE_EQUAL);
		for (int i = 0; i < 3; i++) {
			assert_false(proofs[i].defect);
			assert_string_equal(proofs[i].reason, "");
		}
	}
	fuzz_prover_free(prover);
}

static void no_filter_allows_everything(void **state)
{
	const char *const none[] = {NULL};
	struct fuzz_prover *prover = fuzz_prover_new(&fuzz_proof_quick, NULL);
	struct fuzz_proof proof;

	(void)state;
	prove(prover, "{}", none, 1, &proof);
	assert_int_equal(proof.result, PROVE_EQUAL);
	prove(prover, profile, none, 1, &proof);
	assert_int_equal(proof.result, PROVE_DIFFERENT);
	assert_int_equal(proof.got, ABI_RET_ALLOW);
	fuzz_prover_free(prover);
}

static void calls_that_the_generator_lacks_take_no_part(void **state)
{
	static const struct policy_options options = {0};
	struct gen_filter filter = {.prog = assemble("ld arch\n jeq #arch.x86_64, +1, +0\n"
						     "ret KILL_PROCESS\n ret ERRNO(1)\n")};
	const struct gen_filter *list = &filter;
	struct fuzz_prover *prover = fuzz_prover_new(&fuzz_proof_quick, NULL);
	struct fuzz_proof proof;

	(void)state;
	assert_int_equal(fuzz_prove(prover, profile, strlen(profile), &options, &list, 1, &proof,
				    NULL),
			 0);
	assert_int_equal(proof.result, PROVE_DIFFERENT);
	sg_strv_add(&filter.unknown_calls, "x86_64:read");
	assert_int_equal(fuzz_prove(prover, profile, strlen(profile), &options, &list, 1, &proof,
				    NULL),
			 0);
	assert_int_equal(proof.result, PROVE_EQUAL);
	gen_filter_release(&filter);
	fuzz_prover_free(prover);
}

static void beyond_the_nodes_it_is_unknown(void **state)
{
	const struct fuzz_proof_limits few = {.options = {.node_limit = 10, .no_smt = true},
					      .cpu_s = 10,
					      .memory_bytes = 1 << 30};
	const char *const filters[] = {right};
	struct fuzz_prover *prover = fuzz_prover_new(&few, NULL);
	struct fuzz_proof proof;

	(void)state;
	prove(prover, profile, filters, 1, &proof);
	assert_int_equal(proof.result, PROVE_UNKNOWN);
	assert_non_null(strstr(proof.reason, "10 nodes"));
	assert_false(proof.defect);
	fuzz_prover_free(prover);
}

/* ---- provers that are broken on purpose */

/* The filter @wrong has another comparison, and is the one that breaks them. */
static bool is_wrong(const struct cbpf_prog *prog)
{
	return prog->len > 4 && prog->insns[4].code == (BPF_JMP | BPF_JGE | BPF_K);
}

#define BROKEN(name, how)                                                              \
	static int name(struct prover *prover, const struct cbpf_prog *prog,           \
			const struct sg_strv *unknown_calls, struct prove_answer *ret, \
			struct sg_err *err)                                            \
	{                                                                              \
		if (is_wrong(prog))                                                    \
			how;                                                           \
		return prover_check(prover, prog, unknown_calls, ret, err);            \
	}

static void hang(void)
{
	for (volatile int forever = 1; forever;)
		;
}

static void eat_memory(void)
{
	for (;;)
		memset(sg_malloc(1 << 20), 1, 1 << 20);
}

BROKEN(crashing, raise(SIGSEGV))
BROKEN(killed, raise(SIGKILL))
BROKEN(exiting, exit(7))
BROKEN(hanging, hang())
BROKEN(eating, eat_memory())
BROKEN(contradicting, return sg_err_internal(err, EBADMSG, "says one thing and then another"))
BROKEN(unable, return sg_err_env(err, EAGAIN, "cannot start a child"))

static const struct fuzz_proof_limits short_time = {.options = {.no_smt = true},
						    .cpu_s = 0.3,
						    .memory_bytes = 1u << 30};
static const struct fuzz_proof_limits little_memory = {.options = {.no_smt = true},
						       .cpu_s = 60,
						       .memory_bytes = 64u << 20};

/* What a broken one says of the wrong filter; it does its work before and afterwards. */
static struct fuzz_proof say(fuzz_prove_fn fn, const struct fuzz_proof_limits *limits)
{
	const char *const good[] = {right}, *const bad[] = {wrong};
	struct fuzz_prover *prover = fuzz_prover_new(limits, fn);
	struct fuzz_proof proof, other;

	prove(prover, profile, good, 1, &other);
	assert_int_equal(other.result, PROVE_EQUAL);
	prove(prover, profile, bad, 1, &proof);
	assert_int_equal(proof.result, PROVE_UNKNOWN);
	prove(prover, profile, good, 1, &other);
	assert_int_equal(other.result, PROVE_EQUAL);
	fuzz_prover_free(prover);
	return proof;
}

static void expect(fuzz_prove_fn fn, const struct fuzz_proof_limits *limits, bool defect,
		   const char *reason)
{
	const struct fuzz_proof proof = say(fn, limits);

	if (proof.defect != defect || !strstr(proof.reason, reason))
		fail_msg("%s", proof.reason);
}

static void a_prover_that_crashes_is_a_defect(void **state)
{
	(void)state;
	expect(crashing, &little_memory, true, "the prover ");
	expect(exiting, &little_memory, true, "the prover ");
	expect(contradicting, &little_memory, true, "says one thing and then another");
}

static void limits_and_others_are_no_defect_of_it(void **state)
{
	(void)state;
	expect(killed, &little_memory, false, "SIGKILL");
	expect(hanging, &short_time, false, "hung");
	expect(unable, &little_memory, false, "cannot start a child");
}

static void memory_has_a_limit(void **state)
{
	(void)state;
	if (!SG_SANDBOX_LIMITS_MEMORY) {
		print_message("SKIP: sanitizer: AddressSanitizer allows no memory limit\n");
		skip();
	}
	expect(eating, &little_memory, false, "memory");
}

/* All filters of the policy are unknown then. */
static void a_crash_takes_the_other_filters_along(void **state)
{
	const char *const filters[] = {right, wrong};
	struct fuzz_prover *prover = fuzz_prover_new(&little_memory, crashing);
	struct fuzz_proof proofs[2];

	(void)state;
	prove(prover, profile, filters, 2, proofs);
	for (int i = 0; i < 2; i++)
		assert_int_equal(proofs[i].result, PROVE_UNKNOWN);
	fuzz_prover_free(prover);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_filter_has_its_own_proof),
		cmocka_unit_test(no_filter_allows_everything),
		cmocka_unit_test(calls_that_the_generator_lacks_take_no_part),
		cmocka_unit_test(beyond_the_nodes_it_is_unknown),
		cmocka_unit_test(a_prover_that_crashes_is_a_defect),
		cmocka_unit_test(limits_and_others_are_no_defect_of_it),
		cmocka_unit_test(memory_has_a_limit),
		cmocka_unit_test(a_crash_takes_the_other_filters_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
