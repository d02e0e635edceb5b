/* SPDX-License-Identifier: MIT */
/*
 * What a result looks like: for people (the table) and for machines (the result file). One file a
 * reporter, one row in registry.inc.
 */
#ifndef SG_REPORT_REPORT_H
#define SG_REPORT_REPORT_H

#include "harness/run/run.h"

struct report_options {
	bool colour;    /* a terminal, and NO_COLOR unset */
	unsigned width; /* columns; the table fits 100 whatever is said here */
};

struct report {
	const char *name; /* "table", "json" */
	const char *summary;
	/* Appends the report. */
	int (*write)(const struct run_result *result, const struct report_options *options,
		     struct sg_buf *out, struct sg_err *err);
};

extern const struct report *const report_registry[]; /* sorted; ends with NULL */
const struct report *report_find(const char *name, struct sg_err *err);

#endif
