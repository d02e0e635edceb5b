/* SPDX-License-Identifier: MIT */
/*
 * SARIF 2.1.0 (OASIS), for code scanning: the calls on which a verdict is wrong or another one.
 * What is not about a verdict (lengths, times) has no place there. GitHub shows a result only with
 * a file and a line, asks for a rule's three texts, and refuses more than 25,000 results.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/base/hash.h"
#include "harness/gate/format.h"
#include "harness/report/put_json.h"

#define RESULTS_MAX 25000

/* In the order of kinds.inc, as ruleIndex counts them. */
static const struct rule {
	enum gate_kind kind;
	const char *full, *help;
} rules[] = {
	{GATE_POLICY, "The rules of a profile say something else than those of the baseline.",
	 "If the change is meant, measure a new baseline; else compare the profile with its "
	 "earlier "
	 "version at the call that is named."},
	{GATE_VERDICTS, "A filter answers a call with another verdict than the baseline's filter.",
	 "If the change is meant, measure a new baseline; else look at the rules of the call in "
	 "the "
	 "profile, and at the generator."},
	{GATE_PROOF, "A filter was proved to be another than its profile says.",
	 "The generator is wrong: secgauge eval with the call and arguments shows the path."},
	{GATE_MISMATCHES, "A filter gave another verdict than its profile, for generated input.",
	 "The generator is wrong: secgauge eval with the call and arguments shows the path."},
};

static json_t *message(const char *text)
{
	return json_pack("{s:o}", "text", sg_clean_json(text));
}

/* ---- tool */

static json_t *one_rule(const struct rule *rule)
{
	const struct gate_kind_facts *kind = &gate_kinds[rule->kind];

	return json_pack("{s:s, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:[s, s]}}", "id",
			 kind->name, "shortDescription", "text", kind->summary, "fullDescription",
			 "text", rule->full, "help", "text", rule->help, "defaultConfiguration",
			 "level", "error", "properties", "tags", "security", "seccomp");
}

static json_t *tool(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < SG_COUNT(rules); i++)
		json_array_append_new(list, one_rule(&rules[i]));
	return json_pack("{s:{s:s, s:s, s:s, s:o}}", "driver", "name", "secgauge", "version",
			 SG_VERSION, "semanticVersion", SG_VERSION, "rules", list);
}

/* ---- where */

static bool is_of(const char *check, const char *profile)
{
	size_t len = strlen(profile);

	return !strncmp(check, profile, len) && (!check[len] || check[len] == '/');
}

/* The profile in a check's name, "PROFILE" or "PROFILE/FILTER", where it is a file: else NULL. */
static const char *profile_file(const struct gate_report *report, const struct gate_check *check)
{
	const struct saved_result *result = report->result;

	for (size_t i = 0; i < result->policy_count; i++) {
		const char *profile = result->policies[i].profile;
		size_t len = strlen(profile);

		if (is_of(check->name, profile) &&
		    (strchr(profile, '/') || (len > 5 && !strcmp(profile + len - 5, ".json"))))
			return profile;
	}
	return NULL;
}

/* RFC 3986: a path as a relative reference, an absolute one with its scheme. */
static json_t *uri(const char *path)
{
	struct sg_buf out = {0};
	json_t *json;

	if (!strncmp(path, "./", 2))
		path += 2;
	if (*path == '/')
		sg_buf_adds(&out, "file://");
	for (const unsigned char *c = (const unsigned char *)path; *c; c++)
		if (strchr("/-._~", *c) || (*c >= '0' && *c <= '9') || (*c >= 'A' && *c <= 'Z') ||
		    (*c >= 'a' && *c <= 'z'))
			sg_buf_addf(&out, "%c", *c);
		else
			sg_buf_addf(&out, "%%%02X", *c);
	json = json_string(sg_buf_text(&out));
	sg_buf_release(&out);
	return json;
}

/* Which line of a profile is at fault nobody knows: its first. */
static json_t *physical(const struct gate_report *report, const struct gate_check *check)
{
	const char *profile = profile_file(report, check);

	return json_pack("{s:{s:o}, s:{s:i}}", "artifactLocation", "uri",
			 uri(profile ? profile : report->result->file), "region", "startLine", 1);
}

static json_t *call_location(const struct gate_finding *finding)
{
	struct sg_buf scratch = {0};
	const char *arch = gate_finding_arch(finding, &scratch), *call = gate_finding_call(finding);
	char *name = call ? sg_strdup(call) : sg_asprintf("%u", finding->tuple.nr);
	json_t *json = json_pack("{s:s, s:o, s:s}", "name", name, "fullyQualifiedName",
				 json_sprintf("%s/%s", arch, name), "kind", "function");

	free(name);
	sg_buf_release(&scratch);
	return json;
}

static json_t *location(const struct gate_report *report, const struct gate_check *check,
			const struct gate_finding *finding)
{
	json_t *logical = json_array();

	if (finding)
		json_array_append_new(logical, call_location(finding));
	json_array_append_new(logical, json_pack("{s:o, s:s}", "fullyQualifiedName",
						 sg_clean_json(check->name), "kind", "module"));
	return json_pack("{s:o, s:o}", "physicalLocation", physical(report, check),
			 "logicalLocations", logical);
}

