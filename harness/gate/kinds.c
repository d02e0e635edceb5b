/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "harness/gate/gate.h"

const struct gate_kind_facts gate_kinds[GATE_KIND_COUNT] = {
#define GATE_KIND(id, name, better, unit, summary) [GATE_##id] = {name, better, unit, summary},
#include "harness/gate/kinds.inc"
#undef GATE_KIND
};

int gate_kind_parse(const char *name, enum gate_kind *ret, struct sg_err *err)
{
	const char *names[GATE_KIND_COUNT];
	struct sg_hint hint;

	for (size_t i = 0; i < GATE_KIND_COUNT; i++) {
		names[i] = gate_kinds[i].name;
		if (strcmp(name, names[i]))
			continue;
		*ret = (enum gate_kind)i;
		return 0;
	}
	return sg_err_input(err, EINVAL, "unknown kind of check \"%s\"%s", name,
			    sg_hint(&hint, name, names, GATE_KIND_COUNT));
}

const char *gate_result_name(enum gate_result result)
{
	static const char *const names[] = {
		[GATE_PASS] = "pass", [GATE_INCONCLUSIVE] = "inconclusive", [GATE_FAIL] = "fail"};

	return names[result];
}
