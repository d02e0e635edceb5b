/* SPDX-License-Identifier: MIT */
/* What of a row goes to a service that draws curves. Private to the room. */
#ifndef SG_REPORT_EXPORTS_H
#define SG_REPORT_EXPORTS_H

#include <math.h>

#include "harness/report/report.h"

/* Times, but not the A/A control's: it is `none` once more, and a curve of noise. */
static inline bool export_has_times(const struct saved_row *row)
{
	return row->status == RUN_MEASURED && !row->aa;
}

/* Executed instructions and bitmap share of a filter. A run without times has them too; of a
 * workload that the filter denies or kills they are those of something else. */
static inline bool export_has_exact(const struct saved_row *row)
{
	return (row->status == RUN_MEASURED || row->status == RUN_UNTIMED) && row->column &&
	       isfinite(row->bpf_insns) && isfinite(row->bitmap_share);
}

#endif
