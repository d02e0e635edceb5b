/* SPDX-License-Identifier: MIT */
/* Does a finding still happen? The generator is asked in a worker, as the loop asks it. */
#include <string.h>

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
	if (finding->kind == FUZZ_KIND_PROVER)
		probe.prover = fuzz_prover_new(&fuzz_proof_patient, NULL);
	*ret = probe;
	return 0;
}

void finding_probe_close(struct finding_probe *probe)
{
	if (probe->builder)
		fuzz_builder_free(probe->builder);
	fuzz_prover_free(probe->prover);
	cbpf_release(&probe->raw);
	mix_release(&probe->mix);
	*probe = (struct finding_probe){0};
}

/* ---- one trial */

static int build(struct finding_probe *probe, const char *profile, size_t len,
		 const struct policy_options *options, struct fuzz_build *ret, struct sg_err *err)
{
	if (probe->builder)
		return fuzz_builder_build(probe->builder, profile, len, options, &probe->mix,
					  probe->objective, ret, err);
	ret->outcome = FUZZ_BUILT;
	cbpf_copy(&ret->filter.prog, &probe->raw);
	return 0;
}

/* Also what came of the filter in the prover's hands, where it is asked. */
static int build_and_prove(struct finding_probe *probe, const char *profile, size_t len,
			   struct finding_trial *trial, struct sg_err *err)
{
	const struct policy_options options = {.arches = trial->policy.arches,
					       .arch_count = trial->policy.arch_count};
	const struct gen_filter *filter = &trial->build.filter;
	int bad = build(probe, profile, len, &options, &trial->build, err);

	if (!bad && probe->prover && trial->build.outcome == FUZZ_BUILT)
		bad = fuzz_prove(probe->prover, profile, len, &options, &filter, 1, &trial->proof,
				 err);
	return bad;
}

int finding_probe_run(struct finding_probe *probe, const char *profile, size_t len,
		      const struct sg_strv *arch_names, struct finding_trial *ret,
		      struct sg_err *err)
{
	struct finding_trial trial = {0};
	int bad = finding_policy(profile, len, arch_names, &trial.policy, err);

	if (bad)
		return bad;
	bad = build_and_prove(probe, profile, len, &trial, err);
	if (bad) {
		finding_trial_release(&trial);
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
	struct policy_oracle *oracle = policy_oracle_new(&trial->policy);
	const bool shows =
		gen_is_mismatch(&trial->build.filter, oracle, tuple, ret_wanted, ret_got);

	policy_oracle_free(oracle);
	return shows;
}

static bool shows_prover_defect(const struct finding_trial *trial, const struct abi_tuple *tuple,
				uint32_t *ret_wanted, uint32_t *ret_got)
{
	const bool wrong = shows_mismatch(trial, tuple, ret_wanted, ret_got);

	return trial->proof.defect || (wrong && trial->proof.result == PROVE_EQUAL);
}

const char *finding_trial_message(const struct finding_trial *trial, enum fuzz_kind kind)
{
	if (kind != FUZZ_KIND_PROVER)
		return trial->build.message;
	return trial->proof.defect ? trial->proof.reason : FINDING_CALLED_EQUAL;
}

bool finding_trial_shows(const struct finding_trial *trial, enum fuzz_kind kind,
			 const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got)
{
	enum fuzz_kind outcome;

	if (fuzz_kind_has_tuple(kind) && trial->build.outcome != FUZZ_BUILT)
		return false;
	if (kind == FUZZ_MISMATCH)
		return shows_mismatch(trial, tuple, ret_wanted, ret_got);
	if (kind == FUZZ_KIND_PROVER)
		return shows_prover_defect(trial, tuple, ret_wanted, ret_got);
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
		if (ret_got && fuzz_kind_has_tuple(finding->kind) &&
		    trial.build.outcome == FUZZ_BUILT)
			*ret_got = got;
	}
	finding_trial_release(&trial);
	finding_probe_close(&probe);
	return ret;
}
