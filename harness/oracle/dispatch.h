/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: many comparisons of one value, turned into a table.
 *
 * A region is what can be reached from an instruction through comparisons of A with constants and
 * JA alone: A stays what it is, so which instruction ends up being executed is a function of A.
 * Where a region is entered from elsewhere (mostly after a load) and is large enough, that function
 * is tabulated for the windows of values in which the region's constants lie close together; values
 * outside the windows go through the comparisons themselves, past those that no such value meets.
 */
#ifndef SG_ORACLE_DISPATCH_H
#define SG_ORACLE_DISPATCH_H

#include "filters/cbpf/prog.h"
#include "harness/oracle/code.h"

/* A window is so many values, the first being a multiple of it. */
#define DISPATCH_WINDOW 512
/* Limits of one program: what is beyond is translated plainly. */
#define DISPATCH_MAX_TABLES  32
#define DISPATCH_MAX_WINDOWS 8 /* of one region */
/* What one window adds to the code: lea, cmp, jcc, the table jump; and one jump a region. */
#define DISPATCH_TABLE_BYTES 48

struct dispatch;

struct dispatch *dispatch_new(const struct cbpf_prog *prog); /* borrows */
void dispatch_free(struct dispatch *dispatch);

/*
 * Where instruction @pc begins a region that is worth it, puts the tables' code in front of the
 * instruction's own, which then is for values outside the windows. The places of @pc and of the
 * instructions that follow are known.
 */
void dispatch_emit(struct dispatch *dispatch, size_t pc, const size_t *places, struct code *code);

#endif
