/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/disasm.h"

static void add_row(const struct sock_filter *insn, size_t pc, const char *comment,
		    struct sg_buf *out)
{
	struct sg_buf text = {0};

	cbpf_insn_text(insn, &text);
	sg_buf_addf(out, "\t{0x%02x, %3u, %3u, 0x%08x}, /* %4zu: %s%s%s */\n", insn->code, insn->jt,
		    insn->jf, insn->k, pc, sg_buf_text(&text), *comment ? "; " : "", comment);
	sg_buf_release(&text);
}

void cbpf_c_text(const struct cbpf_prog *prog, const char *name, const struct abi_arch *arch,
		 struct sg_buf *out)
{
	struct flow_state *states = flow_run(prog);
	struct sg_buf comment = {0};

	sg_buf_addf(out, "static const struct sock_filter %s[] = {\n", name);
	for (size_t pc = 0; pc < prog->len; pc++) {
		sg_buf_clear(&comment);
		disasm_comment(&prog->insns[pc], &states[pc], arch, &comment);
		add_row(&prog->insns[pc], pc, sg_buf_text(&comment), out);
	}
	sg_buf_adds(out, "};\n");
	sg_buf_release(&comment);
	free(states);
}
