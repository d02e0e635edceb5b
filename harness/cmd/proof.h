/* SPDX-License-Identifier: MIT */
/* What `prove` was asked and what came of it, for those who print it. */
#ifndef SG_CMD_PROOF_H
#define SG_CMD_PROOF_H

#include "harness/base/json.h"
#include "harness/cmd/confirm.h"

/*
 * Two sides. Side 0 of a proof against a policy is the policy that filter 1 came with, and filter 0
 * is empty.
 */
struct proof {
	const struct cmd_policy_options *options;
	char *names[2]; /* a profile, or FILTER operands; owned */
	struct cmd_filter filters[2];
	bool of_policy;
	const char *under;   /* a profile; NULL: filters are compared on all inputs */
	struct policy frame; /* with under */

	struct prove_answer answer;
	struct confirmation confirmation; /* different */
	struct prove_dead dead[2];        /* of the filters; not of `none` */
};

/* "policy" and "filter", or "A" and "B". */
const char *proof_label(const struct proof *proof, int side);
/* Side @side is a filter with instructions. */
bool proof_has_program(const struct proof *proof, int side);
/* The inputs that took part; negative where nobody counted them. */
double proof_inputs(const struct proof *proof);

/* Text within 100 columns where names allow; with @list_dead each instruction and edge. */
void proof_print(const struct proof *proof, bool list_dead, struct sg_buf *out);
/* The JSON of the manual page; new reference. */
json_t *proof_json(const struct proof *proof);
/* The counterexample alone. */
json_t *proof_counterexample_json(const struct prove_answer *answer);

/* A number of inputs: "1,234" below a million, then "2^447.6". */
void proof_count_text(double inputs, struct sg_buf *out);

#endif
