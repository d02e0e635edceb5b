/* SPDX-License-Identifier: MIT */
/* What `prove` prints of answers that real filters seldom give, and who is asked about them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/eval_line.h"
#include "harness/cmd/proof.h"

#define X86_64 0xc000003eu

static void assert_count(double inputs, const char *expected)
{
	struct sg_buf text = {0};

	proof_count_text(inputs, &text);
	assert_string_equal(text.data, expected);
	sg_buf_release(&text);
}

static void numbers_of_inputs_can_be_read(void **state)
{
	(void)state;
	assert_count(0, "0");
	assert_count(1, "1");
	assert_count(999, "999");
	assert_count(65536, "65,536");
	assert_count(1000000, "2^19.9");
	assert_count(ldexp(1, 448), "2^448");
	assert_count(ldexp(3, 447), "2^448.6");
	assert_count(ldexp(1, 512) - ldexp(1, 448), "2^512");
}

/* ---- the line for the shell */

static void assert_line(const char *filter, const struct cmd_policy_options *options,
			struct abi_tuple tuple, const char *expected)
{
	struct sg_buf line = {0};

	eval_line(filter, options, &tuple, &line);
	assert_string_equal(sg_buf_text(&line), expected);
	sg_buf_release(&line);
}

static void the_line_names_the_same_filter_and_input(void **state)
{
	const struct cmd_policy_options plain = {0};
	const struct cmd_policy_options full = {
		.arches = {abi_arch(ABI_X86_64), abi_arch(ABI_I386)},
		.arch_count = 2,
		.caps = "CAP_SYS_ADMIN",
		.kernel = "5.4",
		.mix_file = "my mix",
		.objective = GEN_LEFT,
		.gen_timeout_s = 2.5,
	};

	(void)state;
	assert_line("strict-2005@bst", &plain, (struct abi_tuple){.arch = X86_64, .args = {1}},
		    "secgauge eval strict-2005@bst --arch x86_64 --syscall read --arg 0=0x1 "
		    "--oracle all\n");
	assert_line("p@tuned", &full,
		    (struct abi_tuple){.arch = 0x40000003, .nr = 9999, .ip = 1ull << 63},
		    "secgauge eval p@tuned --policy-arch x86_64,i386 --cap CAP_SYS_ADMIN --kernel "
		    "5.4 --mix 'my mix' --optimize left --gen-timeout 2.5 --arch i386 --syscall "
		    "0x270f --ip 0x8000000000000000 --oracle all\n");
	assert_line("it's.bpf", &plain, (struct abi_tuple){.arch = X86_64, .nr = ABI_X32_BIT | 1},
		    "secgauge eval 'it'\\''s.bpf' --arch x32 --syscall write --oracle all\n");
}

/* No name stands for an architecture that nobody knows; a table can have it. */
static void an_unknown_architecture_is_a_row_of_a_table(void **state)
{
	const struct cmd_policy_options plain = {0};

	(void)state;
	assert_line("allow", &plain, (struct abi_tuple){.arch = 7, .nr = 255, .args = {[5] = 16}},
		    "echo 7 ff 0 0 0 0 0 10 | secgauge eval allow --batch - --oracle all\n");
	assert_line("allow", &plain, (struct abi_tuple){.arch = 7, .ip = 1}, "");
}

/* ---- witnesses */

static struct cmd_filter load(const char *text)
{
	struct cmd_policy_options options = {.arches = {abi_arch(ABI_X86_64)}, .arch_count = 1};
	struct cmd_filter filter = {0};
	struct sg_err err = {0};

	if (cmd_options_finish(&options, &err) || cmd_filter_load(text, &options, &filter, &err))
		fail_msg("%s", err.msg);
	cmd_options_release(&options);
	return filter;
}

static const struct confirm_witness *witness(const struct confirmation *confirmation,
					     const char *name)
{
	for (size_t i = 0; i < confirmation->count; i++)
		if (!strcmp(confirmation->items[i].oracle->name, name))
			return &confirmation->items[i];
	fail_msg("no witness %s", name);
	return NULL;
}

