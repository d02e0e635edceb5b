/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "workloads/workload.h"

#define WL(symbol) extern const struct wl wl_driver_##symbol;
#include "workloads/registry.inc"
#undef WL

const struct wl *const wl_registry[] = {
#define WL(symbol) &wl_driver_##symbol,
#include "workloads/registry.inc"
#undef WL
	NULL,
};

_Static_assert(SG_COUNT(wl_registry) <= WL_MAX + 1, "more workloads than WL_MAX");

static bool is_called(const struct wl *wl, const char *name)
{
	return !strcmp(wl->name, name) || (wl->group && !strcmp(wl->group, name));
}

static int unknown(const char *name, struct sg_err *err)
{
	const char *names[2 * WL_MAX];
	size_t len = 0;

	for (const struct wl *const *wl = wl_registry; *wl; wl++) {
		names[len++] = (*wl)->name;
		if ((*wl)->group)
			names[len++] = (*wl)->group;
	}

	struct sg_hint hint;

	return sg_err_input(err, EINVAL, "unknown workload \"%s\"%s", name,
			    sg_hint(&hint, name, names, len));
}

int wl_find(const char *name, const struct wl **ret, struct sg_err *err)
{
	int found = 0;

	for (const struct wl *const *wl = wl_registry; *wl; wl++)
		if (is_called(*wl, name))
			ret[found++] = *wl;
	return found ? found : unknown(name, err);
}
