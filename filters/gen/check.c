/* SPDX-License-Identifier: MIT */
#include "filters/gen/check.h"

#include <errno.h>

#include "filters/cbpf/interp.h"

struct check {
	const struct cbpf_prog *prog;
	const struct policy *policy;
	const struct policy_oracle *oracle;
	struct sg_err *err;
};

static int differ(const struct check *check, const struct abi_tuple *tuple, uint32_t want,
		  uint32_t got)
{
	struct sg_buf text = {0};
	int r;

	abi_verdict_text(got, &text);
	sg_buf_adds(&text, " instead of ");
	abi_verdict_text(want, &text);
	r = sg_err_internal(
		check->err, EBADMSG,
		"%s for arch 0x%x nr 0x%x args 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx",
		sg_buf_text(&text), tuple->arch, tuple->nr, (unsigned long long)tuple->args[0],
		(unsigned long long)tuple->args[1], (unsigned long long)tuple->args[2],
		(unsigned long long)tuple->args[3], (unsigned long long)tuple->args[4],
		(unsigned long long)tuple->args[5]);
	sg_buf_release(&text);
	return r;
}

static int check_tuple(const struct check *check, const struct abi_tuple *tuple)
{
	uint32_t want = policy_eval(check->oracle, tuple).ret;
	uint32_t got = cbpf_run(check->prog, tuple).ret;

	if (abi_verdict_effect(want) == abi_verdict_effect(got))
		return 0;
	return differ(check, tuple, want, got);
}

/* Every call, and the numbers beside it, without arguments. */
static int check_numbers(const struct check *check, const struct abi_arch *arch)
{
	size_t i, count;
	const struct abi_call *calls = abi_calls(arch, &count);
	int step, r = 0;

	for (i = 0; i < count; i++) {
		for (step = -1; r == 0 && step <= 1; step++) {
			struct abi_tuple tuple = {.nr = calls[i].nr + (uint32_t)step,
						  .arch = arch->audit};

			r = check_tuple(check, &tuple);
		}
	}
	return r;
}

/* A tuple that meets the conditions of @rule, as far as one value for each can tell. */
static struct abi_tuple meet(const struct abi_arch *arch, const struct policy_rule *rule)
{
	struct abi_tuple tuple = {.nr = (uint32_t)abi_nr(arch, rule->name), .arch = arch->audit};
	size_t i;

	for (i = 0; i < rule->cond_count; i++) {
		const struct policy_cond *cond = &rule->conds[i];

		tuple.args[cond->arg] =
			cond->op == POLICY_MASKED_EQ ? cond->value_two & cond->value : cond->value;
	}
	return tuple;
}

/* Around the constants of a rule: one condition at a time moves by -1, 0, 1, and a bit of the
 * upper half. */
static int check_rule(const struct check *check, const struct abi_arch *arch,
		      const struct policy_rule *rule)
{
	static const uint64_t steps[] = {UINT64_MAX, 0, 1, 1ull << 32};
	size_t i, j;
	int r = 0;

	for (i = 0; i < rule->cond_count; i++) {
		for (j = 0; r == 0 && j < sizeof(steps) / sizeof(steps[0]); j++) {
			struct abi_tuple tuple = meet(arch, rule);

			tuple.args[rule->conds[i].arg] += steps[j];
			r = check_tuple(check, &tuple);
		}
	}
	return r;
}

static int check_arch(const struct check *check, const struct abi_arch *arch)
{
	const struct policy *policy = check->policy;
	size_t i;
	int r = check_numbers(check, arch);

	for (i = 0; r == 0 && i < policy->rule_count; i++) {
		if (abi_nr(arch, policy->rules[i].name) != ABI_NR_NONE)
			r = check_rule(check, arch, &policy->rules[i]);
	}
	return r;
}

int check_against_policy(const struct cbpf_prog *prog, const struct policy *policy,
			 struct sg_err *err)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	struct check check = {prog, policy, oracle, err};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < policy->arch_count; i++)
		r = check_arch(&check, policy->arches[i]);
	policy_oracle_free(oracle);
	return r;
}
