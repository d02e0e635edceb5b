/* SPDX-License-Identifier: MIT */
/*
 * A profile, and behind a NUL tuples (struct abi_tuple as in memory). The tuned generator makes a
 * filter of the policy; the policy's oracle, the interpreter and the filter's machine code must say
 * the same of these tuples and of many more that are made from the policy's own constants. As for
 * all our generators, that goes for unspecified tuples too.
 */
#include <errno.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/gen/gens.h"
#include "fuzz/targets/targets.h"
#include "fuzz/tuples.h"

#define GIVEN_TUPLES 64   /* read from the input, at most */
#define MADE_TUPLES  1024 /* from the policy's constants */

static void fail_on(const struct abi_tuple *tuple, const struct policy_verdict *wanted,
		    uint32_t got)
{
	struct sg_buf text = {0};

	abi_verdict_text(got, &text);
	sg_buf_adds(&text, " instead of ");
	abi_verdict_text(wanted->ret, &text);
	sg_buf_addf(&text, " (%s): ", policy_class_name(wanted->class));
	gen_tuple_text(tuple, &text);
	fuzz_fail("%s", sg_buf_text(&text));
}

void fuzz_require_agreement(const struct policy *policy, const struct cbpf_prog *prog,
			    const struct abi_tuple *tuples, size_t count)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	uint32_t verdicts[GIVEN_TUPLES + MADE_TUPLES];

	for (size_t i = 0; i < count; i++) {
		struct policy_verdict wanted = policy_eval(oracle, &tuples[i]);

		verdicts[i] = cbpf_run(prog, &tuples[i]).ret;
		if (abi_verdict_effect(verdicts[i]) != abi_verdict_effect(wanted.ret))
			fail_on(&tuples[i], &wanted, verdicts[i]);
	}
	policy_oracle_free(oracle);
	fuzz_require_compiled(prog, tuples, verdicts, count);
}

static const struct mix *io_mix(void)
{
	static struct mix mix;

	if (!mix.len)
		FUZZ_REQUIRE(!mix_load(NULL, &mix, NULL), "the bundled mix does not load");
	return &mix;
}

/* The tuples that the input has behind its profile. */
static size_t given_tuples(const uint8_t *data, size_t len, struct abi_tuple *out)
{
	size_t count = len / sizeof(*out);

	if (count > GIVEN_TUPLES)
		count = GIVEN_TUPLES;
	if (count)
		memcpy(out, data, count * sizeof(*out));
	return count;
}

static void try_filter(const struct policy *policy, const struct cbpf_prog *prog,
		       const uint8_t *tail, size_t tail_len, struct sg_rng *rng)
{
	struct abi_tuple tuples[GIVEN_TUPLES + MADE_TUPLES];
	size_t given = given_tuples(tail, tail_len, tuples);
	struct fuzz_tuples *source = fuzz_tuples_new(policy, &prog, 1);

	fuzz_tuples_fill(source, rng, tuples + given, MADE_TUPLES);
	fuzz_require_agreement(policy, prog, tuples, given + MADE_TUPLES);
	fuzz_tuples_free(source);
}

static void try_policy(const struct policy *policy, const uint8_t *tail, size_t tail_len,
		       struct sg_rng *rng)
{
	const struct gen_request request = {
		.policy = policy,
		.mix = io_mix(),
		.objective = (enum gen_objective)sg_rng_below(rng, GEN_INSTALL + 1),
		.no_verify = true, /* judged below, tuple by tuple */
	};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	int bad = gen_build(&gen_tuned, &request, &filter, &err);

	/* A policy may need more than 4,096 instructions; nothing else stops the generator. */
	FUZZ_REQUIRE(!bad || bad == -E2BIG, "tuned refuses: %s", err.msg);
	if (!bad && !filter.none)
		try_filter(policy, &filter.prog, tail, tail_len, rng);
	gen_filter_release(&filter);
}

int fuzz_target_diff(const uint8_t *data, size_t len)
{
	static const struct policy_options options = {.kernel = "5.4"};
	const uint8_t *nul = memchr(data, 0, len);
	size_t text_len = nul ? (size_t)(nul - data) : len;
	struct sg_rng rng = fuzz_rng_of(data, len);
	struct policy policy = {0};

	if (policy_parse((const char *)data, text_len, "profile", &options, &policy, NULL))
		return 0;
	if (!policy.no_filter)
		try_policy(&policy, nul ? nul + 1 : data, nul ? len - text_len - 1 : 0, &rng);
	policy_release(&policy);
	return 0;
}
