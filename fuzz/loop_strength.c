/* SPDX-License-Identifier: MIT */
/* How strong the search through one profile was, filter by filter. */
#include <stdlib.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

static void check_dead(const struct fuzz_coverage *coverage, const char *name,
		       struct fuzz_result *result)
{
	const size_t reached = fuzz_coverage_contradictions(coverage);

	if (reached)
		sg_strv_addf(&result->warnings,
			     "%s: tuples reach %zu instructions and edges that the prover says no "
			     "input reaches",
			     name, reached);
	result->disagreements += reached;
}

static void add_coverage(const struct fuzz_coverage *coverage, struct fuzz_result *result,
			 struct fuzz_filter_strength *strength)
{
	struct sg_buf missed = {0};

	strength->insns = strength->edges = -1;
	if (!coverage->prog)
		return;
	strength->insns = fuzz_coverage_insns(coverage);
	strength->edges = fuzz_coverage_edges(coverage);
	fuzz_coverage_missed(coverage, &missed);
	strength->missed = missed.data;
	check_dead(coverage, strength->name, result);
}

/* The tuple that should have been tried, or why nobody knows one. */
static void add_settled(const struct fuzz_settled *settled, struct sg_buf *out)
{
	if (settled->result == PROVE_DIFFERENT) {
		sg_buf_adds(out, ": ");
		gen_tuple_text(&settled->tuple, out);
		sg_buf_adds(out, ": ");
		abi_verdict_text(settled->original, out);
		sg_buf_adds(out, " became ");
		abi_verdict_text(settled->mutant, out);
	} else if (*settled->reason) {
		sg_buf_addf(out, ": not proved: %s", settled->reason);
	}
}

static void list_survivors(const struct fuzz_mutants *mutants, const struct cbpf_prog *prog,
			   const struct fuzz_score *score, struct fuzz_filter_strength *strength)
{
	struct sg_buf lines = {0};

	for (size_t i = 0; i < mutants->len; i++) {
		if (score->killed_at[i] || score->settled[i].result == PROVE_EQUAL)
			continue;
		fuzz_mutant_text(prog, &mutants->items[i], &lines);
		add_settled(&score->settled[i], &lines);
		sg_buf_adds(&lines, "\n");
	}
	strength->survivors = lines.data;
}

static void keep_score(const struct fuzz_score *score, struct fuzz_filter_strength *strength)
{
	strength->mutants = score->mutants;
	strength->killed = score->killed;
	strength->equivalent = score->equivalent;
	strength->unknown = score->unknown;
	strength->mutant_tuples = score->tuples;
	strength->partial = score->partial;
}

static int try_mutants(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		       const struct fuzz_subject *subject, const struct fuzz_tuples *source,
		       struct fuzz_filter_strength *strength, struct sg_err *err)
{
	const struct cbpf_prog *prog = &subject->filter.prog;
	const struct fuzz_request *request = loop->request;
	struct fuzz_mutants mutants = {0};
	struct fuzz_score score = {0};

	fuzz_mutants_make(prog, &mutants);

	int ret = fuzz_mutants_try(&mutants, prog, &lane->policy, source, request->seed,
				   request->mutant_tuples, request->interrupted, &score, err);

	if (!ret)
		ret = fuzz_score_settle(&score, &mutants, prog, &lane->policy, request->interrupted,
					err);
	if (!ret) {
		keep_score(&score, strength);
		list_survivors(&mutants, prog, &score, strength);
		loop->result->interrupted |= score.partial;
	}
	fuzz_score_release(&score);
	fuzz_mutants_release(&mutants);
	return ret;
}

static struct fuzz_filter_strength *add_strength(struct fuzz_result *result,
						 const struct fuzz_subject *subject)
{
	result->strengths = sg_realloc_array(result->strengths, result->strength_count + 1,
					     sizeof(*result->strengths));

	struct fuzz_filter_strength *strength = &result->strengths[result->strength_count++];

	*strength = (struct fuzz_filter_strength){.name = sg_strdup(fuzz_subject_name(subject))};
	add_coverage(&subject->coverage, result, strength);
	return strength;
}

int fuzz_measure_strength(struct fuzz_loop *loop, const struct fuzz_lane *lane,
			  const struct fuzz_tuples *source, struct sg_err *err)
{
	const struct fuzz_request *request = loop->request;

	for (size_t i = 0; i < lane->subject_count; i++) {
		const struct fuzz_subject *subject = lane->subjects[i];
		struct fuzz_filter_strength *strength;
		int ret;

		if (subject->filter.none || (!request->coverage && !request->mutant_tuples))
			continue;
		strength = add_strength(loop->result, subject);
		if (!request->mutant_tuples || fuzz_interrupted(loop))
			continue;
		fuzz_show(loop, "mutants", (double)i, (double)lane->subject_count);
		ret = try_mutants(loop, lane, subject, source, strength, err);
		if (ret)
			return ret;
	}
	return 0;
}
