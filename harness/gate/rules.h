/* SPDX-License-Identifier: MIT */
/* Private to the room: the policies that a filter was made from, then and now. */
#ifndef SG_GATE_RULES_H
#define SG_GATE_RULES_H

#include "harness/gate/gate.h"

struct rules {
	/* NULL: the side names no policy, or neither file carries its rules. Borrowed. */
	const struct policy *baseline, *result;
	bool same; /* both name one, and it is the same: what one file carries serves for both */
};

/* What the filter (may be NULL) was made from. NULL: nothing; `allow` stands beside the filters of
 * a profile, and is not what any says. */
const struct saved_policy *rules_source(const struct saved_filter *filter);
/* Either may be NULL. */
struct rules rules_of(const struct saved_policy *baseline, const struct saved_policy *result);
/* Of a pair, one side of which may be missing. */
struct rules rules_of_pair(const struct gate_pair *pair);

#endif
