/* SPDX-License-Identifier: MIT */
/* What the reader of mix files accepts, it prints so that it reads back as the same mix. */
#include <string.h>

#include "fuzz/targets/targets.h"
#include "workloads/mix.h"

static void require_same(const struct mix *one, const struct mix *two)
{
	FUZZ_REQUIRE(one->len == two->len, "a mix of %zu calls reads back as %zu", one->len,
		     two->len);
	for (size_t i = 0; i < one->len; i++) {
		const struct mix_call *a = &one->calls[i], *b = &two->calls[i];

		FUZZ_REQUIRE(a->weight == b->weight, "weight %.17g reads back as %.17g", a->weight,
			     b->weight);
		FUZZ_REQUIRE(a->arch == b->arch && !strcmp(a->name, b->name),
			     "call %s reads back as %s", a->name, b->name);
		FUZZ_REQUIRE(a->named_args == b->named_args &&
				     !memcmp(a->args, b->args, sizeof(a->args)),
			     "arguments of %s read back as others", a->name);
	}
}

int fuzz_target_mix(const uint8_t *data, size_t len)
{
	struct mix mix = {0}, again = {0};
	struct sg_buf text = {0};
	struct sg_err err = {0};
	int bad = mix_parse((const char *)data, len, "mix", &mix, &err);

	if (bad) {
		fuzz_require_refusal(bad, &err);
		return 0;
	}
	mix_print(&mix, &text);
	bad = mix_parse(sg_buf_text(&text), text.len, "print", &again, &err);
	FUZZ_REQUIRE(!bad, "a mix is printed as none: %s", err.msg);
	require_same(&mix, &again);
	sg_buf_release(&text);
	mix_release(&mix);
	mix_release(&again);
	return 0;
}
