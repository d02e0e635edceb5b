/* SPDX-License-Identifier: MIT */
/* The parts of the result file, a file each. Private to the room. */
#ifndef SG_REPORT_JSON_REPORT_H
#define SG_REPORT_JSON_REPORT_H

#include "harness/base/json.h"
#include "harness/report/report.h"

/* "context": machine, settings, mix, policies and filters. New reference. */
json_t *report_json_context(const struct run_result *result);
/* "benchmarks": one row a block, then the aggregates. New reference. */
json_t *report_json_benchmarks(const struct run_result *result);
/* "skipped": what was not measured, with status and reason. New reference. */
json_t *report_json_skipped(const struct run_result *result);

#endif
