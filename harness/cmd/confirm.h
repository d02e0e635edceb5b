/* SPDX-License-Identifier: MIT */
/*
 * A counterexample of the prover is shown together with those who confirm it: each oracle is asked
 * what its verdict is, on this machine and now. An oracle that cannot say has its reason; one that
 * says otherwise contradicts the prover, and one of the two has a defect.
 */
#ifndef SG_CMD_CONFIRM_H
#define SG_CMD_CONFIRM_H

#include "harness/cmd/operand.h"
#include "harness/oracle/oracle.h"

enum confirm_word {
	CONFIRM_UNASKED,
	CONFIRM_YES,
	CONFIRM_SILENT,
	CONFIRM_NO,
};

struct confirm_witness {
	const struct oracle *oracle;
	enum confirm_word word;
	char *reason; /* silent: why; no: its verdict and whose; owned */
};

/* Owned; valid when zeroed. */
struct confirmation {
	struct confirm_witness *items; /* one an oracle, in the registry's order */
	size_t count;
};

/*
 * Adds what is said of one filter: @verdict is the prover's. With @wanted also the policy that the
 * filter came with is asked, whose verdict that is said to be, on a tuple that it specifies. Over
 * several filters the worst word of a witness stands.
 */
void confirm(const struct cmd_filter *filter, const struct abi_tuple *tuple, uint32_t verdict,
	     const uint32_t *wanted, struct confirmation *confirmation);
/* Adds whether the policy specifies the tuple, where filters are compared under it. */
void confirm_specified(const struct policy *policy, const struct abi_tuple *tuple,
		       struct confirmation *confirmation);
/* Says so where somebody contradicts. */
void confirm_warn(const struct confirmation *confirmation);
void confirmation_release(struct confirmation *confirmation);

#endif
