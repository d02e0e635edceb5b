/* SPDX-License-Identifier: MIT */
/* What the tests of assembler and disassembler share. Include behind cmocka.h. */
#ifndef SG_CBPF_TESTS_ASM_FIXTURE_H
#define SG_CBPF_TESTS_ASM_FIXTURE_H

#include <string.h>

#include "filters/cbpf/asm.h"

static inline void assemble(const char *text, struct cbpf_prog *prog)
{
	struct sg_err err = {0};

	if (cbpf_assemble(text, strlen(text), "text", prog, &err))
		fail_msg("%s\n%s", err.msg, text);
}

static inline void assert_same_insns(const struct cbpf_prog *got, const struct sock_filter *want,
				     size_t len)
{
	assert_int_equal(got->len, len);
	assert_memory_equal(got->insns, want, len * sizeof(*want));
}

/* assemble(disassemble(x)) == x */
static inline void assert_round_trip(const struct cbpf_prog *prog, const struct abi_arch *arch)
{
	struct cbpf_prog again = {0};
	struct sg_buf text = {0};

	cbpf_disassemble(prog, arch, &text);
	assemble(sg_buf_text(&text), &again);
	if (again.len != prog->len ||
	    memcmp(again.insns, prog->insns, prog->len * sizeof(*prog->insns)) != 0)
		fail_msg("another program came back from\n%s", sg_buf_text(&text));
	cbpf_release(&again);
	sg_buf_release(&text);
}

#endif
