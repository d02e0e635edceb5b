/* SPDX-License-Identifier: MIT */
/*
 * From a decision graph to instructions.
 *
 * Each test becomes
 *	ld [4 * word]		unless every way here comes with the word in the accumulator
 *	and #mask		unless there is no mask, or every way here comes with it applied
 *	jeq/jge/jset #k, yes, no
 * and a way that comes with the right accumulator jumps past what it does not need. What the
 * accumulator holds behind a test is that test's own masked word, so it is known beforehand.
 *
 * Code is laid out from its end: successors first, the larger part farther away. A conditional
 * jump reaches 255 instructions; beyond that a leaf gets a copy of its `ret` in reach (costs one
 * instruction, none executed), a test a `ja` (one executed), and both serve later jumps as well.
 */
#ifndef SG_GEN_EMIT_H
#define SG_GEN_EMIT_H

#include "filters/cbpf/prog.h"
#include "filters/gen/ir.h"

/* -E2BIG, SG_ERR_FINDING, when it is more than the kernel takes. */
int emit_graph(const struct ir *ir, ir_id root, struct cbpf_prog *ret_prog, struct sg_err *err);

#endif
