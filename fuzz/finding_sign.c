/* SPDX-License-Identifier: MIT */
/*
 * Signatures. The shape of a policy is text in which names, constants, the order of rules and of
 * conditions, and which argument a condition looks at are gone:
 *
 *	64le ERRNO; here: ALLOW[EQ GE] ALLOW[LT]; ERRNO[]
 *
 * is a mismatch on a 64-bit little-endian architecture, default ERRNO, on a call with two rules,
 * and another call has one. From MANY_RULES on the rules are filling (a defect of long filters),
 * and how many are needed depends on the rest. How large a policy has to be for a hang or for a
 * filter that is too long hangs on the limits: there the policy is no part of the shape.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/finding_private.h"

#define MANY_RULES 8

/* ---- lists of words */

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_sorted(const struct sg_strv *words, const char *between, struct sg_buf *out)
{
	if (words->len)
		qsort(words->items, words->len, sizeof(*words->items), compare_words);
	for (size_t i = 0; i < words->len; i++)
		sg_buf_addf(out, "%s%s", i ? between : "", words->items[i]);
}

/* ---- the policy */

static void add_action(uint32_t action, struct sg_buf *out)
{
	struct sg_buf text = {0};

	abi_verdict_text(action, &text);
	sg_buf_add(out, text.data, strcspn(text.data, "("));
	sg_buf_release(&text);
}

/* "ALLOW[EQ GE]" */
static void add_rule(const struct policy_rule *rule, struct sg_strv *words)
{
	struct sg_strv conds = {0};
	struct sg_buf text = {0};

	for (size_t i = 0; i < rule->cond_count; i++)
		sg_strv_add(&conds, policy_op_name(rule->conds[i].op));
	add_action(rule->action, &text);
	sg_buf_adds(&text, "[");
	add_sorted(&conds, " ", &text);
	sg_buf_adds(&text, "]");
	sg_strv_add(words, text.data);
	sg_buf_release(&text);
	sg_strv_release(&conds);
}

static bool seen_before(const struct policy *policy, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!strcmp(policy->rules[i].name, policy->rules[index].name))
			return true;
	return false;
}

/* All rules of one call. */
static void add_call(const struct policy *policy, const char *name, const char *called,
		     struct sg_strv *calls)
{
	struct sg_strv rules = {0};
	struct sg_buf text = {0};

	for (size_t i = 0; i < policy->rule_count; i++)
		if (!strcmp(policy->rules[i].name, name))
			add_rule(&policy->rules[i], &rules);
	sg_buf_adds(&text, called && !strcmp(name, called) ? "here: " : "");
	add_sorted(&rules, " ", &text);
	sg_strv_add(calls, text.data);
	sg_buf_release(&text);
	sg_strv_release(&rules);
}

static void add_policy(const struct policy *policy, const char *called, struct sg_buf *out)
{
	struct sg_strv calls = {0};

	if (policy->rule_count > MANY_RULES) {
		sg_buf_adds(out, " many rules");
		return;
	}
	sg_buf_adds(out, " ");
	add_action(policy->default_action, out);
	for (size_t i = 0; i < policy->rule_count; i++)
		if (!seen_before(policy, i))
			add_call(policy, policy->rules[i].name, called, &calls);
	sg_buf_adds(out, calls.len ? "; " : "");
	add_sorted(&calls, "; ", out);
	sg_strv_release(&calls);
}

/* ---- architectures */

static void width_of(const struct abi_arch *arch, char ret[8])
{
	snprintf(ret, 8, "%s%u%s", arch->id == ABI_X32 ? "x" : "", arch->word_bits,
		 arch->big_endian ? "be" : "le");
}

/* Of the tuple; where there is none, of the policy, "mixed" if its architectures differ. */
static void add_width(const struct fuzz_finding *finding, const struct policy *policy,
		      struct sg_buf *out)
{
	const bool by_tuple = fuzz_kind_has_tuple(finding->kind);
	const struct abi_arch *arch = by_tuple ? gen_call_arch(&finding->tuple) : policy->arches[0];
	char width[8], other[8];

