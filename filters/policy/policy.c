/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/policy/private.h"

uint16_t *policy_errnos_dup(const struct policy *policy, const uint16_t *errnos)
{
	if (!errnos)
		return NULL;
	uint16_t *copy = sg_calloc(policy->arch_count, sizeof(*copy));
	memcpy(copy, errnos, policy->arch_count * sizeof(*copy));
	return copy;
}

void policy_rule_release(struct policy_rule *rule)
{
	free(rule->name);
	free(rule->errnos);
}

void policy_release(struct policy *policy)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		policy_rule_release(&policy->rules[i]);
	free(policy->rules);
	free(policy->name);
	free(policy->default_errnos);
	free(policy->arches);
	sg_strv_release(&policy->flag_names);
	sg_strv_release(&policy->unknown_names);
	sg_strv_release(&policy->warnings);
	*policy = (struct policy){0};
}

static struct sg_strv copy_list(const struct sg_strv *from)
{
	struct sg_strv to = {0};

	for (size_t i = 0; i < from->len; i++)
		sg_strv_add(&to, from->items[i]);
	return to;
}

static void copy_rules(struct policy *to, const struct policy *from)
{
	to->rules = sg_calloc(from->rule_count, sizeof(*to->rules));
	to->rule_cap = from->rule_count;
	for (size_t i = 0; i < from->rule_count; i++) {
		to->rules[i] = from->rules[i];
		to->rules[i].name = sg_strdup(from->rules[i].name);
		to->rules[i].errnos = policy_errnos_dup(from, from->rules[i].errnos);
	}
}

void policy_copy(struct policy *to, const struct policy *from)
{
	*to = *from;
	to->name = from->name ? sg_strdup(from->name) : NULL;
	to->default_errnos = policy_errnos_dup(from, from->default_errnos);
	to->arches = sg_calloc(from->arch_count, sizeof(*to->arches));
	for (size_t i = 0; i < from->arch_count; i++)
		to->arches[i] = from->arches[i];
	to->flag_names = copy_list(&from->flag_names);
	to->unknown_names = copy_list(&from->unknown_names);
	to->warnings = copy_list(&from->warnings);
	copy_rules(to, from);
}

uint32_t policy_action_on(const struct policy *policy, const struct policy_rule *rule,
			  size_t arch_index)
{
	const uint32_t action = rule ? rule->action : policy->default_action;
	const uint16_t *errnos = rule ? rule->errnos : policy->default_errnos;

	return errnos ? (action & ABI_RET_ACTION_FULL) | errnos[arch_index] : action;
}

const char *policy_class_name(enum policy_class class)
{
	static const char *const names[POLICY_CLASS_COUNT] = {
		[POLICY_SPECIFIED] = "specified",
		[POLICY_CONFLICT] = "conflict",
		[POLICY_X32] = "x32",
		[POLICY_MULTIPLEXED] = "multiplexed",
		[POLICY_WIDE_CONSTANT] = "wide-constant",
		[POLICY_FOREIGN_ARCH] = "foreign-arch",
		[POLICY_UNKNOWN_NAME] = "unknown-name",
	};

	return names[class];
}
