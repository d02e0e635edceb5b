/* SPDX-License-Identifier: MIT */
/*
 * The exact figures of each filter that both files have, recomputed on both sides over the same
 * mixes: the bundled one, that of the baseline, and that of the result.
 */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "harness/gate/gate.h"

/* ---- the mixes */

#define MIX_MAX 3

struct mixes {
	struct mix bundled;
	const struct mix *items[MIX_MAX];
	char *labels[MIX_MAX]; /* ", mix io"; "" where there is but one */
	size_t count;
};

bool gate_same_mix(const struct mix *a, const struct mix *b)
{
	struct sg_buf texts[2] = {0};

	mix_print(a, &texts[0]);
	mix_print(b, &texts[1]);

	bool same = !strcmp(sg_buf_text(&texts[0]), sg_buf_text(&texts[1]));

	sg_buf_release(&texts[0]);
	sg_buf_release(&texts[1]);
	return same;
}

/* But for one that is there already, under whatever name. */
static void add_mix(struct mixes *mixes, const struct mix *mix, const char *owner)
{
	bool name_taken = false;

	for (size_t i = 0; i < mixes->count; i++) {
		if (gate_same_mix(mix, mixes->items[i]))
			return;
		name_taken |= !strcmp(mix->name, mixes->items[i]->name);
	}
	mixes->items[mixes->count] = mix;
	mixes->labels[mixes->count++] =
		name_taken ? sg_asprintf(", mix %s of the %s", mix->name, owner)
			   : sg_asprintf(", mix %s", mix->name);
}

static int mixes_make(const struct gate_request *request, struct mixes *ret, struct sg_err *err)
{
	int r = mix_load(NULL, &ret->bundled, err);

	if (r)
		return r;
	add_mix(ret, &ret->bundled, "program");
	add_mix(ret, &request->baseline->mix, "baseline");
	add_mix(ret, &request->result->mix, "result");
	if (ret->count == 1)
		*ret->labels[0] = '\0';
	return 0;
}

static void mixes_release(struct mixes *mixes)
{
	for (size_t i = 0; i < mixes->count; i++)
		free(mixes->labels[i]);
	mix_release(&mixes->bundled);
}

/* ---- a pair of filters */

struct comparison {
	const struct gate_request *request;
	struct gate_report *report;
	const struct gate_pair *pair;
	bool same; /* instructions: what one side comes to, the other does */
};

static void check_numbers(const struct comparison *of, enum gate_kind kind, const char *label,
			  double baseline, double value)
{
	char *name = sg_asprintf("%s%s", of->pair->name, label);

	gate_check_numbers(of->request, gate_check_add(of->report, kind, name), baseline, value);
	free(name);
}

/* The one whose calls the figures are of; that of a raw filter is the machine's. */
static const struct abi_arch *first_arch(const struct saved_filter *filter,
					 const struct saved_result *result)
{
	const struct abi_arch *machine = abi_arch_by_name(result->env.machine);

	if (filter->policy)
		return filter->policy->arches[0];
	return machine ? machine : abi_arch_native();
}

static double figure_of(const struct gen_figures *figures, enum gate_kind kind)
{
	switch (kind) {
	case GATE_MIX_INSNS: return figures->mix_insns;
	case GATE_LEFT_INSNS: return figures->left_insns;
	case GATE_MIX_DENIED: return figures->mix_denied;
	case GATE_UNIFORM_INSNS: return figures->uniform_insns;
	case GATE_WORST_INSNS: return figures->worst_insns;
	default: return figures->bitmap_share;
	}
}

static int figures_of_both(const struct comparison *of, const struct abi_arch *arch,
			   const struct mix *mix, struct gen_figures ret[2], struct sg_err *err)
{
	int r = gen_figures(&of->pair->baseline->filter, arch, mix, &ret[0], err);

	if (r || of->same) {
		ret[1] = ret[0];
		return r;
	}
	return gen_figures(&of->pair->result->filter, arch, mix, &ret[1], err);
}

