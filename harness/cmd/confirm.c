/* SPDX-License-Identifier: MIT */
#include "harness/cmd/confirm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/judges.h"
#include "harness/cmd/print.h"

static void make_witnesses(struct confirmation *confirmation)
{
	size_t count = 0;

	if (confirmation->items)
		return;
	while (oracle_registry[count])
		count++;
	confirmation->items = sg_calloc(count, sizeof(*confirmation->items));
	confirmation->count = count;
	for (size_t i = 0; i < count; i++)
		confirmation->items[i].oracle = oracle_registry[i];
}

/* The first reason for the worst word stays. */
static void speak(struct confirm_witness *witness, enum confirm_word word, char *reason)
{
	if (word <= witness->word) {
		free(reason);
		return;
	}
	free(witness->reason);
	witness->word = word;
	witness->reason = reason;
}

/* 0 with the verdict and what the policy specifies; else the reason in @err. */
static int ask(const struct oracle *oracle, const struct cmd_filter *filter,
	       const struct abi_tuple *tuple, uint32_t *ret_verdict, enum policy_class *ret_class,
	       struct sg_err *err)
{
	struct cmd_judges judges;
	int r = cmd_judges_open(oracle->name, filter, &judges, err);

	if (!r)
		r = cmd_judges_judge(&judges, tuple, 1, err);
	if (r && judges.count && judges.items[0].reason)
		sg_err_env(err, ENOTSUP, "%s", judges.items[0].reason);
	else if (!r && !judges.items[0].known[0])
		r = sg_err_env(err, ENOTSUP, "cannot judge this tuple");
	if (!r) {
		*ret_verdict = judges.items[0].verdicts[0];
		*ret_class = cmd_judges_class(&judges, tuple);
	}
	cmd_judges_release(&judges);
	return r;
}

static char *objection(const struct cmd_filter *filter, uint32_t verdict, enum policy_class class)
{
	struct sg_buf text = {0};

	abi_verdict_text(verdict, &text);
	sg_buf_addf(&text, " of %s", cmd_operand_label(&filter->operand));
	if (class != POLICY_SPECIFIED)
		sg_buf_addf(&text, ", which the profile leaves open (%s)",
			    policy_class_name(class));
	return text.data;
}

static void ask_witness(struct confirm_witness *witness, const struct cmd_filter *filter,
			const struct abi_tuple *tuple, uint32_t expected, bool must_be_specified)
{
	enum policy_class class = POLICY_SPECIFIED;
	struct sg_err err = {0};
	uint32_t verdict;

	if (ask(witness->oracle, filter, tuple, &verdict, &class, &err))
		speak(witness, CONFIRM_SILENT, sg_strdup(err.msg));
	else if (abi_verdict_effect(verdict) == abi_verdict_effect(expected) &&
		 (class == POLICY_SPECIFIED || !must_be_specified))
		speak(witness, CONFIRM_YES, NULL);
	else
		speak(witness, CONFIRM_NO, objection(filter, verdict, class));
}

void confirm(const struct cmd_filter *filter, const struct abi_tuple *tuple, uint32_t verdict,
	     const uint32_t *wanted, struct confirmation *confirmation)
{
	make_witnesses(confirmation);
	for (size_t i = 0; i < confirmation->count; i++) {
		struct confirm_witness *witness = &confirmation->items[i];

		if (strcmp(witness->oracle->name, "policy"))
			ask_witness(witness, filter, tuple, verdict, false);
		else if (wanted)
			ask_witness(witness, filter, tuple, *wanted, true);
	}
}

void confirm_specified(const struct policy *policy, const struct abi_tuple *tuple,
		       struct confirmation *confirmation)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	enum policy_class class = policy_eval(oracle, tuple).class;

	policy_oracle_free(oracle);
	make_witnesses(confirmation);
	for (size_t i = 0; i < confirmation->count; i++) {
		struct confirm_witness *witness = &confirmation->items[i];

		if (strcmp(witness->oracle->name, "policy"))
			continue;
		if (class == POLICY_SPECIFIED)
			speak(witness, CONFIRM_YES, NULL);
		else
			speak(witness, CONFIRM_NO,
			      sg_asprintf("the profile leaves it open (%s)",
					  policy_class_name(class)));
	}
}

void confirm_warn(const struct confirmation *confirmation)
{
	for (size_t i = 0; i < confirmation->count; i++) {
		const struct confirm_witness *witness = &confirmation->items[i];

		if (witness->word == CONFIRM_NO)
			cmd_warn("the prover's counterexample is CONTRADICTED by %s: %s (a defect "
				 "of secgauge: please report it)",
				 witness->oracle->name, witness->reason);
	}
}

void confirmation_release(struct confirmation *confirmation)
{
	for (size_t i = 0; i < confirmation->count; i++)
		free(confirmation->items[i].reason);
	free(confirmation->items);
	*confirmation = (struct confirmation){0};
}
