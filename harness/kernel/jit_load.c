/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_load.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/kernel/jit_convert.h"

#define LOG_BYTES (8u << 20)

static int load(const struct jit_code *code, const struct jit_btf *btf, char *log,
		uint32_t log_bytes)
{
	struct bpf_prog_load_opts opts = {.sz = sizeof(opts),
					  .log_buf = log,
					  .log_size = log_bytes,
					  .log_level = log ? 1 : 0,
					  .prog_flags = BPF_F_TEST_STATE_FREQ};

	if (btf) {
		opts.prog_btf_fd = (uint32_t)btf->fd;
		opts.func_info = btf->functions;
		opts.func_info_cnt = btf->function_count;
		opts.func_info_rec_size = sizeof(*btf->functions);
	}
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "secgauge", "Dual MIT/GPL", code->insns,
			     code->len, &opts);
}

/* The last line but for the verifier's statistics. */
static const char *last_words(char *log)
{
	const char *words = "no reason given";

	for (char *line = strtok_r(log, "\n", &log); line; line = strtok_r(NULL, "\n", &log))
		if (strncmp(line, "processed ", 10) && strncmp(line, "verification time", 17) &&
		    strncmp(line, "stack depth", 11))
			words = line;
	return words;
}

/* Asked again, with a log: without one the kernel is much faster. The verifier says EACCES too; but
 * who has no right does not come that far, and the log stays empty. */
static int explain(const struct jit_code *code, const struct jit_btf *btf, int errnum,
		   struct sg_err *err)
{
	char *log = sg_calloc(1, LOG_BYTES);
	const int fd = load(code, btf, log, LOG_BYTES);

	if (fd >= 0)
		close(fd);
	if (!*log && (errnum == EPERM || errnum == EACCES))
		sg_err_env(err, errnum,
			   "no right to load BPF programs (CAP_BPF, CAP_PERFMON and "
			   "CAP_NET_ADMIN, or CAP_SYS_ADMIN)");
	else
		sg_err_env(err, errnum, "the kernel refuses the program (%s): %s", strerror(errnum),
			   last_words(log));
	free(log);
	return -errnum;
}

static int read_info(int fd, struct bpf_prog_info *info, struct sg_err *err)
{
	uint32_t bytes = sizeof(*info);

	if (!bpf_obj_get_info_by_fd(fd, info, &bytes))
		return 0;
	return sg_err_env(err, errno, "what became of a BPF program is not told: %m");
}

int jit_load(const struct jit_code *code, const struct jit_btf *btf, uint32_t *ret_bytes,
	     struct sg_err *err)
{
	struct bpf_prog_info info = {0};
	int fd = load(code, btf, NULL, 0), r;

	if (fd < 0)
		return explain(code, btf, errno, err);
	r = read_info(fd, &info, err);
	if (!r && !info.jited_prog_len)
		r = sg_err_env(err, ENOTSUP,
			       "the kernel interprets BPF, it has no JIT or it is off "
			       "(net.core.bpf_jit_enable)");
	if (r) {
		close(fd);
		return r;
	}
	*ret_bytes = info.jited_prog_len;
	return fd;
}

/* ---- what came back */

static int read_back(int fd, struct jit_code *ret, struct sg_err *err)
{
	struct bpf_prog_info info = {0}, filled = {0};
	int r = read_info(fd, &info, err);

	if (r)
		return r;
	ret->len = ret->cap = info.xlated_prog_len / sizeof(*ret->insns);
	ret->insns = sg_calloc(ret->cap + 1, sizeof(*ret->insns));
	filled.xlated_prog_len = info.xlated_prog_len;
	filled.xlated_prog_insns = (uintptr_t)ret->insns;
	r = read_info(fd, &filled, err);
	if (!r && (!filled.xlated_prog_insns || !ret->len))
		r = sg_err_env(err, ENOTSUP,
			       "the kernel does not show translated programs "
			       "(net.core.bpf_jit_harden)");
	return r;
}

/* What is in front of @wanted in @got does not matter. */
static int compare(const struct jit_code *wanted, const struct jit_code *got, struct sg_err *err)
{
	const size_t count = wanted->len;

	if (got->len < count)
		return sg_err_env(err, ENOTSUP, "the verifier made %zu instructions of %zu",
				  got->len, wanted->len);
	for (size_t i = 0; i < count; i++)
		if (memcmp(&wanted->insns[i], &got->insns[got->len - count + i],
			   sizeof(*wanted->insns)))
			return sg_err_env(err, ENOTSUP,
					  "the verifier rewrote instruction %zu of %zu", i, count);
	return 0;
}

int jit_check_unchanged(int fd, const struct jit_code *code, size_t from, struct sg_err *err)
{
	struct jit_code got = {0}, wanted = {0};
	const struct jit_code rest = {code->insns + from, code->len - from, 0};
	int r = read_back(fd, &got, err);

	jit_expect(&rest, &wanted);
	if (!r)
		r = compare(&wanted, &got, err);
	jit_code_release(&wanted);
	jit_code_release(&got);
	return r;
}
