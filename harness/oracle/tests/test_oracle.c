/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "filters/cbpf/interp.h"
#include "harness/oracle/tests/support.h"

static void names_are_found_and_near_misses_named(void **state)
{
	static const char *const names[] = {"policy", "interp", "compiled", "kernel", "jit"};
	struct sg_err err = {0};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(names); i++)
		assert_string_equal(oracle_find(names[i], NULL)->name, names[i]);
	assert_null(oracle_find("interpr", &err));
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, "unknown oracle \"interpr\" (did you mean interp?)");
}

static void without_a_policy_its_oracle_is_unsupported(void **state)
{
	const struct oracle_subject subject = {0};
	struct oracle_session *session = NULL;
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(find_oracle("policy")->supported(&subject, &err), -ENOTSUP);
	assert_int_equal(err.kind, SG_ERR_ENV);
	assert_int_equal(find_oracle("policy")->open(&subject, &session, &err), -ENOTSUP);
	assert_null(session);
}

/* kernel/seccomp.c, seccomp_run_filters(): oldest first here. */
static const struct {
	uint32_t values[3], verdict;
} chains[] = {
	{{ABI_RET_ALLOW, ABI_RET_ALLOW, ABI_RET_ALLOW}, ABI_RET_ALLOW},
	{{ABI_RET_ALLOW, ABI_RET_ERRNO | 1, ABI_RET_LOG}, ABI_RET_ERRNO | 1},
	{{ABI_RET_ERRNO | 1, ABI_RET_ERRNO | 2, ABI_RET_ALLOW}, ABI_RET_ERRNO | 2},
	{{ABI_RET_ERRNO | 3, ABI_RET_ALLOW, ABI_RET_ERRNO | 1}, ABI_RET_ERRNO | 1},
	{{ABI_RET_KILL_THREAD, ABI_RET_KILL_PROCESS, ABI_RET_ALLOW}, ABI_RET_KILL_PROCESS},
	{{ABI_RET_TRAP | 5, ABI_RET_KILL_THREAD, ABI_RET_ERRNO}, ABI_RET_KILL_THREAD},
	{{ABI_RET_ERRNO | 9, ABI_RET_TRAP | 1, ABI_RET_TRACE}, ABI_RET_TRAP | 1},
	{{ABI_RET_TRACE | 1, ABI_RET_USER_NOTIF, ABI_RET_TRACE | 2}, ABI_RET_USER_NOTIF},
	{{ABI_RET_LOG, ABI_RET_TRACE | 1, ABI_RET_ALLOW}, ABI_RET_TRACE | 1},
	{{ABI_RET_ALLOW, 0x90000000, ABI_RET_KILL_PROCESS}, ABI_RET_KILL_PROCESS},
	{{ABI_RET_ALLOW, ABI_RET_LOG, 0x7ffd0000}, ABI_RET_LOG},
};

static void make_returns(const uint32_t *values, size_t count, struct sock_filter *insns,
			 struct cbpf_prog *progs)
{
	for (size_t i = 0; i < count; i++) {
		insns[i] = STMT(BPF_RET | BPF_K, values[i]);
		progs[i] = (struct cbpf_prog){.insns = &insns[i], .len = 1};
	}
}

static void the_lowest_action_wins(const char *oracle)
{
	const struct abi_tuple tuple = {.nr = 39, .arch = 0xc000003e};

	for (size_t i = 0; i < SG_COUNT(chains); i++) {
		struct sock_filter insns[3];
		struct cbpf_prog progs[3];
		uint32_t verdict;
		bool known = false;

		make_returns(chains[i].values, 3, insns, progs);
		judge_progs(oracle, progs, 3, &tuple, 1, &verdict, &known);
		assert_true(known);
		if (verdict != chains[i].verdict)
			fail_msg("%s, chain %zu: 0x%08x, not 0x%08x", oracle, i, verdict,
				 chains[i].verdict);
	}
}

static void interp_joins_a_chain(void **state)
{
	(void)state;
	the_lowest_action_wins("interp");
}

static void compiled_joins_a_chain(void **state)
{
	(void)state;
	the_lowest_action_wins("compiled");
}

static void jit_joins_a_chain(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	the_lowest_action_wins("jit");
}

/* A chain of no filter, and one of a filter that is none; the last argument may be NULL. */
static void no_filter_allows_everything(void **state)
{
	static const char *const names[] = {"interp", "compiled", "kernel", "jit"};
	const struct gen_filter none = {.none = true};
	const struct gen_filter *const filters[] = {&none};
	const struct oracle_subject subjects[] = {{0}, {.filters = filters, .filter_count = 1}};
	const struct abi_tuple tuple = {.nr = 1, .arch = 0xc000003e};

	(void)state;
	for (size_t i = 0; i < 2 * SG_COUNT(names); i++) {
		struct oracle_session *session = open_oracle(names[i / 2], &subjects[i % 2]);
		uint32_t verdict = 1;

		judge(names[i / 2], session, &tuple, 1, &verdict, NULL);
		assert_int_equal(verdict, ABI_RET_ALLOW);
		find_oracle(names[i / 2])->close(session);
	}
}

