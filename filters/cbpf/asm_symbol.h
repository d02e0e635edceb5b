/* SPDX-License-Identifier: MIT */
/* Private to the room: names that stand for numbers in assembly text. */
#ifndef SG_CBPF_ASM_SYMBOL_H
#define SG_CBPF_ASM_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "filters/abi/abi.h"
#include "harness/base/buf.h"

/*
 * The value of "arch.NAME", "NAME.CALL", or "CALL" of @arch (NULL while no .arch was given). For
 * anything else returns false and says in @expected what would have been right.
 */
bool asm_symbol(const char *name, const struct abi_arch *arch, uint32_t *ret,
		struct sg_buf *expected);

/* An architecture by any of its names, else NULL and @expected says what would have been right. */
const struct abi_arch *asm_arch(const char *name, struct sg_buf *expected);

/* An errno by name, as @arch numbers it (NULL: as most architectures do); 0 when there is none. */
uint32_t asm_errno(const char *name, const struct abi_arch *arch);

#endif
