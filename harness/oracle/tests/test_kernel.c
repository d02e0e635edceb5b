/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/cbpf/interp.h"
#include "filters/cbpf/vectors.h"
#include "harness/oracle/oracles.h"
#include "harness/oracle/tests/support.h"

/* Judges by kernel and interpreter; returns how many tuples the kernel could not judge. */
static size_t compare(const struct cbpf_prog *prog, const struct abi_tuple *tuples, size_t count,
		      const char *what)
{
	uint32_t *verdicts = sg_calloc(count, sizeof(*verdicts));
	bool *known = sg_calloc(count, sizeof(*known));
	size_t unknown = 0;

	judge_progs("kernel", prog, 1, tuples, count, verdicts, known);
	for (size_t i = 0; i < count; i++) {
		uint32_t wanted = cbpf_run(prog, &tuples[i]).ret;

		if (!known[i])
			unknown++;
		else if (verdicts[i] != wanted)
			fail_msg("%s, nr 0x%x arch 0x%x: 0x%08x, not 0x%08x", what, tuples[i].nr,
				 tuples[i].arch, verdicts[i], wanted);
	}
	free(verdicts);
	free(known);
	return unknown;
}

static void vectors_have_their_verdicts(void **state)
{
	(void)state;
	if (!can_use("kernel"))
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)vector->insns,
					       .len = vector->len};

		/* No room for the epilogue. */
		bool is_full = vector->len == CBPF_MAX_INSNS &&
			       vector->insns[vector->len - 1].code == (BPF_RET | BPF_A);

		if (compare(&prog, vector->tuple, 1, vector->name) != is_full)
			fail_msg("%s: %s", vector->name, is_full ? "judged" : "not judged");
	}
}

static void check_random(uint64_t seed, size_t programs, const struct random_shape *shape,
			 size_t most_unknown)
{
	enum { TUPLES = 60 };
	struct abi_tuple tuples[TUPLES];
	struct cbpf_prog prog = {0};
	struct sg_rng rng;
	size_t unknown = 0;

	sg_rng_seed(&rng, seed);
	for (size_t i = 0; i < programs; i++) {
		random_prog(&rng, shape, &prog);
		for (size_t j = 0; j < TUPLES; j++)
			tuples[j] = random_tuple(&rng, &prog);
		unknown += compare(&prog, tuples, TUPLES, "random program");
	}
	cbpf_release(&prog);
	assert_in_range(unknown, 0, most_unknown);
}

/* Shapes of most, ret_a, div_x, ip, args. */
static void random_programs_agree_with_the_interpreter(void **state)
{
	const struct random_shape returns = {300, false, false, false, 4};
	const struct random_shape values = {100, true, false, true, 3};

	(void)state;
	if (!can_use("kernel"))
		skip();
	check_random(11, 60, &returns, 0);
	check_random(12, 30, &values, 0);
}

static void random_divisions_agree_with_the_interpreter(void **state)
{
	const struct random_shape divisions = {40, true, true, false, 2};

	(void)state;
	if (!can_use("kernel"))
		skip();
	check_random(13, 6, &divisions, 0);
}

/* Each division by 0 ends a child; the calls behind it are made all the same, and answers of an
 * earlier batch are no answers. */
static void division_by_zero_is_told(void **state)
{
	static const uint64_t divisors[][6] = {{1, 2, 3, 4, 5, 6}, {7, 0, 8, 0, 0, 9}};
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(2)),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_IMM, 0x7fff0000),
		BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	const struct cbpf_prog prog = {.insns = insns, .len = SG_COUNT(insns)};
	struct abi_tuple tuples[6];
	struct chain chain;
	uint32_t verdicts[6];
	bool known[6];

	(void)state;
	if (!can_use("kernel"))
		skip();
	chain_init(&chain, &prog, 1);

	struct oracle_session *session = open_oracle("kernel", &chain.subject);

	for (size_t batch = 0; batch < SG_COUNT(divisors); batch++) {
		for (size_t i = 0; i < 6; i++)
			tuples[i] = (struct abi_tuple){.arch = 0xc000003e,
						       .args = {0, 0, divisors[batch][i]}};
		judge("kernel", session, tuples, 6, verdicts, known);
		for (size_t i = 0; i < 6; i++) {
			uint64_t by = divisors[batch][i];

			assert_true(known[i]);
			assert_int_equal(verdicts[i], by ? 0x7fff0000 / by : ABI_RET_KILL_THREAD);
		}
	}
	find_oracle("kernel")->close(session);
}

