/* SPDX-License-Identifier: MIT */
/*
 * What a result looks like: for people (the table) and for machines (the result file). One file a
 * reporter, one row in registry.inc. Reporters only read the result, and append to a buffer.
 */
#ifndef SG_REPORT_REPORT_H
#define SG_REPORT_REPORT_H

#include "harness/run/saved.h"

struct report_options {
	bool colour; /* a terminal, and NO_COLOR unset */
	/* Gets what is missing in what was written, a line each (no gnuplot: no pictures). NULL:
	 * nobody listens. */
	struct sg_strv *warnings;
};

/* The columns that the table keeps within, reasons and notes wrapped. */
#define REPORT_TABLE_WIDTH 100

struct report {
	const char *name; /* "table", "json" */
	const char *summary;
	int (*write)(const struct run_result *result, const struct report_options *options,
		     struct sg_buf *out, struct sg_err *err);
};

extern const struct report *const report_registry[]; /* sorted; ends with NULL */
/* NULL when unknown (SG_ERR_INPUT). */
const struct report *report_find(const char *name, struct sg_err *err);

/*
 * Result files read back, in somebody's format: for people over several runs, or for the services
 * that draw curves. One file each, one row in saved_registry.inc. Commands make an option of each.
 */
struct saved_report {
	const char *name; /* "html": also the option that writes it, --html FILE */
	const char *summary;
	bool several; /* takes more than one result, oldest first; else exactly one */
	int (*write)(const struct saved_result *results, size_t count,
		     const struct report_options *options, struct sg_buf *out, struct sg_err *err);
};

extern const struct saved_report *const saved_report_registry[]; /* sorted; ends with NULL */

/* "linear", and for the rows without a filter "none" and "none-aa". */
const char *report_row_filter(const struct run_row *row);

#endif
