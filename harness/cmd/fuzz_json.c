/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "harness/cmd/fuzz_print.h"
#include "harness/cmd/print.h"
#include "harness/report/json_call.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *lines(const char *text)
{
	json_t *list = json_array();

	for (const char *at = text; at && *at; at += strspn(at, "\n")) {
		const size_t len = strcspn(at, "\n");

		json_array_append_new(list, json_stringn(at, len));
		at += len;
	}
	return list;
}

static json_t *divergences(const struct fuzz_result *result)
{
	json_t *json = json_object();

	for (int i = POLICY_SPECIFIED + 1; i < POLICY_CLASS_COUNT; i++)
		json_object_set_new(json, policy_class_name(i), number(result->divergences[i]));
	return json;
}

static json_t *finding(const struct fuzz_counted *counted)
{
	const struct fuzz_finding *found = &counted->finding;
	json_t *json = json_pack("{s:s, s:s, s:s, s:o, s:b, s:s?}", "signature", found->signature,
				 "generator", found->gen->name, "kind", fuzz_kind_name(found->kind),
				 "count", number(counted->count), "known", counted->known,
				 "directory", found->directory);

	if (fuzz_kind_has_tuple(found->kind)) {
		json_object_set_new(json, "wanted", report_json_verdict(found->wanted));
		json_object_set_new(json, "got", report_json_verdict(found->got));
	}
	if (found->kind != FUZZ_MISMATCH) {
		json_object_set_new(json, "message",
				    json_string(found->message ? found->message : ""));
	}
	return json;
}

static json_t *findings(const struct fuzz_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->finding_count; i++)
		json_array_append_new(list, finding(&result->findings[i]));
	return list;
}

/* Of the profile's filters each, of the random policies' the sums alone. */
static json_t *proved(const struct fuzz_result *result)
{
	const struct fuzz_proved *proved = &result->proved;
	json_t *filters = json_object();

	for (size_t i = 0; i < result->filter_proof_count; i++)
		json_object_set_new(filters, result->filter_proofs[i].name,
				    json_string(
					    prove_result_name(result->filter_proofs[i].result)));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "equal", number(proved->equal),
			 "different", number(proved->different), "unknown", number(proved->unknown),
			 "only_by_proof", number(proved->only_by_proof), "only_by_tuples",
			 number(proved->only_by_tuples), "filters", filters);
}

static json_t *coverage(const struct fuzz_result *result)
{
	json_t *json = json_object();

	for (size_t i = 0; i < result->strength_count; i++) {
		const struct fuzz_filter_strength *strength = &result->strengths[i];

		if (strength->insns >= 0)
			json_object_set_new(json, strength->name,
					    json_pack("{s:f, s:f, s:o}", "insns", strength->insns,
						      "edges", strength->edges, "missed",
						      lines(strength->missed)));
	}
	return json;
}

static json_t *mutants_of(const struct fuzz_filter_strength *strength)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o}", "killed", number(strength->killed),
			 "survived",
			 number(strength->mutants - strength->killed - strength->equivalent),
			 "equivalent", number(strength->equivalent), "unknown",
			 number(strength->unknown), "tuples", number(strength->mutant_tuples),
			 "partial", strength->partial, "survivors", lines(strength->survivors));
}

/* The sums, and the same by filter. */
static json_t *mutants(const struct fuzz_result *result)
{
	json_t *filters = json_object();
	uint64_t killed = 0, equivalent = 0, all = 0;

	for (size_t i = 0; i < result->strength_count; i++) {
		const struct fuzz_filter_strength *strength = &result->strengths[i];

		if (!strength->mutants)
			continue;
		killed += strength->killed;
		equivalent += strength->equivalent;
		all += strength->mutants;
		json_object_set_new(filters, strength->name, mutants_of(strength));
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "killed", number(killed), "survived",
			 number(all - killed - equivalent), "equivalent", number(equivalent),
			 "filters", filters);
}

json_t *fuzz_print_json(const struct fuzz_result *result)
{
	json_t *json = json_object();

	json_object_set_new(json, "seed", number(result->seed));
	json_object_set_new(json, "tuples", number(result->tuples));
	json_object_set_new(json, "tuples_per_s",
			    json_real(fuzz_print_rate(result->tuples, result->tuples_s)));
	json_object_set_new(json, "interp_tuples_per_s", json_real(result->interp_tuples_per_s));
	json_object_set_new(json, "interp_tuples", number(result->interp_tuples));
	json_object_set_new(json, "kernel_tuples", number(result->kernel_tuples));
	json_object_set_new(json, "kernel_verdicts_per_s",
			    json_real(result->kernel_verdicts_per_s));
	json_object_set_new(json, "jit_tuples", number(result->jit_tuples));
	json_object_set_new(json, "jit_verdicts_per_s", json_real(result->jit_verdicts_per_s));
	json_object_set_new(json, "oracle_disagreements", number(result->disagreements));
	json_object_set_new(json, "policies", number(result->policies));
	json_object_set_new(json, "policies_per_s",
			    json_real(fuzz_print_rate(result->policies, result->policies_s)));
	json_object_set_new(json, "small_policies_per_s",
			    json_real(fuzz_print_rate(result->small_policies,
						      result->small_policies_s)));
	json_object_set_new(json, "mismatches", number(result->mismatches));
	json_object_set_new(json, "divergences", divergences(result));
	json_object_set_new(json, "proved", proved(result));
	json_object_set_new(json, "findings", findings(result));
	json_object_set_new(json, "coverage", coverage(result));
	json_object_set_new(json, "mutants", mutants(result));
	json_object_set_new(json, "interrupted", json_boolean(result->interrupted));
	return json;
}
