/* SPDX-License-Identifier: MIT */
/* From a PROFILE operand to text. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filters/policy/private.h"
#include "harness/base/embed.h"
#include "harness/base/file.h"

static const struct policy_bundled *find_bundled(const char *name)
{
	for (const struct policy_bundled *b = policy_bundled; b->name; b++)
		if (!strcmp(b->name, name))
			return b;
	return NULL;
}

static int read_path(const char *path, const struct policy_options *options,
		     struct policy *ret_policy, struct sg_err *err)
{
	struct sg_buf text = {0};
	int bad = sg_file_read(path, POLICY_PROFILE_MAX_BYTES, &text, err);

	if (!bad)
		bad = policy_parse(sg_buf_text(&text), text.len, sg_file_label(path), options,
				   ret_policy, err);
	sg_buf_release(&text);
	return bad;
}

static int read_bundled(const struct policy_bundled *bundled, const struct policy_options *options,
			struct policy *ret_policy, struct sg_err *err)
{
	const struct sg_embedded *file = sg_embedded_find(bundled->file);

	if (file)
		return policy_parse(file->data, file->len, bundled->name, options, ret_policy, err);
	if (!bundled->package)
		return sg_err_internal(err, ENOENT, "%s: %s is not embedded", bundled->name,
				       bundled->file);
	if (access(bundled->file, F_OK))
		return sg_err_env(err, ENOENT, "%s: %s is missing: install the Debian package %s",
				  bundled->name, bundled->file, bundled->package);
	return read_path(bundled->file, options, ret_policy, err);
}

/* A word that is neither a bundled name nor a file: most likely a slip in a name. */
static int unknown_name(const char *operand, struct sg_err *err)
{
	struct sg_strv names = {0};

	for (const struct policy_bundled *b = policy_bundled; b->name; b++)
		sg_strv_add(&names, b->name);
	struct sg_hint hint;
	int bad =
		sg_err_input(err, ENOENT, "%s: no such profile or file%s", operand,
			     sg_hint(&hint, operand, (const char *const *)names.items, names.len));
	sg_strv_release(&names);
	return bad;
}

int policy_load(const char *operand, const struct policy_options *options,
		struct policy *ret_policy, struct sg_err *err)
{
	const struct policy_bundled *bundled = find_bundled(operand);
	int bad;

	if (bundled)
		bad = read_bundled(bundled, options, ret_policy, err);
	else if (strcmp(operand, "-") && access(operand, F_OK) && errno == ENOENT)
		return unknown_name(operand, err);
	else
		bad = read_path(operand, options, ret_policy, err);
	if (!bad) {
		free(ret_policy->name);
		ret_policy->name = sg_strdup(operand);
	}
	return bad;
}
