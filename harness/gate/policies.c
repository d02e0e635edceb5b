/* SPDX-License-Identifier: MIT */
/*
 * What each profile says, then and now, on every input. A profile has a policy for each list of
 * architectures that its filters were made for; those are compared that a filter of one name was
 * made from.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/gate/findings.h"
#include "harness/gate/rules.h"

/* ---- pairs of policies */

struct policy_pair {
	const char *profile;
	const struct saved_policy *was, *is;
};

static bool is_listed(const struct policy_pair *pairs, size_t count, struct policy_pair pair)
{
	for (size_t i = 0; i < count; i++)
		if (pairs[i].was == pair.was && pairs[i].is == pair.is)
			return true;
	return false;
}

/* Each once, as the filters stand; *ret_count of them. The caller frees. */
static struct policy_pair *list_pairs(const struct gate_request *request, size_t *ret_count)
{
	struct gate_pair *filters;
	const size_t filter_count = gate_pairs(request, &filters);
	struct policy_pair *pairs = sg_calloc(filter_count + 1, sizeof(*pairs));
	size_t count = 0;

	for (size_t i = 0; i < filter_count; i++) {
		if (!gate_pair_both(&filters[i]))
			continue;
		const struct policy_pair pair = {filters[i].result->profile,
						 filters[i].baseline->policy,
						 filters[i].result->policy};

		if (pair.was && pair.is && !is_listed(pairs, count, pair))
			pairs[count++] = pair;
	}
	gate_pairs_free(filters, filter_count);
	*ret_count = count;
	return pairs;
}

/* ---- in words */

static void add_arches(const struct saved_policy *policy, struct sg_buf *out)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		sg_buf_addf(out, "%s%s", i ? "+" : "", policy->arches[i]->name);
}

/* "x86_64+i386", ", was x86_64" behind it where it was another list. */
static void add_label(const struct policy_pair *pair, struct sg_buf *out)
{
	struct sg_buf was = {0}, is = {0};

	add_arches(pair->was, &was);
	add_arches(pair->is, &is);
	sg_buf_adds(out, sg_buf_text(&is));
	if (strcmp(sg_buf_text(&was), sg_buf_text(&is)))
		sg_buf_addf(out, ", was %s", sg_buf_text(&was));
	sg_buf_release(&was);
	sg_buf_release(&is);
}

/* "podman-default"; where the profile has several policies, "podman-default, x86_64+i386". */
static char *name_of(const struct policy_pair *pairs, size_t count, const struct policy_pair *pair)
{
	struct sg_buf name = {0};
	size_t of_profile = 0;

	for (size_t i = 0; i < count; i++)
		of_profile += !strcmp(pairs[i].profile, pair->profile);
	sg_buf_adds(&name, pair->profile);
	if (of_profile > 1) {
		sg_buf_adds(&name, ", ");
		add_label(pair, &name);
	}
	char *text = sg_strdup(sg_buf_text(&name));

	sg_buf_release(&name);
	return text;
}

/* "; aarch64 is new": architectures that only @policy has. */
static void add_only(const struct saved_policy *policy, const struct saved_policy *other,
		     const char *what, struct sg_buf *out)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (!saved_policy_has_arch(other, policy->arches[i]))
			sg_buf_addf(out, "; %s is %s", policy->arches[i]->name, what);
}

static void add_action(const char *what, uint32_t was, uint32_t is, struct sg_buf *out)
{
	if (was == is)
		return;
	sg_buf_addf(out, "; %s ", what);
	abi_verdict_text(is, out);
	sg_buf_adds(out, ", was ");
	abi_verdict_text(was, out);
}

/* What a reader of many findings would have to put together. */
static void add_summary(const struct policy_pair *pair, const struct rules *rules,
			struct sg_buf *out)
{
	const struct policy *was = rules->baseline, *is = rules->result;

	add_only(pair->is, pair->was, "new", out);
	add_only(pair->was, pair->is, "gone", out);
	if (!was || !is)
		return;
	add_action("by default", policy_action_on(was, NULL, 0), policy_action_on(is, NULL, 0),
		   out);
	add_action("for other architectures", was->foreign_action, is->foreign_action, out);
	if (was->seccomp_flags != is->seccomp_flags)
		sg_buf_addf(out, "; flags 0x%x, were 0x%x", is->seccomp_flags, was->seccomp_flags);
}

static void say_summary(const struct policy_pair *pair, const struct rules *rules,
			struct gate_check *check)
{
	struct sg_buf text = {0};

	sg_buf_adds(&text, check->message);
	add_summary(pair, rules, &text);
	gate_check_say(check, check->result, "%s", sg_buf_text(&text));
	sg_buf_release(&text);
}

/* ---- the check */

static void judge(const struct gate_request *request, const struct prove_answer *answer,
		  struct gate_check *check)
{
	switch (answer->result) {
	case PROVE_EQUAL:
		gate_check_numbers(request, check, 0, 0);
		gate_check_say(check, check->result,
			       "written in another way, the same verdict for every input");
		break;
	case PROVE_DIFFERENT: findings_decide(request, check, answer, "another verdict"); break;
	case PROVE_UNKNOWN:
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "written in another way, whether that matters is not known: %s",
			       answer->reason);
		break;
	}
}

static int compare(const struct gate_request *request, const struct rules *rules,
		   struct gate_check *check, struct sg_err *err)
{
	const struct prove_options options = {0};
	struct prove_answer answer;

	if (rules->same) {
		gate_check_numbers(request, check, 0, 0);
		gate_check_say(check, check->result, "as before");
		return 0;
	}
	if (!rules->baseline || !rules->result) {
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "written in another way, and the %s does not carry its rules",
			       rules->baseline ? "result" : "baseline");
		return 0;
	}
	const int r = prove_policies(rules->baseline, rules->result, &options, &answer, err);

	if (r)
		return r;
	judge(request, &answer, check);
	prove_answer_release(&answer);
	return 0;
}

static int check_pair(const struct gate_request *request, struct gate_report *report,
		      const char *name, const struct policy_pair *pair, struct sg_err *err)
{
	const struct rules rules = rules_of(pair->was, pair->is);
	struct gate_check *check = gate_check_add(report, GATE_POLICY, name);
	const int r = compare(request, &rules, check, err);

	if (!r)
		say_summary(pair, &rules, check);
	return r;
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	size_t count;
	struct policy_pair *pairs = list_pairs(request, &count);
	int r = 0;

	for (size_t i = 0; !r && i < count && !gate_is_interrupted(request); i++) {
		char *name = name_of(pairs, count, &pairs[i]);

		gate_progress(request, "policies", (double)i, (double)count);
		r = check_pair(request, report, name, &pairs[i], err);
		free(name);
	}
	free(pairs);
	return r;
}

const struct gate_part gate_part_policies = {"policies", "what each profile says, on every input",
					     true, run};
