/* SPDX-License-Identifier: MIT */
/*
 * What a denial costs: the calls which the policy answers with an errno. Without a filter they fail
 * as fast, by themselves, so that with and without can be compared; either answer is right.
 */
#include <errno.h>
#include <linux/ioctl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "workloads/driver.h"

#define NONE       0x7fffffff
#define SOCK_TYPES 15 /* no type, and the last that fits SOCK_TYPE_MASK (linux/net.h) */

static char zeroes[512];
#define EMPTY ((long)zeroes)

static const struct candidate {
	const char *name;
	long args[6];
} candidates[] = {
#define CALL(name, ...) {#name, {__VA_ARGS__}},
#include "workloads/denied_calls.inc"
#undef CALL
};

struct denied {
	size_t len;
	struct wl_refused calls[SG_COUNT(candidates)];
	long by_policy[SG_COUNT(candidates)]; /* what the filter answers */
	long by_itself[SG_COUNT(candidates)]; /* what the call answers without one */
};

static bool denies(const struct wl_env *env, const struct wl_refused *call, long *ret_answer)
{
	struct abi_tuple tuple = {.nr = (uint32_t)call->nr, .arch = abi_arch_native()->audit};

	for (int arg = 0; arg < 6; arg++)
		tuple.args[arg] = (uint64_t)call->args[arg];
	uint32_t verdict = abi_verdict_effect(env->verdict(env->verdict_ctx, &tuple));
	*ret_answer = -(long)(verdict & ABI_RET_DATA);
	return (verdict & ABI_RET_ACTION_FULL) == ABI_RET_ERRNO;
}

/* The candidates that the policy denies. */
static void pick(const struct wl_env *env, struct denied *s)
{
	s->len = 0;
	for (size_t i = 0; env->verdict && i < SG_COUNT(candidates); i++) {
		struct wl_refused *call = &s->calls[s->len];
		call->nr = abi_nr(abi_arch_native(), candidates[i].name);
		if (call->nr == ABI_NR_NONE)
			continue;
		for (int arg = 0; arg < 6; arg++)
			call->args[arg] = candidates[i].args[arg];
		if (denies(env, call, &s->by_policy[s->len]))
			s->len++;
	}
}

static int supported(const struct wl_env *env, struct sg_err *err)
{
	struct denied s;

	pick(env, &s);
	if (!s.len)
		return wl_unsupported(err, "the policy answers no call with an errno");
	return wl_check_refused(s.calls, s.len, err);
}

/* Addresses are left out: they vary from process to process. */
static void declare(const struct wl_env *env, struct wl_calls *out)
{
	struct denied s;

	pick(env, &s);
	for (size_t i = 0; i < s.len; i++) {
		struct wl_call *call = wl_calls_add(out, s.calls[i].nr, 1);
		for (int arg = 0; arg < 6; arg++)
			if (s.calls[i].args[arg] != EMPTY)
				wl_call_fix(call, arg, (uint64_t)s.calls[i].args[arg]);
	}
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)err;
	struct denied *s = sg_malloc(sizeof(*s));

	pick(env, s);
	for (size_t i = 0; i < s->len; i++)
		s->by_itself[i] = wl_try(&s->calls[i]);
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	const struct denied *s = state;

	for (uint64_t op = 0; op < ops; op++)
		for (size_t i = 0; i < s->len; i++) {
			long result = wl_try(&s->calls[i]);
			if (result != s->by_itself[i])
				wl_expect(fault, s->calls[i].nr, result, s->by_policy[i]);
		}
}

const struct wl wl_driver_denied = {
	.name = "denied",
	.summary = "calls that the policy answers with an errno",
	.op = "one call to each of those it denies, of a fixed list",
	.denied_on_purpose = true,
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = free,
};
