/* SPDX-License-Identifier: MIT */
/*
 * Random policies that run into every class, and tuples near their constants. The rules come from
 * no reader: actions with odd data, rules that say what the default says, constants of all widths.
 * Include after cmocka's own headers.
 */
#ifndef SG_PROVE_TESTS_POLICIES_H
#define SG_PROVE_TESTS_POLICIES_H

#include "filters/policy/policy.h"
#include "harness/base/rng.h"

#define POLICIES_MAX_RULES  24
#define POLICIES_MAX_ARCHES 4

struct random_policy {
	struct policy policy; /* points into this object: do not copy, do not release */
	struct policy_rule rules[POLICIES_MAX_RULES];
	const struct abi_arch *arches[POLICIES_MAX_ARCHES];
	uint16_t errnos[POLICIES_MAX_RULES][POLICIES_MAX_ARCHES];
	uint16_t default_errnos[POLICIES_MAX_ARCHES];
};

#define POLICIES_PICK(rng, array) ((array)[sg_rng_below((rng), SG_COUNT(array))])

/* Calls of every architecture, multiplexers and what they carry, and one that nobody knows. */
static const char *const policies_names[] = {
	"read", "write", "socket",     "socketcall", "semop",      "ipc",        "ioctl",
	"mmap", "clone", "cacheflush", "openat2",    "futex",      "setresuid",  "statx",
	"fork", "bind",  "msgget",     "prctl",      "exit_group", "nosuchcall",
};

static const uint32_t policies_actions[] = {
	ABI_RET_ALLOW,     ABI_RET_ALLOW,      ABI_RET_ALLOW,       ABI_RET_LOG,
	ABI_RET_ERRNO | 1, ABI_RET_ERRNO | 38, ABI_RET_ERRNO | 1,   ABI_RET_KILL_PROCESS,
	ABI_RET_TRAP,      ABI_RET_TRACE | 7,  ABI_RET_KILL_THREAD, ABI_RET_USER_NOTIF,
};

/* What has the same effect as another action, or as none that is known. */
static const uint32_t policies_odd_actions[] = {
	ABI_RET_ERRNO | 4095, ABI_RET_ERRNO | 5000, ABI_RET_ALLOW | 3, ABI_RET_TRAP | 9, 0x12340000,
};

static const enum abi_arch_id policies_arches[][POLICIES_MAX_ARCHES] = {
	{ABI_X86_64, ABI_ARCH_COUNT},
	{ABI_X86_64, ABI_I386, ABI_ARCH_COUNT},
	{ABI_X86_64, ABI_X32, ABI_I386, ABI_ARCH_COUNT},
	{ABI_X32, ABI_ARCH_COUNT},
	{ABI_X32, ABI_AARCH64, ABI_ARM, ABI_X86_64},
	{ABI_I386, ABI_ARCH_COUNT},
	{ABI_S390X, ABI_S390, ABI_ARCH_COUNT},
	{ABI_PPC64, ABI_PPC64LE, ABI_PPC, ABI_ARCH_COUNT},
	{ABI_MIPS64, ABI_MIPS64N32, ABI_MIPS, ABI_ARCH_COUNT},
	{ABI_MIPS64EL, ABI_MIPS64ELN32, ABI_ARCH_COUNT},
	{ABI_SHEB, ABI_M68K, ABI_PARISC64, ABI_RISCV64},
};

/* ---- values */

static inline uint64_t policies_value(struct sg_rng *rng)
{
	static const uint64_t values[] = {
		0,          1,           2,           3,          0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, 0x100000001, 0xffff0000, UINT64_MAX, UINT64_MAX - 1,
	};

	switch (sg_rng_below(rng, 6)) {
	case 0: return sg_rng_u64(rng);
	case 1: return 1ull << sg_rng_below(rng, 64);
	case 2: return sg_rng_below(rng, 5) << 32 | sg_rng_below(rng, 5);
	default: return POLICIES_PICK(rng, values);
	}
}

/* ---- policies */

static inline struct policy_cond policies_cond(struct sg_rng *rng)
{
	return (struct policy_cond){
		.arg = (uint8_t)sg_rng_below(rng, 6),
		.op = (enum policy_op)sg_rng_below(rng, POLICY_MASKED_EQ + 1),
		.value = policies_value(rng),
		.value_two = policies_value(rng),
	};
}

static inline uint32_t policies_action(struct sg_rng *rng)
{
	return sg_rng_below(rng, 8) ? POLICIES_PICK(rng, policies_actions)
				    : POLICIES_PICK(rng, policies_odd_actions);
}

/* Numbers by architecture, at times, for an ERRNO. */
static inline uint16_t *policies_errnos(struct sg_rng *rng, uint32_t action, uint16_t *numbers)
{
	if ((action & ABI_RET_ACTION_FULL) != ABI_RET_ERRNO || sg_rng_below(rng, 2))
		return NULL;
	for (size_t i = 0; i < POLICIES_MAX_ARCHES; i++)
		numbers[i] = (uint16_t)(1 + sg_rng_below(rng, 3));
	return numbers;
}

static inline void policies_rule(struct sg_rng *rng, struct policy_rule *rule, uint16_t *errnos,
				 size_t names)
{
	*rule = (struct policy_rule){
		.name = (char *)policies_names[sg_rng_below(rng, names)],
		.action = policies_action(rng),
		.cond_count = sg_rng_below(rng, 3) ? sg_rng_below(rng, 3) : sg_rng_below(rng, 7),
	};
	rule->errnos = policies_errnos(rng, rule->action, errnos);
	for (size_t i = 0; i < rule->cond_count; i++)
		rule->conds[i] = policies_cond(rng);
}

