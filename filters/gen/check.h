/* SPDX-License-Identifier: MIT */
/*
 * A cheap check of a filter against its policy, before it leaves: the policy's oracle and the
 * interpreter must agree for each system call of each architecture and the numbers beside it, with
 * arguments of zeros and of each rule's own constants, one below and one above them. It finds
 * slips, it proves nothing.
 */
#ifndef SG_GEN_CHECK_H
#define SG_GEN_CHECK_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"

/* -EBADMSG, SG_ERR_INTERNAL, with the first tuple on which they differ. */
int check_against_policy(const struct cbpf_prog *prog, const struct policy *policy,
			 struct sg_err *err);

#endif
