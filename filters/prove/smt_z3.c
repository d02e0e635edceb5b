/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt_z3.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "harness/base/alloc.h"

static const struct {
	const char *name;
	size_t offset; /* in struct smt_z3 */
} functions[] = {
#define ROW(name) {"Z3_" #name, offsetof(struct smt_z3, name)},
	SMT_Z3_FUNCTIONS(ROW)
#undef ROW
};

/* The loader names the file that it missed, which may be one that @library needs. */
static void explain(const char *library, const char *message, struct sg_buf *reason)
{
	const char *missing = strstr(message, ": cannot open shared object file: No such file");

	if (missing)
		sg_buf_addf(reason, "%.*s is not installed", (int)(missing - message), message);
	else
		sg_buf_addf(reason, "%s cannot be loaded: %s", library, message);
}

bool smt_z3_load(const char *library, struct smt_z3 *ret, struct sg_buf *reason)
{
	void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	if (!handle) {
		explain(library, dlerror(), reason);
		return false;
	}
	for (size_t i = 0; i < SG_COUNT(functions); i++) {
		void *function = dlsym(handle, functions[i].name);

		if (!function) {
			sg_buf_addf(reason, "%s has no %s()", library, functions[i].name);
			return false;
		}
		memcpy((char *)ret + functions[i].offset, &function, sizeof(function));
	}
	return true;
}
