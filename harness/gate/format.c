/* SPDX-License-Identifier: MIT */
#include "harness/gate/format.h"

enum gate_place gate_place_of(const struct gate_check *check)
{
	switch (check->result) {
	case GATE_FAIL: return GATE_WORSE;
	case GATE_INCONCLUSIVE: return GATE_UNTOLD;
	case GATE_PASS: break;
	}
	return check->better ? GATE_BETTER : GATE_AS_BEFORE;
}

size_t gate_place_count(const struct gate_report *report, enum gate_place place)
{
	size_t count = 0;

	for (size_t i = 0; i < report->check_count; i++)
		count += gate_place_of(&report->checks[i]) == place;
	return count;
}

/* ---- sentences */

static void add_counts(const struct gate_report *report, struct sg_buf *out)
{
	const size_t worse = gate_place_count(report, GATE_WORSE);
	const size_t untold = gate_place_count(report, GATE_UNTOLD);
	const size_t better = gate_place_count(report, GATE_BETTER);

	if (worse)
		sg_buf_addf(out, "%zu", worse);
	else
		sg_buf_adds(out, "none");
	sg_buf_addf(out, " of %zu check%s got worse", report->check_count,
		    report->check_count == 1 ? "" : "s");
	if (untold)
		sg_buf_addf(out, ", %zu could not be told", untold);
	if (better)
		sg_buf_addf(out, ", %zu got better", better);
}

void gate_outcome_sentence(const struct gate_report *report, struct sg_buf *out)
{
	static const char *const says[] = {[GATE_PASS] = "passes",
					   [GATE_INCONCLUSIVE] = "is inconclusive",
					   [GATE_FAIL] = "fails"};

	sg_buf_addf(out, "The gate %s%s: ", says[report->outcome],
		    report->interrupted ? ", interrupted" : "");
	if (report->check_count)
		add_counts(report, out);
	else
		sg_buf_adds(out, "nothing was checked");
	sg_buf_adds(out, " (");
	sg_clean(out, report->result->file);
	sg_buf_adds(out, " against ");
	sg_clean(out, report->baseline->file);
	sg_buf_adds(out, ").");
}

void gate_as_before(const struct gate_report *report, struct sg_buf *out)
{
	size_t counts[GATE_KIND_COUNT] = {0};

	for (size_t i = 0; i < report->check_count; i++)
		if (gate_place_of(&report->checks[i]) == GATE_AS_BEFORE)
			counts[report->checks[i].kind]++;
	for (size_t kind = 0, shown = 0; kind < GATE_KIND_COUNT; kind++)
		if (counts[kind])
			sg_buf_addf(out, "%s%zu %s", shown++ ? ", " : "", counts[kind],
				    gate_kinds[kind].name);
}

static void add_class_differences(const struct gate_report *report, struct sg_strv *ret)
{
	struct sg_buf text = {0};

	for (size_t i = 0; i < report->class_differences.len; i++)
		sg_buf_addf(&text, "%s%s", i ? "; " : "", report->class_differences.items[i]);
	if (text.len)
		sg_strv_addf(ret, "times were not compared, the machine is of another class: %s",
			     text.data);
	sg_buf_release(&text);
}

void gate_remarks(const struct gate_report *report, struct sg_strv *ret)
{
	if (report->interrupted)
		sg_strv_add(ret, "interrupted: the checks are what was done until then");
	add_class_differences(report, ret);
	for (size_t i = 0; i < report->notes.len; i++)
		sg_strv_add(ret, report->notes.items[i]);
}

/* ---- findings */

static const struct abi_arch *arch_of(const struct gate_finding *finding)
{
	return gen_call_arch(&finding->tuple);
}

const char *gate_finding_arch(const struct gate_finding *finding, struct sg_buf *scratch)
{
	if (arch_of(finding))
		return arch_of(finding)->name;
	sg_buf_clear(scratch);
	sg_buf_addf(scratch, "0x%x", finding->tuple.arch);
	return sg_buf_text(scratch);
}

const char *gate_finding_call(const struct gate_finding *finding)
{
	return arch_of(finding) ? abi_name(arch_of(finding), finding->tuple.nr) : NULL;
}
