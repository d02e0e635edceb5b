/* SPDX-License-Identifier: MIT */
/* How numbers and whole documents are written as JSON. */
#ifndef SG_REPORT_PUT_JSON_H
#define SG_REPORT_PUT_JSON_H

#include "harness/base/buf.h"
#include "harness/base/json.h"

/* Leaves out what is no number: JSON cannot say it. */
void report_json_set_real(json_t *object, const char *key, double value);
/* Appends @root as text, keys in the order they were set, and a newline; takes the reference. */
void report_json_put(json_t *root, struct sg_buf *out);

#endif
