/* SPDX-License-Identifier: MIT */
/* The deterministic figures of a filter. */
#include <errno.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/gen/gen.h"

/* What is asked of, and the sums on the way. */
struct tally {
	const struct gen_filter *filter;
	const struct abi_arch *arch;
	const struct mix *mix;
	double weight, insns, denied, served, left;
};

static struct cbpf_result run(const struct tally *tally, uint32_t nr, const uint64_t args[6])
{
	struct abi_tuple tuple = {.nr = nr, .arch = tally->arch->audit};

	if (tally->filter->none)
		return (struct cbpf_result){ABI_RET_ALLOW, 0};
	memcpy(tuple.args, args, sizeof(tuple.args));
	return cbpf_run(&tally->filter->prog, &tuple);
}

/* Without a filter the kernel runs none either. */
static bool is_served(const struct tally *tally, uint32_t nr)
{
	return tally->filter->none || cbpf_const_allow(&tally->filter->prog, tally->arch, nr);
}

static bool counts(const struct tally *tally, const struct mix_call *call)
{
	return mix_call_nr(call, tally->arch) != ABI_NR_NONE;
}

static void add_call(struct tally *tally, const struct mix_call *call)
{
	const uint32_t nr = (uint32_t)mix_call_nr(call, tally->arch);
	const struct cbpf_result result = run(tally, nr, call->args);

	tally->weight += call->weight;
	tally->insns += call->weight * result.insns;
	if (!abi_verdict_allows(result.ret))
		tally->denied += call->weight;
	if (is_served(tally, nr))
		tally->served += call->weight;
	else
		tally->left += call->weight * result.insns;
}

static int tally_mix(struct tally *tally, struct gen_figures *figures, struct sg_err *err)
{
	size_t i;

	for (i = 0; i < tally->mix->len; i++) {
		if (counts(tally, &tally->mix->calls[i]))
			add_call(tally, &tally->mix->calls[i]);
	}
	if (tally->weight <= 0)
		return sg_err_input(err, EINVAL, "the mix %s has no call of %s", tally->mix->name,
				    tally->arch->name);
	figures->mix_insns = tally->insns / tally->weight;
	figures->mix_denied = tally->denied / tally->weight;
	figures->left_insns = tally->left / tally->weight;
	figures->bitmap_share = tally->served / tally->weight;
	return 0;
}

/* The mix's arguments for a call, those of its first line; zeros where it has none. */
static const uint64_t *usual_args(const struct tally *tally, const char *name)
{
	static const uint64_t zeros[6];
	size_t i;

	for (i = 0; i < tally->mix->len; i++) {
		const struct mix_call *call = &tally->mix->calls[i];

		if (counts(tally, call) && strcmp(call->name, name) == 0)
			return call->args;
	}
	return zeros;
}

static void tally_allowed(const struct tally *tally, struct gen_figures *figures)
{
	size_t i, count, allowed = 0;
	const struct abi_call *calls = abi_calls(tally->arch, &count);
	uint64_t sum = 0;

	for (i = 0; i < count; i++) {
		struct cbpf_result result =
			run(tally, calls[i].nr, usual_args(tally, calls[i].name));

		if (!abi_verdict_allows(result.ret))
			continue;
		allowed++;
		sum += result.insns;
		if (result.insns > figures->worst_insns)
			figures->worst_insns = result.insns;
	}
	figures->uniform_insns = allowed ? (double)sum / (double)allowed : 0;
}

int gen_figures(const struct gen_filter *filter, const struct abi_arch *arch, const struct mix *mix,
		struct gen_figures *ret, struct sg_err *err)
{
	struct tally tally = {.filter = filter, .arch = arch, .mix = mix};
	struct gen_figures figures = {.filter_insns = filter->prog.len, .longest_path_exact = true};
	int r = tally_mix(&tally, &figures, err);

	if (r < 0)
		return r;
	tally_allowed(&tally, &figures);
	if (!filter->none)
		figures.longest_path_insns =
			cbpf_longest_path(&filter->prog, &figures.longest_path_exact);
	*ret = figures;
	return 0;
}
