/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: a proof's answer "different" as findings of a check, one a region, so one a
 * call or a run of numbers. "Calls" in messages and numbers are these.
 */
#ifndef SG_GATE_FINDINGS_H
#define SG_GATE_FINDINGS_H

#include "filters/prove/prove.h"
#include "harness/gate/gate.h"

/* Of one check; a message says how many more there are. */
#define FINDINGS_MAX 50

/* Where the baseline's verdict, or the policy's, is side a of the answer. Z3 knows one input. */
size_t findings_calls(const struct prove_answer *answer);
/* Those of them that are not among the differences of @known, or are others there. Of what Z3 found
 * nobody can tell: they are new where there were none. */
size_t findings_fresh(const struct prove_answer *answer, const struct prove_answer *known);
/* Side b lets an input of such a one through that side a does not. False: none of those that were
 * looked at. */
bool findings_loosen(const struct prove_answer *answer, const struct prove_answer *known);

/*
 * Lists them, first what is let through and was not, and says "WHAT for 3 calls". The check has its
 * result and numbers already.
 */
void findings_say(struct gate_check *check, const struct prove_answer *answer, const char *what,
		  bool against_policy);
/* The same, decided by them where the baseline has none. */
void findings_decide(const struct gate_request *request, struct gate_check *check,
		     const struct prove_answer *answer, const char *what);

/* One input, of which nobody knows what it hangs on. */
void findings_add_input(struct gate_check *check, const struct abi_tuple *tuple, uint32_t was,
			uint32_t is, bool against_policy);

#endif
