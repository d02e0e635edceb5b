/* SPDX-License-Identifier: MIT */
/* The generators of registry.inc, one file each: gen_none in none.c ... */
#ifndef SG_GEN_GENS_H
#define SG_GEN_GENS_H

#include "filters/gen/gen.h"

#define GEN(name) extern const struct gen gen_##name;
#include "filters/gen/registry.inc"
#undef GEN

#endif
