/* SPDX-License-Identifier: MIT */
#include "harness/report/report.h"

#define SAVED_REPORT(symbol) extern const struct saved_report saved_report_##symbol;
#include "harness/report/saved_registry.inc"
#undef SAVED_REPORT

const struct saved_report *const saved_report_registry[] = {
#define SAVED_REPORT(symbol) &saved_report_##symbol,
#include "harness/report/saved_registry.inc"
#undef SAVED_REPORT
	NULL,
};
