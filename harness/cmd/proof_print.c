/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "filters/cbpf/asm.h"
#include "harness/cmd/eval_line.h"
#include "harness/cmd/proof.h"

#define REGIONS_SHOWN     20
#define INPUT_BITS        512
#define BITS_BELOW_A_CALL 448 /* instruction pointer and arguments */
#define COUNTED_BELOW     1e6

/* ---- numbers of inputs */

static void add_thousands(uint64_t number, struct sg_buf *out)
{
	if (number >= 1000) {
		add_thousands(number / 1000, out);
		sg_buf_addf(out, ",%03" PRIu64, number % 1000);
	} else {
		sg_buf_addf(out, "%" PRIu64, number);
	}
}

void proof_count_text(double inputs, struct sg_buf *out)
{
	double tenths;

	if (inputs < COUNTED_BELOW) {
		add_thousands((uint64_t)(inputs + 0.5), out);
		return;
	}
	tenths = round(10 * log2(inputs));
	if (fmod(tenths, 10) == 0)
		sg_buf_addf(out, "2^%.0f", tenths / 10);
	else
		sg_buf_addf(out, "2^%.1f", tenths / 10);
}

double proof_inputs(const struct proof *proof)
{
	double inputs = ldexp(1, INPUT_BITS);

	if (!proof->of_policy && !proof->under)
		return inputs;
	if (proof->answer.by_smt || proof->answer.result == PROVE_UNKNOWN)
		return -1;
	for (int i = POLICY_SPECIFIED + 1; i < POLICY_CLASS_COUNT; i++)
		inputs -= proof->answer.excluded[i];
	return inputs;
}

/* ---- the headline */

static void add_inputs(const struct proof *proof, struct sg_buf *out)
{
	if (proof_inputs(proof) >= 0) {
		proof_count_text(proof_inputs(proof), out);
		sg_buf_adds(out, " ");
	}
	sg_buf_adds(out, proof->of_policy ? "specified inputs" : "inputs");
	if (proof->under)
		sg_buf_addf(out, " that %s specifies", proof->under);
}

static void add_equal(const struct proof *proof, struct sg_buf *out)
{
	if (proof->of_policy)
		sg_buf_addf(out, "%s gives the policy's verdict", proof->names[1]);
	else
		sg_buf_addf(out, "%s and %s give the same verdict", proof->names[0],
			    proof->names[1]);
	sg_buf_adds(out, " on all ");
	add_inputs(proof, out);
}

static void add_different(const struct proof *proof, struct sg_buf *out)
{
	if (proof->of_policy)
		sg_buf_addf(out, "%s does not give the policy's verdict", proof->names[1]);
	else
		sg_buf_addf(out, "%s and %s do not give the same verdict", proof->names[0],
			    proof->names[1]);
	sg_buf_adds(out, " on ");
	if (proof->answer.by_smt) {
		sg_buf_adds(out, proof_inputs(proof) < 0 ? "some " : "some of ");
	} else {
		proof_count_text(proof->answer.inputs, out);
		sg_buf_adds(out, " of ");
	}
	add_inputs(proof, out);
}

static void add_headline(const struct proof *proof, struct sg_buf *out)
{
	const struct prove_answer *answer = &proof->answer;

	sg_buf_addf(out, "%s: ", prove_result_name(answer->result));
	switch (answer->result) {
	case PROVE_EQUAL: add_equal(proof, out); break;
	case PROVE_DIFFERENT: add_different(proof, out); break;
	case PROVE_UNKNOWN: sg_buf_adds(out, answer->reason); break;
	}
	sg_buf_addf(out, " (%.3f s%s)\n", answer->seconds, answer->by_smt ? ", by Z3" : "");
}

