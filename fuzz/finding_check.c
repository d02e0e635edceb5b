/* SPDX-License-Identifier: MIT */
/* Does a finding still happen? The generator is asked in a worker, as the loop asks it. */
#include <string.h>

#include "filters/cbpf/interp.h"
#include "fuzz/finding_private.h"

static int load_mix(const struct fuzz_finding *finding, struct mix *ret, struct sg_err *err)
{
	return finding->mix ? mix_parse(finding->mix, strlen(finding->mix), "mix.txt", ret, err)
			    : mix_load(NULL, ret, err);
}

int finding_probe_open(const struct fuzz_finding *finding, double cpu_s, struct finding_probe *ret,
		       struct sg_err *err)
{
	struct finding_probe probe = {.gen = finding->gen, .objective = finding->objective};
	int bad = load_mix(finding, &probe.mix, err);

	if (bad)
		return bad;
	bad = finding->raw_file ? cbpf_load(finding->raw_file, &probe.raw, err)
				: fuzz_builder_new(finding->gen, cpu_s, &probe.builder, err);
	if (bad) {
		mix_release(&probe.mix);
		return bad;
	}
	*ret = probe;
	return 0;
}

void finding_probe_close(struct finding_probe *probe)
{
	if (probe->builder)
		fuzz_builder_free(probe->builder);
	cbpf_release(&probe->raw);
	mix_release(&probe->mix);
	*probe = (struct finding_probe){0};
}

/* ---- one trial */

static int build(struct finding_probe *probe, const char *profile, size_t len,
		 const struct policy *policy, struct fuzz_build *ret, struct sg_err *err)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};

	if (probe->builder)
		return fuzz_builder_build(probe->builder, profile, len, &options, &probe->mix,
					  probe->objective, ret, err);
	ret->outcome = FUZZ_BUILT;
	cbpf_copy(&ret->filter.prog, &probe->raw);
	return 0;
}

int finding_probe_run(struct finding_probe *probe, const char *profile, size_t len,
		      const struct sg_strv *arch_names, struct finding_trial *ret,
		      struct sg_err *err)
{
	struct finding_trial trial = {0};
	int bad = finding_policy(profile, len, arch_names, &trial.policy, err);

	if (bad)
		return bad;
	bad = build(probe, profile, len, &trial.policy, &trial.build, err);
	if (bad) {
		policy_release(&trial.policy);
		return bad;
	}
	*ret = trial;
	return 0;
}

void finding_trial_release(struct finding_trial *trial)
{
	policy_release(&trial->policy);
	fuzz_build_release(&trial->build);
	*trial = (struct finding_trial){0};
}

static bool shows_mismatch(const struct finding_trial *trial, const struct abi_tuple *tuple,
			   uint32_t *ret_wanted, uint32_t *ret_got)
{
	const struct gen_filter *filter = &trial->build.filter;
	struct policy_oracle *oracle = policy_oracle_new(&trial->policy);
	const struct policy_verdict wanted = policy_eval(oracle, tuple);

	policy_oracle_free(oracle);
	*ret_wanted = wanted.ret;
	*ret_got = filter->none ? ABI_RET_ALLOW : cbpf_run(&filter->prog, tuple).ret;
	return gen_class(filter, tuple, wanted.class) == POLICY_SPECIFIED &&
	       abi_verdict_effect(*ret_wanted) != abi_verdict_effect(*ret_got);
}

bool finding_trial_shows(const struct finding_trial *trial, enum fuzz_kind kind,
			 const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got)
{
	enum fuzz_kind outcome;

	if (kind == FUZZ_MISMATCH)
		return trial->build.outcome == FUZZ_BUILT &&
		       shows_mismatch(trial, tuple, ret_wanted, ret_got);
	return fuzz_kind_of(trial->build.outcome, &outcome) && outcome == kind;
}

int fuzz_finding_check(const struct fuzz_finding *finding, uint32_t *ret_got, struct sg_err *err)
{
	struct finding_probe probe = {0};
	struct finding_trial trial = {0};
	uint32_t wanted = 0, got = finding->got;
	int ret = finding_probe_open(finding, 0, &probe, err);

	if (ret)
		return ret;
	ret = finding_probe_run(&probe, finding->profile, finding->profile_len,
				&finding->arch_names, &trial, err);
	if (!ret) {
		ret = finding_trial_shows(&trial, finding->kind, &finding->tuple, &wanted, &got);
		if (ret_got && finding->kind == FUZZ_MISMATCH && trial.build.outcome == FUZZ_BUILT)
			*ret_got = got;
	}
	finding_trial_release(&trial);
	finding_probe_close(&probe);
	return ret;
}
