/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm.h"
#include "fuzz/strength.h"

void fuzz_coverage_init(struct fuzz_coverage *coverage, const struct cbpf_prog *prog)
{
	const struct prove_options options = {0};

	*coverage = (struct fuzz_coverage){
		.prog = prog,
		.hits = sg_calloc(prog->len + 1, sizeof(*coverage->hits)),
		.taken = sg_calloc(prog->len + 1, sizeof(*coverage->taken)),
		.fell = sg_calloc(prog->len + 1, sizeof(*coverage->fell)),
	};
	prove_dead(prog, &options, &coverage->dead);
}

void fuzz_coverage_release(struct fuzz_coverage *coverage)
{
	free(coverage->hits);
	free(coverage->taken);
	free(coverage->fell);
	prove_dead_release(&coverage->dead);
	*coverage = (struct fuzz_coverage){0};
}

/* ---- adding */

struct walk {
	struct fuzz_coverage *coverage;
	uint32_t last; /* the instruction before; that in front of the first is no jump */
	bool started;
};

/* Where both targets are one, both edges were walked. */
static void add_edge(struct fuzz_coverage *coverage, uint32_t from, uint32_t to)
{
	const struct sock_filter *insn = &coverage->prog->insns[from];

	if (!cbpf_is_branch(insn))
		return;
	if (to == from + 1 + insn->jt)
		coverage->taken[from] = true;
	if (to == from + 1 + insn->jf)
		coverage->fell[from] = true;
}

static void add_step(void *ctx, const struct cbpf_step *step)
{
	struct walk *walk = ctx;

	walk->coverage->hits[step->pc]++;
	if (walk->started)
		add_edge(walk->coverage, walk->last, step->pc);
	walk->started = true;
	walk->last = step->pc;
}

void fuzz_coverage_add(struct fuzz_coverage *coverage, const struct abi_tuple *tuples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct walk walk = {.coverage = coverage};

		cbpf_trace(coverage->prog, &tuples[i], add_step, &walk);
	}
}

/* ---- shares */

/* Where both targets are one, either edge is both. */
static bool is_dead_edge(const struct fuzz_coverage *coverage, size_t pc, bool taken)
{
	const struct sock_filter *insn = &coverage->prog->insns[pc];

	return insn->jt != insn->jf && (taken ? coverage->dead.taken[pc] : coverage->dead.fell[pc]);
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / whole : 1;
}

double fuzz_coverage_insns(const struct fuzz_coverage *coverage)
{
	size_t executed = 0, alive = 0;

	for (size_t pc = 0; pc < coverage->prog->len; pc++) {
		executed += coverage->hits[pc] != 0;
		alive += !coverage->dead.insn[pc];
	}
	return share(executed, alive);
}

double fuzz_coverage_edges(const struct fuzz_coverage *coverage)
{
	size_t walked = 0, alive = 0;

	for (size_t pc = 0; pc < coverage->prog->len; pc++) {
		if (!cbpf_is_branch(&coverage->prog->insns[pc]) || coverage->dead.insn[pc])
			continue;
		walked += (size_t)coverage->taken[pc] + coverage->fell[pc];
		alive += (size_t)!is_dead_edge(coverage, pc, true) +
			 !is_dead_edge(coverage, pc, false);
	}
	return share(walked, alive);
}

size_t fuzz_coverage_contradictions(const struct fuzz_coverage *coverage)
{
	size_t count = 0;

	for (size_t pc = 0; pc < coverage->prog->len; pc++) {
		count += coverage->dead.insn[pc] && coverage->hits[pc];
		count += coverage->taken[pc] && is_dead_edge(coverage, pc, true);
		count += coverage->fell[pc] && is_dead_edge(coverage, pc, false);
	}
	return count;
}

/* ---- what was missed */

static void add_insn(const struct cbpf_prog *prog, size_t pc, struct sg_buf *out)
{
	sg_buf_addf(out, "%zu: ", pc);
	cbpf_insn_text(&prog->insns[pc], out);
}

/* By its target: the text may say jne where the instruction is a jeq. */
static void missed_edge(const struct cbpf_prog *prog, size_t pc, size_t skip, bool dead,
			struct sg_buf *out)
{
	add_insn(prog, pc, out);
	sg_buf_addf(out, ": never goes to %zu%s\n", pc + 1 + skip,
		    dead ? ", nor does any input" : "");
}

static void missed_edges(const struct fuzz_coverage *coverage, size_t pc, struct sg_buf *out)
{
	const struct sock_filter *insn = &coverage->prog->insns[pc];

	if (!coverage->taken[pc])
		missed_edge(coverage->prog, pc, insn->jt, is_dead_edge(coverage, pc, true), out);
	if (!coverage->fell[pc] && insn->jt != insn->jf)
		missed_edge(coverage->prog, pc, insn->jf, is_dead_edge(coverage, pc, false), out);
}

void fuzz_coverage_missed(const struct fuzz_coverage *coverage, struct sg_buf *out)
{
	const struct cbpf_prog *prog = coverage->prog;

	for (size_t pc = 0; pc < prog->len; pc++) {
		if (coverage->dead.insn[pc]) {
			add_insn(prog, pc, out);
			sg_buf_adds(out, ": nothing leads to it\n");
		} else if (cbpf_is_branch(&prog->insns[pc])) {
			missed_edges(coverage, pc, out);
		}
	}
}
