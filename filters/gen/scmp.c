/* SPDX-License-Identifier: MIT */
#include "filters/gen/scmp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "filters/gen/scmp_child.h"
#include "harness/base/child.h"

#define TIMEOUT_S    10.0
#define MEMORY_BYTES (512u << 20)

static void library_version(char *ret, size_t len)
{
	const struct scmp_version *version = seccomp_version();

	snprintf(ret, len, "libseccomp %u.%u.%u", version->major, version->minor, version->micro);
}

static void note_unknown(const char *calls, size_t len, struct gen_filter *filter)
{
	struct sg_buf list = {0};
	const char *end = calls + len;

	for (; calls < end; calls += strlen(calls) + 1) {
		sg_strv_add(&filter->unknown_calls, calls);
		sg_buf_addf(&list, "%s%s", list.len ? ", " : "", calls);
	}
	if (list.len)
		sg_strv_addf(&filter->warnings, "%s does not know: %s", filter->version, list.data);
	sg_buf_release(&list);
}

/* libseccomp writes instructions as the machine that the filter is for will read them (gen_bpf.c,
 * htot16 and htot32); we keep them as ours does. */
static struct sock_filter to_host(struct sock_filter insn, bool big_endian)
{
	bool host_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	if (big_endian != host_big_endian) {
		insn.code = __builtin_bswap16(insn.code);
		insn.k = __builtin_bswap32(insn.k);
	}
	return insn;
}

static int read_answer(const struct sg_buf *out, bool big_endian, struct gen_filter *filter,
		       struct sg_err *err)
{
	struct scmp_answer answer;
	struct sock_filter insn;
	size_t at = sizeof(answer), end;

	if (out->len < sizeof(answer))
		return sg_err_internal(err, EPROTO, "libseccomp's child gave a short answer");
	memcpy(&answer, out->data, sizeof(answer));
	filter->compile_ns = answer.compile_ns;
	for (end = at + answer.insn_bytes; at + sizeof(insn) <= end; at += sizeof(insn)) {
		memcpy(&insn, out->data + at, sizeof(insn));
		cbpf_add(&filter->prog, to_host(insn, big_endian));
	}
	note_unknown(out->data + end, out->len - end, filter);
	return 0;
}

static int refused(const struct sg_buf *why, const char *version, struct sg_err *err)
{
	return sg_err_finding(err, EINVAL, "%s refuses: %s", version, sg_buf_text(why));
}

static int explain(const struct sg_child_result *result, const struct sg_child_limits *limits,
		   const struct sg_buf *out, const char *version, struct sg_err *err)
{
	struct sg_buf how = {0};
	int r;

	if (result->end == SG_CHILD_FAILED)
		return refused(out, version, err);
	sg_child_describe(result, limits, &how);
	r = sg_err_finding(err, result->end == SG_CHILD_HUNG ? ETIME : ECHILD, "%s %s", version,
			   sg_buf_text(&how));
	sg_buf_release(&how);
	return r;
}

static int run_in_child(struct scmp_job *job, double timeout_s, const char *version,
			struct sg_buf *out, struct sg_err *err)
{
	struct sg_child_limits limits = {
		.wall_s = timeout_s > 0 ? timeout_s : TIMEOUT_S,
		.memory_bytes = MEMORY_BYTES,
	};
	struct sg_child_result result;
	int r = sg_child_run(scmp_run_job, job, &limits, out, &result, err);

	if (r == 0 && result.end != SG_CHILD_OK)
		r = explain(&result, &limits, out, version, err);
	return r;
}

static int run_here(struct scmp_job *job, const char *version, struct sg_buf *out,
		    struct sg_err *err)
{
	return scmp_run_job(job, out) == 0 ? 0 : refused(out, version, err);
}

static int build(const struct gen_request *request, uint32_t optimize, bool here,
		 struct gen_filter *filter, struct sg_err *err)
{
	struct scmp_job job = {request->policy, optimize};
	struct sg_buf out = {0};
	int r;

	library_version(filter->version, sizeof(filter->version));
	filter->none = request->policy->no_filter;
	if (filter->none)
		return 0;
	r = here ? run_here(&job, filter->version, &out, err)
		 : run_in_child(&job, request->timeout_s, filter->version, &out, err);
	if (r == 0)
		r = read_answer(&out, request->policy->arches[0]->big_endian, filter, err);
	sg_buf_release(&out);
	return r;
}

int scmp_build(const struct gen_request *request, uint32_t optimize, struct gen_filter *ret_filter,
	       struct sg_err *err)
{
	return build(request, optimize, false, ret_filter, err);
}

int scmp_build_here(const struct gen_request *request, uint32_t optimize,
		    struct gen_filter *ret_filter, struct sg_err *err)
{
	return build(request, optimize, true, ret_filter, err);
}
