/* SPDX-License-Identifier: MIT */
/* What `jit` was asked and what came of it, for those who print it. */
#ifndef SG_CMD_JIT_H
#define SG_CMD_JIT_H

#include "harness/base/json.h"
#include "harness/cmd/operand.h"
#include "harness/kernel/microscope.h"

/* A line of the mix that counts for the filter's architecture. */
struct jit_call {
	const struct mix_call *line; /* borrowed */
	uint32_t verdict, insns;     /* by the interpreter */
	bool bitmap;                 /* the kernel's bitmap serves it */
};

struct jit_row {
	const char *text; /* the operand; borrowed */
	struct cmd_filter filter;
	struct jit_call *calls;           /* owned */
	struct microscope_call *measured; /* the same, for the microscope; owned */
	size_t call_count;
	double insns; /* mean over the mix */
	struct microscope_result result;
	char *reason; /* why there is no result; owned; NULL where there is one */
};

struct jit_table {
	struct jit_row *rows;
	size_t count; /* those that were measured, or tried */
	const struct mix *mix;
	bool interrupted;
};

/* ns for each executed instruction; 0 where none is. */
static inline double jit_ns_per_insn(double ns, double insns)
{
	return insns > 0 ? ns / insns : 0;
}

void jit_print(const struct jit_table *table, struct sg_buf *out);
/* The JSON of the manual page; new reference. */
json_t *jit_json(const struct jit_table *table);

#endif
