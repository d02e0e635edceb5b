/* SPDX-License-Identifier: MIT */
#include "harness/gate/findings.h"

#include <inttypes.h>

size_t findings_calls(const struct prove_answer *answer)
{
	return answer->by_smt ? 1 : answer->region_count;
}

static bool loosens(uint32_t was, uint32_t is)
{
	return abi_verdict_allows(is) && !abi_verdict_allows(was);
}

static bool is_same_region(const struct prove_region *one, const struct prove_region *two)
{
	return one->audit == two->audit && one->low == two->low && one->high == two->high &&
	       one->a == two->a && one->b == two->b && one->args == two->args &&
	       one->inputs == two->inputs;
}

static bool has_region(const struct prove_answer *answer, const struct prove_region *region)
{
	for (size_t i = 0; i < answer->region_count; i++)
		if (is_same_region(&answer->regions[i], region))
			return true;
	return false;
}

size_t findings_fresh(const struct prove_answer *answer, const struct prove_answer *known)
{
	size_t count = 0;

	if (answer->by_smt)
		return known->result != PROVE_DIFFERENT;
	for (size_t i = 0; i < answer->region_count; i++)
		count += !has_region(known, &answer->regions[i]);
	return count;
}

bool findings_loosen(const struct prove_answer *answer, const struct prove_answer *known)
{
	for (size_t i = 0; i < answer->region_count; i++) {
		const struct prove_region *region = &answer->regions[i];

		if (loosens(region->a, region->b) && !has_region(known, region))
			return true;
	}
	return answer->by_smt && loosens(answer->a, answer->b);
}

/* ---- in words */

/* "ALLOW, was ERRNO(1)". */
static void add_verdicts(const struct gate_finding *finding, struct sg_buf *out)
{
	abi_verdict_text(finding->is, out);
	sg_buf_adds(out, finding->against_policy ? ", its profile says " : ", was ");
	abi_verdict_text(finding->was, out);
}

/* "a0=0x8 a2=0x0": of the input, what the region hangs on. */
static void add_values(const struct prove_region *region, struct sg_buf *out)
{
	for (int i = 0; i < 6; i++)
		if (region->args & 1u << i)
			sg_buf_addf(out, " a%d=0x%" PRIx64, i, region->tuple.args[i]);
	if (region->args & PROVE_BY_IP)
		sg_buf_addf(out, " ip=0x%" PRIx64, region->tuple.ip);
}

/* "clone (56)"; "every number". */
static void add_numbers(const struct prove_region *region, const struct abi_arch *arch,
			struct sg_buf *out)
{
	if (region->low == 0 && region->high == UINT32_MAX)
		sg_buf_adds(out, "every number");
	else
		gen_numbers_text(arch, region->low, region->high, out);
}

/* "x86_64 clone (56) by a0, as with a0=0x8". */
static void add_region(const struct prove_region *region, struct sg_buf *out)
{
	const struct abi_tuple lowest = {.arch = region->audit, .nr = region->low};
	const struct abi_arch *arch = gen_call_arch(&lowest);

	if (arch)
		sg_buf_addf(out, "%s ", arch->name);
	else
		sg_buf_addf(out, "arch 0x%" PRIx32 " ", region->audit);
	add_numbers(region, arch, out);
	if (!region->args)
		return;
	sg_buf_adds(out, " by ");
	gen_args_text(region->args, out);
	sg_buf_adds(out, ", as with");
	if (region->low != region->high) {
		sg_buf_adds(out, " ");
		gen_numbers_text(arch, region->tuple.nr, region->tuple.nr, out);
	}
	add_values(region, out);
}

/* "3 calls", "at least 256 calls (50 are listed)". */
static void add_count(const struct prove_answer *answer, struct sg_buf *out)
{
	const size_t count = findings_calls(answer);

	sg_buf_addf(out, "%s%zu call%s", answer->by_smt || answer->more_regions ? "at least " : "",
		    count, count == 1 ? "" : "s");
	if (count > FINDINGS_MAX)
		sg_buf_addf(out, " (%d are listed)", FINDINGS_MAX);
}

/* ---- findings */

/* Takes the verdicts in front of the text's end; @text is emptied. */
static void add_finding(struct gate_check *check, struct gate_finding finding, struct sg_buf *text)
{
	sg_buf_adds(text, ": ");
	add_verdicts(&finding, text);
	finding.text = sg_strdup(sg_buf_text(text));
	*gate_finding_add(check) = finding;
	sg_buf_release(text);
}

static void add_region_finding(struct gate_check *check, const struct prove_region *region,
			       bool against_policy)
{
	const struct gate_finding finding = {
		.tuple = region->tuple,
		.was = region->a,
		.is = region->b,
		.args = region->args,
		.against_policy = against_policy,
		.inputs = region->inputs,
	};
	struct sg_buf text = {0};

	add_region(region, &text);
	add_finding(check, finding, &text);
}

void findings_add_input(struct gate_check *check, const struct abi_tuple *tuple, uint32_t was,
			uint32_t is, bool against_policy)
{
	const struct gate_finding finding = {.tuple = *tuple,
					     .was = was,
					     .is = is,
					     .against_policy = against_policy};
	struct sg_buf text = {0};

	gen_tuple_text(tuple, &text);
	add_finding(check, finding, &text);
}

static const char *why_passed(const struct gate_check *check)
{
	if (check->result != GATE_PASS || check->value == 0)
		return "";
	if (check->value > check->baseline)
		return ", which is allowed";
	return check->value < check->baseline ? ", fewer than before" : ", as before";
}

/* The regions that let something through, or the others. */
static void list_regions(struct gate_check *check, const struct prove_answer *answer,
			 bool that_loosen, bool against_policy)
{
	for (size_t i = 0; i < answer->region_count && check->finding_count < FINDINGS_MAX; i++) {
		const struct prove_region *region = &answer->regions[i];

		if (loosens(region->a, region->b) == that_loosen)
			add_region_finding(check, region, against_policy);
	}
}

void findings_say(struct gate_check *check, const struct prove_answer *answer, const char *what,
		  bool against_policy)
{
	struct sg_buf count = {0};

	if (answer->by_smt)
		findings_add_input(check, &answer->tuple, answer->a, answer->b, against_policy);
	list_regions(check, answer, true, against_policy);
	list_regions(check, answer, false, against_policy);
	add_count(answer, &count);
	gate_check_say(check, check->result, "%s for %s%s", what, count.data, why_passed(check));
	sg_buf_release(&count);
}

void findings_decide(const struct gate_request *request, struct gate_check *check,
		     const struct prove_answer *answer, const char *what)
{
	gate_check_numbers(request, check, 0, (double)findings_calls(answer));
	findings_say(check, answer, what, false);
}
