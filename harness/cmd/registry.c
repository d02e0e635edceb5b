/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "harness/cmd/cmd.h"

#define CMD(symbol) extern const struct cmd cmd_##symbol;
#include "harness/cmd/registry.inc"
#undef CMD

const struct cmd *const cmd_registry[] = {
#define CMD(symbol) &cmd_##symbol,
#include "harness/cmd/registry.inc"
#undef CMD
	NULL,
};