static void add_excluded(const struct proof *proof, struct sg_buf *out)
{
	const char *separator = " ";

	if (proof_inputs(proof) < 0 || !(proof->of_policy || proof->under))
		return;
	sg_buf_adds(out, "left open by the profile, not compared:");
	for (int i = POLICY_SPECIFIED + 1; i < POLICY_CLASS_COUNT; i++) {
		if (proof->answer.excluded[i] <= 0)
			continue;
		sg_buf_addf(out, "%s%s ", separator, policy_class_name(i));
		proof_count_text(proof->answer.excluded[i], out);
		separator = ", ";
	}
	sg_buf_adds(out, *separator == ' ' ? " nothing\n" : "\n");
}

/* ---- the counterexample */

static void add_verdict(uint32_t verdict, int width, struct sg_buf *out)
{
	struct sg_buf text = {0};

	abi_verdict_text(verdict, &text);
	sg_buf_addf(out, "%-*s", width, text.data);
	sg_buf_release(&text);
}

static void add_words(const struct confirmation *confirmation, enum confirm_word word,
		      const char *introduction, struct sg_buf *out)
{
	const char *separator = introduction;

	for (size_t i = 0; i < confirmation->count; i++) {
		const struct confirm_witness *witness = &confirmation->items[i];

		if (witness->word != word)
			continue;
		sg_buf_addf(out, "%s%s", separator, witness->oracle->name);
		if (witness->reason)
			sg_buf_addf(out, ": %s", witness->reason);
		/* One with a reason fills a line. */
		separator = witness->reason ? introduction : ", ";
		sg_buf_adds(out, witness->reason ? "\n" : "");
	}
	sg_buf_adds(out, separator != introduction ? "\n" : "");
}

static void add_counterexample(const struct proof *proof, struct sg_buf *out)
{
	const struct prove_answer *answer = &proof->answer;
	const uint32_t verdicts[] = {answer->a, answer->b};

	sg_buf_adds(out, "counterexample: ");
	gen_tuple_text(&answer->tuple, out);
	sg_buf_adds(out, "\n");
	for (int side = 0; side < 2; side++) {
		sg_buf_addf(out, "  %-6s  ", proof_label(proof, side));
		add_verdict(verdicts[side], 14, out);
		sg_buf_addf(out, "  %s\n", proof->names[side]);
	}
	add_words(&proof->confirmation, CONFIRM_YES, "  confirmed by ", out);
	add_words(&proof->confirmation, CONFIRM_SILENT, "  not confirmed by ", out);
	add_words(&proof->confirmation, CONFIRM_NO, "  CONTRADICTED by ", out);
}

static void add_eval_lines(const struct proof *proof, struct sg_buf *out)
{
	const char *introduction = "look at it:\n";

	for (int side = proof->of_policy ? 1 : 0; side < 2; side++) {
		struct sg_buf line = {0};

		eval_line(proof->names[side], proof->options, &proof->answer.tuple, &line);
		if (line.len)
			sg_buf_addf(out, "%s  %s", introduction, line.data);
		introduction = "";
		sg_buf_release(&line);
	}
}

/* ---- what differs */

static void add_calls(const struct prove_region *region, struct sg_buf *out)
{
	const struct abi_tuple tuple = {.arch = region->audit, .nr = region->low};
	const struct abi_arch *arch = gen_call_arch(&tuple);
	struct sg_buf calls = {0};
	char audit[16];

	snprintf(audit, sizeof(audit), "0x%08" PRIx32, region->audit);
	gen_numbers_text(arch, region->low, region->high, &calls);
	sg_buf_addf(out, "  %-10s  %-34s  ", arch ? arch->name : audit, calls.data);
	sg_buf_release(&calls);
}

static void add_region(const struct prove_region *region, struct sg_buf *out)
{
	const double whole = ldexp((double)region->high - region->low + 1, BITS_BELOW_A_CALL);

	add_calls(region, out);
	add_verdict(region->a, 12, out);
	sg_buf_adds(out, "  ");
	add_verdict(region->b, 12, out);
	sg_buf_adds(out, region->inputs >= whole ? "  all " : "  ");
	proof_count_text(region->inputs, out);
	sg_buf_adds(out, region->args ? ", by " : "");
	gen_args_text(region->args, out);
	sg_buf_adds(out, "\n");
}