static void true_counterexamples_are_confirmed(void **state)
{
	const struct abi_tuple reboot = {.arch = X86_64, .nr = 169};
	const uint32_t wanted = ABI_RET_ERRNO | 1;
	struct cmd_filter filter = load("container-default@none");
	struct confirmation confirmation = {0};

	(void)state;
	confirm(&filter, &reboot, ABI_RET_ALLOW, &wanted, &confirmation);
	assert_int_equal(witness(&confirmation, "interp")->word, CONFIRM_YES);
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_YES);
	assert_true(witness(&confirmation, "kernel")->word == CONFIRM_YES ||
		    (witness(&confirmation, "kernel")->word == CONFIRM_SILENT &&
		     witness(&confirmation, "kernel")->reason));
	confirmation_release(&confirmation);
	cmd_filter_release(&filter);
}

static void false_ones_are_contradicted(void **state)
{
	const struct abi_tuple read = {.arch = X86_64}, foreign = {.arch = 7};
	const uint32_t wanted = ABI_RET_ERRNO | 1, killed = ABI_RET_KILL_PROCESS;
	struct cmd_filter filter = load("container-default@none");
	struct confirmation confirmation = {0};

	(void)state;
	confirm(&filter, &read, ABI_RET_LOG, &wanted, &confirmation);
	assert_int_equal(witness(&confirmation, "interp")->word, CONFIRM_NO);
	assert_string_equal(witness(&confirmation, "interp")->reason, "ALLOW of none");
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_NO);
	confirmation_release(&confirmation);

	/* The verdict is the policy's, but it does not have to be. */
	confirm(&filter, &foreign, ABI_RET_ALLOW, &killed, &confirmation);
	assert_int_equal(witness(&confirmation, "interp")->word, CONFIRM_YES);
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_NO);
	assert_string_equal(witness(&confirmation, "policy")->reason,
			    "KILL_PROCESS of none, which the profile leaves open (foreign-arch)");
	confirmation_release(&confirmation);

	confirm_specified(&filter.policy, &read, &confirmation);
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_YES);
	confirm_specified(&filter.policy, &foreign, &confirmation);
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_NO);
	confirmation_release(&confirmation);
	cmd_filter_release(&filter);
}

/* Two filters, one witness: it is as good as its worse word. */
static void a_witness_must_confirm_both_sides(void **state)
{
	const struct abi_tuple read = {.arch = X86_64};
	struct cmd_filter filter = load("allow");
	struct confirmation confirmation = {0};

	(void)state;
	confirm(&filter, &read, ABI_RET_ALLOW, NULL, &confirmation);
	assert_int_equal(witness(&confirmation, "policy")->word, CONFIRM_UNASKED);
	assert_int_equal(witness(&confirmation, "interp")->word, CONFIRM_YES);
	confirm(&filter, &read, ABI_RET_LOG, NULL, &confirmation);
	confirm(&filter, &read, ABI_RET_ALLOW, NULL, &confirmation);
	assert_int_equal(witness(&confirmation, "interp")->word, CONFIRM_NO);
	confirmation_release(&confirmation);
	cmd_filter_release(&filter);
}

/* ---- what is printed */

static void assert_shows(const struct proof *proof, const char *part)
{
	struct sg_buf text = {0};

	proof_print(proof, false, &text);
	if (!strstr(sg_buf_text(&text), part))
		fail_msg("no \"%s\" in: %s", part, sg_buf_text(&text));
	sg_buf_release(&text);
}

static void assert_holds(const struct proof *proof, const char *key, const char *expected)
{
	json_t *json = proof_json(proof), *value = json_object_get(json, key);
	char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	if (expected)
		assert_string_equal(text ? text : "absent", expected);
	else
		assert_null(value);
	free(text);
	json_decref(json);
}

/* Two filters without instructions, so that nothing else is looked at. */
static struct proof proof_of_nothing(const struct cmd_policy_options *options)
{
	return (struct proof){
		.options = options,
		.names = {"left", "right"},
		.filters = {{.filter.none = true}, {.filter.none = true}},
		.answer = {.seconds = 0.25},
	};
}

