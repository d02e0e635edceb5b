/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "harness/report/put_json.h"

void report_json_set_real(json_t *object, const char *key, double value)
{
	if (isfinite(value))
		json_object_set_new(object, key, json_real(value));
}

void report_json_put(json_t *root, struct sg_buf *out)
{
	char *text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(12));

	sg_buf_adds(out, text);
	sg_buf_adds(out, "\n");
	free(text);
	json_decref(root);
}
