/* SPDX-License-Identifier: MIT */
#include "harness/gate/gate.h"

#define GATE_PART(symbol) extern const struct gate_part gate_part_##symbol;
#include "harness/gate/registry.inc"
#undef GATE_PART

const struct gate_part *const gate_parts[] = {
#define GATE_PART(symbol) &gate_part_##symbol,
#include "harness/gate/registry.inc"
#undef GATE_PART
	NULL,
};

#define GATE_FORMAT(symbol) extern const struct gate_format gate_format_##symbol;
#include "harness/gate/formats.inc"
#undef GATE_FORMAT

const struct gate_format *const gate_formats[] = {
#define GATE_FORMAT(symbol) &gate_format_##symbol,
#include "harness/gate/formats.inc"
#undef GATE_FORMAT
	NULL,
};