/* A filter that looks at every word leaves no carrier: each architecture and address by itself. */
static void words_without_a_carrier_are_told(void **state)
{
	enum { TUPLES = 24 };
	struct abi_tuple tuples[TUPLES];
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	if (!can_use("kernel"))
		skip();
	sg_rng_seed(&rng, 14);
	for (uint32_t word = 0; word < ABI_DATA_WORDS; word++) {
		cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, 4 * word));
		cbpf_add(&prog, STMT(BPF_ALU | BPF_MUL | BPF_X, 0));
		cbpf_add(&prog, STMT(BPF_ALU | BPF_ADD | BPF_K, word * 0x01000193));
		cbpf_add(&prog, STMT(BPF_ST, word % 3));
		cbpf_add(&prog, STMT(BPF_ALU | BPF_ADD | BPF_K, 1));
		cbpf_add(&prog, STMT(BPF_MISC | BPF_TAX, 0));
	}
	cbpf_add(&prog, STMT(BPF_RET | BPF_A, 0));
	for (size_t i = 0; i < TUPLES; i++)
		tuples[i] = random_tuple(&rng, &prog);
	assert_int_equal(compare(&prog, tuples, TUPLES, "every word"), 0);
	cbpf_release(&prog);
}

/* Newer kernels do not ask the filter for these two; a carrier brings the number all the same,
 * unless the filter looks at every argument. */
static void uprobe_numbers_need_a_carrier(void **state)
{
	const struct abi_tuple tuples[] = {{.nr = 335, .arch = 0xc000003e},
					   {.nr = 336, .arch = 0xc000003e},
					   {.nr = 334, .arch = 0xc000003e}};
	struct cbpf_prog prog = {0};

	(void)state;
	if (!can_use("kernel"))
		skip();
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	cbpf_add(&prog, JUMP(BPF_JMP | BPF_JEQ | BPF_K, 335, 0, 1));
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, ABI_RET_ERRNO | 7));
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	assert_int_equal(compare(&prog, tuples, 3, "with carriers"), 0);
	prog.len = 3;
	for (uint32_t word = 4; word < ABI_DATA_WORDS; word++)
		cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, 4 * word));
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	assert_int_equal(compare(&prog, tuples, 3, "without"), 2);
	cbpf_release(&prog);
}

/* As long as a filter may be: no room for the escape, then none for the epilogue of RET A. */
static void the_longest_programs(void **state)
{
	struct abi_tuple tuples[50];
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	if (!can_use("kernel"))
		skip();
	sg_rng_seed(&rng, 15);
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(0)));
	while (prog.len < CBPF_MAX_INSNS - 4)
		cbpf_add(&prog, JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)prog.len,
				     prog.len % 2 && prog.len < CBPF_MAX_INSNS - 10 ? 2 : 0, 0));
	while (prog.len < CBPF_MAX_INSNS)
		cbpf_add(&prog, STMT(BPF_RET | BPF_K, (uint32_t)prog.len));
	for (size_t i = 0; i < SG_COUNT(tuples); i++)
		tuples[i] = random_tuple(&rng, &prog);
	assert_int_equal(compare(&prog, tuples, SG_COUNT(tuples), "4096 instructions"), 0);
	prog.insns[prog.len - 1] = STMT(BPF_RET | BPF_A, 0);
	assert_int_equal(compare(&prog, tuples, SG_COUNT(tuples), "and RET A"), SG_COUNT(tuples));
	cbpf_release(&prog);
}

/* Indices as errnos leave out those that the kernel acts on itself, and those of RET A's parts. */
static void a_thousand_different_values(void **state)
{
	enum { VALUES = 1300 };
	struct abi_tuple *tuples = sg_calloc(VALUES, sizeof(*tuples));
	struct cbpf_prog prog = {0};

	(void)state;
	if (!can_use("kernel")) {
		free(tuples);
		skip();
	}
	cbpf_add(&prog, STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(5) + 4));
	for (uint32_t i = 0; i < VALUES; i++) {
		cbpf_add(&prog, JUMP(BPF_JMP | BPF_JEQ | BPF_K, i, 0, 1));
		cbpf_add(&prog, STMT(BPF_RET | BPF_K, i * 0x9e3779b1));
		tuples[i] = (struct abi_tuple){.nr = 1, .arch = 0xc000003e};
		tuples[i].args[5] = (uint64_t)i << 32;
	}
	cbpf_add(&prog, STMT(BPF_RET | BPF_K, 1));
	assert_int_equal(compare(&prog, tuples, VALUES, "many values"), 0);
	free(tuples);
	cbpf_release(&prog);
}

static void check_profile(const char *generator, const struct policy *policy, size_t count)
{
	struct gen_filter filter = build_filter(generator, policy);
	struct abi_tuple *tuples = sg_calloc(count, sizeof(*tuples));
	struct sg_rng rng;

	sg_rng_seed(&rng, 16);
	for (size_t i = 0; i < count; i++)
		tuples[i] = random_tuple(&rng, &filter.prog);
	assert_int_equal(compare(&filter.prog, tuples, count, generator), 0);
	free(tuples);
	gen_filter_release(&filter);
}

static void real_profiles_are_judged_in_volume(void **state)
{
	struct policy policy;

	(void)state;
	if (!can_use("kernel"))
		skip();
	policy = load_policy("container-default");
	check_profile("linear", &policy, 40000);
	check_profile("bst", &policy, 40000);
	check_profile("tuned", &policy, 40000);
	policy_release(&policy);
}

/* ---- chains */

