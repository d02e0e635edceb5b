/* SPDX-License-Identifier: MIT */
#include "harness/oracle/compiled.h"

#include <errno.h>

#include "fuzz/targets/targets.h"

void fuzz_require_compiled(const struct cbpf_prog *prog, const struct abi_tuple *tuples,
			   const uint32_t *verdicts, size_t count)
{
	struct compiled code = {0};
	struct sg_err err = {0};
	int bad = compiled_new(prog, &code, &err);

	if (bad == -ENOTSUP)
		return; /* no translator for this machine */
	FUZZ_REQUIRE(!bad, "compiled: %s", err.msg);
	for (size_t i = 0; i < count; i++) {
		uint32_t said = compiled_run(&code, &tuples[i]);

		FUZZ_REQUIRE(said == verdicts[i], "tuple %zu, number %u on %#x: %#x, compiled %#x",
			     i, tuples[i].nr, tuples[i].arch, verdicts[i], said);
	}
	compiled_release(&code);
}
