/* SPDX-License-Identifier: MIT */
/* A file copied in large pieces, over and over: few calls, much work in each. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/driver.h"

#define PIECE        (64 * 1024)
#define PIECES       16 /* of the file; then both ends start again */
#define PIECE_BLOCKS (PIECE / WL_BLOCK)

struct stream {
	int fds[2]; /* from, to */
	uint64_t piece;
	char buf[PIECE];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_call_fix(wl_calls_add(out, SYS_read, 1), 2, PIECE);
	wl_call_fix(wl_calls_add(out, SYS_write, 1), 2, PIECE);
	struct wl_call *rewind = wl_calls_add(out, SYS_lseek, 2.0 / PIECES);
	wl_call_fix(rewind, 1, 0);
	wl_call_fix(rewind, 2, SEEK_SET);
}

static void release(void *state)
{
	struct stream *s = state;

	wl_close_all(s->fds, 2);
	free(s);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	struct stream *s = sg_calloc(1, sizeof(*s));
	s->fds[0] = s->fds[1] = -1;
	int ret = wl_file_create(env, "stream-from", PIECE * PIECES, 0, &s->fds[0], err);

	if (!ret)
		ret = wl_file_create(env, "stream-to", PIECE * PIECES, 0, &s->fds[1], err);
	if (ret) {
		release(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

/* Writes only what was read, so that the copy cannot outgrow the file when the rewind is denied. */
static void copy_piece(struct stream *s, struct wl_fault *fault)
{
	long got = wl_call3(SYS_read, s->fds[0], s->buf, PIECE);
	uint64_t block;

	wl_expect(fault, SYS_read, got, PIECE);
	if (got <= 0)
		return;
	memcpy(&block, s->buf, sizeof(block));
	wl_expect_effect(fault, SYS_read, block == s->piece * PIECE_BLOCKS);
	wl_expect(fault, SYS_write, wl_call3(SYS_write, s->fds[1], s->buf, got), got);
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct stream *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		copy_piece(s, fault);
		if (++s->piece < PIECES)
			continue;
		s->piece = 0;
		for (int end = 0; end < 2; end++)
			wl_expect(fault, SYS_lseek, wl_call3(SYS_lseek, s->fds[end], 0, SEEK_SET),
				  0);
	}
}

const struct wl wl_driver_stream = {
	.name = "stream",
	.summary = "a file copied in large pieces",
	.op = "read and write of 64 KiB; lseek of both ends after 16",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
