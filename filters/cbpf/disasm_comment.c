/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "filters/cbpf/disasm.h"
#include "harness/base/alloc.h"

#define MOST_NAMED 3 /* architectures; where a path has left more, none is named */
#define MAX_ERRNO  4095

/* What a comment is about. */
struct scene {
	const struct flow_state *state;
	const struct abi_arch *archs[MOST_NAMED]; /* those that the path has left */
	size_t count;                             /* 0: not known */
};

/* The architectures that the path has tested, else the one the caller knows of if still possible.
 */
static struct scene scene_of(const struct flow_state *state, const struct abi_arch *arch)
{
	struct scene scene = {.state = state};

	if (!(state->archs & FLOW_FOREIGN) && __builtin_popcountll(state->archs) <= MOST_NAMED) {
		for (int id = 0; id < ABI_ARCH_COUNT; id++)
			if (state->archs & (flow_archs)1 << id)
				scene.archs[scene.count++] = abi_arch(id);
	} else if (arch && state->archs & flow_arch_bit(arch->audit)) {
		scene.archs[scene.count++] = abi_arch_by_audit(arch->audit);
	}
	return scene;
}

/* ---- values: "nr", "(args[0].lo & 0x3)" */

static bool same_byte_order(const struct scene *scene)
{
	for (size_t i = 1; i < scene->count; i++)
		if (scene->archs[i]->big_endian != scene->archs[0]->big_endian)
			return false;
	return scene->count > 0;
}

static void add_half(const struct scene *scene, uint32_t offset, struct sg_buf *out)
{
	int arg = offset < ABI_OFF_ARG(0) ? -1 : (int)(offset - ABI_OFF_ARG(0)) / 8;
	uint32_t first = offset % 8;

	if (arg < 0)
		sg_buf_adds(out, "ip");
	else
		sg_buf_addf(out, "args[%d]", arg);
	if (same_byte_order(scene))
		sg_buf_adds(out, offset == abi_off_half(scene->archs[0]->big_endian, arg, true)
					 ? ".hi"
					 : ".lo");
	else
		sg_buf_addf(out, " bytes %u-%u", first, first + 3);
}

static void add_value(const struct scene *scene, const struct flow_value *value, struct sg_buf *out)
{
	uint32_t offset = 4 * value->word;
	bool masked = value->mask != UINT32_MAX;

	sg_buf_adds(out, masked ? "(" : "");
	if (offset == ABI_OFF_NR)
		sg_buf_adds(out, "nr");
	else if (offset == ABI_OFF_ARCH)
		sg_buf_adds(out, "arch");
	else
		add_half(scene, offset, out);
	if (masked)
		sg_buf_addf(out, " & 0x%x)", value->mask);
}

/* ---- comparisons: "nr == openat", "arch != x86_64" */

/* On x86_64 a number with bit 30 is x32's. */
static const struct abi_arch *arch_of_nr(const struct abi_arch *arch, uint32_t nr)
{
	return arch->id == ABI_X86_64 && nr & ABI_X32_BIT ? abi_arch(ABI_X32) : arch;
}

/* Is this the test by which filters tell x32 from x86_64, rather than one for its first call? */
static bool is_x32_test(const struct scene *scene, const struct sock_filter *insn)
{
	return scene->count == 1 && scene->archs[0]->id == ABI_X86_64 && insn->k == ABI_X32_BIT &&
	       BPF_OP(insn->code) != BPF_JEQ;
}

/* The call of each architecture of the scene, or nothing. */
static void add_calls(const struct scene *scene, uint32_t nr, struct sg_buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < scene->count; i++) {
		const struct abi_arch *arch = arch_of_nr(scene->archs[i], nr);
		const char *name = abi_name(arch, nr);

		if (!name)
			continue;
		if (out->len > start)
			sg_buf_adds(out, " or ");
		if (scene->count > 1 || arch != scene->archs[i])
			sg_buf_addf(out, "%s.", arch->name);
		sg_buf_adds(out, name);
	}
}

