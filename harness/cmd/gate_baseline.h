/* SPDX-License-Identifier: MIT */
/* The baseline of `gate`: a result file, or the one of a folder that fits the result best. */
#ifndef SG_CMD_GATE_BASELINE_H
#define SG_CMD_GATE_BASELINE_H

#include "harness/run/saved.h"

/*
 * A file, "-", or a folder: of its result files (*.json) the newest of the result's class of
 * machine, else the newest. The result's own file (@result_path) is none of them. In the case of a
 * folder @ret_note says which it is, and is the caller's to free; else it is NULL.
 */
int gate_baseline_load(const char *path, const struct saved_result *result, const char *result_path,
		       struct saved_result *ret, char **ret_note, struct sg_err *err);

#endif
