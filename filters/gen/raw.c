/* SPDX-License-Identifier: MIT */
/* Somebody else's filter, from a file of struct sock_filter, or of assembly text. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/gen/gens.h"
#include "harness/base/file.h"

#define MAX_TEXT_BYTES (4u << 20)

static int raw_supported(const struct gen_request *request, struct sg_err *err)
{
	if (request->raw_file)
		return 0;
	return sg_err_env(err, ENOTSUP, "raw needs a file: PROFILE@raw:FILE");
}

static bool is_assembly(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && strcmp(dot, ".bpfasm") == 0;
}

static int assemble(const char *path, struct cbpf_prog *ret_prog, struct sg_err *err)
{
	struct sg_buf text = {0};
	int r = sg_file_read(path, MAX_TEXT_BYTES, &text, err);

	if (r == 0)
		r = cbpf_assemble(sg_buf_text(&text), text.len, path, ret_prog, err);
	sg_buf_release(&text);
	return r;
}

static int raw_build(const struct gen_request *request, struct gen_filter *ret_filter,
		     struct sg_err *err)
{
	snprintf(ret_filter->version, sizeof(ret_filter->version), "unknown");
	if (is_assembly(request->raw_file))
		return assemble(request->raw_file, &ret_filter->prog, err);
	return cbpf_load(request->raw_file, &ret_filter->prog, err);
}

const struct gen gen_raw = {
	.name = "raw",
	.summary = "somebody else's filter from a file, held against the profile (raw:FILE)",
	.supported = raw_supported,
	.build = raw_build,
};
