/* SPDX-License-Identifier: MIT */
/*
 * What `gate` writes, and where: an option for each of the gate's formats, and for each of the
 * formats of results (harness/report) that the gate has no format of the same name for.
 */
#ifndef SG_CMD_GATE_OUTPUTS_H
#define SG_CMD_GATE_OUTPUTS_H

#include <argp.h>

#include "harness/gate/gate.h"

struct gate_output {
	const char *name, *summary;
	const struct gate_format *format; /* NULL: .report, written from the result */
	const struct saved_report *report;
	const char *path; /* NULL: not asked for; borrowed */
};

#define GATE_OUTPUT_MAX 32

struct gate_outputs {
	struct gate_output items[GATE_OUTPUT_MAX];
	size_t count;
};

void gate_outputs_init(struct gate_outputs *outputs);
/*
 * Their options, for an argp child with gate_outputs_option() as its parser and the outputs as its
 * input. Ends with an empty one; borrows from @outputs.
 */
void gate_outputs_options(const struct gate_outputs *outputs,
			  struct argp_option ret[GATE_OUTPUT_MAX + 1]);
error_t gate_outputs_option(int key, char *arg, struct argp_state *state);
/* After the last option: sends the text to standard output, unless something else goes there. */
void gate_outputs_finish(struct gate_outputs *outputs);
/* As many as can be; the first error is returned. */
int gate_outputs_write(const struct gate_outputs *outputs, const struct gate_report *report,
		       struct sg_err *err);

#endif