/* A single filter's value is handed on as it is, data that nobody looks at included. */
static void one_value_stays_as_it_is(void **state)
{
	static const uint32_t values[] = {ABI_RET_ALLOW | 3, ABI_RET_KILL_PROCESS | 4, 0x12345678};
	const struct abi_tuple tuple = {.nr = 39, .arch = 0xc000003e};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(values); i++) {
		struct sock_filter insn = STMT(BPF_RET | BPF_K, values[i]);
		const struct cbpf_prog prog = {.insns = &insn, .len = 1};
		uint32_t verdict;
		bool known;

		judge_progs("interp", &prog, 1, &tuple, 1, &verdict, &known);
		assert_int_equal(verdict, values[i]);
		judge_progs("compiled", &prog, 1, &tuple, 1, &verdict, &known);
		assert_int_equal(verdict, values[i]);
	}
}

static void policy_evaluates_the_rules(void **state)
{
	struct policy policy = load_policy("container-default");
	const struct oracle_subject subject = {.policy = &policy};
	struct oracle_session *session = open_oracle("policy", &subject);
	const struct abi_tuple tuples[] = {
		{.nr = 135, .arch = 0xc000003e, .args = {0xffffffff}}, /* personality */
		{.nr = 135, .arch = 0xc000003e, .args = {1}},
		{.nr = 0, .arch = 0xc00000b7},
	};
	uint32_t verdicts[3];
	bool known[3] = {0};

	(void)state;
	judge("policy", session, tuples, 3, verdicts, known);
	assert_int_equal(verdicts[0], ABI_RET_ALLOW);
	assert_int_equal(verdicts[1], ABI_RET_ERRNO | 1);
	assert_int_equal(verdicts[2], policy.foreign_action);
	assert_true(known[0] && known[1] && known[2]);
	find_oracle("policy")->close(session);
	policy_release(&policy);
}

/* The oracles of programs on a real filter; the policy's where it says what should be. */
static void oracles_agree_on(const char *generator, const struct policy *policy)
{
	enum { COUNT = 5000 };
	struct gen_filter filter = build_filter(generator, policy);
	struct abi_tuple *tuples = sg_calloc(COUNT, sizeof(*tuples));
	uint32_t *verdicts = sg_calloc(2 * COUNT, sizeof(*verdicts));
	bool *known = sg_calloc(COUNT, sizeof(*known));
	struct policy_oracle *oracle = policy_oracle_new(policy);
	struct sg_rng rng;

	sg_rng_seed(&rng, 6);
	for (size_t i = 0; i < COUNT; i++)
		tuples[i] = random_tuple(&rng, &filter.prog);
	judge_progs("interp", &filter.prog, 1, tuples, COUNT, verdicts, known);
	judge_progs("compiled", &filter.prog, 1, tuples, COUNT, verdicts + COUNT, known);
	assert_memory_equal(verdicts, verdicts + COUNT, COUNT * sizeof(*verdicts));
	for (size_t i = 0; i < COUNT; i++) {
		struct policy_verdict wanted = policy_eval(oracle, &tuples[i]);

		if (gen_class(&filter, &tuples[i], wanted.class) == POLICY_SPECIFIED)
			assert_int_equal(abi_verdict_effect(verdicts[i]),
					 abi_verdict_effect(wanted.ret));
	}
	policy_oracle_free(oracle);
	free(tuples);
	free(verdicts);
	free(known);
	gen_filter_release(&filter);
}

static void oracles_agree_on_a_real_profile(void **state)
{
	static const char *const generators[] = {"linear", "bst", "tuned"};
	struct policy policy = load_policy("container-default");

	(void)state;
	for (size_t i = 0; i < SG_COUNT(generators); i++)
		oracles_agree_on(generators[i], &policy);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_and_near_misses_named),
		cmocka_unit_test(without_a_policy_its_oracle_is_unsupported),
		cmocka_unit_test(interp_joins_a_chain),
		cmocka_unit_test(compiled_joins_a_chain),
		cmocka_unit_test(jit_joins_a_chain),
		cmocka_unit_test(no_filter_allows_everything),
		cmocka_unit_test(one_value_stays_as_it_is),
		cmocka_unit_test(policy_evaluates_the_rules),
		cmocka_unit_test(oracles_agree_on_a_real_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
