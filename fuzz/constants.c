/* SPDX-License-Identifier: MIT */
#include "fuzz/tuples_private.h"

/* Where the constants of a load from @offset go. */
static struct fuzz_values *words_of(struct fuzz_constants *constants, uint32_t offset)
{
	if (offset == ABI_OFF_NR)
		return &constants->nrs;
	if (offset == ABI_OFF_ARCH)
		return &constants->arches;
	if (offset < ABI_OFF_ARG(0))
		return &constants->words[FUZZ_IP];
	return &constants->words[(offset - ABI_OFF_ARG(0)) / 8];
}

static bool compares(const struct sock_filter *insn)
{
	const bool masks = BPF_CLASS(insn->code) == BPF_ALU && BPF_OP(insn->code) == BPF_AND;

	return BPF_SRC(insn->code) == BPF_K && (cbpf_is_branch(insn) || masks);
}

static void read_prog(const struct cbpf_prog *prog, struct fuzz_constants *constants)
{
	struct fuzz_values *loaded = NULL;

	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];

		if (insn->code == (BPF_LD | BPF_W | BPF_ABS))
			loaded = words_of(constants, insn->k);
		else if (loaded && compares(insn))
			fuzz_values_add(loaded, insn->k);
	}
}

void fuzz_constants_read(const struct cbpf_prog *const *progs, size_t prog_count,
			 struct fuzz_constants *ret)
{
	*ret = (struct fuzz_constants){0};
	for (size_t i = 0; i < prog_count; i++)
		read_prog(progs[i], ret);
	for (int i = 0; i < FUZZ_DRAWN; i++)
		fuzz_values_unique(&ret->words[i]);
	fuzz_values_unique(&ret->nrs);
	fuzz_values_unique(&ret->arches);
}

void fuzz_constants_release(struct fuzz_constants *constants)
{
	for (int i = 0; i < FUZZ_DRAWN; i++)
		fuzz_values_release(&constants->words[i]);
	fuzz_values_release(&constants->nrs);
	fuzz_values_release(&constants->arches);
}