/* What the table leaves out. */
static void add_rest(const struct prove_answer *answer, struct sg_buf *out)
{
	const size_t shown =
		answer->region_count < REGIONS_SHOWN ? answer->region_count : REGIONS_SHOWN;
	const size_t more = answer->region_count - shown;

	if (answer->more_regions && more)
		sg_buf_addf(out, "  ... and at least %zu more (--json has some of them)\n", more);
	else if (answer->more_regions)
		sg_buf_adds(out, "  ... and others\n");
	else if (more)
		sg_buf_addf(out, "  ... and %zu more (--json has all)\n", more);
}

static void add_regions(const struct proof *proof, struct sg_buf *out)
{
	const struct prove_answer *answer = &proof->answer;

	if (answer->by_smt) {
		sg_buf_adds(out, "how many inputs differ, and which, is not known: Z3 finds one\n");
		return;
	}
	sg_buf_addf(out, "where they differ:\n  %-10s  %-34s  %-12s  %-12s  inputs\n", "arch",
		    "call", proof_label(proof, 0), proof_label(proof, 1));
	for (size_t i = 0; i < answer->region_count && i < REGIONS_SHOWN; i++)
		add_region(&answer->regions[i], out);
	add_rest(answer, out);
}

/* ---- what is dead */

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void add_dead_line(const char *text, size_t i, const struct sock_filter *insn,
			  struct sg_buf *out)
{
	struct sg_buf insn_text = {0};

	cbpf_insn_text(insn, &insn_text);
	sg_buf_addf(out, "  %5zu  %-36s %s\n", i, insn_text.data, text);
	sg_buf_release(&insn_text);
}

static void list_dead(const struct cbpf_prog *prog, const struct prove_dead *dead,
		      struct sg_buf *out)
{
	for (size_t i = 0; i < prog->len; i++) {
		if (dead->insn[i])
			add_dead_line("no input comes here", i, &prog->insns[i], out);
		if (dead->taken[i])
			add_dead_line("never yes", i, &prog->insns[i], out);
		if (dead->fell[i])
			add_dead_line("never no", i, &prog->insns[i], out);
	}
}

static void add_dead(const struct proof *proof, int side, bool list, struct sg_buf *out)
{
	const struct prove_dead *dead = &proof->dead[side];

	sg_buf_adds(out, "dead");
	if (!proof->of_policy)
		sg_buf_addf(out, " in %s", proof_label(proof, side));
	if (!dead->known) {
		sg_buf_adds(out, ": not known, the filter is too large for the prover\n");
		return;
	}
	sg_buf_addf(out, ": %zu instruction%s that no input reaches, %zu edge%s that none takes",
		    dead->insns, plural(dead->insns), dead->edges, plural(dead->edges));
	sg_buf_adds(out, !list && dead->insns + dead->edges ? " (--dead lists them)\n" : "\n");
	if (list)
		list_dead(&proof->filters[side].filter.prog, dead, out);
}

/* Whoever compares two generators mostly means what the profile specifies. */
static void add_hint(const struct proof *proof, struct sg_buf *out)
{
	const char *profile = proof->filters[0].operand.profile;

	if (!profile)
		profile = proof->filters[1].operand.profile;
	if (proof->of_policy || proof->under || !profile)
		return;
	sg_buf_addf(out,
		    "all inputs count, those too that %s leaves open; --under %s leaves them "
		    "out\n",
		    profile, profile);
}

void proof_print(const struct proof *proof, bool list_dead_ones, struct sg_buf *out)
{
	add_headline(proof, out);
	add_excluded(proof, out);
	if (proof->answer.result == PROVE_DIFFERENT) {
		add_counterexample(proof, out);
		add_regions(proof, out);
		add_hint(proof, out);
		add_eval_lines(proof, out);
	}
	for (int side = 0; side < 2; side++)
		if (proof_has_program(proof, side))
			add_dead(proof, side, list_dead_ones, out);
}
