/* SPDX-License-Identifier: MIT */
/*
 * A server's event loop over TCP on the loopback, client and server in one thread. Both ends are
 * watched by one epoll; a wait comes only after what it waits for was seen to be sent, so that a
 * denied call cannot leave it waiting for ever.
 *
 * Every ROUNDS operations the client comes back on a new connection. The server closes first, with
 * SO_LINGER 0, which accepted sockets inherit from the listening one: the connection is reset and
 * leaves no TIME_WAIT behind, of which a minute's worth would use up the ephemeral ports.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "workloads/driver.h"

#define BYTES        64
#define ROUNDS       64 /* requests of a connection */
#define EVENTS       4
#define SOCKET_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

enum { LISTENER, EPOLL, CLIENT, SERVER, FDS };

struct tcp_echo {
	int fds[FDS];
	bool connected; /* and watched at both ends */
	uint64_t request;
	struct sockaddr_in addr;
	struct epoll_event watch[FDS], events[EVENTS];
	char out[BYTES], in[BYTES];
};

static void declare_exchange(struct wl_calls *out)
{
	struct wl_call *send = wl_calls_add(out, SYS_sendto, 2);
	wl_call_fix(send, 2, BYTES);
	wl_call_fix(send, 3, MSG_NOSIGNAL);
	struct wl_call *wait = wl_calls_add(out, WL_NR_EPOLL_WAIT, 2 + 1.0 / ROUNDS);
	wl_call_fix(wait, 2, EVENTS);
	wl_call_fix(wait, 3, (uint64_t)-1);
	struct wl_call *recv = wl_calls_add(out, SYS_recvfrom, 2);
	wl_call_fix(recv, 2, BYTES);
	wl_call_fix(recv, 3, 0);
}

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	declare_exchange(out);
	wl_calls_add(out, SYS_close, 2.0 / ROUNDS);
	struct wl_call *socket = wl_calls_add(out, SYS_socket, 1.0 / ROUNDS);
	wl_call_fix(socket, 0, AF_INET);
	wl_call_fix(socket, 1, SOCK_STREAM | SOCKET_FLAGS);
	wl_call_fix(socket, 2, 0);
	wl_calls_add(out, SYS_connect, 1.0 / ROUNDS);
	struct wl_call *accept4 = wl_calls_add(out, SYS_accept4, 1.0 / ROUNDS);
	wl_call_fix(accept4, 1, 0);
	wl_call_fix(accept4, 2, 0);
	wl_call_fix(accept4, 3, SOCKET_FLAGS);
	wl_call_fix(wl_calls_add(out, SYS_epoll_ctl, 2.0 / ROUNDS), 1, EPOLL_CTL_ADD);
}

static void release(void *state)
{
	struct tcp_echo *s = state;

	wl_close_all(s->fds, FDS);
	free(s);
}

/* Waits until @end, and nothing else, has something to be read. */
static void wait_for(struct tcp_echo *s, int end, struct wl_fault *fault)
{
	s->events[0].data.u64 = FDS;
	wl_expect(fault, WL_NR_EPOLL_WAIT,
		  wl_call4(WL_NR_EPOLL_WAIT, s->fds[EPOLL], s->events, EVENTS, -1), 1);
	wl_expect_effect(fault, WL_NR_EPOLL_WAIT, s->events[0].data.u64 == (uint64_t)end);
}

static bool watch(struct tcp_echo *s, int end, struct wl_fault *fault)
{
	long ret =
		wl_call4(SYS_epoll_ctl, s->fds[EPOLL], EPOLL_CTL_ADD, s->fds[end], &s->watch[end]);

	wl_expect(fault, SYS_epoll_ctl, ret, 0);
	return !ret;
}

/* The loopback does its part before connect(2) returns, but the answer is looked at only then. */
static bool begin_connection(struct tcp_echo *s, struct wl_fault *fault)
{
	s->fds[CLIENT] = (int)wl_call3(SYS_socket, AF_INET, SOCK_STREAM | SOCKET_FLAGS, 0);
	if (s->fds[CLIENT] < 0) {
		wl_expect(fault, SYS_socket, s->fds[CLIENT], 0);
		return false;
	}
	long ret = wl_call3(SYS_connect, s->fds[CLIENT], &s->addr, sizeof(s->addr));
	if (!ret || ret == -EINPROGRESS)
		return true;
	wl_expect(fault, SYS_connect, ret, 0);
	return false;
}

