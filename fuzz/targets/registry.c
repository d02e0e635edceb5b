/* SPDX-License-Identifier: MIT */
#include "fuzz/targets/targets.h"

#define fuzz_mutate_none NULL

const struct fuzz_target fuzz_targets[] = {
#define TARGET(name, mutator, summary) {#name, summary, fuzz_target_##name, fuzz_mutate_##mutator},
#include "fuzz/targets/registry.inc"
#undef TARGET
	{0},
};
