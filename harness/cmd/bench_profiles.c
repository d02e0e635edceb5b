/* SPDX-License-Identifier: MIT */
/* Profiles become groups, with the policies that their filters are made of. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/file.h"
#include "harness/cmd/bench_maker.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"

#define NO_PROFILE    "-"
#define INPUT_PROFILE "/dev/stdin"

static struct run_group *find_group(const struct bench_plan *plan, const char *label)
{
	for (size_t i = 0; i < plan->group_count; i++)
		if (!strcmp(plan->groups[i].profile, label))
			return &plan->groups[i];
	return NULL;
}

static struct run_group *add_group(struct bench_plan *plan, const char *label,
				   const struct policy *policy)
{
	SG_GROW(plan->groups, plan->group_count, plan->group_cap);
	plan->groups[plan->group_count] =
		(struct run_group){.profile = sg_strdup(label), .policy = policy};
	return &plan->groups[plan->group_count++];
}

/* What comes through a pipe comes once. */
static int load_input(struct bench_maker *maker, const struct policy_options *options,
		      struct policy *policy, struct sg_err *err)
{
	int ret = 0;

	if (!maker->input.len)
		ret = sg_file_read("-", POLICY_PROFILE_MAX_BYTES, &maker->input, err);
	return ret ? ret
		   : policy_parse(sg_buf_text(&maker->input), maker->input.len, sg_file_label("-"),
				  options, policy, err);
}

static int add_policy(struct bench_maker *maker, const char *label,
		      const struct policy_options *options, struct policy **ret_policy,
		      struct sg_err *err)
{
	struct bench_plan *plan = maker->plan;
	struct policy *policy = sg_calloc(1, sizeof(*policy));
	int ret = strcmp(label, INPUT_PROFILE) ? policy_load(label, options, policy, err)
					       : load_input(maker, options, policy, err);

	if (ret) {
		free(policy);
		return ret;
	}
	SG_GROW(plan->policies, plan->policy_count, plan->policy_cap);
	plan->policies[plan->policy_count++] = policy;
	*ret_policy = policy;
	return 0;
}

static int read_profile(struct bench_maker *maker, const char *label,
			const struct policy **ret_policy, struct sg_err *err)
{
	struct policy_options options = cmd_policy_options_of(&maker->request->policy);
	struct sg_strv notes = {0};
	struct policy *policy;
	int ret = add_policy(maker, label, &options, &policy, err);

	if (ret)
		return ret;
	cmd_policy_notes(policy, &notes);
	cmd_warn_new(&notes, &maker->warned);
	sg_strv_release(&notes);
	*ret_policy = policy;
	return 0;
}

static const char *label_of(const char *profile)
{
	if (!profile)
		return NO_PROFILE;
	return strcmp(profile, "-") ? profile : INPUT_PROFILE;
}

int bench_group(struct bench_maker *maker, const char *profile, struct run_group **ret_group,
		struct sg_err *err)
{
	const char *label = label_of(profile);
	struct run_group *group = find_group(maker->plan, label);
	const struct policy *policy = NULL;
	int ret = 0;

	if (!group && profile)
		ret = read_profile(maker, label, &policy, err);
	if (!ret)
		*ret_group = group ? group : add_group(maker->plan, label, policy);
	return ret;
}

int bench_policy_of(struct bench_maker *maker, const struct run_group *group,
		    const struct policy_options *options, struct policy **ret_policy,
		    struct sg_err *err)
{
	return add_policy(maker, group->profile, options, ret_policy, err);
}
