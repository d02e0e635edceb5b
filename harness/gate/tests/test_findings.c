/* SPDX-License-Identifier: MIT */
/* What a proof's answer reads like, and how many of its regions are listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/gate/findings.h"

#define X86_64   (abi_arch(ABI_X86_64)->audit)
#define ERRNO(n) (ABI_RET_ERRNO | (n))

struct fixture {
	struct gate_report report;
	const struct gate_check *check;
};

/* The check of an answer, of which so many calls are allowed. */
static struct fixture decide(const struct prove_answer *answer, double allowed)
{
	struct gate_request request = {0};
	struct fixture fixture = {0};
	struct gate_check *check = gate_check_add(&fixture.report, GATE_VERDICTS, "p/f");

	request.allow[GATE_VERDICTS].amount = allowed;
	findings_decide(&request, check, answer, "another verdict");
	fixture.check = check;
	return fixture;
}

static struct prove_answer answer_of(struct prove_region *regions, size_t count)
{
	return (struct prove_answer){
		.result = PROVE_DIFFERENT,
		.regions = regions,
		.region_count = count,
		.tuple = regions[0].tuple,
		.a = regions[0].a,
		.b = regions[0].b,
	};
}

static void reads(struct prove_region region, const char *expected)
{
	const struct prove_answer answer = answer_of(&region, 1);
	struct fixture fixture = decide(&answer, 0);

	assert_int_equal(fixture.check->result, GATE_FAIL);
	assert_int_equal(fixture.check->finding_count, 1);
	assert_string_equal(fixture.check->findings[0].text, expected);
	assert_memory_equal(&fixture.check->findings[0].tuple, &region.tuple, sizeof(region.tuple));
	gate_report_release(&fixture.report);
}

static void regions_in_words(void **state)
{
	struct prove_region region = {.audit = X86_64, .low = 56, .high = 56};

	(void)state;
	region.a = ERRNO(1);
	region.b = ABI_RET_ALLOW;
	region.tuple = (struct abi_tuple){.arch = X86_64, .nr = 56};
	reads(region, "x86_64 clone (56): ALLOW, was ERRNO(1)");
	region.args = 1u << 0 | 1u << 2;
	region.tuple.args[2] = 0x2000000;
	reads(region, "x86_64 clone (56) by a0, a2, as with a0=0x0 a2=0x2000000: ALLOW, was "
		      "ERRNO(1)");
	region.args = PROVE_BY_IP;
	region.tuple.ip = 5;
	reads(region, "x86_64 clone (56) by ip, as with ip=0x5: ALLOW, was ERRNO(1)");
	region.high = region.tuple.nr = 57;
	reads(region, "x86_64 clone (56) to fork (57) by ip, as with fork (57) ip=0x5: ALLOW, was "
		      "ERRNO(1)");
}

static void numbers_and_architectures_without_a_name(void **state)
{
	struct prove_region region = {.audit = X86_64, .low = 9999, .high = 9999};

	(void)state;
	region.a = ABI_RET_ALLOW;
	region.b = ABI_RET_KILL_PROCESS;
	reads(region, "x86_64 0x270f: KILL_PROCESS, was ALLOW");
	region.low = region.high = ABI_X32_BIT;
	reads(region, "x32 read (1073741824): KILL_PROCESS, was ALLOW");
	region = (struct prove_region){.high = UINT32_MAX, .a = ERRNO(1), .b = ERRNO(2)};
	reads(region, "arch 0x0 every number: ERRNO(2), was ERRNO(1)");
	region.audit = abi_arch(ABI_AARCH64)->audit;
	reads(region, "aarch64 every number: ERRNO(2), was ERRNO(1)");
}

/* Every third lets something through. */
static void make_regions(struct prove_region *regions, size_t count)
{
	for (size_t i = 0; i < count; i++)
		regions[i] = (struct prove_region){
			.audit = X86_64,
			.low = (uint32_t)i,
			.high = (uint32_t)i,
			.a = ERRNO(1),
			.b = i % 3 ? ERRNO(2) : ABI_RET_LOG,
			.inputs = 1,
			.tuple = {.arch = X86_64, .nr = (uint32_t)i},
		};
}

static void what_is_let_through_stands_first(void **state)
{
	struct prove_region regions[7];
	static const uint32_t expected[] = {0, 3, 6, 1, 2, 4, 5};

	(void)state;
	make_regions(regions, SG_COUNT(regions));
	const struct prove_answer answer = answer_of(regions, SG_COUNT(regions));
	struct fixture fixture = decide(&answer, 0);

	assert_int_equal(fixture.check->finding_count, SG_COUNT(expected));
	for (size_t i = 0; i < SG_COUNT(expected); i++)
		assert_int_equal(fixture.check->findings[i].tuple.nr, expected[i]);
	assert_string_equal(fixture.check->message, "another verdict for 7 calls");
	assert_true(fixture.check->value == 7);
	gate_report_release(&fixture.report);
}

