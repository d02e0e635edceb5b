/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: how a source of tuples is kept.
 *
 * A site is an architecture and a number. A plan says for each argument and the instruction
 * pointer from which table of values it is drawn, so that together they satisfy a rule, or miss it
 * by one argument. All that is decided when the source is
 * made (constants.c, values.c, plans.c, sites.c), so that filling (tuples.c) is a few table
 * look-ups.
 */
#ifndef SG_FUZZ_TUPLES_PRIVATE_H
#define SG_FUZZ_TUPLES_PRIVATE_H

#include "fuzz/tuples.h"
#include "fuzz/values.h"

/* A plan is chosen, and a span drawn from, by 16 random bits. */
#define FUZZ_PLANS_MAX 65536u

enum { FUZZ_ARGS = 6, FUZZ_IP = 6, FUZZ_DRAWN };

struct fuzz_span {
	uint32_t first, len; /* in fuzz_tuples.values; never empty */
};

struct fuzz_plan {
	struct fuzz_span words[FUZZ_DRAWN];
};

struct fuzz_plans {
	uint32_t first, count; /* in fuzz_tuples.plans; never empty */
};

struct fuzz_site {
	uint32_t arch, nr;
	struct fuzz_plans plans;
};

struct fuzz_sites {
	struct fuzz_site *items; /* owned */
	size_t len, cap;
};

enum fuzz_site_kind {
	FUZZ_CONDITIONAL, /* calls with conditions, and the numbers beside them */
	FUZZ_PLAIN,       /* the other numbers of the tables, and those between and beside them */
	FUZZ_EDGES,       /* -1, bit 30, beyond the tables, what only the filter compares with */
	FUZZ_FOREIGN,     /* architectures that the policy does not list */
	FUZZ_SITE_KINDS
};

#define FUZZ_DRAWS 64u

struct fuzz_tuples {
	struct fuzz_values values;
	struct fuzz_plan *plans; /* owned; the first ones are idle, for calls without conditions */
	size_t plan_count, plan_cap;
	struct fuzz_sites sites[FUZZ_SITE_KINDS];
	uint8_t kinds[FUZZ_DRAWS]; /* enum fuzz_site_kind, or FUZZ_SITE_KINDS: noise */
};

/* ---- constants.c: what the filters under test compare with, by what they had loaded */

struct fuzz_constants {
	struct fuzz_values words[FUZZ_DRAWN]; /* arguments and instruction pointer, either half */
	struct fuzz_values nrs, arches;
};
/* Reads the programs as they stand, without following jumps: a constant belongs to the load above
 * it. What is thereby put down to a wrong word costs a few tuples, nothing else. */
void fuzz_constants_read(const struct cbpf_prog *const *progs, size_t prog_count,
			 struct fuzz_constants *ret);
void fuzz_constants_release(struct fuzz_constants *constants);

/* ---- plans.c */

/* How the upper half of an argument counts. */
enum fuzz_width {
	FUZZ_WIDE,      /* as part of the value */
	FUZZ_NARROW,    /* not at all, so it may hold anything */
	FUZZ_NARROW_X32 /* not at all, but then the tuple is unspecified: seldom */
};

/* The conditional rules of one call. */
struct fuzz_rules {
	const struct policy_rule *const *items; /* borrowed */
	size_t len;
};

struct fuzz_planner;
/* Adds the idle plans. Borrows all three. */
struct fuzz_planner *fuzz_planner_new(struct fuzz_tuples *tuples, const struct policy *policy,
				      const struct fuzz_constants *constants);
void fuzz_planner_free(struct fuzz_planner *planner);
struct fuzz_plans fuzz_plans_idle(void);
/* Calls with the same rules and the same width share their plans. */
struct fuzz_plans fuzz_plans_of(struct fuzz_planner *planner, const struct fuzz_rules *rules,
				enum fuzz_width width);

/* ---- sites.c */

void fuzz_sites_make(struct fuzz_tuples *tuples, const struct policy *policy,
		     const struct fuzz_constants *constants, struct fuzz_planner *planner);

#endif
