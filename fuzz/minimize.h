/* SPDX-License-Identifier: MIT */
/*
 * Private to fuzz: the minimiser's state, and the passes over it.
 *
 * The profile is worked on as a policy, printed as text for each trial. A pass proposes candidates
 * that are smaller in its own measure; one that still shows the defect takes the place of the best
 * so far. No pass proposes what another one made smaller the other way round, so that repeating
 * them all comes to an end.
 */
#ifndef SG_FUZZ_MINIMIZE_H
#define SG_FUZZ_MINIMIZE_H

#include "fuzz/finding_private.h"

struct minimizer {
	const struct fuzz_finding *finding;
	struct finding_probe probe;
	uint64_t deadline_ns;
	/* What makes the defect the same one. */
	enum finding_direction direction; /* of a mismatch */
	struct sg_buf reason;             /* of others */
	/* The best so far. */
	struct policy policy;
	struct sg_buf text; /* the policy, printed */
	struct abi_tuple tuple;
	uint32_t wanted, got;
	char *message; /* owned */
};

/*
 * Does the defect show with this policy and this tuple? Then they are the best so far. Takes the
 * policy over. What changes nothing is no success.
 */
bool minimize_try(struct minimizer *minimizer, struct policy *candidate,
		  const struct abi_tuple *tuple);
bool minimize_over(const struct minimizer *minimizer);
/* The name of the call that the tuple makes, where a rule can name it; else NULL. */
const char *minimize_called(const struct minimizer *minimizer);

/* Each pass: did anything get smaller? */
bool minimize_rules(struct minimizer *minimizer);
bool minimize_arches(struct minimizer *minimizer);
bool minimize_conds(struct minimizer *minimizer);
bool minimize_actions(struct minimizer *minimizer);
bool minimize_ops(struct minimizer *minimizer);
bool minimize_columns(struct minimizer *minimizer);   /* an argument's values, all together */
bool minimize_constants(struct minimizer *minimizer); /* one constant at a time */
bool minimize_tuple(struct minimizer *minimizer);
bool minimize_names(struct minimizer *minimizer);

/* What constants and words are made smaller by: fewer bits, then a smaller number. */
uint64_t minimize_weight(uint64_t value);
#define MINIMIZE_GUESSES 80
/* Lighter values to try in place of one, the lightest first; returns how many. */
size_t minimize_guesses(uint64_t value, uint64_t guesses[MINIMIZE_GUESSES]);

#endif
