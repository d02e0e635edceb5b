/* SPDX-License-Identifier: MIT */
/* Checks: how they are made, and what two numbers say. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "harness/gate/gate.h"
#include "harness/report/text.h"

/* Sums over a mix may be added up in another order on another machine. */
#define SAME_SHARE 1e-9

struct gate_check *gate_check_add(struct gate_report *report, enum gate_kind kind, const char *name)
{
	SG_GROW(report->checks, report->check_count, report->check_cap);

	struct gate_check *check = &report->checks[report->check_count++];

	*check = (struct gate_check){
		.kind = kind,
		.result = GATE_PASS,
		.name = sg_strdup(name),
		.baseline = NAN,
		.value = NAN,
		.message = sg_strdup(""),
	};
	return check;
}

void gate_check_say(struct gate_check *check, enum gate_result result, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);

	char *message = sg_vasprintf(fmt, ap);

	va_end(ap);
	free(check->message);
	check->message = message;
	check->result = result;
}

struct gate_finding *gate_finding_add(struct gate_check *check)
{
	SG_GROW(check->findings, check->finding_count, check->finding_cap);

	struct gate_finding *finding = &check->findings[check->finding_count++];

	*finding = (struct gate_finding){0};
	return finding;
}

/* ---- numbers */

bool gate_same_number(double a, double b)
{
	return fabs(a - b) <= SAME_SHARE * fmax(fabs(a), fabs(b));
}

/* By how much the value may be worse than the baseline. */
static double allowed(const struct gate_allowance *allowance, double baseline)
{
	return allowance->all ? INFINITY
			      : fmax(allowance->share * fabs(baseline), allowance->amount);
}

/* "1,200", "5.63333". */
static void add_number(struct sg_buf *out, double value)
{
	if (value == floor(value) && fabs(value) <= SAVED_NUMBER_MAX)
		report_number(out, value, 0);
	else
		sg_buf_addf(out, "%.6g", value);
}

/* "15 insns, was 12 (+3, +25%)". */
static void add_change(struct sg_buf *out, const struct gate_check *check, const char *unit)
{
	const double change = check->value - check->baseline;

	add_number(out, check->value);
	if (*unit)
		sg_buf_addf(out, " %s", unit);
	if (gate_same_number(check->baseline, check->value)) {
		sg_buf_adds(out, ", as before");
		return;
	}
	sg_buf_adds(out, ", was ");
	add_number(out, check->baseline);
	sg_buf_addf(out, " (%+.6g", change);
	if (check->baseline != 0)
		sg_buf_addf(out, ", %+.3g%%", 100 * change / fabs(check->baseline));
	sg_buf_adds(out, ")");
}

void gate_check_numbers(const struct gate_request *request, struct gate_check *check,
			double baseline, double value)
{
	const struct gate_kind_facts *kind = &gate_kinds[check->kind];
	const double rise = value - baseline;
	const double worse = kind->better == GATE_LOWER ? rise : -rise;
	const double limit = allowed(&request->allow[check->kind], baseline);
	const bool same = gate_same_number(baseline, value);
	const bool failed = !same && worse > limit && !gate_same_number(worse, limit);
	struct sg_buf text = {0};

	check->baseline = baseline;
	check->value = value;
	check->better = !same && worse < 0;
	add_change(&text, check, kind->unit);
	if (!same && worse > 0 && !failed)
		sg_buf_adds(&text, ", which is allowed");
	gate_check_say(check, failed ? GATE_FAIL : GATE_PASS, "%s", sg_buf_text(&text));
	sg_buf_release(&text);
}
