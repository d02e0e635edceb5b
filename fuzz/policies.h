/* SPDX-License-Identifier: MIT */
/*
 * Random policies, as profile JSON text that goes through the reader like anybody's.
 *
 * From an empty rule set and one rule to hundreds, several rules on one call, one to six
 * conditions, every operator, values that meet in one half, overlapping and adjacent ranges, masks,
 * mixed actions and errnos, one to all architectures, explicit rules equal to the default, sizes
 * near the limit of 4,096 instructions and above it. Weighted to the small, since those are the
 * ones whose findings can be read; about one in fifty is large.
 */
#ifndef SG_FUZZ_POLICIES_H
#define SG_FUZZ_POLICIES_H

#include "filters/abi/abi.h"
#include "harness/base/rng.h"

enum fuzz_size { FUZZ_ANY, FUZZ_SMALL, FUZZ_LARGE };

/* Appends the profile. Every text it makes is accepted by policy_parse(). */
void fuzz_policy_text(struct sg_rng *rng, enum fuzz_size size, struct sg_buf *out);
/*
 * An --arch list to read it with: to most none (0: the profile's own list, which the native
 * architecture joins in front), to others architectures of one byte order, mostly the big-endian
 * one: no profile can ask for those alone on a little-endian machine.
 */
size_t fuzz_policy_arches(struct sg_rng *rng, const struct abi_arch *ret[ABI_ARCH_COUNT]);

#endif
