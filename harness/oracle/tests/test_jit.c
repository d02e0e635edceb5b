/* SPDX-License-Identifier: MIT */
/* The kernel's JIT against the interpreter: as an oracle, and under the microscope. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/vectors.h"
#include "harness/kernel/microscope.h"
#include "harness/oracle/tests/support.h"

static void compare(const struct cbpf_prog *prog, const struct abi_tuple *tuples, size_t count,
		    const char *what)
{
	uint32_t *verdicts = sg_calloc(count, sizeof(*verdicts));
	bool *known = sg_calloc(count, sizeof(*known));

	judge_progs("jit", prog, 1, tuples, count, verdicts, known);
	for (size_t i = 0; i < count; i++) {
		const uint32_t wanted = cbpf_run(prog, &tuples[i]).ret;

		if (!known[i] || verdicts[i] != wanted)
			fail_msg("%s, nr 0x%x arch 0x%x: 0x%08x, not 0x%08x%s", what, tuples[i].nr,
				 tuples[i].arch, verdicts[i], wanted, known[i] ? "" : " (unknown)");
	}
	free(verdicts);
	free(known);
}

static void vectors_have_their_verdicts(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)vector->insns,
					       .len = vector->len};

		compare(&prog, vector->tuple, 1, vector->name);
	}
}

/* ---- random programs */

static void check_random(uint64_t seed, size_t programs, const struct random_shape *shape,
			 size_t least)
{
	enum { TUPLES = 200 };
	struct abi_tuple tuples[TUPLES];
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	for (size_t i = 0; i < programs; i++) {
		do
			random_prog(&rng, shape, &prog);
		while (prog.len < least);
		for (size_t j = 0; j < TUPLES; j++)
			tuples[j] = random_tuple(&rng, &prog);
		compare(&prog, tuples, TUPLES, "random program");
	}
	cbpf_release(&prog);
}

/* Shapes of most, ret_a, div_x, ip, args. */
static const struct random_shape small = {40, true, true, true, 6};
static const struct random_shape large = {400, true, true, true, 6};
static const struct random_shape longest = {CBPF_MAX_INSNS, true, true, true, 6};

static void random_programs_agree_with_the_interpreter(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	check_random(31, 600, &small, 1);
	check_random(32, 200, &large, 1);
}

static void programs_of_four_thousand_instructions_agree_with_the_interpreter(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	check_random(33, 12, &longest, 4000);
}

/* ---- the same under the microscope, which holds every verdict against the interpreter's */

static void put_under_microscope(const struct cbpf_prog *prog, struct sg_rng *rng)
{
	enum { CALLS = 4 };
	struct microscope_call calls[CALLS];
	const struct microscope_plan plan = {.prog = prog,
					     .calls = calls,
					     .call_count = CALLS,
					     .loads = 1};
	struct microscope_result result = {0};
	struct sg_err err = {0};

	for (size_t i = 0; i < CALLS; i++)
		calls[i] = (struct microscope_call){random_tuple(rng, prog), 1};
	if (microscope_run(&plan, &result, &err))
		fail_msg("%zu instructions: %s", prog->len, err.msg);
	microscope_result_release(&result);
}

static void put_random_under_microscope(uint64_t seed, size_t programs,
					const struct random_shape *shape, size_t least)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	for (size_t i = 0; i < programs; i++) {
		do
			random_prog(&rng, shape, &prog);
		while (prog.len < least);
		put_under_microscope(&prog, &rng);
	}
	cbpf_release(&prog);
}

static void the_microscope_takes_what_seccomp_takes(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	put_random_under_microscope(41, 600, &small, 1);
	put_random_under_microscope(42, 200, &large, 1);
	put_random_under_microscope(43, 4, &longest, 4000);
}

/* ---- real filters */

static const char *const profiles[] = {"container-default", "io-server", "small-blocklist",
				       "strict-2005"};
static const char *const generators[] = {"linear", "bst", "tuned"};

#define TUPLES_EACH (1000000 / (SG_COUNT(profiles) * SG_COUNT(generators)) + 1)

static void check_filter(const char *generator, const struct policy *policy, struct sg_rng *rng)
{
	struct gen_filter filter = build_filter(generator, policy);
	struct abi_tuple *tuples = sg_calloc(TUPLES_EACH, sizeof(*tuples));

	for (size_t i = 0; i < TUPLES_EACH; i++)
		tuples[i] = random_tuple(rng, &filter.prog);
	compare(&filter.prog, tuples, TUPLES_EACH, generator);
	free(tuples);
	gen_filter_release(&filter);
}

static void a_million_tuples_of_real_filters_agree_with_the_interpreter(void **state)
{
	struct sg_rng rng;

	(void)state;
	if (!can_use_bpf())
		skip();
	sg_rng_seed(&rng, 51);
	for (size_t i = 0; i < SG_COUNT(profiles); i++) {
		struct policy policy = load_policy(profiles[i]);

		for (size_t j = 0; j < SG_COUNT(generators); j++)
			check_filter(generators[j], &policy, &rng);
		policy_release(&policy);
	}
}

/* ---- what cannot be judged */

/* More divisions than the verifier can patch. */
static void a_filter_that_the_verifier_refuses_is_unsupported_and_unknown(void **state)
{
	const struct abi_tuple tuples[2] = {{.arch = 0xc000003e}};
	struct oracle_session *session;
	struct cbpf_prog prog = {0};
	struct chain chain;
	struct sg_err err = {0};
	uint32_t verdicts[2] = {1, 1};
	bool known[2] = {true, true};

	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < CBPF_MAX_INSNS - 1; i++)
		cbpf_add(&prog, STMT(BPF_ALU | BPF_DIV | BPF_X, 0));
	cbpf_add(&prog, STMT(BPF_RET | BPF_A, 0));
	chain_init(&chain, &prog, 1);
	assert_int_equal(find_oracle("jit")->supported(&chain.subject, &err), -ENOTSUP);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_non_null(strstr(err.msg, "the kernel refuses the program ("));
	session = open_oracle("jit", &chain.subject);
	judge("jit", session, tuples, 2, verdicts, known);
	assert_false(known[0] || known[1]);
	assert_int_equal(verdicts[0], 0);
	assert_int_equal(verdicts[1], 0);
	find_oracle("jit")->close(session);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_have_their_verdicts),
		cmocka_unit_test(random_programs_agree_with_the_interpreter),
		cmocka_unit_test(programs_of_four_thousand_instructions_agree_with_the_interpreter),
		cmocka_unit_test(the_microscope_takes_what_seccomp_takes),
		cmocka_unit_test(a_million_tuples_of_real_filters_agree_with_the_interpreter),
		cmocka_unit_test(a_filter_that_the_verifier_refuses_is_unsupported_and_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
