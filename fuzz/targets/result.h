/* SPDX-License-Identifier: MIT */
/* Private to the targets: what must hold of every result file that was accepted. */
#ifndef SG_FUZZ_TARGETS_RESULT_H
#define SG_FUZZ_TARGETS_RESULT_H

#include "harness/base/rng.h"
#include "harness/run/saved.h"

/* All that harness/run/saved.h promises; the random state decides about what is slow. */
void fuzz_require_saved(const struct saved_result *result, struct sg_rng *rng);

#endif