static inline size_t policies_list_arches(struct sg_rng *rng, const struct abi_arch **arches)
{
	const size_t row = sg_rng_below(rng, SG_COUNT(policies_arches));
	size_t count = 0;

	while (count < POLICIES_MAX_ARCHES && policies_arches[row][count] != ABI_ARCH_COUNT) {
		arches[count] = abi_arch(policies_arches[row][count]);
		count++;
	}
	return count;
}

/* Few names make rules meet. */
static inline void policies_make(struct sg_rng *rng, struct random_policy *ret)
{
	const size_t names = 1 + sg_rng_below(rng, SG_COUNT(policies_names));

	*ret = (struct random_policy){.policy.name = (char *)"random"};
	struct policy *policy = &ret->policy;
	policy->no_filter = !sg_rng_below(rng, 100);
	policy->default_action = policies_action(rng);
	policy->default_errnos = policies_errnos(rng, policy->default_action, ret->default_errnos);
	policy->foreign_action = sg_rng_below(rng, 2) ? ABI_RET_KILL_PROCESS : policies_action(rng);
	policy->arches = ret->arches;
	policy->arch_count = policies_list_arches(rng, ret->arches);
	policy->rules = ret->rules;
	policy->rule_count = sg_rng_below(rng, POLICIES_MAX_RULES + 1);
	for (size_t i = 0; i < policy->rule_count; i++)
		policies_rule(rng, &ret->rules[i], ret->errnos[i], names);
}

/* ---- tuples */

/* A constant of some condition, or a neighbour of one, or another value. */
static inline uint64_t policies_near(struct sg_rng *rng, const struct policy_rule *rule)
{
	if (rule->cond_count == 0 || !sg_rng_below(rng, 4))
		return policies_value(rng);
	const struct policy_cond *cond = &rule->conds[sg_rng_below(rng, rule->cond_count)];
	const uint64_t value =
		cond->op == POLICY_MASKED_EQ ? cond->value & cond->value_two : cond->value;
	switch (sg_rng_below(rng, 6)) {
	case 0: return value + 1;
	case 1: return value - 1;
	case 2: return value ^ 1ull << sg_rng_below(rng, 64);
	case 3: return (uint32_t)value;
	default: return value;
	}
}

/* Meets a condition where that is easy. */
static inline uint64_t policies_meet(struct sg_rng *rng, const struct policy_cond *cond)
{
	switch (cond->op) {
	case POLICY_NE:
	case POLICY_GT: return cond->value + 1 + sg_rng_below(rng, 2);
	case POLICY_LT: return cond->value - 1 - sg_rng_below(rng, 2);
	case POLICY_LE: return cond->value - sg_rng_below(rng, 2);
	case POLICY_EQ: return cond->value;
	case POLICY_GE: return cond->value + sg_rng_below(rng, 2);
	case POLICY_MASKED_EQ:
		return (cond->value & cond->value_two) | (sg_rng_u64(rng) & ~cond->value);
	}
	return 0;
}

static inline void policies_args(struct sg_rng *rng, const struct policy_rule *rule,
				 struct abi_tuple *tuple)
{
	for (int i = 0; i < 6; i++)
		tuple->args[i] = sg_rng_below(rng, 2) ? policies_near(rng, rule) : 0;
	if (sg_rng_below(rng, 2))
		return;
	for (size_t i = 0; i < rule->cond_count; i++)
		tuple->args[rule->conds[i].arg] = policies_meet(rng, &rule->conds[i]);
	if (!sg_rng_below(rng, 4))
		tuple->args[sg_rng_below(rng, 6)] ^= sg_rng_u64(rng) << 32;
}

static inline const struct abi_arch *policies_tuple_arch(struct sg_rng *rng,
							 const struct policy *policy)
{
	return sg_rng_below(rng, 12)
		       ? policy->arches[sg_rng_below(rng, policy->arch_count)]
		       : abi_arch((enum abi_arch_id)sg_rng_below(rng, ABI_ARCH_COUNT));
}

static inline uint32_t policies_nr(struct sg_rng *rng, const struct abi_arch *arch,
				   const char *name)
{
	const int nr = abi_nr(arch, name);

	switch (sg_rng_below(rng, 24)) {
	case 0: return sg_rng_below(rng, 2) ? (uint32_t)sg_rng_u64(rng) : UINT32_MAX;
	case 1: return (uint32_t)nr + 1;
	case 2: return (uint32_t)nr ^ ABI_X32_BIT;
	case 3: return (uint32_t)abi_nr(arch, "socketcall");
	case 4: return (uint32_t)abi_nr(arch, "ipc");
	default: return (uint32_t)nr;
	}
}

static inline struct abi_tuple policies_tuple(struct sg_rng *rng, const struct policy *policy)
{
	static const struct policy_rule none = {.name = (char *)"read"};
	const struct policy_rule *rule =
		policy->rule_count ? &policy->rules[sg_rng_below(rng, policy->rule_count)] : &none;
	const struct abi_arch *arch = policies_tuple_arch(rng, policy);
	struct abi_tuple tuple = {.nr = policies_nr(rng, arch, rule->name), .arch = arch->audit};

	if (!sg_rng_below(rng, 40))
		tuple.arch ^= 1u << sg_rng_below(rng, 32);
	if (sg_rng_below(rng, 2))
		tuple.ip = sg_rng_u64(rng);
	policies_args(rng, rule, &tuple);
	return tuple;
}

#endif
