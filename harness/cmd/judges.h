/* SPDX-License-Identifier: MIT */
/*
 * `eval --oracle`: one oracle or all of them on the filter of an operand, and whether they agree.
 *
 * interp, compiled, kernel and jit run the same filter and must agree on every tuple; the policy
 * must agree with them where it specifies the verdict. Compared are effects (abi_verdict_effect()).
 */
#ifndef SG_CMD_JUDGES_H
#define SG_CMD_JUDGES_H

#include "harness/cmd/operand.h"
#include "harness/oracle/oracle.h"

#define CMD_JUDGES_BATCH 4096 /* tuples at once */

struct cmd_judge {
	const struct oracle *oracle;
	struct oracle_session *session; /* NULL: does not run here */
	char *reason;                   /* why not; owned */
	uint32_t *verdicts;             /* of the last batch; owned, and */
	bool *known;
};

struct cmd_judges {
	struct cmd_judge *items;
	size_t count;
	const struct gen_filter *filter; /* borrowed */
	struct policy_oracle *policy;    /* NULL without one */
};

enum cmd_agreement {
	CMD_AGREED,
	CMD_DIVERGENT, /* only from the policy, on a tuple that it does not specify */
	CMD_MISMATCH,
};

/* "interp" ... or "all"; anything else is a usage error. */
void cmd_judges_check_name(const char *name);
/*
 * Opens them on @filter, which must outlive them. With "all" those that do not run here have their
 * reason; a single one must run. Released whatever the result.
 */
int cmd_judges_open(const char *name, const struct cmd_filter *filter, struct cmd_judges *ret,
		    struct sg_err *err);
void cmd_judges_release(struct cmd_judges *judges);

int cmd_judges_judge(struct cmd_judges *judges, const struct abi_tuple *tuples, size_t count,
		     struct sg_err *err);
/* POLICY_SPECIFIED without a policy. */
enum policy_class cmd_judges_class(const struct cmd_judges *judges, const struct abi_tuple *tuple);
/* Of tuple number @i of the last batch, which is @tuple. */
enum cmd_agreement cmd_judges_agree(const struct cmd_judges *judges, const struct abi_tuple *tuple,
				    size_t i);

#endif
