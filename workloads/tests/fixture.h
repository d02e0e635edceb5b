/* SPDX-License-Identifier: MIT */
/* What the tests of all drivers share: surroundings, and a test for each row of the registry. */
#ifndef SG_WORKLOADS_TESTS_FIXTURE_H
#define SG_WORKLOADS_TESTS_FIXTURE_H

#include <math.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "harness/base/alloc.h"
#include "harness/base/file.h"
#include "workloads/workload.h"

#define DENIED_ERRNO 77

/* A policy that denies everything: `denied` picks all the calls it has. */
static inline uint32_t denies_all(void *ctx, const struct abi_tuple *tuple)
{
	(void)ctx;
	(void)tuple;
	return ABI_RET_ERRNO | DENIED_ERRNO;
}

struct fixture {
	char *dir;
	struct mix mix;
	struct wl_env env;
};

static inline void fixture_make(struct fixture *f)
{
	struct sg_err err = {0};

	*f = (struct fixture){0};
	if (sg_tempdir_create(&f->dir, &err) || mix_load(NULL, &f->mix, &err))
		fail_msg("%s", err.msg);
	f->env = (struct wl_env){.dir = f->dir, .mix = &f->mix, .verdict = denies_all};
}

static inline void fixture_release(struct fixture *f)
{
	mix_release(&f->mix);
	sg_tempdir_remove(f->dir);
}

/* Skips the test where the workload cannot run on this machine. */
static inline void need(const struct wl *wl, struct fixture *f)
{
	struct sg_err err = {0};

	if (!wl->supported || !wl->supported(&f->env, &err))
		return;
	print_message("SKIP: %s: %s\n", wl->name, err.msg);
	fixture_release(f);
	skip();
}

static inline struct wl_calls declared(const struct wl *wl, const struct fixture *f)
{
	struct wl_calls calls = {0};

	wl->declare(&f->env, &calls);
	return calls;
}

static inline bool is_whole(double number)
{
	return fabs(number - round(number)) < 1e-9;
}

/*
 * Operations, at least @min, after which every declared call was made as often as its share says:
 * a whole number of times, and an even one, since what comes rarely may come in pairs (both ends
 * of a copy are rewound at once).
 */
static inline uint64_t whole_ops(const struct wl_calls *calls, uint64_t min)
{
	for (uint64_t ops = min; ops < min + 10000; ops++) {
		size_t whole = 0;
		while (whole < calls->len && is_whole(calls->items[whole].per_op * (double)ops / 2))
			whole++;
		if (whole == calls->len)
			return ops;
	}
	fail_msg("no number of operations makes every declared call whole");
	return 0;
}

static inline const char *call_name(const struct wl_call *call)
{
	const char *name =
		abi_name(call->arch ? call->arch : abi_arch_native(), (uint32_t)call->nr);

	return name ? name : "?";
}

/* "what_workload": names of tests are words. The tests are called with the workload as state. */
static inline int run_for_each_workload(const char *what, CMUnitTestFunction test)
{
	struct CMUnitTest tests[WL_MAX] = {0};
	size_t len = 0;

	for (const struct wl *const *wl = wl_registry; *wl; wl++) {
		char *name = sg_asprintf("%s_%s", (*wl)->name, what);
		for (char *c = name; *c; c++)
			*c = *c == '-' ? '_' : *c;
		tests[len++] = (struct CMUnitTest){.name = name,
						   .test_func = test,
						   .initial_state = (void *)*wl};
	}
	int failed = _cmocka_run_group_tests(what, tests, len, NULL, NULL);
	while (len)
		free((char *)tests[--len].name);
	return failed;
}

#endif
