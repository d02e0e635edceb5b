/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/bench_maker.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"

#define DEFAULT_PROFILE "container-default"

/* ---- workloads */

static bool has_workload(const struct bench_plan *plan, const struct wl *workload)
{
	for (size_t i = 0; i < plan->workload_count; i++)
		if (plan->workloads[i] == workload)
			return true;
	return false;
}

static int add_workload(struct bench_plan *plan, const char *name, struct sg_err *err)
{
	const struct wl *found[WL_MAX];
	int count = wl_find(name, found, err);

	for (int i = 0; i < count; i++)
		if (!has_workload(plan, found[i]))
			plan->workloads[plan->workload_count++] = found[i];
	return count < 0 ? count : 0;
}

static int pick_workloads(struct bench_maker *maker, struct sg_err *err)
{
	const struct sg_strv *names = &maker->request->workloads;

	for (size_t i = 0; i < names->len; i++) {
		int ret = add_workload(maker->plan, names->items[i], err);

		if (ret)
			return ret;
	}
	for (size_t i = 0; !names->len && wl_registry[i]; i++)
		maker->plan->workloads[maker->plan->workload_count++] = wl_registry[i];
	return 0;
}

/* ---- filters */

static struct run_filter *add_filter(struct run_group *group, const char *name)
{
	for (size_t i = 0; i < group->filter_count; i++)
		if (!strcmp(group->filters[i].name, name))
			return NULL;
	group->filters =
		sg_realloc_array(group->filters, group->filter_count + 1, sizeof(*group->filters));

	struct run_filter *filter = &group->filters[group->filter_count++];

	*filter = (struct run_filter){.name = sg_strdup(name)};
	return filter;
}

static void refuse(struct bench_maker *maker, const struct run_group *group,
		   struct run_filter *filter, const struct sg_err *err)
{
	filter->unsupported = sg_strdup(err->msg);
	if (err->kind != SG_ERR_FINDING)
		return;
	maker->plan->finding = true;
	cmd_warn("%s@%s: %s", group->profile, filter->name, err->msg);
}

/* SG_ERR_ENV where there is no room for it: such a filter cannot be measured so, and no generator
 * is to blame. */
static int defeat_bitmap(struct gen_filter *filter, struct sg_err *err)
{
	const size_t len = filter->prog.len;

	if (len < CBPF_MAX_INSNS) {
		gen_defeat_bitmap(filter);
		return 0;
	}
	gen_filter_release(filter);
	return sg_err_env(err, E2BIG,
			  "--bitmap off makes it %zu instructions long, and the kernel takes %d",
			  len + 1, CBPF_MAX_INSNS);
}

/*
 * Builds one column. A generator that cannot do it is part of the result, with its reason; only
 * what the user got wrong (a bad raw file) ends the whole bench.
 */
static int build(struct bench_maker *maker, const struct run_group *group,
		 struct run_filter *filter, const struct gen *gen, const struct policy *policy,
		 const char *raw_file, struct sg_err *err)
{
	const struct bench_request *request = maker->request;
	struct gen_request wanted = {
		.policy = policy,
		.mix = &request->policy.mix,
		.objective = request->policy.objective,
		.timeout_s = request->policy.gen_timeout_s,
		.raw_file = raw_file,
		.no_verify = request->policy.no_verify,
		.passes_off = request->policy.passes_off,
	};
	const struct abi_arch *arch = policy ? policy->arches[0] : abi_arch_native();
	int ret = gen_build(gen, &wanted, &filter->filter, err);

	filter->policy = policy;
	if (!ret && request->bitmap_off)
		ret = defeat_bitmap(&filter->filter, err);
	if (ret && err->kind == SG_ERR_INPUT)
		return ret;
	if (ret) {
		refuse(maker, group, filter, err);
		return 0;
	}
	cmd_warn_new(&filter->filter.warnings, &maker->warned);
	return gen_figures(&filter->filter, arch, &request->policy.mix, &filter->figures, err);
}

static int add_generator(struct bench_maker *maker, struct run_group *group, const struct gen *gen,
			 const struct policy *policy, const char *name, struct sg_err *err)
{
	struct run_filter *filter = add_filter(group, name);

	return filter ? build(maker, group, filter, gen, policy, NULL, err) : 0;
}

static bool only_x86_64(const struct policy *policy)
{
	return policy->arch_count == 1 && policy->arches[0]->id == ABI_X86_64;
}

static bool hand_can(const struct bench_request *request, const struct gen *hand,
		     const struct policy *policy)
{
	struct gen_request wanted = {.policy = policy, .mix = &request->policy.mix};
	struct sg_err err;

	return !hand->supported || !hand->supported(&wanted, &err);
}

