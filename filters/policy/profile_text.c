/* SPDX-License-Identifier: MIT */
/* A policy as the text of a profile. */
#include <inttypes.h>

#include "filters/policy/private.h"

static bool name_fits(const struct policy *policy, const struct policy_rule *rule, const char *name)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if ((policy_action_on(policy, rule, i) & ABI_RET_DATA) !=
		    (uint32_t)abi_errno(policy->arches[i], name))
			return false;
	return true;
}

/* Podman's name whose numbers are the action's data on each architecture. */
static const char *errno_name(const struct policy *policy, const struct policy_rule *rule)
{
	static const char *const names[] = {
#define ABI_ERRNO(name, ...) #name,
#include "filters/abi/errnos.inc"
#undef ABI_ERRNO
	};

	for (size_t i = 0; i < SG_COUNT(names); i++)
		if (name_fits(policy, rule, names[i]))
			return names[i];
	return names[0];
}

/* The keys of an action; of the default with NULL. */
static void add_action(const struct policy *policy, const struct policy_rule *rule,
		       struct sg_buf *out)
{
	const uint32_t action = rule ? rule->action : policy->default_action;
	const uint16_t *errnos = rule ? rule->errnos : policy->default_errnos;
	const uint32_t base = action & ABI_RET_ACTION_FULL;

	sg_buf_addf(out, "\"%s\": \"%s\"", rule ? "action" : "defaultAction",
		    policy_action_name(action));
	if (base != ABI_RET_ERRNO && base != ABI_RET_TRACE)
		return;
	if (errnos)
		sg_buf_addf(out, ", \"%s\": \"%s\"", rule ? "errno" : "defaultErrno",
			    errno_name(policy, rule));
	else
		sg_buf_addf(out, ", \"%s\": %" PRIu32, rule ? "errnoRet" : "defaultErrnoRet",
			    action & ABI_RET_DATA);
}

static void add_conds(const struct policy_rule *rule, struct sg_buf *out)
{
	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct policy_cond *cond = &rule->conds[i];

		sg_buf_addf(out, "%s{\"index\": %u, \"op\": \"SCMP_CMP_%s\", \"value\": %" PRIu64,
			    i ? ",\n\t\t\t\t" : ",\n\t\t\t\"args\": [\n\t\t\t\t", cond->arg,
			    policy_op_name(cond->op), cond->value);
		if (cond->op == POLICY_MASKED_EQ)
			sg_buf_addf(out, ", \"valueTwo\": %" PRIu64, cond->value_two);
		sg_buf_adds(out, "}");
	}
	if (rule->cond_count)
		sg_buf_adds(out, "\n\t\t\t]");
}

/* A JSON string; names that are no calls may have any printable bytes. */
static void add_string(const char *text, struct sg_buf *out)
{
	sg_buf_adds(out, "\"");
	for (; *text; text++)
		sg_buf_addf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
	sg_buf_adds(out, "\"");
}

/* May the rule share an entry with the one before it? */
static bool joins(const struct policy_rule *before, const struct policy_rule *rule)
{
	return !before->cond_count && !rule->cond_count && !before->errnos && !rule->errnos &&
	       before->action == rule->action;
}

/* The rules from @first that fit into one entry; returns the next. */
static size_t add_entry(const struct policy *policy, size_t first, struct sg_buf *out)
{
	const struct policy_rule *rules = policy->rules;
	size_t next = first;

	sg_buf_addf(out, "%s\t\t{\n\t\t\t\"names\": [", first ? ",\n" : "");
	do {
		sg_buf_adds(out, next > first ? ", " : "");
		add_string(rules[next].name, out);
		next++;
	} while (next < policy->rule_count && joins(&rules[next - 1], &rules[next]));
	sg_buf_adds(out, "],\n\t\t\t");
	add_action(policy, &rules[first], out);
	add_conds(&rules[first], out);
	sg_buf_adds(out, "\n\t\t}");
	return next;
}

/* Absent flags are SPEC_ALLOW alone (filters/policy/reader.c). */
static void add_flags(const struct policy *policy, struct sg_buf *out)
{
	if (policy->seccomp_flags == POLICY_FLAG_SPEC_ALLOW)
		return;
	sg_buf_adds(out, "\t\"flags\": [");
	for (size_t i = 0; i < policy->flag_names.len; i++)
		sg_buf_addf(out, "%s\"%s\"", i ? ", " : "", policy->flag_names.items[i]);
	sg_buf_adds(out, "],\n");
}

void policy_profile_text(const struct policy *policy, struct sg_buf *out)
{
	if (policy->no_filter) {
		sg_buf_adds(out, "{}\n");
		return;
	}
	sg_buf_adds(out, "{\n\t");
	add_action(policy, NULL, out);
	sg_buf_adds(out, ",\n\t\"architectures\": [");
	for (size_t i = 0; i < policy->arch_count; i++)
		sg_buf_addf(out, "%s\"%s\"", i ? ", " : "", policy->arches[i]->scmp_name);
	sg_buf_adds(out, "],\n");
	add_flags(policy, out);
	sg_buf_adds(out, "\t\"syscalls\": [\n");
	for (size_t i = 0; i < policy->rule_count;)
		i = add_entry(policy, i, out);
	sg_buf_addf(out, "%s\t]\n}\n", policy->rule_count ? "\n" : "");
}