static void check_mix(const struct comparison *of, const struct abi_arch *arch,
		      const struct mix *mix, const char *label)
{
	static const enum gate_kind kinds[] = {GATE_MIX_INSNS,   GATE_LEFT_INSNS,
					       GATE_MIX_DENIED,  GATE_UNIFORM_INSNS,
					       GATE_WORST_INSNS, GATE_BITMAP_SHARE};
	struct gen_figures figures[2] = {0};
	struct sg_strv *notes = &of->report->notes;
	struct sg_err why = {0};

	if (figures_of_both(of, arch, mix, figures, &why)) {
		if (!sg_strv_contains(notes, why.msg))
			sg_strv_add(notes, why.msg);
		return;
	}
	for (size_t i = 0; i < SG_COUNT(kinds); i++)
		check_numbers(of, kinds[i], label, figure_of(&figures[0], kinds[i]),
			      figure_of(&figures[1], kinds[i]));
}

/* The calls of another architecture are other calls: nothing can be said of them. */
static void check_mixes(const struct comparison *of, const struct mixes *mixes)
{
	const struct abi_arch *was = first_arch(of->pair->baseline, of->request->baseline);
	const struct abi_arch *is = first_arch(of->pair->result, of->request->result);

	if (was != is) {
		gate_check_say(gate_check_add(of->report, GATE_MIX_INSNS, of->pair->name),
			       GATE_INCONCLUSIVE,
			       "the first architecture is %s, was %s: no call to compare", is->name,
			       was->name);
		return;
	}
	for (size_t i = 0; i < mixes->count; i++)
		check_mix(of, is, mixes->items[i], mixes->labels[i]);
}

static uint32_t longest_path(const struct saved_filter *filter, bool *ret_exact)
{
	*ret_exact = true;
	return filter->filter.none ? 0 : cbpf_longest_path(&filter->filter.prog, ret_exact);
}

/* An upper bound that is larger than what was is not yet a path that is longer, nor is one that was
 * larger than what is. */
static void check_longest(const struct comparison *of)
{
	bool was_exact, exact = true;
	uint32_t was = longest_path(of->pair->baseline, &was_exact);
	uint32_t is = of->same ? was : longest_path(of->pair->result, &exact);
	struct gate_check *check = gate_check_add(of->report, GATE_LONGEST_INSNS, of->pair->name);

	gate_check_numbers(of->request, check, was, is);
	check->better &= was_exact;
	if (check->result == GATE_FAIL && !exact)
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "%u insns or less, was %u: what the longest path is was not found",
			       is, was);
}

static size_t served(const struct saved_filter *filter, const struct abi_arch *arch)
{
	const struct cbpf_prog prog = gen_prog(&filter->filter);

	return cbpf_bitmap_served(&prog, arch);
}

static void check_served_on(const struct comparison *of, const struct abi_arch *arch)
{
	char *label = sg_asprintf(", %s", arch->name);
	size_t was = served(of->pair->baseline, arch);

	check_numbers(of, GATE_BITMAP_SERVED, label, was,
		      of->same ? was : served(of->pair->result, arch));
	free(label);
}

/* On each architecture that both policies have and whose kernel has a bitmap. */
static void check_served(const struct comparison *of)
{
	const struct saved_policy *was = of->pair->baseline->policy, *is = of->pair->result->policy;

	if (!was || !is) {
		check_served_on(of, first_arch(of->pair->result, of->request->result));
		return;
	}
	for (size_t i = 0; i < is->arch_count; i++)
		if (is->arches[i]->has_bitmap && saved_policy_has_arch(was, is->arches[i]))
			check_served_on(of, is->arches[i]);
}

static void check_pair(const struct comparison *of, const struct mixes *mixes)
{
	check_numbers(of, GATE_FILTER_INSNS, "", of->pair->baseline->filter.prog.len,
		      of->pair->result->filter.prog.len);
	check_mixes(of, mixes);
	check_longest(of);
	check_served(of);
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct mixes mixes = {0};
	struct gate_pair *pairs;
	int r = mixes_make(request, &mixes, err);

	if (r)
		return r;

	size_t count = gate_pairs(request, &pairs);

	for (size_t i = 0; i < count && !gate_is_interrupted(request); i++) {
		const struct comparison of = {request, report, &pairs[i],
					      gate_pair_same(&pairs[i])};

		gate_progress(request, "figures", i, count);
		if (gate_pair_both(&pairs[i]))
			check_pair(&of, &mixes);
	}
	gate_pairs_free(pairs, count);
	mixes_release(&mixes);
	return 0;
}

const struct gate_part gate_part_figures = {
	"figures", "length, executed instructions and bitmap of each filter", true, run};