static int add_hand(struct bench_maker *maker, struct run_group *group, const struct gen *hand,
		    struct sg_err *err)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	struct policy_options options = cmd_policy_options_of(&maker->request->policy);
	struct policy *policy;

	if (only_x86_64(group->policy))
		return add_generator(maker, group, hand, group->policy, hand->name, err);
	options.arches = &x86_64;
	options.arch_count = 1;

	int ret = bench_policy_of(maker, group, &options, &policy, err);

	if (!ret && hand_can(maker->request, hand, policy))
		ret = add_generator(maker, group, gen_find("linear", NULL), policy, "linear-x86_64",
				    err);
	return ret ? ret : add_generator(maker, group, hand, policy, hand->name, err);
}

static int add_column(struct bench_maker *maker, struct run_group *group, const struct gen *gen,
		      struct sg_err *err)
{
	if (!strcmp(gen->name, "none"))
		return 0; /* it is there anyway */
	if (!strcmp(gen->name, "hand"))
		return add_hand(maker, group, gen, err);
	return add_generator(maker, group, gen, group->policy, gen->name, err);
}

static int add_columns(struct bench_maker *maker, struct run_group *group, struct sg_err *err)
{
	const struct sg_strv *names = &maker->request->generators;
	int ret = 0;

	for (size_t i = 0; i < names->len && !ret; i++) {
		const struct gen *gen = gen_find(names->items[i], err);

		if (!gen)
			return -EINVAL;
		if (!strcmp(gen->name, "raw"))
			return sg_err_input(
				err, EINVAL,
				"--generator: raw needs a file: --filter PROFILE@raw:FILE");
		ret = add_column(maker, group, gen, err);
	}
	for (size_t i = 0; !names->len && gen_registry[i] && !ret; i++)
		if (gen_registry[i]->in_default_bench)
			ret = add_column(maker, group, gen_registry[i], err);
	return ret;
}

/* ---- --profile and --filter */

static int add_profiles(struct bench_maker *maker, struct sg_err *err)
{
	const struct sg_strv *profiles = &maker->request->profiles;
	bool by_default = !profiles->len && !maker->request->filters.len;
	size_t count = by_default ? 1 : profiles->len;

	for (size_t i = 0; i < count; i++) {
		struct run_group *group;
		int ret = bench_group(maker, by_default ? DEFAULT_PROFILE : profiles->items[i],
				      &group, err);

		if (!ret)
			ret = add_columns(maker, group, err);
		if (ret)
			return ret;
	}
	return 0;
}

static int add_operand(struct bench_maker *maker, const struct cmd_operand *operand,
		       struct sg_err *err)
{
	struct run_group *group;
	const struct gen *gen = gen_find(operand->generator, err);
	int ret = bench_group(maker, operand->profile, &group, err);

	if (ret)
		return ret;
	if (!operand->file)
		return add_column(maker, group, gen, err);

	struct run_filter *filter = add_filter(group, cmd_operand_label(operand));

	if (!filter)
		return sg_err_input(err, EEXIST, "--filter: two filters are called '%s'",
				    cmd_operand_label(operand));
	return build(maker, group, filter, gen, group->policy, operand->file, err);
}

static int add_operands(struct bench_maker *maker, struct sg_err *err)
{
	const struct sg_strv *filters = &maker->request->filters;

	for (size_t i = 0; i < filters->len; i++) {
		struct cmd_operand operand;
		int ret = cmd_operand_parse(filters->items[i], &operand, err);

		if (!ret)
			ret = add_operand(maker, &operand, err);
		cmd_operand_release(&operand);
		if (ret)
			return ret;
	}
	return 0;
}

int bench_plan_make(const struct bench_request *request, struct bench_plan *ret, struct sg_err *err)
{
	struct bench_maker maker = {.request = request, .plan = ret};

	*ret = (struct bench_plan){0};

	int code = pick_workloads(&maker, err);

	if (!code)
		code = add_profiles(&maker, err);
	if (!code)
		code = add_operands(&maker, err);
	sg_strv_release(&maker.warned);
	sg_buf_release(&maker.input);
	if (code)
		bench_plan_release(ret);
	return code;
}

static void group_release(struct run_group *group)
{
	for (size_t i = 0; i < group->filter_count; i++) {
		free(group->filters[i].name);
		free(group->filters[i].unsupported);
		gen_filter_release(&group->filters[i].filter);
	}
	free(group->filters);
	free(group->profile);
}

void bench_plan_release(struct bench_plan *plan)
{
	for (size_t i = 0; i < plan->group_count; i++)
		group_release(&plan->groups[i]);
	for (size_t i = 0; i < plan->policy_count; i++) {
		policy_release(plan->policies[i]);
		free(plan->policies[i]);
	}
	free(plan->groups);
	free(plan->policies);
	*plan = (struct bench_plan){0};
}
