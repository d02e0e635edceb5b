/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/prog.h"
#include "harness/base/alloc.h"

void cbpf_add(struct cbpf_prog *prog, struct sock_filter insn)
{
	SG_GROW(prog->insns, prog->len, prog->cap);
	prog->insns[prog->len++] = insn;
}

void cbpf_copy(struct cbpf_prog *to, const struct cbpf_prog *from)
{
	struct cbpf_prog copy = {.len = from->len, .cap = from->len};

	if (from->len) {
		copy.insns = sg_malloc(from->len * sizeof(*copy.insns));
		memcpy(copy.insns, from->insns, from->len * sizeof(*copy.insns));
	}
	cbpf_release(to);
	*to = copy;
}

void cbpf_release(struct cbpf_prog *prog)
{
	free(prog->insns);
	*prog = (struct cbpf_prog){0};
}
