/* SPDX-License-Identifier: MIT */
#include "filters/gen/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static const char *const verify_names[] = {
	[GEN_UNVERIFIED] = "skipped",
	[GEN_EQUAL] = "equal",
	[GEN_UNKNOWN] = "unknown",
};

const char *gen_verify_name(enum gen_verify verify)
{
	return verify_names[verify];
}

/* ---- in words */

static void add_number(const struct abi_arch *arch, uint32_t nr, struct sg_buf *out)
{
	const char *name = arch ? abi_name(arch, nr) : NULL;

	if (name)
		sg_buf_addf(out, "%s (%" PRIu32 ")", name, nr);
	else
		sg_buf_addf(out, "0x%" PRIx32, nr);
}

void gen_numbers_text(const struct abi_arch *arch, uint32_t low, uint32_t high, struct sg_buf *out)
{
	add_number(arch, low, out);
	if (low == high)
		return;
	sg_buf_adds(out, " to ");
	add_number(arch, high, out);
}

void gen_tuple_text(const struct abi_tuple *tuple, struct sg_buf *out)
{
	const struct abi_arch *arch = gen_call_arch(tuple);

	if (arch)
		sg_buf_addf(out, "%s ", arch->name);
	else
		sg_buf_addf(out, "arch 0x%" PRIx32 " ", tuple->arch);
	add_number(arch, tuple->nr, out);
	for (int i = 0; i < 6; i++)
		if (tuple->args[i])
			sg_buf_addf(out, " a%d=0x%" PRIx64, i, tuple->args[i]);
	if (tuple->ip)
		sg_buf_addf(out, " ip=0x%" PRIx64, tuple->ip);
}

void gen_args_text(unsigned int args, struct sg_buf *out)
{
	const char *separator = "";

	for (int i = 0; i < 6; i++) {
		if (!(args & 1u << i))
			continue;
		sg_buf_addf(out, "%sa%d", separator, i);
		separator = ", ";
	}
	if (args & PROVE_BY_IP)
		sg_buf_addf(out, "%sip", separator);
}

void gen_counterexample_text(const struct prove_answer *answer, struct sg_buf *out)
{
	gen_tuple_text(&answer->tuple, out);
	sg_buf_adds(out, ": ");
	abi_verdict_text(answer->a, out);
	sg_buf_adds(out, " wanted, ");
	abi_verdict_text(answer->b, out);
	sg_buf_adds(out, " got");
}

/* ---- the proof */

void gen_prove(const struct gen_filter *filter, const struct policy *policy,
	       const struct prove_options *options, struct prove_answer *ret_answer)
{
	const struct cbpf_prog prog = gen_prog(filter);
	struct sg_err err = {0};

	*ret_answer = (struct prove_answer){0};
	if (prove_policy(policy, &prog, &filter->unknown_calls, options, ret_answer, &err)) {
		ret_answer->result = PROVE_UNKNOWN;
		snprintf(ret_answer->reason, sizeof(ret_answer->reason), "%.*s",
			 (int)sizeof(ret_answer->reason) - 1, err.msg);
	}
}

static bool is_confirmed(const struct policy *policy, const struct prove_answer *answer,
			 const struct gen_filter *filter)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	uint32_t wanted, got;
	const bool confirmed = gen_is_mismatch(filter, oracle, &answer->tuple, &wanted, &got);

	policy_oracle_free(oracle);
	return confirmed;
}

static int refute(const struct policy *policy, const struct prove_answer *answer,
		  const struct gen_filter *filter, struct sg_err *err)
{
	struct sg_buf text = {0};
	int r;

	gen_counterexample_text(answer, &text);
	if (is_confirmed(policy, answer, filter))
		r = sg_err_finding(err, EBADMSG,
				   "its filter is not what the policy says, which is a defect of "
				   "secgauge: please report it: %s",
				   text.data);
	else
		r = sg_err_internal(err, EBADMSG, "the prover's counterexample does not hold: %s",
				    text.data);
	sg_buf_release(&text);
	return r;
}

int proof_judge(const struct policy *policy, const struct prove_answer *answer,
		struct gen_filter *filter, struct sg_err *err)
{
	if (answer->result == PROVE_DIFFERENT)
		return refute(policy, answer, filter, err);
	filter->verify = answer->result == PROVE_EQUAL ? GEN_EQUAL : GEN_UNKNOWN;
	if (filter->verify == GEN_UNKNOWN)
		sg_strv_addf(&filter->warnings, "not proved equal to the policy: %s",
			     answer->reason);
	return 0;
}

int proof_verify(const struct policy *policy, struct gen_filter *filter, struct sg_err *err)
{
	const struct prove_options options = {0};
	struct prove_answer answer;
	int r;

	gen_prove(filter, policy, &options, &answer);
	r = proof_judge(policy, &answer, filter, err);
	prove_answer_release(&answer);
	return r;
}
