/* SPDX-License-Identifier: MIT */
/*
 * Passes over the intermediate form: they remove tests whose answer the way to them has decided.
 *
 * Along each way they keep what known_word.h can say of every word. A chain of rules like
 *	hi == 0 && lo == 1 ? A : hi == 0 && lo == 2 ? B : D
 * comes out with one test of hi.
 */
#ifndef SG_GEN_KNOWN_H
#define SG_GEN_KNOWN_H

#include "filters/gen/ir.h"

/* A graph of more comes back unchanged: no filter has as many, and the walk is as deep. */
#define KNOWN_MAX_TESTS 4096

/* Each way by itself: what is known is never forgotten, but ways that met may part. Where the graph
 * would grow beyond reason, known_thread() instead. */
ir_id known_simplify(struct ir *ir, ir_id root);

/*
 * Jump threading: no node is copied, so the graph never grows.
 *
 *	a:	if (x) goto b; ...		a:	if (x) goto c; ...
 *	b:	if (x) goto c; ...	->	b:	if (x) goto c; ...
 *
 * A jump goes past the tests that are decided on the way through it. What is known where several
 * ways meet is what all of them say. It takes time in proportion to the graph.
 */
ir_id known_thread(struct ir *ir, ir_id root);

#endif