	if (!arch) {
		sg_buf_adds(out, "foreign");
		return;
	}
	width_of(arch, width);
	for (size_t i = 1; i < policy->arch_count && !by_tuple; i++) {
		width_of(policy->arches[i], other);
		if (strcmp(width, other)) {
			sg_buf_adds(out, "mixed");
			return;
		}
	}
	sg_buf_adds(out, width);
}

/* ---- reasons */

/* A word of a message that names what happened to be there: a call, an architecture, an action. */
static bool is_example(const char *word)
{
	uint32_t verdict;

	return abi_name_known(word) || abi_arch_by_name(word) ||
	       abi_verdict_parse(word, &verdict, NULL) == 0;
}

static void add_word(const char *text, size_t len, struct sg_buf *out)
{
	char *word = sg_strndup(text, len);

	sg_buf_adds(out, is_example(word) ? "*" : word);
	free(word);
}

/* Digits within a word are an example too: addresses, places in the profile. */
static size_t number_len(const char *text)
{
	return strncmp(text, "0x", 2) ? strspn(text, "0123456789")
				      : 2 + strspn(text + 2, "0123456789abcdefABCDEF");
}

void finding_reason(enum fuzz_kind kind, const char *message, struct sg_buf *out)
{
	static const char ends[] = " :;,.[]";

	if (!message || kind == FUZZ_KIND_HANG || kind == FUZZ_KIND_TOO_LONG)
		return;
	for (const char *at = message; *at;) {
		const size_t word = strcspn(at, ends), number = number_len(at);

		if (number)
			sg_buf_adds(out, "#");
		else if (word)
			add_word(at, word, out);
		else
			sg_buf_add(out, at, 1);
		at += number ? number : word ? word : 1;
	}
}

/* ---- the whole */

static void add_shape(const struct fuzz_finding *finding, const struct policy *policy,
		      struct sg_buf *out)
{
	const struct abi_arch *arch =
		fuzz_kind_has_tuple(finding->kind) ? gen_call_arch(&finding->tuple) : NULL;

	add_width(finding, policy, out);
	if (finding->kind == FUZZ_KIND_HANG || finding->kind == FUZZ_KIND_TOO_LONG)
		return;
	add_policy(policy, arch ? abi_name(arch, finding->tuple.nr) : NULL, out);
}

static bool read_policy(const struct fuzz_finding *finding, struct policy *ret)
{
	return !finding_policy(finding->profile, finding->profile_len, &finding->arch_names, ret,
			       NULL);
}

void finding_shape(const struct fuzz_finding *finding, struct sg_buf *out)
{
	struct policy policy = {0};
	struct sg_buf reason = {0};

	if (read_policy(finding, &policy))
		add_shape(finding, &policy, out);
	else
		sg_buf_adds(out, "unreadable profile");
	finding_reason(finding->kind, finding->message, &reason);
	sg_buf_addf(out, "%s%s", reason.len ? "; " : "", sg_buf_text(&reason));
	sg_buf_release(&reason);
	policy_release(&policy);
}

void fuzz_finding_sign(struct fuzz_finding *finding)
{
	const bool mismatch = finding->kind == FUZZ_MISMATCH;
	char hash[SG_SHA256_HEX_BYTES];
	struct sg_buf shape = {0};

	finding_shape(finding, &shape);
	sg_sha256_hex(shape.data, shape.len, hash);
	snprintf(finding->signature, sizeof(finding->signature), "%.40s-%s-%s%s%.*s-%.8s",
		 finding->gen->name, fuzz_kind_name(finding->kind),
		 mismatch ? finding_direction_name(finding_direction(finding->wanted, finding->got))
			  : "",
		 mismatch ? "-" : "", (int)strcspn(shape.data, " "), shape.data, hash);
	sg_buf_release(&shape);
}
