/* SPDX-License-Identifier: MIT */
/* Rules of a call as rows of a table. Include after cmocka's own headers. */
#ifndef SG_GEN_TESTS_ARGS_TABLES_H
#define SG_GEN_TESTS_ARGS_TABLES_H

#include "filters/gen/args.h"

#define TABLE_RULES 20

/* Actions. */
enum { A = 1, B, REST };

struct table_rule {
	uint32_t action; /* 0: no more rules */
	struct policy_cond conds[3];
	size_t cond_count;
};

#define CONDS(...) ((struct policy_cond[]){__VA_ARGS__})
#define IF(action, ...)                                                                        \
	{                                                                                      \
		action, {__VA_ARGS__}, sizeof(CONDS(__VA_ARGS__)) / sizeof(struct policy_cond) \
	}
#define COND(arg, op, ...)                    \
	{                                     \
		arg, POLICY_##op, __VA_ARGS__ \
	}
#define EQ(arg, value)         COND(arg, EQ, value, 0)
#define NE(arg, value)         COND(arg, NE, value, 0)
#define LT(arg, value)         COND(arg, LT, value, 0)
#define LE(arg, value)         COND(arg, LE, value, 0)
#define GT(arg, value)         COND(arg, GT, value, 0)
#define GE(arg, value)         COND(arg, GE, value, 0)
#define MASK(arg, mask, value) COND(arg, MASKED_EQ, mask, value)

/* As args_lower() takes them; returns how many. */
static inline size_t read_table(const struct table_rule table[TABLE_RULES],
				struct args_rule rules[TABLE_RULES])
{
	size_t count = 0;

	for (; count < TABLE_RULES && table[count].action; count++)
		rules[count] = (struct args_rule){table[count].conds, table[count].cond_count,
						  table[count].action};
	return count;
}

static inline struct args_sample table_sample(enum abi_arch_id arch, const uint64_t args[3],
					      double weight)
{
	struct args_sample sample = {.weight = weight};
	struct abi_tuple tuple = {.arch = abi_arch(arch)->audit,
				  .args = {args[0], args[1], args[2]}};

	abi_tuple_words(&tuple, sample.words);
	return sample;
}

#endif
