/* SPDX-License-Identifier: MIT */
/* Private to atoms*.c. */
#ifndef SG_GEN_ATOMS_PRIVATE_H
#define SG_GEN_ATOMS_PRIVATE_H

#include "filters/gen/atoms.h"

static inline void atoms_put(struct atom_set *set, size_t atom)
{
	set->words[atom / 64] |= (uint64_t)1 << atom % 64;
}

/* The masks for numbers of which those that calls have lie from @low to @high. */
void atoms_make_masks(struct atoms *atoms, uint32_t low, uint32_t high);

#endif
