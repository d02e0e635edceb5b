/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm.h"
#include "fuzz/strength.h"
#include "fuzz/walk.h"

void fuzz_coverage_init(struct fuzz_coverage *coverage, const struct cbpf_prog *prog)
{
	*coverage = (struct fuzz_coverage){
		.prog = prog,
		.hits = sg_calloc(prog->len + 1, sizeof(*coverage->hits)),
		.taken = sg_calloc(prog->len + 1, sizeof(*coverage->taken)),
		.fell = sg_calloc(prog->len + 1, sizeof(*coverage->fell)),
	};
}

void fuzz_coverage_release(struct fuzz_coverage *coverage)
{
	free(coverage->hits);
	free(coverage->taken);
	free(coverage->fell);
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

	if (!fuzz_is_conditional(insn))
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

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / whole : 1;
}

double fuzz_coverage_insns(const struct fuzz_coverage *coverage)
{
	size_t executed = 0;

	for (size_t pc = 0; pc < coverage->prog->len; pc++)
		executed += coverage->hits[pc] != 0;
	return share(executed, coverage->prog->len);
}

double fuzz_coverage_edges(const struct fuzz_coverage *coverage)
{
	size_t walked = 0, edges = 0;

	for (size_t pc = 0; pc < coverage->prog->len; pc++) {
		if (!fuzz_is_conditional(&coverage->prog->insns[pc]))
			continue;
		walked += coverage->taken[pc];
		walked += coverage->fell[pc];
		edges += 2;
	}
	return share(walked, edges);
}

/* ---- what was missed */

static void missed_insn(const struct cbpf_prog *prog, size_t pc, struct sg_buf *out)
{
	sg_buf_addf(out, "%zu: ", pc);
	cbpf_insn_text(&prog->insns[pc], out);
	sg_buf_adds(out, ": nothing leads to it\n");
}

struct edge {
	const struct sock_filter *from;
	unsigned way; /* or both */
};

/* Keeps looking while the edge is none that can be gone from here. */
static bool is_shut(void *ctx, const struct fuzz_state *state, struct fuzz_facts *facts)
{
	const struct edge *edge = ctx;

	return !(fuzz_walk_ways(state, edge->from, facts) & edge->way);
}

/* By its target: the text may say jne where the instruction is a jeq. */
static void missed_edge(const struct cbpf_prog *prog, size_t pc, unsigned way, struct sg_buf *out)
{
	const struct sock_filter *insn = &prog->insns[pc];
	struct edge edge = {insn, way};

	sg_buf_addf(out, "%zu: ", pc);
	cbpf_insn_text(insn, out);
	sg_buf_addf(out, ": never goes to %zu",
		    pc + 1 + (way & FUZZ_WAY_TRUE ? insn->jt : insn->jf));
	if (fuzz_walkable(prog) && fuzz_walk_to(prog, pc, is_shut, &edge))
		sg_buf_adds(out, ", nor does any input");
	sg_buf_adds(out, "\n");
}

static void missed_edges(const struct fuzz_coverage *coverage, size_t pc, struct sg_buf *out)
{
	const struct sock_filter *insn = &coverage->prog->insns[pc];
	const bool one_target = insn->jt == insn->jf;

	if (!coverage->taken[pc])
		missed_edge(coverage->prog, pc, FUZZ_WAY_TRUE | (one_target ? FUZZ_WAY_FALSE : 0),
			    out);
	if (!coverage->fell[pc] && !one_target)
		missed_edge(coverage->prog, pc, FUZZ_WAY_FALSE, out);
}

/* By instruction: does a jump, or the instruction in front, lead to it at all? Owned. */
static bool *find_led_to(const struct cbpf_prog *prog)
{
	bool *led_to = sg_calloc(prog->len + 1, sizeof(*led_to));

	led_to[0] = true;
	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];

		if (fuzz_is_conditional(insn))
			led_to[pc + 1 + insn->jt] = led_to[pc + 1 + insn->jf] = true;
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			led_to[pc + 1 + insn->k] = true;
		else if (BPF_CLASS(insn->code) != BPF_RET)
			led_to[pc + 1] = true;
	}
	return led_to;
}

void fuzz_coverage_missed(const struct fuzz_coverage *coverage, struct sg_buf *out)
{
	const struct cbpf_prog *prog = coverage->prog;
	bool *led_to = find_led_to(prog);

	for (size_t pc = 0; pc < prog->len; pc++) {
		const struct sock_filter *insn = &prog->insns[pc];

		if (!led_to[pc])
			missed_insn(prog, pc, out);
		if (fuzz_is_conditional(insn))
			missed_edges(coverage, pc, out);
	}
	free(led_to);
}
