/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a profile. Refused in one line, or a policy whose canonical text stays the same when
 * it is read back from a profile that is written from the policy alone.
 */
#include <inttypes.h>
#include <string.h>

#include "fuzz/targets/targets.h"

/* ---- the policy as JSON */

static const char *action_word(uint32_t action)
{
	switch (action & ABI_RET_ACTION_FULL) {
	case ABI_RET_KILL_PROCESS: return "SCMP_ACT_KILL_PROCESS";
	case ABI_RET_KILL_THREAD: return "SCMP_ACT_KILL_THREAD";
	case ABI_RET_TRAP: return "SCMP_ACT_TRAP";
	case ABI_RET_ERRNO: return "SCMP_ACT_ERRNO";
	case ABI_RET_USER_NOTIF: return "SCMP_ACT_NOTIFY";
	case ABI_RET_TRACE: return "SCMP_ACT_TRACE";
	case ABI_RET_LOG: return "SCMP_ACT_LOG";
	case ABI_RET_ALLOW: return "SCMP_ACT_ALLOW";
	default: fuzz_fail("no profile asks for action %#x", action);
	}
}

static void add_action(uint32_t action, const char *key, const char *errno_key, struct sg_buf *out)
{
	const uint32_t kind = action & ABI_RET_ACTION_FULL;

	sg_buf_addf(out, "\"%s\":\"%s\"", key, action_word(action));
	if (kind == ABI_RET_ERRNO || kind == ABI_RET_TRACE)
		sg_buf_addf(out, ",\"%s\":%u", errno_key, action & ABI_RET_DATA);
}

static void add_cond(const struct policy_cond *cond, struct sg_buf *out)
{
	static const char *const ops[] = {
		[POLICY_NE] = "NE",
		[POLICY_LT] = "LT",
		[POLICY_LE] = "LE",
		[POLICY_EQ] = "EQ",
		[POLICY_GE] = "GE",
		[POLICY_GT] = "GT",
		[POLICY_MASKED_EQ] = "MASKED_EQ",
	};

	sg_buf_addf(out,
		    "{\"index\":%u,\"value\":%" PRIu64 ",\"valueTwo\":%" PRIu64
		    ",\"op\":\"SCMP_CMP_%s\"}",
		    cond->arg, cond->value, cond->value_two, ops[cond->op]);
}

/* The bytes of a JSON string; names of system calls may have any printable ones. */
static void add_string(const char *text, struct sg_buf *out)
{
	sg_buf_adds(out, "\"");
	for (; *text; text++)
		sg_buf_addf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	sg_buf_adds(out, "\"");
}

static void add_rule(const struct policy_rule *rule, struct sg_buf *out)
{
	sg_buf_adds(out, "{\"names\":[");
	add_string(rule->name, out);
	sg_buf_adds(out, "],");
	add_action(rule->action, "action", "errnoRet", out);
	sg_buf_adds(out, ",\"args\":[");
	for (size_t i = 0; i < rule->cond_count; i++) {
		sg_buf_adds(out, i ? "," : "");
		add_cond(&rule->conds[i], out);
	}
	sg_buf_adds(out, "]}");
}

void fuzz_policy_json(const struct policy *policy, struct sg_buf *out)
{
	sg_buf_adds(out, "{");
	add_action(policy->default_action, "defaultAction", "defaultErrnoRet", out);
	sg_buf_adds(out, ",\"flags\":[");
	for (size_t i = 0; i < policy->flag_names.len; i++)
		sg_buf_addf(out, "%s\"%s\"", i ? "," : "", policy->flag_names.items[i]);
	sg_buf_adds(out, "],\"syscalls\":[");
	for (size_t i = 0; i < policy->rule_count; i++) {
		sg_buf_adds(out, i ? "," : "");
		add_rule(&policy->rules[i], out);
	}
	sg_buf_adds(out, "]}");
}

/* ---- the target */

/* Podman's errno names are another number on each architecture: numbers cannot say that. */
static bool has_numbers_alone(const struct policy *policy)
{
	if (policy->no_filter || policy->default_errnos)
		return false;
	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].errnos)
			return false;
	return true;
}

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

	fuzz_policy_json(policy, &json);
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
	if (has_numbers_alone(&policy))
		require_reads_back(&policy);
	policy_release(&policy);
	return 0;
}
