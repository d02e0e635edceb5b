/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a program. The verifier refuses it in one line, or all that runs and models programs
 * agrees with itself: interpreter, trace, machine code, longest path, bitmap model.
 */
#include "filters/cbpf/interp.h"
#include "fuzz/targets/targets.h"

#define INPUTS 16

/* A word near one of the program's own constants, or any. */
static uint64_t any_word(const struct cbpf_prog *prog, struct sg_rng *rng)
{
	uint64_t k = prog->insns[sg_rng_below(rng, prog->len)].k;

	switch (sg_rng_below(rng, 4)) {
	case 0: return sg_rng_u64(rng);
	case 1: return fuzz_number_near(rng, k);
	case 2: return k << 32 | prog->insns[sg_rng_below(rng, prog->len)].k;
	default: return k;
	}
}

struct abi_tuple fuzz_input_near(const struct cbpf_prog *prog, struct sg_rng *rng)
{
	struct abi_tuple tuple = {.nr = any_word(prog, rng), .arch = any_word(prog, rng)};

	if (sg_rng_below(rng, 2))
		tuple.arch = abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT))->audit;
	tuple.ip = any_word(prog, rng);
	for (int i = 0; i < 6; i++)
		tuple.args[i] = any_word(prog, rng);
	return tuple;
}

struct steps {
	const struct cbpf_prog *prog;
	uint32_t count, pc;
};

static void take_step(void *ctx, const struct cbpf_step *step)
{
	struct steps *steps = ctx;

	FUZZ_REQUIRE(step->pc < steps->prog->len && (!steps->count || step->pc > steps->pc),
		     "from instruction %u to %u of %zu", steps->pc, step->pc, steps->prog->len);
	steps->pc = step->pc;
	steps->count++;
}

/* Does a division by X = 0 end the run where no RET stands? */
static bool ends_at(const struct sock_filter *insn)
{
	return BPF_CLASS(insn->code) == BPF_RET ||
	       (BPF_CLASS(insn->code) == BPF_ALU && BPF_OP(insn->code) == BPF_DIV);
}

static struct cbpf_result require_run(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	struct steps steps = {.prog = prog};
	struct cbpf_result run = cbpf_run(prog, tuple);
	struct cbpf_result traced = cbpf_trace(prog, tuple, take_step, &steps);

	FUZZ_REQUIRE(run.ret == traced.ret && run.insns == traced.insns,
		     "%#x after %u instructions; traced %#x after %u", run.ret, run.insns,
		     traced.ret, traced.insns);
	FUZZ_REQUIRE(steps.count == run.insns && ends_at(&prog->insns[steps.pc]),
		     "%u steps, the last at %u, of a run of %u", steps.count, steps.pc, run.insns);
	return run;
}

/* What the bitmap serves is allowed whatever the arguments are. */
static void require_bitmap(const struct cbpf_prog *prog, const struct abi_tuple *tuple,
			   uint32_t ret)
{
	const struct abi_arch *arch = abi_arch_by_audit(tuple->arch);

	if (arch && ret != ABI_RET_ALLOW)
		FUZZ_REQUIRE(!cbpf_const_allow(prog, arch, tuple->nr),
			     "the bitmap allows number %u of %s, the program says %#x", tuple->nr,
			     arch->name, ret);
}

void fuzz_require_sound(const struct cbpf_prog *prog, struct sg_rng *rng)
{
	uint32_t longest = prog->len, executed = 0;
	struct abi_tuple tuples[INPUTS];
	uint32_t verdicts[INPUTS];
	bool is_exact = false;

	if (fuzz_is_sampled(rng, 16))
		longest = cbpf_longest_path(prog, &is_exact);
	FUZZ_REQUIRE(longest >= 1 && longest <= prog->len, "a path of %u in %zu instructions",
		     longest, prog->len);
	FUZZ_REQUIRE(cbpf_kernel_insns(prog) >= prog->len, "the kernel counts fewer instructions");
	for (int i = 0; i < INPUTS; i++) {
		tuples[i] = fuzz_input_near(prog, rng);
		struct cbpf_result run = require_run(prog, &tuples[i]);

		verdicts[i] = run.ret;
		executed = run.insns > executed ? run.insns : executed;
		require_bitmap(prog, &tuples[i], run.ret);
	}
	FUZZ_REQUIRE(executed <= longest, "%u instructions executed, longest path %u", executed,
		     longest);
	if (fuzz_is_sampled(rng, 4))
		fuzz_require_compiled(prog, tuples, verdicts, INPUTS);
}

static void require_kernel_agrees(const struct cbpf_prog *prog, bool accepted)
{
	int kernel = fuzz_kernel_accepts(prog);

	if (kernel >= 0)
		FUZZ_REQUIRE((kernel != 0) == accepted, "the verifier %s what the kernel %s",
			     accepted ? "accepts" : "refuses", kernel ? "accepts" : "refuses");
}

int fuzz_target_bpf(const uint8_t *data, size_t len)
{
	struct sg_rng rng = fuzz_rng_of(data, len);
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};
	int bad;

	fuzz_prog_of(data, len, &prog);
	bad = cbpf_verify(&prog, &err);
	if (fuzz_is_sampled(&rng, 16))
		require_kernel_agrees(&prog, !bad);
	if (bad)
		fuzz_require_refusal(bad, &err);
	else
		fuzz_require_sound(&prog, &rng);
	cbpf_release(&prog);
	return 0;
}
