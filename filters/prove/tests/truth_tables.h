/* SPDX-License-Identifier: MIT */
/* Random functions of ten variables, as diagrams and as truth tables. Needs cmocka.h before it. */
#ifndef SG_PROVE_TESTS_TRUTH_TABLES_H
#define SG_PROVE_TESTS_TRUTH_TABLES_H

#include "filters/prove/bdd.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

#define VARS      10
#define ROWS      (1u << VARS)
#define FUNCTIONS 24

/* Variable i of a row is bit i of the row's number. */
static const unsigned ranks[VARS] = {0, 1, 2, 31, 32, 33, 100, 255, 256, 511};

struct function {
	bdd f;
	bool table[ROWS];
};

static inline bool evaluate_row(const struct bdd_pool *pool, bdd f, unsigned row)
{
	for (unsigned i = 0; f > BDD_TRUE; i++) {
		assert_true(i < VARS);
		if (bdd_top(pool, f) != ranks[i])
			continue;
		f = row >> i & 1 ? bdd_high(pool, f) : bdd_low(pool, f);
	}
	return f == BDD_TRUE;
}

static inline void check(const struct bdd_pool *pool, const struct function *function,
			 const char *what)
{
	assert_false(bdd_exhausted(pool));
	for (unsigned row = 0; row < ROWS; row++)
		if (evaluate_row(pool, function->f, row) != function->table[row])
			fail_msg("%s: row %u is not %d", what, row, function->table[row]);
}

/* ---- random functions */

static inline struct function variable(struct bdd_pool *pool, unsigned i)
{
	struct function ret = {.f = bdd_var(pool, ranks[i])};

	for (unsigned row = 0; row < ROWS; row++)
		ret.table[row] = row >> i & 1;
	return ret;
}

static inline struct function complement_of(const struct function *a)
{
	struct function ret = {.f = bdd_not(a->f)};

	for (unsigned row = 0; row < ROWS; row++)
		ret.table[row] = !a->table[row];
	return ret;
}

static inline struct function combine(struct bdd_pool *pool, unsigned op, const struct function *a,
				      const struct function *b, const struct function *c)
{
	struct function ret;

	switch (op) {
	case 0: ret.f = bdd_and(pool, a->f, b->f); break;
	case 1: ret.f = bdd_or(pool, a->f, b->f); break;
	case 2: ret.f = bdd_xor(pool, a->f, b->f); break;
	default: ret.f = bdd_ite(pool, a->f, b->f, c->f); break;
	}
	for (unsigned row = 0; row < ROWS; row++) {
		bool x = a->table[row], y = b->table[row], z = c->table[row];
		const bool results[] = {x && y, x || y, x != y, x ? y : z};

		ret.table[row] = results[op];
	}
	return ret;
}

static const char *const op_names[] = {"and", "or", "xor", "ite"};

/* One of the first @vars variables, of what stands in @functions, or a constant. */
static inline struct function pick(struct bdd_pool *pool, struct sg_rng *rng, unsigned vars,
				   const struct function functions[FUNCTIONS], size_t count)
{
	struct function ret = {.f = BDD_FALSE};
	unsigned kind = sg_rng_below(rng, 20);

	if (kind >= 8 && count > 0)
		ret = functions[sg_rng_below(rng, count)];
	else if (kind > 0)
		ret = variable(pool, sg_rng_below(rng, vars));
	return sg_rng_below(rng, 2) ? complement_of(&ret) : ret;
}

static inline void fill(struct bdd_pool *pool, struct sg_rng *rng, unsigned vars,
			struct function functions[FUNCTIONS])
{
	for (size_t i = 0; i < FUNCTIONS; i++) {
		struct function a = pick(pool, rng, vars, functions, i);
		struct function b = pick(pool, rng, vars, functions, i);
		struct function c = pick(pool, rng, vars, functions, i);
		unsigned op = sg_rng_below(rng, SG_COUNT(op_names));

		functions[i] = combine(pool, op, &a, &b, &c);
		check(pool, &functions[i], op_names[op]);
	}
}

#endif
