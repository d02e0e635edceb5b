/* SPDX-License-Identifier: MIT */
/* Tables of tuples with the verdict and the class that a policy gives them. */
#ifndef SG_POLICY_TESTS_VERDICTS_H
#define SG_POLICY_TESTS_VERDICTS_H

#include "filters/policy/tests/support.h"

#define ALLOW    ABI_RET_ALLOW
#define KILL     ABI_RET_KILL_PROCESS
#define ERRNO(n) (ABI_RET_ERRNO | (n))

/* Profiles: the default action and rules in short. */
#define PROFILE(action, rules) \
	"{\"defaultAction\": \"SCMP_ACT_" action "\", \"syscalls\": [" rules "]}"
#define RULE(names, action) "{\"names\": [" names "], \"action\": \"SCMP_ACT_" action "\"}"
#define IF(names, action, args) \
	"{\"names\": [" names "], \"action\": \"SCMP_ACT_" action "\", \"args\": [" args "]}"
#define ARG(index, op, value) \
	"{\"index\": " #index ", \"op\": \"SCMP_CMP_" #op "\", \"value\": " #value "}"
#define MASKED(index, mask, datum)                                                  \
	"{\"index\": " #index ", \"op\": \"SCMP_CMP_MASKED_EQ\", \"value\": " #mask \
	", \"valueTwo\": " #datum "}"

struct row {
	const char *name;
	const char *profile, *arches;
	const char *arch, *call; /* a name, or "#NUMBER" */
	uint64_t args[6];
	uint32_t ret;
	enum policy_class class;
};

static inline struct abi_tuple tuple_of(const struct row *row)
{
	const struct abi_arch *arch = abi_arch_by_name(row->arch);
	struct abi_tuple tuple = {.arch = arch->audit, .ip = 0x1122334455667788};

	if (*row->call == '#') {
		tuple.nr = strtoul(row->call + 1, NULL, 0);
	} else {
		assert_int_not_equal(abi_nr(arch, row->call), ABI_NR_NONE);
		tuple.nr = abi_nr(arch, row->call);
	}
	memcpy(tuple.args, row->args, sizeof(tuple.args));
	return tuple;
}

static inline void has_the_verdict(void **state)
{
	const struct row *row = *state;
	struct policy policy = parse_ok(row->profile, row->arches);
	struct policy_oracle *oracle = policy_oracle_new(&policy);
	const struct abi_tuple tuple = tuple_of(row);

	policy_release(&policy); /* the oracle has what it needs */
	const struct policy_verdict verdict = policy_eval(oracle, &tuple);
	if (verdict.ret != row->ret || verdict.class != row->class)
		fail_msg("0x%08x %s is not 0x%08x %s", verdict.ret,
			 policy_class_name(verdict.class), row->ret, policy_class_name(row->class));
	policy_oracle_free(oracle);
}

/* A test each row. */
static inline void verdict_tests(const struct row *rows, size_t count, struct CMUnitTest *ret_tests)
{
	for (size_t i = 0; i < count; i++)
		ret_tests[i] = (struct CMUnitTest){.name = rows[i].name,
						   .test_func = has_the_verdict,
						   .initial_state = (void *)&rows[i]};
}

#endif
