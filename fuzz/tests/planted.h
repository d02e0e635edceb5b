/* SPDX-License-Identifier: MIT */
/*
 * Generators that are broken on purpose, as others were by accident: each does to any policy what
 * the historical one did. Include after cmocka's own headers.
 */
#ifndef SG_FUZZ_TESTS_PLANTED_H
#define SG_FUZZ_TESTS_PLANTED_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "filters/gen/gen.h"

/* Changes a copy of the policy, before a generator that is right compiles it. */
typedef void (*break_policy_fn)(struct policy *policy);

static inline const struct gen *must_find(const char *name)
{
	struct sg_err err = {0};
	const struct gen *gen = gen_find(name, &err);

	if (!gen)
		fail_msg("%s", err.msg);
	return gen;
}

/* What @generator makes of the policy once it is broken. */
static inline int build_broken(const char *generator, break_policy_fn break_policy,
			       const struct gen_request *request, struct gen_filter *ret,
			       struct sg_err *err)
{
	struct gen_request broken = *request;
	struct policy policy;
	int r;

	policy_copy(&policy, request->policy);
	break_policy(&policy);
	broken.policy = &policy;
	r = gen_build_here(must_find(generator), &broken, ret, err);
	policy_release(&policy);
	return r;
}

static inline void drop_rule(struct policy *policy, size_t index)
{
	free(policy->rules[index].name);
	free(policy->rules[index].errnos);
	policy->rule_count--;
	memmove(policy->rules + index, policy->rules + index + 1,
		(policy->rule_count - index) * sizeof(*policy->rules));
}

static inline void drop_named(struct policy *policy, const char *const *names, size_t count)
{
	for (size_t i = policy->rule_count; i-- > 0;) {
		for (size_t j = 0; j < count; j++) {
			if (strcmp(policy->rules[i].name, names[j]) == 0) {
				drop_rule(policy, i);
				break;
			}
		}
	}
}

/* ---- broken policies */

/* firedancer: only the low half of an argument is compared for equality. */
static inline void break_low_half_only(struct policy *policy)
{
	for (size_t r = 0; r < policy->rule_count; r++) {
		for (size_t c = 0; c < policy->rules[r].cond_count; c++) {
			struct policy_cond *cond = &policy->rules[r].conds[c];

			if (cond->op != POLICY_EQ)
				continue;
			cond->op = POLICY_MASKED_EQ;
			cond->value_two = cond->value;
			cond->value = 0xffffffff;
		}
	}
}

/* libseccomp-golang, CVE-2017-18367: the conditions of a rule become rules of their own. */
static inline void break_conditions_ored(struct policy *policy)
{
	const size_t count = policy->rule_count;

	for (size_t r = 0; r < count; r++) {
		while (policy->rules[r].cond_count > 1) {
			struct policy_rule *rule = &policy->rules[r], one = *rule;

			one.name = sg_strdup(rule->name);
			one.errnos = NULL;
			one.conds[0] = rule->conds[--rule->cond_count];
			one.cond_count = 1;
			SG_GROW(policy->rules, policy->rule_count, policy->rule_cap);
			policy->rules[policy->rule_count++] = one;
		}
	}
}

/* Docker: the mask lacked CLONE_NEWCGROUP. */
static inline void break_mask_lacks_a_bit(struct policy *policy)
{
	for (size_t r = 0; r < policy->rule_count; r++) {
		for (size_t c = 0; c < policy->rules[r].cond_count; c++) {
			struct policy_cond *cond = &policy->rules[r].conds[c];

			if (cond->op == POLICY_MASKED_EQ)
				cond->value &= ~0x02000000ull;
		}
	}
}

/* Docker, Podman: clone3 fails with EPERM, and glibc does not fall back. */
static inline void break_errno_of_clone3(struct policy *policy)
{
	for (size_t r = 0; r < policy->rule_count; r++)
		if (strcmp(policy->rules[r].name, "clone3") == 0)
			policy->rules[r].action = ABI_RET_ERRNO | EPERM;
}

/* 64-bit time: a generator whose tables are older than the calls. */
static inline void break_old_tables(struct policy *policy)
{
	static const char *const names[] = {"clock_gettime64", "utimensat_time64"};

	drop_named(policy, names, SG_COUNT(names));
}

/* Docker, Steam: a profile from before i386 had socket calls of its own. */
static inline void break_direct_socket_calls(struct policy *policy)
{
	static const char *const names[] = {"socket", "connect", "bind", "accept4"};

	drop_named(policy, names, SG_COUNT(names));
}

/* firejail, seccompiler: numbers with bit 30 pass a denylist. */
static inline void break_forget_x32(struct policy *policy)
{
	size_t kept = 0;

	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i]->id != ABI_X32)
			policy->arches[kept++] = policy->arches[i];
	policy->arch_count = kept;
	policy->foreign_action = policy->default_action;
}

/* LXC v2: what was meant for the other architecture lands on this one. */
static inline void break_other_arch_open(struct policy *policy)
{
	policy->arch_count = 1;
	policy->foreign_action = ABI_RET_ALLOW;
}

/* runc: a rule equal to the default is dropped, and libseccomp's own rule for what socketcall
 * carries stands alone. */
static inline void break_drop_default(struct policy *policy)
{
	for (size_t i = policy->rule_count; i-- > 0;)
		if (policy->rules[i].action == policy->default_action)
			drop_rule(policy, i);
}

/* ---- as generators */

#define PLANTED(id, generator)                                                                  \
	static inline int build_##id(const struct gen_request *request, struct gen_filter *ret, \
				     struct sg_err *err)                                        \
	{                                                                                       \
		return build_broken(generator, break_##id, request, ret, err);                  \
	}                                                                                       \
	static const struct gen planted_##id = {                                                \
		.name = #id,                                                                    \
		.summary = "broken on purpose",                                                 \
		.needs_policy = true,                                                           \
		.build = build_##id,                                                            \
	}

PLANTED(low_half_only, "tuned");
PLANTED(conditions_ored, "tuned");
PLANTED(mask_lacks_a_bit, "tuned");

#endif
