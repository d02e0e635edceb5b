/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a profile. Refused in one line, or a policy whose canonical text stays the same when
 * it is read back from a profile that is written from the policy alone.
 */
#include <string.h>

#include "fuzz/finding.h"
#include "fuzz/targets/targets.h"

/* The first line on which the two differ. */
static void fail_on_line(const char *wanted, const char *got)
{
	size_t at = 0;

	while (wanted[at] && wanted[at] == got[at])
		at++;
	while (at > 0 && wanted[at - 1] != '\n')
		at--;
	fuzz_fail("\"%.*s\" reads back as \"%.*s\"", (int)strcspn(wanted + at, "\n"), wanted + at,
		  (int)strcspn(got + at, "\n"), got + at);
}

static void require_reads_back(const struct policy *policy)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};
	struct sg_buf json = {0}, wanted = {0}, got = {0};
	struct policy again = {0};
	struct sg_err err = {0};

	policy_profile_text(policy, &json);
	FUZZ_REQUIRE(!policy_parse(json.data, json.len, "again", &options, &again, &err),
		     "does not read back: %s", err.msg);
	policy_print(policy, &wanted);
	policy_print(&again, &got);
	if (strcmp(sg_buf_text(&wanted), sg_buf_text(&got)) != 0)
		fail_on_line(sg_buf_text(&wanted), sg_buf_text(&got));
	FUZZ_REQUIRE(!strcmp(policy->sha256, again.sha256), "one text, two hashes");
	policy_release(&again);
	sg_buf_release(&json);
	sg_buf_release(&wanted);
	sg_buf_release(&got);
}

static void require_lines(const struct sg_strv *list)
{
	for (size_t i = 0; i < list->len; i++)
		FUZZ_REQUIRE(list->items[i][0] && !strchr(list->items[i], '\n'),
			     "not one line: \"%s\"", list->items[i]);
}

int fuzz_target_profile(const uint8_t *data, size_t len)
{
	static const struct policy_options options = {.kernel = "5.4", .caps = "podman"};
	struct policy policy = {0};
	struct sg_err err = {0};
	int bad = policy_parse((const char *)data, len, "profile", &options, &policy, &err);

	if (bad) {
		fuzz_require_refusal(bad, &err);
		return 0;
	}
	FUZZ_REQUIRE(policy.arch_count, "a policy without an architecture");
	require_lines(&policy.warnings);
	require_lines(&policy.unknown_names);
	if (!policy.no_filter)
		require_reads_back(&policy);
	policy_release(&policy);
	return 0;
}
