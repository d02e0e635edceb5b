/* SPDX-License-Identifier: MIT */
/*
 * A pass over the intermediate form: removes tests whose answer the path to them has decided.
 *
 * Along each path it keeps what known_word.h can say of every word. A chain of rules like
 *	hi == 0 && lo == 1 ? A : hi == 0 && lo == 2 ? B : D
 * comes out with one test of hi. The price is that paths which met may part; where the graph
 * would grow beyond reason, the pass gives it back unchanged.
 */
#ifndef SG_GEN_KNOWN_H
#define SG_GEN_KNOWN_H

#include "filters/gen/ir.h"

ir_id known_simplify(struct ir *ir, ir_id root);

#endif
