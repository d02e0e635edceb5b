/* SPDX-License-Identifier: MIT */
/* context.policies: what the filters were made of. */
#include <stdlib.h>
#include <string.h>

#include "harness/run/saved_private.h"

bool saved_policy_has_arch(const struct saved_policy *policy, const struct abi_arch *arch)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i] == arch)
			return true;
	return false;
}

static int read_arches(const struct sg_json *object, struct saved_policy *policy,
		       struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(object, "arches", &list, &len, err);

	if (bad)
		return bad;
	if (!len)
		return sg_json_expected(&list, err, "at least one architecture");
	policy->arches = sg_calloc(len, sizeof(const struct abi_arch *));
	for (size_t i = 0; i < len; i++) {
		struct sg_json at = sg_json_element(&list, i);
		const char *name = NULL;
		const struct abi_arch *arch =
			sg_json_string(&at, &name, NULL) ? NULL : abi_arch_by_name(name);

		if (!arch)
			return sg_json_expected(&at, err, "the name of an architecture");
		if (saved_policy_has_arch(policy, arch))
			return sg_json_expected(&at, err, "each architecture once");
		policy->arches[policy->arch_count++] = arch;
	}
	return 0;
}

static int read_policy_text(const struct sg_json *object, struct saved_policy *policy,
			    struct sg_err *err)
{
	char sha256[SG_SHA256_HEX_BYTES];
	struct sg_json at;
	const char *text;
	int bad = sg_json_member(object, "text", &at, err);

	if (!bad)
		bad = sg_json_string(&at, &text, err);
	if (bad)
		return bad;
	sg_sha256_hex(text, strlen(text), sha256);
	if (strcmp(sha256, policy->sha256) != 0)
		return sg_json_expected(&at, err, "the text whose SHA-256 is %s", policy->sha256);
	policy->text = sg_strdup(text);
	return 0;
}

/* The hash covers architectures and rules: a profile of it is the policy itself. */
static int read_rules(const struct sg_json *object, struct saved_policy *policy, struct sg_err *err)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};
	struct policy rules;
	struct sg_json at;
	int bad = sg_json_member(object, "rules", &at, err);

	if (!bad)
		bad = policy_read(&at, &options, &rules, err);
	if (bad)
		return bad;
	policy->rules = sg_calloc(1, sizeof(*policy->rules));
	*policy->rules = rules;
	if (strcmp(rules.sha256, policy->sha256) != 0)
		return sg_json_expected(&at, err, "the policy whose SHA-256 is %s, not %s",
					policy->sha256, rules.sha256);
	return 0;
}

const struct saved_policy *saved_policy_find(const struct saved_result *result, const char *profile,
					     const char *sha256)
{
	for (size_t i = 0; i < result->policy_count; i++) {
		const struct saved_policy *policy = &result->policies[i];

		if (!strcmp(policy->profile, profile) && !strcmp(policy->sha256, sha256))
			return policy;
	}
	return NULL;
}

static int read_policy(const struct sg_json *at, const struct saved_result *result,
		       struct saved_policy *policy, struct sg_err *err)
{
	int bad = saved_name(at, "profile", &policy->profile, err);

	if (!bad)
		bad = saved_sha256(at, "sha256", policy->sha256, err);
	if (!bad && saved_policy_find(result, policy->profile, policy->sha256))
		bad = sg_json_expected(at, err, "each policy once, not another one of %s",
				       policy->profile);
	if (!bad)
		bad = read_arches(at, policy, err);
	if (!bad)
		bad = read_policy_text(at, policy, err);
	if (!bad && result->schema_version >= SAVED_SINCE_RULES)
		bad = read_rules(at, policy, err);
	return bad;
}

static void release_policy(struct saved_policy *policy)
{
	free(policy->profile);
	free(policy->text);
	free(policy->arches);
	if (policy->rules)
		policy_release(policy->rules);
	free(policy->rules);
}

int saved_read_policies(const struct sg_json *context, struct saved_result *result,
			struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(context, "policies", &list, &len, err);

	if (bad)
		return bad;
	result->policies = sg_calloc(len, sizeof(*result->policies));
	for (size_t i = 0; i < len && !bad; i++) {
		struct sg_json at = sg_json_element(&list, i);
		struct saved_policy policy = {0};

		bad = read_policy(&at, result, &policy, err);
		if (bad)
			release_policy(&policy);
		else
			result->policies[result->policy_count++] = policy;
	}
	return bad;
}

void saved_release_policies(struct saved_result *result)
{
	for (size_t i = 0; i < result->policy_count; i++)
		release_policy(&result->policies[i]);
	free(result->policies);
}
