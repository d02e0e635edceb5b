/* SPDX-License-Identifier: MIT */
/*
 * The bytes as assembly text, and as a program: what is a program by either reading is
 * disassembled and assembled again.
 */
#include <string.h>

#include "filters/cbpf/asm.h"
#include "fuzz/targets/targets.h"

static void require_same(const struct cbpf_prog *one, const struct cbpf_prog *two)
{
	FUZZ_REQUIRE(one->len == two->len, "%zu instructions come back as %zu", one->len, two->len);
	for (size_t pc = 0; pc < one->len; pc++) {
		const struct sock_filter *a = &one->insns[pc], *b = &two->insns[pc];

		FUZZ_REQUIRE(!memcmp(a, b, sizeof(*a)),
			     "%zu: {%#x, %u, %u, %#x} comes back as {%#x, %u, %u, %#x}", pc,
			     a->code, a->jt, a->jf, a->k, b->code, b->jt, b->jf, b->k);
	}
}

void fuzz_require_round_trip(const struct cbpf_prog *prog)
{
	struct cbpf_prog again = {0};
	struct sg_buf text = {0};
	struct sg_err err = {0};

	cbpf_disassemble(prog, abi_arch_native(), &text);
	FUZZ_REQUIRE(!cbpf_assemble(sg_buf_text(&text), text.len, "disassembly", &again, &err),
		     "a program is disassembled to what is none: %s", err.msg);
	require_same(prog, &again);
	sg_buf_release(&text);
	cbpf_release(&again);
}

/* A name for the C text is all that it adds; every byte of it must be there to be read. */
static void print_all_ways(const struct cbpf_prog *prog)
{
	struct sg_buf text = {0};

	cbpf_c_text(prog, "filter", NULL, &text);
	FUZZ_REQUIRE(text.len == strlen(sg_buf_text(&text)), "a NUL in the C text");
	sg_buf_release(&text);
}

int fuzz_target_asm(const uint8_t *data, size_t len)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};
	int bad = cbpf_assemble((const char *)data, len, "text", &prog, &err);

	if (bad)
		fuzz_require_refusal(bad, &err);
	else
		FUZZ_REQUIRE(!cbpf_verify(&prog, &err), "assembled, and refused: %s", err.msg);
	if (bad) {
		fuzz_prog_of(data, len, &prog);
		bad = cbpf_verify(&prog, NULL);
	}
	if (!bad) {
		fuzz_require_round_trip(&prog);
		print_all_ways(&prog);
	}
	cbpf_release(&prog);
	return 0;
}
