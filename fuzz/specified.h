/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: does the policy say anything of the input that a path leaves? The classes
 * are those of "Unspecified tuples" in filters/policy/README.md.
 */
#ifndef SG_FUZZ_SPECIFIED_H
#define SG_FUZZ_SPECIFIED_H

#include "filters/policy/policy.h"
#include "fuzz/walk.h"

struct fuzz_specified;
struct fuzz_specified *fuzz_specified_new(const struct policy *policy); /* borrows it */
void fuzz_specified_free(struct fuzz_specified *specified);
/*
 * False is certain: whatever input the facts leave is of no listed architecture, or of a call that
 * is unspecified whatever its arguments, or has an upper half that makes it so on x32.
 */
bool fuzz_may_be_specified(const struct fuzz_specified *specified, struct fuzz_facts *facts);

#endif
