/* SPDX-License-Identifier: MIT */
#include "harness/cmd/fuzz_print.h"

#include <inttypes.h>
#include <string.h>

#define COLUMNS       100
#define LINES_SHOWN   10 /* of missed edges and surviving mutants, a filter */
#define TEXT_INDENT   4
#define FINDING_WIDTH 31 /* columns before the defect */

/* ---- a finding in a line */

/* One in the prover may come without a tuple. */
static bool shows_verdicts(const struct fuzz_finding *finding)
{
	return finding->kind == FUZZ_MISMATCH ||
	       (fuzz_kind_has_tuple(finding->kind) && finding->wanted != finding->got);
}

void fuzz_print_defect(const struct fuzz_finding *finding, struct sg_buf *out)
{
	const struct prove_answer wrong = {
		.result = PROVE_DIFFERENT,
		.tuple = finding->tuple,
		.a = finding->wanted,
		.b = finding->got,
	};

	sg_buf_adds(out, finding->message ? finding->message : "");
	if (!shows_verdicts(finding))
		return;
	sg_buf_adds(out, finding->message ? ": " : "");
	gen_counterexample_text(&wrong, out);
}

/* ---- text of several lines */

/* Words of @text, broken before COLUMNS; the first line starts at @column, others at @indent. */
static void add_wrapped(const char *text, size_t column, size_t indent, struct sg_buf *out)
{
	for (size_t len; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (column + 1 + len > COLUMNS && column > indent) {
			sg_buf_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			sg_buf_adds(out, " ");
			column++;
		}
		sg_buf_add(out, text, len);
		column += len;
	}
	sg_buf_adds(out, "\n");
}

/* The first lines of a list, and how many more there are. */
static void add_lines(const char *lines, struct sg_buf *out)
{
	size_t shown = 0, more = 0;

	for (const char *at = lines; at && *at; at += strspn(at, "\n")) {
		const size_t len = strcspn(at, "\n");

		if (shown++ < LINES_SHOWN)
			sg_buf_addf(out, "%*s%.*s\n", TEXT_INDENT, "", (int)len, at);
		else
			more++;
		at += len;
	}
	if (more)
		sg_buf_addf(out, "%*s... and %zu more (--json has all)\n", TEXT_INDENT, "", more);
}

/* ---- the summary's parts */

double fuzz_print_rate(uint64_t count, double seconds)
{
	return seconds > 0 ? (double)count / seconds : 0;
}

static void add_witness(const char *name, uint64_t tuples, double verdicts_per_s,
			struct sg_buf *out)
{
	sg_buf_addf(out, ", %s %" PRIu64, name, tuples);
	if (tuples)
		sg_buf_addf(out, " (%.2f million/s)", verdicts_per_s / 1e6);
}

static void add_witnesses(const struct fuzz_result *result, struct sg_buf *out)
{
	if (!result->interp_tuples)
		return;
	sg_buf_addf(out, "witnesses: interp judged %" PRIu64, result->interp_tuples);
	add_witness("kernel", result->kernel_tuples, result->kernel_verdicts_per_s, out);
	add_witness("jit", result->jit_tuples, result->jit_verdicts_per_s, out);
	sg_buf_adds(out, "\n");
}

static void add_rates(const struct fuzz_request *request, const struct fuzz_result *result,
		      struct sg_buf *out)
{
	sg_buf_addf(out, "seed %" PRIu64 "%s\n", result->seed,
		    result->interrupted ? ", interrupted: this is what was found until then" : "");
	if (request->policies)
		sg_buf_addf(out, "%" PRIu64 " random policies, %.0f a second (small ones: %.0f)\n",
			    result->policies, fuzz_print_rate(result->policies, result->policies_s),
			    fuzz_print_rate(result->small_policies, result->small_policies_s));
	sg_buf_addf(out, "%" PRIu64 " tuples, %.1f million a second", result->tuples,
		    fuzz_print_rate(result->tuples, result->tuples_s) / 1e6);
	if (result->interp_tuples)
		sg_buf_addf(out, " (%.1f with the interpreter)", result->interp_tuples_per_s / 1e6);
	sg_buf_adds(out, "\n");
	add_witnesses(result, out);
	if (result->disagreements)
		sg_buf_addf(out, "ORACLES DISAGREE about %" PRIu64 " verdicts\n",
			    result->disagreements);
}

static void add_divergences(const struct fuzz_result *result, struct sg_buf *out)
{
	struct sg_buf list = {0};

	for (int i = 0; i < POLICY_CLASS_COUNT; i++)
		if (result->divergences[i])
			sg_buf_addf(&list, "%s%s %" PRIu64, list.len ? ", " : "",
				    policy_class_name(i), result->divergences[i]);
	sg_buf_addf(out, "mismatches: %" PRIu64 "\n", result->mismatches);
	sg_buf_adds(out, "divergences of what the profile leaves open:");
	add_wrapped(list.len ? list.data : "none", 44, TEXT_INDENT, out);
	sg_buf_release(&list);
}

