/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "filters/policy/private.h"

/* "ERRNO(38)", and where the number differs by architecture " mips:ERRNO(89)". */
static void print_action(const struct policy *policy, const struct policy_rule *rule,
			 struct sg_buf *out)
{
	const uint32_t first = policy_action_on(policy, rule, 0);

	abi_verdict_text(first, out);
	for (size_t i = 1; i < policy->arch_count; i++) {
		const uint32_t action = policy_action_on(policy, rule, i);

		if (action == first)
			continue;
		sg_buf_addf(out, " %s:", policy->arches[i]->name);
		abi_verdict_text(action, out);
	}
}

static void print_cond(const struct policy_cond *cond, struct sg_buf *out)
{
	static const char *const signs[] = {
		[POLICY_NE] = "!=", [POLICY_LT] = "<",  [POLICY_LE] = "<=",
		[POLICY_EQ] = "==", [POLICY_GE] = ">=", [POLICY_GT] = ">",
	};

	if (cond->op == POLICY_MASKED_EQ)
		sg_buf_addf(out, "a%u & 0x%" PRIx64 " == 0x%" PRIx64, cond->arg, cond->value,
			    cond->value_two & cond->value);
	else
		sg_buf_addf(out, "a%u %s 0x%" PRIx64, cond->arg, signs[cond->op], cond->value);
}

static void print_rule(const struct policy *policy, const struct policy_rule *rule,
		       struct sg_buf *out)
{
	sg_buf_addf(out, "%s ", rule->name);
	print_action(policy, rule, out);
	for (size_t i = 0; i < rule->cond_count; i++) {
		sg_buf_adds(out, i ? " && " : " if ");
		print_cond(&rule->conds[i], out);
	}
	sg_buf_adds(out, "\n");
}

void policy_print(const struct policy *policy, struct sg_buf *out)
{
	if (policy->no_filter) {
		sg_buf_adds(out, "no filter\n");
		return;
	}
	for (size_t i = 0; i < policy->arch_count; i++)
		sg_buf_addf(out, "arch %s\n", policy->arches[i]->name);
	sg_buf_adds(out, "default ");
	print_action(policy, NULL, out);
	sg_buf_adds(out, "\nforeign ");
	abi_verdict_text(policy->foreign_action, out);
	sg_buf_addf(out, "\nflags 0x%" PRIx32 "\n", policy->seccomp_flags);
	for (size_t i = 0; i < policy->rule_count; i++)
		print_rule(policy, &policy->rules[i], out);
}

void policy_seal(struct policy *policy)
{
	struct sg_buf text = {0};

	policy_print(policy, &text);
	sg_sha256_hex(text.data, text.len, policy->sha256);
	sg_buf_release(&text);
}
