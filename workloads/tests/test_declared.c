/* SPDX-License-Identifier: MIT */
/* Every driver, traced: number, fixed arguments and count of each call are the declared ones. */
#include "workloads/tests/fixture.h"
#include "workloads/trace.h"

struct comparison {
	struct wl_calls declared;
	uint64_t *seen; /* of each declared call */
	char surprise[256];
};

static bool matches(const struct wl_call *declared, const struct wl_call *call)
{
	if (declared->nr != call->nr || declared->arch != call->arch)
		return false;
	for (int arg = 0; arg < 6; arg++)
		if (declared->fixed >> arg & 1 && declared->args[arg] != call->args[arg])
			return false;
	return true;
}

/* Of several declared calls that match, the one with the most fixed arguments is meant. */
static void compare(void *ctx, const struct wl_call *call)
{
	struct comparison *c = ctx;
	size_t best = c->declared.len;

	for (size_t i = 0; i < c->declared.len; i++)
		if (matches(&c->declared.items[i], call) &&
		    (best == c->declared.len ||
		     __builtin_popcount(c->declared.items[i].fixed) >
			     __builtin_popcount(c->declared.items[best].fixed)))
			best = i;
	if (best < c->declared.len)
		c->seen[best]++;
	else if (!c->surprise[0])
		snprintf(c->surprise, sizeof(c->surprise), "%s(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx)",
			 call_name(call), call->args[0], call->args[1], call->args[2],
			 call->args[3], call->args[4], call->args[5]);
}

static bool is_own(const struct wl *wl, const struct wl_call *call)
{
	return !wl->spawns || strcmp(call_name(call), "execve") != 0;
}

static void check_counts(const struct wl *wl, const struct comparison *c, uint64_t ops)
{
	for (size_t i = 0; i < c->declared.len; i++) {
		const struct wl_call *call = &c->declared.items[i];
		double want = is_own(wl, call) ? call->per_op * (double)ops : 0;
		if (fabs((double)c->seen[i] - want) > 1e-6)
			fail_msg("%s: %s declared %g times in %lu operations, seen %lu", wl->name,
				 call_name(call), want, ops, c->seen[i]);
	}
}

static void test_calls_as_declared(void **state)
{
	const struct wl *wl = *state;
	struct fixture f;
	struct comparison c = {0};
	struct wl_trace trace;
	struct sg_err err = {0};

	fixture_make(&f);
	need(wl, &f);
	c.declared = declared(wl, &f);
	assert_true(c.declared.len > 0);
	c.seen = sg_calloc(c.declared.len, sizeof(*c.seen));
	uint64_t ops = whole_ops(&c.declared, wl->spawns ? 4 : 100);
	struct wl_trace_options options = {.ops = ops, .on_call = compare, .ctx = &c};
	if (wl_trace(wl, &f.env, &options, &trace, &err))
		fail_msg("%s", err.msg);
	if (trace.fault.count)
		fail_msg("%s: %lu faults, the first: call %d gave %ld", wl->name, trace.fault.count,
			 trace.fault.nr, trace.fault.result);
	assert_int_equal(trace.signal, 0);
	if (c.surprise[0])
		fail_msg("%s makes an undeclared %s", wl->name, c.surprise);
	check_counts(wl, &c, ops);
	wl_trace_release(&trace);
	wl_calls_release(&c.declared);
	free(c.seen);
	fixture_release(&f);
}

int main(void)
{
	return run_for_each_workload("calls_as_declared", test_calls_as_declared);
}
