/* SPDX-License-Identifier: MIT */
/* Generators that made a filter for the baseline and make none for the result, or the reverse. */
#include "harness/gate/gate.h"

static void say(struct gate_check *check, const struct gate_pair *pair)
{
	const char *was = pair->baseline->unsupported, *is = pair->result->unsupported;

	if (!was && !is)
		gate_check_say(check, check->result, "there is a filter, as before");
	else if (!was)
		gate_check_say(check, check->result, "no filter any more: %s", is);
	else if (!is)
		gate_check_say(check, check->result, "there is a filter now; there was none: %s",
			       was);
	else
		gate_check_say(check, check->result, "no filter, as before: %s", is);
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct gate_pair *pairs;
	const size_t count = gate_pairs(request, &pairs);

	(void)err;
	for (size_t i = 0; i < count; i++) {
		const struct gate_pair *pair = &pairs[i];

		if (!pair->baseline || !pair->result)
			continue;

		struct gate_check *check = gate_check_add(report, GATE_REFUSAL, pair->name);

		gate_check_numbers(request, check, pair->baseline->unsupported != NULL,
				   pair->result->unsupported != NULL);
		say(check, pair);
	}
	gate_pairs_free(pairs, count);
	return 0;
}

const struct gate_part gate_part_refusals = {"refusals",
					     "generators that no longer make their filter", true,
					     run};