static size_t proofs_of(const struct fuzz_result *result, enum prove_result proved)
{
	size_t count = 0;

	for (size_t i = 0; i < result->filter_proof_count; i++)
		count += result->filter_proofs[i].result == proved;
	return count;
}

/* "proved equal to the profile: linear, bst" */
static void add_proofs_of(const struct fuzz_result *result, enum prove_result proved,
			  const char *words, struct sg_buf *out)
{
	const char *between = "";

	if (!proofs_of(result, proved))
		return;
	sg_buf_adds(out, words);
	for (size_t i = 0; i < result->filter_proof_count; i++) {
		if (result->filter_proofs[i].result != proved)
			continue;
		sg_buf_addf(out, "%s%s", between, result->filter_proofs[i].name);
		between = ", ";
	}
	sg_buf_adds(out, "\n");
}

static void add_proved(const struct fuzz_request *request, const struct fuzz_result *result,
		       struct sg_buf *out)
{
	const struct fuzz_proved *proved = &result->proved;

	add_proofs_of(result, PROVE_EQUAL, "proved equal to the profile: ", out);
	add_proofs_of(result, PROVE_DIFFERENT, "proved different: ", out);
	add_proofs_of(result, PROVE_UNKNOWN, "neither proved equal nor different: ", out);
	if (request->no_verify || !request->policies)
		return;
	sg_buf_addf(out,
		    "proofs of random policies: %" PRIu64 " equal, %" PRIu64 " different, %" PRIu64
		    " unknown\n",
		    proved->equal - proofs_of(result, PROVE_EQUAL),
		    proved->different - proofs_of(result, PROVE_DIFFERENT),
		    proved->unknown - proofs_of(result, PROVE_UNKNOWN));
	if (proved->only_by_proof || proved->only_by_tuples)
		sg_buf_addf(out,
			    "wrong filters that no tuple showed: %" PRIu64
			    "; that no proof showed: %" PRIu64 "\n",
			    proved->only_by_proof, proved->only_by_tuples);
}

static void add_finding(const struct fuzz_counted *counted, struct sg_buf *out)
{
	const struct fuzz_finding *finding = &counted->finding;
	struct sg_buf defect = {0};

	fuzz_print_defect(finding, &defect);
	sg_buf_addf(out, "%9" PRIu64 "  %-9s  %-8s", counted->count, fuzz_kind_name(finding->kind),
		    finding->gen->name);
	add_wrapped(sg_buf_text(&defect), FINDING_WIDTH - 1, FINDING_WIDTH, out);
	sg_buf_addf(out, "%*s%s%s\n", FINDING_WIDTH, "",
		    finding->directory ? finding->directory : finding->signature,
		    counted->known ? " (known)" : "");
	sg_buf_release(&defect);
}

static void add_findings(const struct fuzz_result *result, struct sg_buf *out)
{
	if (!result->finding_count) {
		sg_buf_adds(out, "findings: none\n");
		return;
	}
	sg_buf_addf(out, "findings: %zu\n    times  kind       generator\n", result->finding_count);
	for (size_t i = 0; i < result->finding_count; i++)
		add_finding(&result->findings[i], out);
}

/* Those that nobody could write, so that none is lost. */
static void add_unwritten(const struct fuzz_request *request, const struct fuzz_result *result,
			  struct sg_buf *out)
{
	for (size_t i = 0; request->dir && i < result->finding_count; i++) {
		if (result->findings[i].finding.directory)
			continue;
		sg_buf_adds(out, "\nnot written:\n");
		fuzz_finding_text(&result->findings[i].finding, out);
	}
}

static void add_mutants(const struct fuzz_filter_strength *strength, struct sg_buf *out)
{
	const size_t others = strength->mutants - strength->equivalent;

	sg_buf_addf(out, "mutants of %s: %zu killed, %zu survived, %zu equivalent", strength->name,
		    strength->killed, others - strength->killed, strength->equivalent);
	if (strength->partial)
		sg_buf_addf(out, "; partial: interrupted after %" PRIu64 " tuples\n",
			    strength->mutant_tuples);
	else
		sg_buf_addf(out, " (%.2f%%)\n", 100.0 * strength->killed / (others ? others : 1));
	add_lines(strength->survivors, out);
}

static void add_strength(const struct fuzz_filter_strength *strength, struct sg_buf *out)
{
	if (strength->insns >= 0) {
		sg_buf_addf(
			out,
			"coverage of %s: %.1f%% of the instructions, %.1f%% of the edges that an "
			"input can reach\n",
			strength->name, 100 * strength->insns, 100 * strength->edges);
		add_lines(strength->missed, out);
	}
	if (strength->mutants)
		add_mutants(strength, out);
}

void fuzz_print_summary(const struct fuzz_request *request, const struct fuzz_result *result,
			struct sg_buf *out)
{
	add_rates(request, result, out);
	add_divergences(result, out);
	add_proved(request, result, out);
	for (size_t i = 0; i < result->strength_count; i++)
		add_strength(&result->strengths[i], out);
	add_findings(result, out);
	add_unwritten(request, result, out);
}