static bool connect_anew(struct tcp_echo *s, struct wl_fault *fault)
{
	if (!begin_connection(s, fault))
		return false;
	wait_for(s, LISTENER, fault);
	s->fds[SERVER] = (int)wl_call4(SYS_accept4, s->fds[LISTENER], NULL, NULL, SOCKET_FLAGS);
	if (s->fds[SERVER] < 0) {
		wl_expect(fault, SYS_accept4, s->fds[SERVER], 0);
		return false;
	}
	return watch(s, CLIENT, fault) && watch(s, SERVER, fault);
}

static void disconnect(struct tcp_echo *s, struct wl_fault *fault)
{
	for (int end = SERVER; end >= CLIENT; end--) {
		if (s->fds[end] >= 0)
			wl_expect(fault, SYS_close, wl_call1(SYS_close, s->fds[end]), 0);
		s->fds[end] = -1;
	}
}

static void pass(struct tcp_echo *s, int from, int to, struct wl_fault *fault)
{
	memcpy(s->out, &s->request, sizeof(s->request));
	long put = wl_call4(SYS_sendto, s->fds[from], s->out, BYTES, MSG_NOSIGNAL);
	wl_expect(fault, SYS_sendto, put, BYTES);
	if (put <= 0)
		return;
	wait_for(s, to, fault);
	wl_expect(fault, SYS_recvfrom, wl_call3(SYS_recvfrom, s->fds[to], s->in, BYTES), BYTES);
	wl_expect_effect(fault, SYS_recvfrom, !memcmp(s->in, &s->request, sizeof(s->request)));
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct tcp_echo *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		wl_expect_effect(fault, SYS_connect, s->connected);
		if (s->connected) {
			pass(s, CLIENT, SERVER, fault);
			pass(s, SERVER, CLIENT, fault);
		}
		if (++s->request % ROUNDS)
			continue;
		disconnect(s, fault);
		s->connected = connect_anew(s, fault);
	}
}

/* A listening socket and the epoll that watches it. */
static int prepare_server(struct tcp_echo *s, struct sg_err *err)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	socklen_t len = sizeof(s->addr);
	int listener = socket(AF_INET, SOCK_STREAM | SOCKET_FLAGS, 0);

	if (listener < 0)
		return wl_fail(err, "socket");
	s->fds[LISTENER] = listener;
	s->addr = (struct sockaddr_in){.sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (setsockopt(listener, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    bind(listener, (struct sockaddr *)&s->addr, len) || listen(listener, 8) ||
	    getsockname(listener, (struct sockaddr *)&s->addr, &len))
		return wl_fail(err, "a listening socket on 127.0.0.1");
	s->fds[EPOLL] = epoll_create1(EPOLL_CLOEXEC);
	if (s->fds[EPOLL] < 0 ||
	    epoll_ctl(s->fds[EPOLL], EPOLL_CTL_ADD, listener, &s->watch[LISTENER]))
		return wl_fail(err, "epoll");
	return 0;
}

/* A machine whose loopback is down or filtered is found out here, not by waiting for ever. */
static int try_loopback(struct tcp_echo *s, struct sg_err *err)
{
	const struct timeval patience = {.tv_sec = 1};
	int fds[2] = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), -1};
	int ret = 0;

	setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fds[0], (struct sockaddr *)&s->addr, sizeof(s->addr)))
		ret = wl_fail(err, "connect to 127.0.0.1");
	else if ((fds[1] = accept4(s->fds[LISTENER], NULL, NULL, SOCKET_FLAGS)) < 0)
		ret = wl_fail(err, "accept4");
	wl_close_all(&fds[1], 1); /* the server first, as ever */
	wl_close_all(&fds[0], 1);
	return ret;
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	struct wl_fault fault = {0};
	struct tcp_echo *s = sg_calloc(1, sizeof(*s));
	for (int end = 0; end < FDS; end++) {
		s->fds[end] = -1;
		s->watch[end] = (struct epoll_event){.events = EPOLLIN, .data.u64 = end};
	}

	int ret = prepare_server(s, err);
	if (!ret)
		ret = try_loopback(s, err);
	if (!ret) {
		s->connected = connect_anew(s, &fault);
		if (!s->connected)
			ret = sg_err_env(err, ECONNREFUSED, "no connection to 127.0.0.1");
	}
	if (ret) {
		release(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

static int supported(const struct wl_env *env, struct sg_err *err)
{
	struct sg_err why;
	void *state;

	if (prepare(env, &state, &why))
		return wl_unsupported(err, "no TCP over the loopback here (%s)", why.msg);
	release(state);
	return 0;
}

const struct wl wl_driver_tcp_echo = {
	.name = "tcp-echo",
	.summary = "a server's event loop over TCP on the loopback",
	.op = "sendto, epoll_wait and recvfrom of 64 bytes, there and back; a new connection after "
	      "64",
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
