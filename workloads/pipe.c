/* SPDX-License-Identifier: MIT */
/* Ping-pong over two pipes, both ends in one thread: no scheduler in between. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workloads/driver.h"

#define BYTES 64

struct pipes {
	int fds[4]; /* there: read, write; back: read, write */
	uint64_t ball;
	char out[BYTES], in[BYTES];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	wl_call_fix(wl_calls_add(out, SYS_write, 2), 2, BYTES);
	wl_call_fix(wl_calls_add(out, SYS_read, 2), 2, BYTES);
}

static void release(void *state)
{
	struct pipes *s = state;

	wl_close_all(s->fds, SG_COUNT(s->fds));
	free(s);
}

/* Not blocking, so that a denied write cannot leave the read waiting for ever. */
static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	struct pipes *s = sg_calloc(1, sizeof(*s));
	memset(s->fds, -1, sizeof(s->fds));
	if (pipe2(&s->fds[0], O_CLOEXEC | O_NONBLOCK) ||
	    pipe2(&s->fds[2], O_CLOEXEC | O_NONBLOCK)) {
		int ret = wl_fail(err, "pipe2");
		release(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

static void pass(struct pipes *s, const int fds[2], struct wl_fault *fault)
{
	memcpy(s->out, &s->ball, sizeof(s->ball));
	wl_expect(fault, SYS_write, wl_call3(SYS_write, fds[1], s->out, BYTES), BYTES);
	wl_expect(fault, SYS_read, wl_call3(SYS_read, fds[0], s->in, BYTES), BYTES);
	wl_expect_effect(fault, SYS_read, !memcmp(s->in, &s->ball, sizeof(s->ball)));
	s->ball++;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct pipes *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		pass(s, &s->fds[0], fault);
		pass(s, &s->fds[2], fault);
	}
}

const struct wl wl_driver_pipe = {
	.name = "pipe",
	.summary = "ping-pong over two pipes",
	.op = "write and read of 64 bytes, there and back",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
