/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "harness/report/put_json.h"

void report_json_set_real(json_t *object, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(object, key, json_real(value));
}

void report_json_put(json_t *root, struct sg_buf *out)
{
	sg_json_write(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12), out);
	sg_buf_adds(out, "\n");
	json_decref(root);
}
