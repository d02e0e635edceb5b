/* SPDX-License-Identifier: MIT */
#include "fuzz/targets/targets.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fuzz_thorough;

void fuzz_fail(const char *fmt, ...)
{
	va_list ap;

	fputs("fuzz: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	abort();
}

/* FNV-1a (Fowler, Noll, Vo; public domain): good enough to seed with. */
struct sg_rng fuzz_rng_of(const uint8_t *data, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct sg_rng rng;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ data[i]) * 0x100000001b3;
	sg_rng_seed(&rng, hash);
	return rng;
}

bool fuzz_is_sampled(struct sg_rng *rng, unsigned int one_in)
{
	return sg_rng_below(rng, one_in) == 0 || fuzz_thorough;
}

void fuzz_prog_of(const uint8_t *data, size_t len, struct cbpf_prog *ret)
{
	cbpf_from_bytes(data, len - len % sizeof(struct sock_filter), ret, NULL);
}

void fuzz_require_refusal(int code, const struct sg_err *err)
{
	FUZZ_REQUIRE(code < 0 && code == err->code, "a refusal returned %d, its error has %d", code,
		     err->code);
	FUZZ_REQUIRE(err->kind == SG_ERR_INPUT, "a refusal of kind %d: %s", err->kind, err->msg);
	FUZZ_REQUIRE(err->msg[0] && !strchr(err->msg, '\n'), "a refusal is one line, not \"%s\"",
		     err->msg);
}
