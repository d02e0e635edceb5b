/* SPDX-License-Identifier: MIT */
#include "harness/gate/rules.h"

#include <string.h>

const struct saved_policy *rules_source(const struct saved_filter *filter)
{
	struct sg_err none = {0};
	const struct gen *gen = filter ? gen_find(filter->name, &none) : NULL;

	return !filter || (gen && !gen->needs_policy) ? NULL : filter->policy;
}

struct rules rules_of(const struct saved_policy *baseline, const struct saved_policy *result)
{
	struct rules rules = {
		.baseline = baseline ? baseline->rules : NULL,
		.result = result ? result->rules : NULL,
		.same = baseline && result && !strcmp(baseline->sha256, result->sha256),
	};

	if (rules.same && !rules.baseline)
		rules.baseline = rules.result;
	if (rules.same && !rules.result)
		rules.result = rules.baseline;
	return rules;
}

struct rules rules_of_pair(const struct gate_pair *pair)
{
	return rules_of(rules_source(pair->baseline), rules_source(pair->result));
}