/* What the constant of a comparison is called beside the value it is compared with. */
static void add_constant(const struct scene *scene, const struct flow_value *value,
			 const struct sock_filter *insn, struct sg_buf *out)
{
	const struct abi_arch *arch = abi_arch_by_audit(insn->k);
	size_t start = out->len;
	bool whole = value->mask == UINT32_MAX;

	if (whole && 4 * value->word == ABI_OFF_ARCH && arch)
		sg_buf_adds(out, arch->name);
	else if (whole && 4 * value->word == ABI_OFF_NR && is_x32_test(scene, insn))
		sg_buf_adds(out, "0x40000000 (x32)");
	else if (whole && 4 * value->word == ABI_OFF_NR && BPF_OP(insn->code) != BPF_JSET)
		add_calls(scene, insn->k, out);
	if (out->len == start)
		disasm_constant(insn, out);
}

static const char *relation(const struct sock_filter *insn, bool unless)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ: return unless ? "!=" : "==";
	case BPF_JGT: return unless ? "<=" : ">";
	case BPF_JGE: return unless ? "<" : ">=";
	default: return "&";
	}
}

static void add_comparison(const struct scene *scene, const struct sock_filter *insn,
			   struct sg_buf *out)
{
	const struct flow_value *a = &scene->state->a, *x = &scene->state->x;
	const struct asm_op *op = disasm_form(insn).op;

	if (!a->known)
		return;
	add_value(scene, a, out);
	sg_buf_addf(out, " %s ", relation(insn, op && op->jump == ASM_UNLESS));
	if (BPF_SRC(insn->code) == BPF_K)
		add_constant(scene, a, insn, out);
	else if (x->known)
		add_value(scene, x, out);
	else
		sg_buf_adds(out, "x");
}

/* ---- the rest */

/* Do all architectures of the scene number the errno so? Without any, as most do. */
static bool is_errno(const struct scene *scene, const char *name, uint32_t number)
{
	for (size_t i = 0; i < scene->count; i++)
		if ((uint32_t)abi_errno(scene->archs[i], name) != number)
			return false;
	return scene->count || (uint32_t)abi_errno(abi_arch(ABI_X86_64), name) == number;
}

static void add_errno(const struct scene *scene, uint32_t number, struct sg_buf *out)
{
	for (int i = 1; i <= MAX_ERRNO; i++) {
		const char *name = strerrorname_np(i);

		if (name && is_errno(scene, name, number)) {
			sg_buf_adds(out, name);
			return;
		}
	}
}

/* The errno's name, and what the kernel makes of a value that it does not take as it is. */
static void add_verdict(const struct scene *scene, uint32_t value, struct sg_buf *out)
{
	uint32_t effect = abi_verdict_effect(value);

	if (effect != value)
		abi_verdict_text(effect, out);
	else if ((value & ABI_RET_ACTION_FULL) == ABI_RET_ERRNO)
		add_errno(scene, value & ABI_RET_DATA, out);
}

static void add_meaning(const struct scene *scene, const struct sock_filter *insn,
			struct sg_buf *out)
{
	const struct flow_state *state = scene->state;

	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (insn->k != ABI_OFF_NR && insn->k != ABI_OFF_ARCH)
			add_half(scene, insn->k, out);
		break;
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
		if (state->scratch[insn->k].known)
			add_value(scene, &state->scratch[insn->k], out);
		break;
	case BPF_RET | BPF_K: add_verdict(scene, insn->k, out); break;
	default:
		if (cbpf_is_branch(insn))
			add_comparison(scene, insn, out);
	}
}

void disasm_comment(const struct sock_filter *insn, const struct flow_state *state,
		    const struct abi_arch *arch, struct sg_buf *out)
{
	struct scene scene = scene_of(state, arch);
	size_t start = out->len;

	if (!state->reached) {
		sg_buf_adds(out, "unreachable");
		return;
	}
	add_meaning(&scene, insn, out);
	if (disasm_form(insn).op)
		return;
	if (out->len > start)
		sg_buf_adds(out, ", ");
	sg_buf_adds(out, "as ");
	disasm_spelling(asm_op_of(insn->code), insn, out);
}