/* ---- what */

/* The same finding has the same one in each run: it is made of what was found where, not of the
 * input that shows it. @nth: of its like in the check, from 1. */
static json_t *fingerprints(const struct gate_check *check, const struct gate_finding *finding,
			    size_t nth)
{
	struct sg_buf text = {0};
	char hex[SG_SHA256_HEX_BYTES];

	sg_buf_addf(&text, "%s\n%s\n", gate_kinds[check->kind].name, check->name);
	if (finding)
		sg_buf_addf(&text, "%x %x %x\n", finding->tuple.arch, finding->tuple.nr,
			    finding->args);
	sg_sha256_hex(text.data, text.len, hex);
	sg_buf_release(&text);
	return json_pack("{s:o, s:o}", "secgaugeFinding/v1", json_sprintf("%s:%zu", hex, nth),
			 "primaryLocationLineHash", json_sprintf("%.16s:%zu", hex, nth));
}

/* A change that is allowed is no error, and what could not be told is not known to be one. */
static const char *level(enum gate_result result)
{
	static const char *const names[] = {
		[GATE_PASS] = "note", [GATE_INCONCLUSIVE] = "warning", [GATE_FAIL] = "error"};

	return names[result];
}

static json_t *one_result(const struct gate_report *report, const struct rule *rule,
			  const struct gate_check *check, const struct gate_finding *finding,
			  size_t nth)
{
	json_t *text = finding ? sg_clean_json(finding->text) : sg_clean_json(check->message);
	char *full = sg_asprintf("%s: %s", check->name, json_string_value(text));
	json_t *json = json_pack("{s:s, s:i, s:s, s:o, s:[o], s:o}", "ruleId",
				 gate_kinds[check->kind].name, "ruleIndex", (int)(rule - rules),
				 "level", level(check->result), "message", message(full),
				 "locations", location(report, check, finding),
				 "partialFingerprints", fingerprints(check, finding, nth));

	free(full);
	json_decref(text);
	return json;
}

/* How many findings up to this one have the same call and arguments, this one included. */
static size_t place_among_like(const struct gate_check *check, size_t index)
{
	const struct gate_finding *this = &check->findings[index];
	size_t nth = 1;

	for (size_t i = 0; i < index; i++)
		nth += check->findings[i].tuple.arch == this->tuple.arch &&
		       check->findings[i].tuple.nr == this->tuple.nr &&
		       check->findings[i].args == this->args;
	return nth;
}

/* Each finding; where a check failed and has none, the check itself. */
static void add_check(json_t *list, const struct gate_report *report, const struct rule *rule,
		      const struct gate_check *check)
{
	if (!check->finding_count && check->result == GATE_FAIL)
		json_array_append_new(list, one_result(report, rule, check, NULL, 1));
	for (size_t i = 0; i < check->finding_count && json_array_size(list) < RESULTS_MAX; i++)
		json_array_append_new(list, one_result(report, rule, check, &check->findings[i],
						       place_among_like(check, i)));
}

static const struct rule *rule_of(enum gate_kind kind)
{
	for (size_t i = 0; i < SG_COUNT(rules); i++)
		if (rules[i].kind == kind)
			return &rules[i];
	return NULL;
}

static json_t *results(const struct gate_report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->check_count && json_array_size(list) < RESULTS_MAX; i++) {
		const struct rule *rule = rule_of(report->checks[i].kind);

		if (rule)
			add_check(list, report, rule, &report->checks[i]);
	}
	return list;
}

/* ---- the whole */

static json_t *notification(const char *text)
{
	return json_pack("{s:o, s:s}", "message", message(text), "level", "note");
}

static json_t *invocation(const struct gate_report *report, bool full)
{
	struct sg_strv remarks = {0};
	json_t *list = json_array();

	gate_remarks(report, &remarks);
	for (size_t i = 0; i < remarks.len; i++)
		json_array_append_new(list, notification(remarks.items[i]));
	if (full)
		json_array_append_new(
			list,
			notification("the results end at 25,000, which is what GitHub takes"));
	sg_strv_release(&remarks);
	return json_pack("{s:b, s:o}", "executionSuccessful", true, "toolExecutionNotifications",
			 list);
}

static int write_sarif(const struct gate_report *report, const struct report_options *look,
		       struct sg_buf *out, struct sg_err *err)
{
	json_t *found = results(report);
	json_t *run = json_pack("{s:o, s:{s:s}, s:[o], s:o}", "tool", tool(), "automationDetails",
				"id", "secgauge-gate/", "invocations",
				invocation(report, json_array_size(found) >= RESULTS_MAX),
				"results", found);

	(void)look;
	(void)err;
	report_json_put(json_pack("{s:s, s:s, s:[o]}", "$schema",
				  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
				  "schemas/sarif-schema-2.1.0.json",
				  "version", "2.1.0", "runs", run),
			out);
	return 0;
}

const struct gate_format gate_format_sarif = {
	.name = "sarif",
	.summary = "SARIF 2.1.0: wrong and changed verdicts, for code scanning",
	.write = write_sarif,
};
