/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "filters/gen/gen.h"

const struct gen_pass gen_passes[] = {
#define GEN_PASS(id, name, summary) {GEN_PASS_##id, name, summary},
#include "filters/gen/passes.inc"
#undef GEN_PASS
	{0, NULL, NULL},
};

int gen_pass_parse(const char *name, unsigned int *passes, struct sg_err *err)
{
	const char *names[SG_COUNT(gen_passes)];
	struct sg_hint hint;
	size_t i;

	for (i = 0; gen_passes[i].name; i++) {
		names[i] = gen_passes[i].name;
		if (strcmp(names[i], name) != 0)
			continue;
		*passes |= gen_passes[i].bit;
		return 0;
	}
	return sg_err_input(err, EINVAL, "no pass \"%s\"%s", name, sg_hint(&hint, name, names, i));
}