static void contradictions_are_loud(void **state)
{
	const struct cmd_policy_options options = {0};
	struct proof proof = proof_of_nothing(&options);
	struct cmd_filter filter = load("allow");

	(void)state;
	proof.answer.result = PROVE_DIFFERENT;
	proof.answer.tuple.arch = X86_64;
	confirm(&filter, &proof.answer.tuple, ABI_RET_LOG, NULL, &proof.confirmation);
	assert_shows(&proof, "CONTRADICTED by interp: ALLOW of allow\n");
	assert_holds(&proof, "confirmed", "[]");
	confirmation_release(&proof.confirmation);
	cmd_filter_release(&filter);
}

static void what_z3_says_is_told_apart(void **state)
{
	const struct cmd_policy_options options = {0};
	struct proof proof = proof_of_nothing(&options);

	(void)state;
	proof.answer.by_smt = true;
	assert_shows(&proof, "equal: left and right give the same verdict on all 2^512 inputs "
			     "(0.250 s, by Z3)\n");
	assert_holds(&proof, "by", "\"z3\"");
	proof.answer.result = PROVE_DIFFERENT;
	assert_shows(&proof, "on some of 2^512 inputs (0.250 s, by Z3)\n");
	assert_shows(&proof, "Z3 finds one");
	assert_holds(&proof, "differing", NULL);
	assert_holds(&proof, "differing_inputs", NULL);
}

static void unknown_says_why(void **state)
{
	const struct cmd_policy_options options = {0};
	struct proof proof = proof_of_nothing(&options);

	(void)state;
	proof.answer = (struct prove_answer){.result = PROVE_UNKNOWN,
					     .reason = "too large",
					     .seconds = 0.25};
	assert_shows(&proof, "unknown: too large (0.250 s)\n");
	assert_holds(&proof, "reason", "\"too large\"");
	assert_holds(&proof, "counterexample", NULL);
}

static void long_lists_are_cut(void **state)
{
	const struct cmd_policy_options options = {0};
	struct proof proof = proof_of_nothing(&options);
	struct prove_region regions[25];

	(void)state;
	for (uint32_t i = 0; i < SG_COUNT(regions); i++)
		regions[i] = (struct prove_region){.audit = X86_64,
						   .low = i,
						   .high = i,
						   .a = ABI_RET_LOG,
						   .inputs = ldexp(1, 448)};
	proof.answer = (struct prove_answer){.result = PROVE_DIFFERENT,
					     .regions = regions,
					     .region_count = SG_COUNT(regions),
					     .inputs = ldexp(25, 448)};
	assert_shows(&proof, "  ... and 5 more (--json has all)\n");
	assert_shows(&proof, "  x86_64      read (0)                            LOG           "
			     "KILL_THREAD   all 2^448\n");
	proof.answer.more_regions = true;
	assert_shows(&proof, "  ... and at least 5 more (--json has some of them)\n");
	proof.answer.region_count = 1;
	assert_shows(&proof, "  ... and others\n");
	regions[0].args = 1u << 0 | 1u << 4 | PROVE_BY_IP;
	assert_shows(&proof, "KILL_THREAD   all 2^448, by a0, a4, ip\n");
	regions[0].args = 0;
	regions[0].high = 9;
	assert_shows(&proof, "  x86_64      read (0) to mmap (9)                LOG           "
			     "KILL_THREAD   2^448\n");
	assert_holds(&proof, "more_differing", "true");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_inputs_can_be_read),
		cmocka_unit_test(the_line_names_the_same_filter_and_input),
		cmocka_unit_test(an_unknown_architecture_is_a_row_of_a_table),
		cmocka_unit_test(true_counterexamples_are_confirmed),
		cmocka_unit_test(false_ones_are_contradicted),
		cmocka_unit_test(a_witness_must_confirm_both_sides),
		cmocka_unit_test(contradictions_are_loud),
		cmocka_unit_test(what_z3_says_is_told_apart),
		cmocka_unit_test(unknown_says_why),
		cmocka_unit_test(long_lists_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
