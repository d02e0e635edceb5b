/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/disasm.h"
#include "harness/base/alloc.h"

struct labels {
	const struct cbpf_prog *prog;
	size_t pc;    /* of the instruction at hand */
	bool *wanted; /* by pc: some jump is written with it */
	char **names; /* by pc, NULL where none is wanted; owned */
};

static void want(struct labels *labels, size_t pc)
{
	const struct sock_filter *insn = &labels->prog->insns[pc];
	const struct asm_op *op = asm_op_of(insn->code);
	struct disasm_form form = disasm_form(insn);

	if (op->jump == ASM_ALWAYS)
		labels->wanted[pc + 1 + insn->k] = true;
	if (op->jump != ASM_IF)
		return;
	if (form.yes)
		labels->wanted[pc + 1 + insn->jt] = true;
	if (form.no)
		labels->wanted[pc + 1 + insn->jf] = true;
}

/* "errno_1" for a ret ERRNO(1); NULL for all but a return of a known action. */
static char *action_label(const struct sock_filter *insn)
{
	struct sg_buf text = {0};

	if (insn->code != (BPF_RET | BPF_K))
		return NULL;
	abi_verdict_text(insn->k, &text);
	for (char *c = text.data; *c; c++)
		*c = *c == '(' ? '_' : *c == ')' ? '\0' : tolower((unsigned char)*c);
	if (isalpha((unsigned char)*text.data))
		return text.data;
	sg_buf_release(&text);
	return NULL;
}

static bool is_taken(const struct labels *labels, const char *name, size_t before)
{
	for (size_t pc = 0; pc < before; pc++)
		if (labels->names[pc] && !strcmp(labels->names[pc], name))
			return true;
	return false;
}

/* Returns are called by their action, the second of a kind with its place; others by their place.
 */
static char *label_name(const struct labels *labels, size_t pc)
{
	char *action = action_label(&labels->prog->insns[pc]);

	if (!action)
		return sg_asprintf("L%zu", pc);
	if (!is_taken(labels, action, pc))
		return action;

	char *name = sg_asprintf("%s.%zu", action, pc);

	free(action);
	return name;
}

static void labels_make(struct labels *labels, const struct cbpf_prog *prog)
{
	*labels = (struct labels){
		.prog = prog,
		.wanted = sg_calloc(prog->len, sizeof(*labels->wanted)),
		.names = sg_calloc(prog->len, sizeof(*labels->names)),
	};
	for (size_t pc = 0; pc < prog->len; pc++)
		want(labels, pc);
	for (size_t pc = 0; pc < prog->len; pc++)
		if (labels->wanted[pc])
			labels->names[pc] = label_name(labels, pc);
}

static void labels_release(struct labels *labels)
{
	for (size_t pc = 0; pc < labels->prog->len; pc++)
		free(labels->names[pc]);
	free(labels->names);
	free(labels->wanted);
}

static void label_target(void *ctx, uint32_t skip, struct sg_buf *out)
{
	const struct labels *labels = ctx;

	sg_buf_adds(out, labels->names[labels->pc + 1 + skip]);
}

static void add_line(struct labels *labels, const struct flow_state *state,
		     const struct abi_arch *arch, struct sg_buf *out)
{
	const struct sock_filter *insn = &labels->prog->insns[labels->pc];
	struct sg_buf text = {0}, comment = {0};

	disasm_insn(insn, label_target, labels, &text);
	disasm_comment(insn, state, arch, &comment);
	if (labels->names[labels->pc])
		sg_buf_addf(out, "%s:\n", labels->names[labels->pc]);
	sg_buf_addf(out, "\t%-39s ; %4zu%s%s\n", sg_buf_text(&text), labels->pc,
		    comment.len ? "  " : "", sg_buf_text(&comment));
	sg_buf_release(&text);
	sg_buf_release(&comment);
}

void cbpf_disassemble(const struct cbpf_prog *prog, const struct abi_arch *arch, struct sg_buf *out)
{
	struct flow_state *states = flow_run(prog);
	struct labels labels;

	labels_make(&labels, prog);
	for (; labels.pc < prog->len; labels.pc++)
		add_line(&labels, &states[labels.pc], arch, out);
	labels_release(&labels);
	free(states);
}
