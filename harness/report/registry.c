/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "harness/report/report.h"

#define REPORT(symbol) extern const struct report report_##symbol;
#include "harness/report/registry.inc"
#undef REPORT

const struct report *const report_registry[] = {
#define REPORT(symbol) &report_##symbol,
#include "harness/report/registry.inc"
#undef REPORT
	NULL,
};

const struct report *report_find(const char *name, struct sg_err *err)
{
	for (const struct report *const *report = report_registry; *report; report++)
		if (!strcmp((*report)->name, name))
			return *report;
	sg_err_input(err, EINVAL, "unknown reporter '%s'", name);
	return NULL;
}

const char *report_row_filter(const struct run_row *row)
{
	if (row->filter)
		return row->filter->name;
	return row->aa ? "none-aa" : "none";
}
