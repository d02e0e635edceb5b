/* SPDX-License-Identifier: MIT */
/*
 * Calls that profiles check by argument, so that the kernel's bitmap cannot serve them, in the
 * cheapest form that the profiles let through: asking for the personality; a socket of a protocol
 * that does not exist (inet_create(), net/ipv4/af_inet.c); a clone that shares signal handlers but
 * no memory (copy_process(), kernel/fork.c).
 */
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "workloads/driver.h"

#define PROTOCOL 9999 /* above IPPROTO_MAX: refused without looking for a module */

struct argcheck {
	const struct wl_refused *call;
	long result; /* what it gave before the filter */
};

static const struct wl_refused personality_call = {SYS_personality, {0xffffffff}};
static const struct wl_refused socket_call = {SYS_socket, {AF_INET, SOCK_STREAM, PROTOCOL}};
static const struct wl_refused clone_call = {SYS_clone, {[WL_CLONE_FLAGS_ARG] = CLONE_SIGHAND}};

static void declare(const struct wl_refused *call, struct wl_calls *out)
{
	struct wl_call *declared = wl_calls_add(out, call->nr, 1);

	for (int arg = 0; arg < 6; arg++)
		wl_call_fix(declared, arg, (uint64_t)call->args[arg]);
}

static int prepare(const struct wl_refused *call, void **ret_state)
{
	struct argcheck *s = sg_malloc(sizeof(*s));

	*s = (struct argcheck){.call = call, .result = wl_try(call)};
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	const struct argcheck *s = state;

	for (uint64_t i = 0; i < ops; i++)
		wl_expect(fault, s->call->nr, wl_try(s->call), s->result);
}

/* The hooks of a row do not say which row they are called for. */
#define HOOKS(row)                                                                               \
	static void declare_##row(const struct wl_env *env, struct wl_calls *out)                \
	{                                                                                        \
		(void)env;                                                                       \
		declare(&row##_call, out);                                                       \
	}                                                                                        \
	static int prepare_##row(const struct wl_env *env, void **ret_state, struct sg_err *err) \
	{                                                                                        \
		(void)env;                                                                       \
		(void)err;                                                                       \
		return prepare(&row##_call, ret_state);                                          \
	}
HOOKS(personality)
HOOKS(socket)
HOOKS(clone)

static int socket_supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	return wl_check_refused(&socket_call, 1, err);
}

static int clone_supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	return wl_check_refused(&clone_call, 1, err);
}

const struct wl wl_driver_argcheck_personality = {
	.name = "argcheck-personality",
	.group = "argcheck",
	.summary = "a call checked by argument: the personality asked for",
	.op = "personality(0xffffffff)",
	.declare = declare_personality,
	.prepare = prepare_personality,
	.run = run,
	.release = free,
};

const struct wl wl_driver_argcheck_socket = {
	.name = "argcheck-socket",
	.group = "argcheck",
	.summary = "a call checked by argument: a socket of no known protocol",
	.op = "socket(AF_INET, SOCK_STREAM, 9999), which fails",
	.supported = socket_supported,
	.declare = declare_socket,
	.prepare = prepare_socket,
	.run = run,
	.release = free,
};

const struct wl wl_driver_argcheck_clone = {
	.name = "argcheck-clone",
	.group = "argcheck",
	.summary = "a call checked by argument: a clone of contradictory flags",
	.op = "clone(CLONE_SIGHAND), which fails",
	.supported = clone_supported,
	.declare = declare_clone,
	.prepare = prepare_clone,
	.run = run,
	.release = free,
};
