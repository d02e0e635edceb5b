/* SPDX-License-Identifier: MIT */
#include "harness/cmd/judges.h"

#include <stdlib.h>
#include <string.h>

static bool is_wanted(const char *name, const struct oracle *oracle)
{
	return !strcmp(name, "all") || !strcmp(name, oracle->name);
}

void cmd_judges_check_name(const char *name)
{
	struct sg_err err = {0};

	if (strcmp(name, "all") && !oracle_find(name, &err))
		cmd_usage_error("--oracle: %s; \"all\" compares them", err.msg);
}

static int open_judge(struct cmd_judge *judge, const struct oracle_subject *subject,
		      struct sg_err *err)
{
	int r = judge->oracle->supported(subject, err);

	if (r) {
		judge->reason = sg_strdup(err->msg);
		return sg_err_wrap(err, "--oracle %s", judge->oracle->name);
	}
	judge->verdicts = sg_calloc(CMD_JUDGES_BATCH, sizeof(*judge->verdicts));
	judge->known = sg_calloc(CMD_JUDGES_BATCH, sizeof(*judge->known));
	r = judge->oracle->open(subject, &judge->session, err);
	return r ? sg_err_wrap(err, "%s", judge->oracle->name) : 0;
}

int cmd_judges_open(const char *name, const struct cmd_filter *filter, struct cmd_judges *ret,
		    struct sg_err *err)
{
	const struct gen_filter *const filters[] = {&filter->filter};
	const struct oracle_subject subject = {
		.filters = filters,
		.filter_count = 1,
		.policy = filter->has_policy ? &filter->policy : NULL,
	};
	size_t capacity = 0;

	*ret = (struct cmd_judges){.filter = &filter->filter};
	if (filter->has_policy)
		ret->policy = policy_oracle_new(&filter->policy);
	for (const struct oracle *const *oracle = oracle_registry; *oracle; oracle++) {
		struct cmd_judge *judge;
		int r;

		if (!is_wanted(name, *oracle))
			continue;
		SG_GROW(ret->items, ret->count, capacity);
		judge = &ret->items[ret->count++];
		*judge = (struct cmd_judge){.oracle = *oracle};
		r = open_judge(judge, &subject, err);
		if (r && !(judge->reason && !strcmp(name, "all")))
			return r;
	}
	return 0;
}

void cmd_judges_release(struct cmd_judges *judges)
{
	for (size_t i = 0; i < judges->count; i++) {
		struct cmd_judge *judge = &judges->items[i];

		if (judge->session)
			judge->oracle->close(judge->session);
		free(judge->reason);
		free(judge->verdicts);
		free(judge->known);
	}
	free(judges->items);
	if (judges->policy)
		policy_oracle_free(judges->policy);
	*judges = (struct cmd_judges){0};
}

int cmd_judges_judge(struct cmd_judges *judges, const struct abi_tuple *tuples, size_t count,
		     struct sg_err *err)
{
	for (size_t i = 0; i < judges->count; i++) {
		struct cmd_judge *judge = &judges->items[i];

		if (!judge->session)
			continue;
		if (judge->oracle->judge(judge->session, tuples, count, judge->verdicts,
					 judge->known, err))
			return sg_err_wrap(err, "%s", judge->oracle->name);
	}
	return 0;
}

enum policy_class cmd_judges_class(const struct cmd_judges *judges, const struct abi_tuple *tuple)
{
	if (!judges->policy)
		return POLICY_SPECIFIED;
	return gen_class(judges->filter, tuple, policy_eval(judges->policy, tuple).class);
}

enum cmd_agreement cmd_judges_agree(const struct cmd_judges *judges, const struct abi_tuple *tuple,
				    size_t i)
{
	const struct cmd_judge *first = NULL, *policy = NULL;

	for (size_t j = 0; j < judges->count; j++) {
		const struct cmd_judge *judge = &judges->items[j];

		if (!judge->session || !judge->known[i])
			continue;
		if (!strcmp(judge->oracle->name, "policy"))
			policy = judge;
		else if (!first)
			first = judge;
		else if (abi_verdict_effect(judge->verdicts[i]) !=
			 abi_verdict_effect(first->verdicts[i]))
			return CMD_MISMATCH;
	}
	if (!first || !policy ||
	    abi_verdict_effect(first->verdicts[i]) == abi_verdict_effect(policy->verdicts[i]))
		return CMD_AGREED;
	return cmd_judges_class(judges, tuple) == POLICY_SPECIFIED ? CMD_MISMATCH : CMD_DIVERGENT;
}