static const uint32_t actions[] = {ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD, ABI_RET_TRAP | 11,
				   ABI_RET_ERRNO | 38,   ABI_RET_USER_NOTIF,  ABI_RET_TRACE | 5,
				   ABI_RET_LOG,          ABI_RET_ALLOW,       0x12340000};

static bool is_one_of(uint32_t value, uint32_t a, uint32_t b)
{
	uint32_t action = value & ABI_RET_ACTION_FULL;

	return action == a || action == b;
}

/* What looks the same from outside (kernel_order.h). */
static bool look_alike(uint32_t a, uint32_t b)
{
	return a != b && ((is_one_of(a, ABI_RET_USER_NOTIF, ABI_RET_TRACE) &&
			   is_one_of(b, ABI_RET_USER_NOTIF, ABI_RET_TRACE)) ||
			  (is_one_of(a, ABI_RET_LOG, ABI_RET_ALLOW) &&
			   is_one_of(b, ABI_RET_LOG, ABI_RET_ALLOW)));
}

static void check_pair(uint32_t older, uint32_t newer)
{
	struct sock_filter insns[] = {STMT(BPF_RET | BPF_K, older), STMT(BPF_RET | BPF_K, newer)};
	const struct cbpf_prog progs[] = {{.insns = &insns[0], .len = 1},
					  {.insns = &insns[1], .len = 1}};
	const struct abi_tuple tuple = {.nr = 1, .arch = 0xc000003e};
	uint32_t verdict, wanted = abi_verdict_effect(oracle_join(newer, older));
	bool known;

	judge_progs("kernel", progs, 2, &tuple, 1, &verdict, &known);
	if (known == look_alike(older, newer))
		fail_msg("0x%08x, 0x%08x: %s", older, newer, known ? "known" : "not known");
	if (known && abi_verdict_effect(verdict) != wanted)
		fail_msg("0x%08x, 0x%08x: 0x%08x, not 0x%08x", older, newer, verdict, wanted);
}

static void every_pair_of_actions_has_its_precedence(void **state)
{
	(void)state;
	if (!can_use("kernel"))
		skip();
	for (size_t i = 0; i < SG_COUNT(actions); i++)
		for (size_t j = 0; j < SG_COUNT(actions); j++)
			check_pair(actions[i], actions[j]);
	check_pair(ABI_RET_ERRNO | 1, ABI_RET_ERRNO | 2);
	check_pair(ABI_RET_TRAP | 2, ABI_RET_TRAP | 1);
}

/* Three profiles on top of each other, as a container in a sandbox has them. */
static void compare_stack(const struct cbpf_prog *progs)
{
	enum { COUNT = 6000 };
	struct abi_tuple *tuples = sg_calloc(COUNT, sizeof(*tuples));
	uint32_t *wanted = sg_calloc(COUNT, sizeof(*wanted));
	uint32_t *verdicts = sg_calloc(COUNT, sizeof(*verdicts));
	bool *known = sg_calloc(COUNT, sizeof(*known));
	struct sg_rng rng;

	sg_rng_seed(&rng, 17);
	for (size_t i = 0; i < COUNT; i++)
		tuples[i] = random_tuple(&rng, &progs[i % 3]);
	judge_progs("interp", progs, 3, tuples, COUNT, wanted, known);
	judge_progs("kernel", progs, 3, tuples, COUNT, verdicts, known);
	for (size_t i = 0; i < COUNT; i++) {
		assert_true(known[i]);
		assert_int_equal(abi_verdict_effect(verdicts[i]), abi_verdict_effect(wanted[i]));
	}
	free(tuples);
	free(wanted);
	free(verdicts);
	free(known);
}

static void a_stack_of_profiles_agrees_with_the_interpreter(void **state)
{
	static const char *const profiles[] = {"container-default", "small-blocklist", "io-server"};
	struct gen_filter filters[3];
	struct cbpf_prog progs[3];

	(void)state;
	if (!can_use("kernel"))
		skip();
	for (size_t i = 0; i < 3; i++) {
		struct policy policy = load_policy(profiles[i]);

		filters[i] = build_filter("tuned", &policy);
		progs[i] = filters[i].prog;
		policy_release(&policy);
	}
	compare_stack(progs);
	for (size_t i = 0; i < 3; i++)
		gen_filter_release(&filters[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_have_their_verdicts),
		cmocka_unit_test(random_programs_agree_with_the_interpreter),
		cmocka_unit_test(random_divisions_agree_with_the_interpreter),
		cmocka_unit_test(division_by_zero_is_told),
		cmocka_unit_test(words_without_a_carrier_are_told),
		cmocka_unit_test(uprobe_numbers_need_a_carrier),
		cmocka_unit_test(the_longest_programs),
		cmocka_unit_test(a_thousand_different_values),
		cmocka_unit_test(real_profiles_are_judged_in_volume),
		cmocka_unit_test(every_pair_of_actions_has_its_precedence),
		cmocka_unit_test(a_stack_of_profiles_agrees_with_the_interpreter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
