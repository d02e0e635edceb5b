/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/run/saved_private.h"

/* What is no result file is told as such: a profile, an array, Google Benchmark's own output. */
static int read_all(const struct sg_json *root, struct saved_result *result, struct sg_err *err)
{
	static int (*const parts[])(const struct sg_json *, struct saved_result *,
				    struct sg_err *) = {
		saved_read_version,
		saved_read_context,
		saved_read_policies,
		saved_read_filters,
	};
	struct sg_json context;
	int bad = 0;

	if (sg_json_member(root, "context", &context, NULL))
		return sg_json_expected(root, err, SAVED_WANTED);
	if (!json_is_object(context.value))
		return sg_json_expected(&context, err, SAVED_WANTED);
	for (size_t i = 0; i < SG_COUNT(parts) && !bad; i++)
		bad = parts[i](&context, result, err);
	return bad ? bad : saved_read_rows(root, result, err);
}

static int read_document(const json_t *document, const char *file, struct saved_result *ret,
			 struct sg_err *err)
{
	struct sg_json root = sg_json_root(document, file);
	struct saved_result result = {.file = sg_strdup(root.file)};
	int bad = read_all(&root, &result, err);

	if (bad)
		saved_release(&result);
	else
		*ret = result;
	return bad;
}

int saved_parse(const char *text, size_t len, const char *file, struct saved_result *ret,
		struct sg_err *err)
{
	json_t *document;
	int bad = sg_json_parse(text, len, file, &document, err);

	if (bad)
		return bad;
	bad = read_document(document, file, ret, err);
	json_decref(document);
	return bad;
}

int saved_load(const char *path, struct saved_result *ret, struct sg_err *err)
{
	json_t *document;
	int bad = sg_json_load(path, &document, err);

	if (bad)
		return bad;
	bad = read_document(document, path, ret, err);
	json_decref(document);
	return bad;
}

void saved_release(struct saved_result *result)
{
	saved_release_rows(result);
	saved_release_filters(result);
	saved_release_policies(result);
	saved_release_summaries(result);
	mix_release(&result->mix);
	sg_strv_release(&result->notes);
	free(result->file);
	*result = (struct saved_result){0};
}
