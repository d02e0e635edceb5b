/* SPDX-License-Identifier: MIT */
/* What the tests of this room share. Include after cmocka's own headers. */
#ifndef SG_POLICY_TESTS_SUPPORT_H
#define SG_POLICY_TESTS_SUPPORT_H

#include <stdlib.h>
#include <string.h>

#include "filters/policy/policy.h"

#define MAX_ARCHES 8

/* "x86_64,i386" as options have it. */
struct arch_list {
	const struct abi_arch *arches[MAX_ARCHES];
	size_t count;
};

static inline struct arch_list arch_list(const char *names)
{
	struct arch_list list = {0};
	struct sg_strv words = {0};

	sg_strv_split(&words, names);
	assert_true(words.len <= MAX_ARCHES);
	for (size_t i = 0; i < words.len; i++) {
		list.arches[i] = abi_arch_by_name(words.items[i]);
		assert_non_null(list.arches[i]);
	}
	list.count = words.len;
	sg_strv_release(&words);
	return list;
}

/* Reads a profile that must be good. */
static inline struct policy parse_ok(const char *json, const char *arches)
{
	const struct arch_list list = arch_list(arches);
	const struct policy_options options = {.arches = list.arches, .arch_count = list.count};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_parse(json, strlen(json), "test.json", &options, &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

#endif
