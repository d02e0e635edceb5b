/* SPDX-License-Identifier: MIT */
/* Request and answer over a pair of local sockets, both ends in one thread. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "workloads/driver.h"

#define BYTES 64

struct unix_echo {
	int fds[2]; /* client, server */
	uint64_t request;
	char out[BYTES], in[BYTES];
};

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	static const int calls[] = {SYS_sendto, SYS_recvfrom};

	for (size_t i = 0; i < SG_COUNT(calls); i++) {
		struct wl_call *call = wl_calls_add(out, calls[i], 2);
		wl_call_fix(call, 2, BYTES);
		for (int arg = 3; arg < 6; arg++)
			wl_call_fix(call, arg, 0);
	}
}

/* Not blocking, so that a denied send cannot leave the other end waiting for ever. */
static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds))
		return wl_fail(err, "socketpair");
	struct unix_echo *s = sg_calloc(1, sizeof(*s));
	memcpy(s->fds, fds, sizeof(fds));
	*ret_state = s;
	return 0;
}

static void pass(struct unix_echo *s, int from, int to, struct wl_fault *fault)
{
	memcpy(s->out, &s->request, sizeof(s->request));
	wl_expect(fault, SYS_sendto, wl_call3(SYS_sendto, from, s->out, BYTES), BYTES);
	wl_expect(fault, SYS_recvfrom, wl_call3(SYS_recvfrom, to, s->in, BYTES), BYTES);
	wl_expect_effect(fault, SYS_recvfrom, !memcmp(s->in, &s->request, sizeof(s->request)));
	s->request++;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct unix_echo *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		pass(s, s->fds[0], s->fds[1], fault);
		pass(s, s->fds[1], s->fds[0], fault);
	}
}

static void release(void *state)
{
	struct unix_echo *s = state;

	wl_close_all(s->fds, 2);
	free(s);
}

const struct wl wl_driver_unix_echo = {
	.name = "unix-echo",
	.summary = "request and answer over local sockets",
	.op = "sendto and recvfrom of 64 bytes, there and back",
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
