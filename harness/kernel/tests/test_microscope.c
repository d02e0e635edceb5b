/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <sched.h>

#include "harness/kernel/microscope_samples.h"
#include "harness/kernel/tests/support.h"

/* ---- what is made of samples */

/* 50 rounds of which 5 are quiet and the others disturbed. */
static void fill(struct microscope_samples *samples, size_t load, size_t item, double ns)
{
	for (size_t round = 0; round < 50; round++)
		*microscope_sample(samples, load, item, round) = round % 12 ? 2 * ns : ns;
}

static void the_least_sample_counts_and_the_empty_program_is_subtracted(void **state)
{
	const struct microscope_call calls[] = {{.weight = 3}, {.weight = 1}};
	struct microscope_result result = {0};
	struct microscope_samples samples;
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	microscope_samples_init(&samples, 8, 2, 50);
	samples.rounds = 50;
	for (size_t load = 0; load < 8; load++) {
		const double moved = (double)load / 100;

		fill(&samples, load, 0, 20 + moved);
		fill(&samples, load, 1, 70 + moved);
		fill(&samples, load, 2, 10);
	}
	microscope_samples_read(&samples, calls, &rng, &result);
	assert_true(fabs(result.calls[0].estimate - 10.035) < 1e-9);
	assert_true(fabs(result.calls[1].estimate - 60.035) < 1e-9);
	assert_true(fabs(result.ns.estimate - (3 * 10.035 + 60.035) / 4) < 1e-9);
	assert_true(result.ns.low >= 22.5 && result.ns.low < result.ns.estimate);
	assert_true(result.ns.high <= 22.57 && result.ns.high > result.ns.estimate);
	assert_true(fabs(result.disturbed - 1) < 1e-9);
	assert_int_equal(result.rounds, 50);
	microscope_result_release(&result);
	assert_null(result.calls);
	microscope_samples_release(&samples);
}

/* ---- a run */

static struct cbpf_prog filter(void)
{
	static struct sock_filter insns[] = {LD(0), JUMP(BPF_JMP | BPF_JEQ | BPF_K, 39, 0, 1),
					     RET(ABI_RET_ALLOW), RET(ABI_RET_TRAP)};

	return (struct cbpf_prog){.insns = insns, .len = SG_COUNT(insns)};
}

static const struct microscope_call two_calls[] = {
	{.tuple = {.nr = 39, .arch = 0xc000003e}, .weight = 2},
	{.tuple = {.nr = 40, .arch = 0xc000003e}, .weight = 1},
};

static void a_run_has_a_figure_for_each_call(void **state)
{
	const struct cbpf_prog prog = filter();
	const struct microscope_plan plan = {.prog = &prog,
					     .calls = two_calls,
					     .call_count = 2,
					     .loads = 2};
	struct microscope_result result = {0};
	struct sg_err err = {0};
	cpu_set_t before, after;

	(void)state;
	if (!can_use_bpf())
		skip();
	sched_getaffinity(0, sizeof(before), &before);
	if (microscope_run(&plan, &result, &err))
		fail_msg("%s", err.msg);
	sched_getaffinity(0, sizeof(after), &after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(result.rounds, MICROSCOPE_MIN_ROUNDS);
	assert_false(result.interrupted);
	assert_true(result.code_bytes > 0);
	for (size_t i = 0; i < 2; i++) {
		assert_true(isfinite(result.calls[i].estimate));
		assert_true(result.calls[i].low <= result.calls[i].estimate);
		assert_true(result.calls[i].high >= result.calls[i].estimate);
	}
	assert_true(isfinite(result.ns.estimate));
	microscope_result_release(&result);
}

static void interrupted_before_the_first_round_there_is_no_result(void **state)
{
	const struct cbpf_prog prog = filter();
	const volatile int interrupted = 1;
	const struct microscope_plan plan = {.prog = &prog,
					     .calls = two_calls,
					     .call_count = 2,
					     .loads = 1,
					     .interrupted = &interrupted};
	struct microscope_result result = {0};
	struct sg_err err = {0};

	(void)state;
	if (!can_use_bpf())
		skip();
	assert_int_equal(microscope_run(&plan, &result, &err), -EINTR);
	assert_null(result.calls);
}

static void what_the_verifier_refuses_is_no_result(void **state)
{
	struct cbpf_prog prog = {0};
	const struct microscope_plan plan = {.prog = &prog,
					     .calls = two_calls,
					     .call_count = 2,
					     .loads = 1};
	struct microscope_result result = {0};
	struct sg_err err = {0};

	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < CBPF_MAX_INSNS - 1; i++)
		cbpf_add(&prog, STMT(BPF_ALU | BPF_DIV | BPF_X, 0));
	cbpf_add(&prog, RET_A);
	assert_true(microscope_run(&plan, &result, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_null(result.calls);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_sample_counts_and_the_empty_program_is_subtracted),
		cmocka_unit_test(a_run_has_a_figure_for_each_call),
		cmocka_unit_test(interrupted_before_the_first_round_there_is_no_result),
		cmocka_unit_test(what_the_verifier_refuses_is_no_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
