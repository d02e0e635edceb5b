/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"
#include "harness/base/buf.h"
#include "harness/base/file.h"

/* Well above the largest program, so that one somewhat too long is refused by its length. */
#define MAX_RAW_BYTES (16 * CBPF_MAX_INSNS * sizeof(struct sock_filter))

int cbpf_from_bytes(const void *bytes, size_t len, struct cbpf_prog *ret_prog, struct sg_err *err)
{
	const size_t insn_bytes = sizeof(struct sock_filter);

	if (len % insn_bytes)
		return sg_err_input(err, EINVAL,
				    "%zu bytes are no array of struct sock_filter: "
				    "the size must be a multiple of %zu",
				    len, insn_bytes);
	if (!len)
		return 0;
	ret_prog->len = ret_prog->cap = len / insn_bytes;
	ret_prog->insns = sg_malloc(len);
	memcpy(ret_prog->insns, bytes, len);
	return 0;
}

static int parse(const struct sg_buf *raw, struct cbpf_prog *ret_prog, struct sg_err *err)
{
	struct cbpf_prog prog = {0};

	if (raw->len == 0)
		return sg_err_input(err, EINVAL, "the file is empty");
	int ret = cbpf_from_bytes(raw->data, raw->len, &prog, err);
	if (ret == 0)
		ret = cbpf_verify(&prog, err);
	if (ret < 0)
		cbpf_release(&prog);
	else
		*ret_prog = prog;
	return ret;
}

int cbpf_load(const char *path, struct cbpf_prog *ret_prog, struct sg_err *err)
{
	struct sg_buf raw = {0};
	int ret = sg_file_read(path, MAX_RAW_BYTES, &raw, err);

	if (ret == 0) {
		ret = parse(&raw, ret_prog, err);
		if (ret < 0)
			sg_err_wrap(err, "%s", sg_file_label(path));
	}
	sg_buf_release(&raw);
	return ret;
}

int cbpf_save(const char *path, const struct cbpf_prog *prog, struct sg_err *err)
{
	return sg_file_write(path, prog->insns, prog->len * sizeof(*prog->insns), err);
}
