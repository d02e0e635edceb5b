/* SPDX-License-Identifier: MIT */
/* Private to the room: what our own generators make is proved equal to its policy. */
#ifndef SG_GEN_PROOF_H
#define SG_GEN_PROOF_H

#include "filters/gen/gen.h"

/* Proves, and sets .verify with a warning where it stays unknown; else as proof_judge(). */
int proof_verify(const struct policy *policy, struct gen_filter *filter, struct sg_err *err);

/*
 * What an answer to that proof means for the filter. Equal and unknown: 0. Different: -EBADMSG, a
 * finding where the policy's oracle and the interpreter confirm the counterexample, a defect of the
 * prover (SG_ERR_INTERNAL) where they do not.
 */
int proof_judge(const struct policy *policy, const struct prove_answer *answer,
		struct gen_filter *filter, struct sg_err *err);

#endif
