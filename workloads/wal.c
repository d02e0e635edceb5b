/* SPDX-License-Identifier: MIT */
/* A write-ahead log: every record is on the disk before the next one. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/driver.h"

#define RECORD  512
#define RECORDS 256 /* of the log; then it starts empty again */

struct wal {
	int fd;
	uint64_t records; /* appended since the log was empty */
	uint64_t ops;
	char record[RECORD];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_call_fix(wl_calls_add(out, SYS_write, 1), 2, RECORD);
	wl_calls_add(out, SYS_fdatasync, 1);
	wl_call_fix(wl_calls_add(out, SYS_ftruncate, 1.0 / RECORDS), 1, 0);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	int fd;
	int ret = wl_file_create(env, "wal", 0, O_APPEND, &fd, err);

	if (ret)
		return ret;
	struct wal *s = sg_calloc(1, sizeof(*s));
	s->fd = fd;
	*ret_state = s;
	return 0;
}

/* Where the truncation is denied the log is full for good. */
static void append(struct wal *s, struct wl_fault *fault)
{
	if (s->records == RECORDS)
		return;
	memcpy(s->record, &s->ops, sizeof(s->ops));
	long put = wl_call3(SYS_write, s->fd, s->record, RECORD);
	wl_expect(fault, SYS_write, put, RECORD);
	s->records += put > 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct wal *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		append(s, fault);
		wl_expect(fault, SYS_fdatasync, wl_call1(SYS_fdatasync, s->fd), 0);
		if (++s->ops % RECORDS)
			continue;
		long ret = wl_call2(SYS_ftruncate, s->fd, 0);
		wl_expect(fault, SYS_ftruncate, ret, 0);
		if (!ret)
			s->records = 0;
	}
}

static void release(void *state)
{
	struct wal *s = state;

	wl_close_all(&s->fd, 1);
	free(s);
}

const struct wl wl_driver_wal = {
	.name = "wal",
	.summary = "a write-ahead log, synced after each record",
	.op = "write (append) of 512 bytes and fdatasync; ftruncate after 256",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
