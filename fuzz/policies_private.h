/* SPDX-License-Identifier: MIT */
/*
 * Private to fuzz: what the files policies*.c share. A sketch is what the entries of one profile
 * are drawn from: few names, few actions and related values, so that its rules meet.
 */
#ifndef SG_FUZZ_POLICIES_PRIVATE_H
#define SG_FUZZ_POLICIES_PRIVATE_H

#include "filters/policy/policy.h"
#include "fuzz/policies.h"
#include "fuzz/values.h"

#define SKETCH_ACTIONS 5
#define SKETCH_CONDS   8 /* of an entry; more than there are arguments: then an index repeats */

enum sketch_errno { SKETCH_NO_ERRNO, SKETCH_NUMBER, SKETCH_NAME };

struct sketch_action {
	const char *word;       /* "SCMP_ACT_ERRNO" */
	enum sketch_errno kind; /* how its data is written */
	unsigned number;
	const char *name; /* "ENOSYS" */
};

struct sketch_entry {
	size_t first_name, name_count; /* of the sketch's names */
	struct sketch_action action;
	struct policy_cond conds[SKETCH_CONDS];
	size_t cond_count;
};

struct sketch {
	struct sg_rng *rng;
	struct sg_buf *out;
	size_t entry_count, names_per_entry; /* at most */
	const char **names;                  /* owned array */
	size_t name_count;
	struct sketch_action default_action;
	struct sketch_action actions[SKETCH_ACTIONS]; /* of rules */
	size_t action_count;
	struct fuzz_values values;
	bool narrow; /* no constant above 32 bits: on 32-bit architectures those specify nothing */
	bool distinct; /* rules that hardly meet, so that their number makes the filter long */
};

static inline bool sketch_one_in(const struct sketch *sketch, unsigned n)
{
	return sg_rng_below(sketch->rng, n) == 0;
}
#define SKETCH_PICK(sketch, array) ((array)[sg_rng_below((sketch)->rng, SG_COUNT(array))])

/* ---- policies_words.c */
const char *sketch_name(const struct sketch *sketch);
struct sketch_action sketch_action(const struct sketch *sketch);
/* The action's keys, as those of an entry or of the profile. */
void sketch_write_action(const struct sketch *sketch, const struct sketch_action *action,
			 bool is_default);
/* "flags", or nothing. */
void sketch_write_flags(const struct sketch *sketch);

/* ---- policies_arches.c */
/* "architectures", "archMap" or nothing. */
void sketch_write_arches(const struct sketch *sketch);

/* ---- policies_conds.c */
void sketch_make_values(struct sketch *sketch);
void sketch_conds(const struct sketch *sketch, struct sketch_entry *entry);
/* Makes an entry's conditions into others that lie beside them: the next step of a range, a value
 * that is the same in one half, one condition more or less. */
void sketch_vary_conds(const struct sketch *sketch, struct sketch_entry *entry);
void sketch_write_conds(const struct sketch *sketch, const struct sketch_entry *entry);

#endif
