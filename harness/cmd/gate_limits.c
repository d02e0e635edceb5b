/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/gate_limits.h"
#include "harness/cmd/options.h"

/* "5" or "5%", which is 0.05. */
static bool parse_amount(const char *text, double *ret, bool *ret_share)
{
	char *end;
	double value = strtod(text, &end);
	const bool share = end > text && *end == '%';

	if (end == text || end[share] || !isfinite(value) || value < 0 || value > SAVED_NUMBER_MAX)
		return false;
	*ret = share ? value / 100 : value;
	*ret_share = share;
	return true;
}

static void set_allowance(struct gate_allowance *allowance, const char *item, const char *amount)
{
	double value;
	bool share;

	if (!amount) {
		allowance->all = true;
		return;
	}
	if (!parse_amount(amount, &value, &share))
		cmd_usage_error("--allow: expected KIND, KIND=AMOUNT or KIND=SHARE%%, got '%s'",
				item);
	if (share)
		allowance->share = value;
	else
		allowance->amount = value;
}

static void allow_one(struct gate_request *request, const char *item)
{
	const size_t len = strcspn(item, "=");
	char *name = sg_strndup(item, len);
	struct sg_err err = {0};
	enum gate_kind kind;

	if (gate_kind_parse(name, &kind, &err))
		cmd_usage_error("--allow: %s; see 'secgauge list checks'", err.msg);
	set_allowance(&request->allow[kind], item, item[len] ? item + len + 1 : NULL);
	free(name);
}

void gate_limits_allow(struct gate_request *request, const char *text)
{
	struct sg_strv items = {0};

	sg_strv_split(&items, text);
	for (size_t i = 0; i < items.len; i++)
		allow_one(request, items.items[i]);
	sg_strv_release(&items);
}

void gate_limits_share(struct gate_request *request, const char *text)
{
	double value;
	bool share;

	if (!parse_amount(text, &value, &share) || !share || value <= 0)
		cmd_usage_error("--threshold: expected a share of the time such as 3%%, got '%s'",
				text);
	request->time_share = value;
}

void gate_limits_ns(struct gate_request *request, const char *text)
{
	double value;
	bool share;

	if (!parse_amount(text, &value, &share) || share || value <= 0)
		cmd_usage_error("--threshold-ns: expected nanoseconds an operation, got '%s'",
				text);
	request->time_ns = value;
}