static void many_are_counted(void **state)
{
	struct prove_region regions[FINDINGS_MAX + 2];

	(void)state;
	make_regions(regions, SG_COUNT(regions));
	struct prove_answer answer = answer_of(regions, SG_COUNT(regions));
	struct fixture fixture = decide(&answer, 0);

	assert_int_equal(fixture.check->finding_count, FINDINGS_MAX);
	assert_string_equal(fixture.check->message, "another verdict for 52 calls (50 are listed)");
	assert_true(fixture.check->value == 52);
	gate_report_release(&fixture.report);
	answer.more_regions = true;
	answer.region_count = 2;
	fixture = decide(&answer, 0);
	assert_string_equal(fixture.check->message, "another verdict for at least 2 calls");
	gate_report_release(&fixture.report);
}

static void z3_knows_one_input(void **state)
{
	const struct prove_answer answer = {
		.result = PROVE_DIFFERENT,
		.by_smt = true,
		.tuple = {.arch = X86_64, .nr = 56, .args = {8}},
		.a = ERRNO(1),
		.b = ABI_RET_ALLOW,
	};
	const struct prove_answer none = {.result = PROVE_EQUAL};
	struct fixture fixture = decide(&answer, 0);

	(void)state;
	assert_int_equal(fixture.check->result, GATE_FAIL);
	assert_int_equal(fixture.check->finding_count, 1);
	assert_string_equal(fixture.check->findings[0].text,
			    "x86_64 clone (56) a0=0x8: ALLOW, was ERRNO(1)");
	assert_string_equal(fixture.check->message, "another verdict for at least 1 call");
	assert_true(findings_loosen(&answer, &none));
	assert_int_equal(findings_fresh(&answer, &none), 1);
	assert_int_equal(findings_fresh(&answer, &answer), 0);
	gate_report_release(&fixture.report);
}

static void what_is_allowed_passes(void **state)
{
	struct prove_region regions[2];

	(void)state;
	make_regions(regions, SG_COUNT(regions));
	const struct prove_answer answer = answer_of(regions, SG_COUNT(regions));
	struct fixture fixture = decide(&answer, 2);

	assert_int_equal(fixture.check->result, GATE_PASS);
	assert_string_equal(fixture.check->message,
			    "another verdict for 2 calls, which is allowed");
	assert_int_equal(fixture.check->finding_count, 2);
	gate_report_release(&fixture.report);
	fixture = decide(&answer, 1);
	assert_int_equal(fixture.check->result, GATE_FAIL);
	gate_report_release(&fixture.report);
}

static void nothing_is_let_through(void **state)
{
	const struct prove_answer none = {.result = PROVE_EQUAL};
	struct prove_region region = {.audit = X86_64, .a = ABI_RET_ALLOW, .b = ERRNO(1)};
	const struct prove_answer answer = answer_of(&region, 1);

	(void)state;
	assert_false(findings_loosen(&answer, &none));
	region.b = ABI_RET_LOG;
	assert_false(findings_loosen(&answer, &none));
	region.a = ABI_RET_KILL_THREAD;
	assert_true(findings_loosen(&answer, &none));
	assert_false(findings_loosen(&answer, &answer));
}

/* Each way in which a region may be another one. */
static void what_is_new(void **state)
{
	const struct prove_region known = {
		.audit = X86_64, .low = 4, .high = 5, .a = ERRNO(1), .b = ERRNO(2), .inputs = 9};
	struct prove_region regions[8];

	(void)state;
	for (size_t i = 0; i < SG_COUNT(regions); i++)
		regions[i] = known;
	const struct prove_answer was = answer_of(regions, 1);
	const struct prove_answer is = answer_of(regions, SG_COUNT(regions));
	assert_int_equal(findings_fresh(&is, &was), 0);
	regions[1].audit++;
	regions[2].low--;
	regions[3].high++;
	regions[4].a = ERRNO(3);
	regions[5].b = ERRNO(3);
	regions[6].args = 1;
	regions[7].inputs = 8;
	assert_int_equal(findings_fresh(&is, &was), 7);
	assert_int_equal(findings_fresh(&was, &is), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regions_in_words),
		cmocka_unit_test(numbers_and_architectures_without_a_name),
		cmocka_unit_test(what_is_let_through_stands_first),
		cmocka_unit_test(many_are_counted),
		cmocka_unit_test(z3_knows_one_input),
		cmocka_unit_test(what_is_allowed_passes),
		cmocka_unit_test(nothing_is_let_through),
		cmocka_unit_test(what_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
