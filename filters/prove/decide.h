/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the verdict of a run that begins at some instruction, as a choice between
 * two outcomes that is put off as long as it can be. A rule is many comparisons that lead to the
 * same two places: their conditions are small, and joined before the outcomes, which may be the
 * whole rest of a filter, are touched once.
 */
#ifndef SG_PROVE_DECIDE_H
#define SG_PROVE_DECIDE_H

#include "filters/prove/sym.h"

/* Verdicts that were worked out, by number. */
struct outcomes {
	struct bdd_pool *pool;
	struct sym *verdicts; /* owned */
	size_t count, cap;
	size_t *effects; /* the numbers of those that are constants; owned */
	size_t effect_count, effect_cap;
};

/*
 * The outcome with number @yes where @when holds, else that with number @no; for all inputs the
 * same where these are one. Zeroed: KILL_THREAD, whose effect is 0.
 */
struct decision {
	bdd when;
	size_t yes, no;
};

struct outcomes outcomes_new(struct bdd_pool *pool);
void outcomes_release(struct outcomes *outcomes);

/* This verdict, an effect, for all inputs. */
struct decision decide_always(struct outcomes *outcomes, const struct sym *effect);
/* @yes where @cond holds, else @no. */
struct decision decide(struct outcomes *outcomes, bdd cond, struct decision yes,
		       struct decision no);
/* The same as one outcome, worked out. */
struct decision decide_now(struct outcomes *outcomes, struct decision decision);

struct sym decided(struct outcomes *outcomes, struct decision decision);

#endif
