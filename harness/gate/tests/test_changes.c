/* SPDX-License-Identifier: MIT */
/*
 * A profile with one thing changed: the check of the profile and those of its filters name the
 * call, the argument and both verdicts. The filters are right for their own profile, so that
 * nothing else fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/gate/findings.h"
#include "harness/gate/tests/sides.h"

extern const struct gate_part gate_part_policies, gate_part_verdicts, gate_part_proofs,
	gate_part_mismatches;

#define CLONE_MASK(mask) \
	SIDES_RULE("\"clone\"", "ALLOW", ", \"args\": [" SIDES_ARG(0, MASKED_EQ, mask, 0) "]")
#define PERSONALITY(op, value) \
	SIDES_RULE("\"personality\"", "ALLOW", ", \"args\": [" SIDES_ARG(0, op, value, 0) "]")

struct change {
	const char *what;
	struct side_text is; /* the pieces that are others */
	const char *finding; /* begins so */
	const char *summary; /* is in the message of the profile's check */
	size_t calls;        /* 0: more than one */
	unsigned int args;
};

static const struct change changes[] = {
	{"a rule less",
	 {.personality = ""},
	 "x86_64 personality (135) by a0, as with a0=0x0: ERRNO(1), was ALLOW",
	 "for 1 call",
	 1,
	 1},
	{"an unconditional rule less",
	 {.allow = SIDES_RULE("\"read\", \"exit_group\"", "ALLOW", "")},
	 "x86_64 write (1): ERRNO(1), was ALLOW",
	 "for 1 call",
	 1,
	 0},
	{"another errno",
	 {.openat2 = SIDES_RULE("\"openat2\"", "ERRNO", ", \"errnoRet\": 95")},
	 "x86_64 openat2 (437): ERRNO(95), was ERRNO(38)",
	 "for 1 call",
	 1,
	 0},
	{"a comparison wider by one",
	 {.personality = PERSONALITY(LE, 9)},
	 "x86_64 personality (135) by a0, as with a0=0x9: ALLOW, was ERRNO(1)",
	 "for 1 call",
	 1,
	 1},
	{"a comparison narrower by one",
	 {.personality = PERSONALITY(LT, 8)},
	 "x86_64 personality (135) by a0, as with a0=0x8: ERRNO(1), was ALLOW",
	 "for 1 call",
	 1,
	 1},
	{"another value",
	 {.socket = SIDES_RULE("\"socket\"", "ALLOW", ", \"args\": [" SIDES_ARG(1, NE, 40, 0) "]")},
	 "x86_64 socket (41) by a0, a1, as with a0=0x28 a1=0x0: ALLOW, was ERRNO(1)",
	 "for 1 call",
	 1,
	 3},
	{"a mask with one bit more",
	 {.clone = CLONE_MASK(2114060416)},
	 "x86_64 clone (56) by a0, as with a0=0x80: ERRNO(1), was ALLOW",
	 "for 1 call",
	 1,
	 1},
	{"an architecture more",
	 {.arches = "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\"]"},
	 "aarch64 read (63) to write (64): ALLOW, was KILL_",
	 "; aarch64 is new",
	 0,
	 0},
	{"another default",
	 {.default_errno = "13"},
	 "x86_64 open (2): ERRNO(13), was ERRNO(1)",
	 "; by default ERRNO(13), was ERRNO(1)",
	 0,
	 0},
};

static struct side_text change_text(const struct change *change)
{
	struct side_text text = side_text_plain;
	const char *const *is = (const char *const *)&change->is;
	const char **piece = (const char **)&text;

	for (size_t i = 0; i < sizeof(text) / sizeof(char *); i++)
		if (is[i])
			piece[i] = is[i];
	return text;
}

static const struct gate_finding *find(const struct gate_check *check, const char *text)
{
	for (size_t i = 0; i < check->finding_count; i++)
		if (!strncmp(check->findings[i].text, text, strlen(text)))
			return &check->findings[i];
	for (size_t i = 0; i < check->finding_count; i++)
		print_message("%s\n", check->findings[i].text);
	fail_msg("%s: no finding \"%s\"", check->name, text);
	return NULL;
}

static void has_changed(const struct gate_check *check, const struct change *change)
{
	const struct gate_finding *finding = find(check, change->finding);

	assert_int_equal(check->result, GATE_FAIL);
	assert_true(check->baseline == 0);
	assert_true(change->calls ? check->value == (double)change->calls : check->value > 1);
	assert_false(check->better);
	assert_int_equal(finding->args, change->args);
	assert_true(finding->inputs > 0);
	assert_false(finding->against_policy);
	assert_int_not_equal(finding->was, finding->is);
}

static void is_as_before(const struct gate_check *check)
{
	if (check->result != GATE_PASS)
		fail_msg("%s: %s", check->name, check->message);
	assert_true(check->baseline == 0);
	assert_true(check->value == 0);
	assert_int_equal(check->finding_count, 0);
}

static void check_report(const struct sides *sides, const struct change *change)
{
	const struct gate_report *report = &sides->report;

	assert_int_equal(report->check_count, 1 + 3 * SIDE_FILTERS);
	assert_int_equal(sides_check(sides, "profile")->kind, GATE_POLICY);
	assert_non_null(strstr(sides_check(sides, "profile")->message, change->summary));
	for (size_t i = 0; i < report->check_count; i++) {
		const struct gate_check *check = &report->checks[i];

		if (check->kind == GATE_POLICY || check->kind == GATE_VERDICTS)
			has_changed(check, change);
		else
			is_as_before(check);
	}
}

static void run_all(struct sides *sides)
{
	sides_run(sides, &gate_part_policies);
	sides_run(sides, &gate_part_verdicts);
	sides_run(sides, &gate_part_proofs);
	sides_run(sides, &gate_part_mismatches);
}

static void one_change_is_named(void **state)
{
	const struct change *change = *state;
	const struct side_text text = change_text(change);
	struct sides *sides = sides_new(&side_text_plain, &text);

	run_all(sides);
	check_report(sides, change);
	sides_free(sides);
}

static void nothing_changed(void **state)
{
	struct sides *sides = sides_new(&side_text_plain, &side_text_plain);

	(void)state;
	run_all(sides);
	assert_int_equal(sides->report.check_count, 1 + 3 * SIDE_FILTERS);
	for (size_t i = 0; i < sides->report.check_count; i++)
		is_as_before(&sides->report.checks[i]);
	sides_free(sides);
}

int main(void)
{
	struct CMUnitTest tests[SG_COUNT(changes) + 1] = {cmocka_unit_test(nothing_changed)};

	for (size_t i = 0; i < SG_COUNT(changes); i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = changes[i].what,
			.test_func = one_change_is_named,
			.initial_state = (void *)&changes[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
