/* SPDX-License-Identifier: MIT */
/* context.filters: what was measured, so that exact figures can be had again. */
#include <stdlib.h>
#include <string.h>

#include "harness/run/saved_private.h"

/* ---- programs */

/* No instructions are no filter: the profile asks for none. */
static int decode(const char *base64, struct cbpf_prog *prog, struct sg_err *err)
{
	struct sg_buf bytes = {0};
	int bad = sg_base64_decode(base64, &bytes, err);

	if (!bad)
		bad = cbpf_from_bytes(bytes.data, bytes.len, prog, err);
	if (!bad && prog->len)
		bad = cbpf_verify(prog, err);
	sg_buf_release(&bytes);
	return bad;
}

static int read_insns(const struct sg_json *object, struct gen_filter *filter, struct sg_err *err)
{
	struct sg_json at;
	struct sg_err why = {0};
	const char *base64;
	int bad = sg_json_member(object, "insns_base64", &at, err);

	if (!bad)
		bad = sg_json_string(&at, &base64, err);
	if (bad)
		return bad;
	if (decode(base64, &filter->prog, &why))
		return sg_json_expected(&at, err, "a program: %s", why.msg);
	filter->none = !filter->prog.len;
	return 0;
}

static int check_hash(const struct sg_json *object, const struct gen_filter *filter,
		      struct sg_err *err)
{
	char sha256[SG_SHA256_HEX_BYTES];
	struct sg_json at;

	sg_sha256_hex(filter->prog.insns, filter->prog.len * sizeof(*filter->prog.insns), sha256);
	if (!strcmp(sha256, filter->sha256))
		return 0;
	sg_json_member(object, "sha256", &at, NULL);
	return sg_json_expected(&at, err, "%s, which is that of insns_base64", sha256);
}

static int read_program(const struct sg_json *object, struct gen_filter *filter, struct sg_err *err)
{
	int bad = saved_word(object, "version", filter->version, sizeof(filter->version), err);

	if (!bad)
		bad = saved_sha256(object, "sha256", filter->sha256, err);
	if (!bad)
		bad = saved_whole(object, "compile_ns", 0, (uint64_t)SAVED_NUMBER_MAX,
				  &filter->compile_ns, err);
	if (!bad)
		bad = read_insns(object, filter, err);
	if (!bad)
		bad = check_hash(object, filter, err);
	if (!bad)
		filter->foreign_action = gen_foreign_action(filter);
	return bad;
}

/* ---- what the generator says of it */

static int read_verify(const struct sg_json *object, enum gen_verify *ret, struct sg_err *err)
{
	struct sg_json at;
	const char *word = "";
	int bad = sg_json_member(object, "verify", &at, err);

	if (bad)
		return bad;
	sg_json_string(&at, &word, NULL);
	for (int verify = GEN_UNVERIFIED; verify <= GEN_UNKNOWN; verify++) {
		if (!strcmp(word, gen_verify_name((enum gen_verify)verify))) {
			*ret = (enum gen_verify)verify;
			return 0;
		}
	}
	return sg_json_expected(&at, err, "\"equal\", \"skipped\" or \"unknown\"");
}

/* "x86_64:quotactl_fd"; that the call has a number is not asked: it may be newer than we are. */
static bool is_call(const char *text)
{
	const char *colon = strchr(text, ':');
	char *arch = sg_strndup(text, colon ? (size_t)(colon - text) : 0);
	bool known = abi_arch_by_name(arch) != NULL;

	free(arch);
	return known && colon[1];
}

static int read_unknown_calls(const struct sg_json *object, struct sg_strv *calls,
			      struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(object, "unknown_calls", &list, &len, err);

	for (size_t i = 0; !bad && i < len; i++) {
		struct sg_json at = sg_json_element(&list, i);
		const char *call;

		bad = saved_line_of(&at, &call, err);
		if (!bad && !is_call(call))
			bad = sg_json_expected(&at, err, "a call such as \"x86_64:read\"");
		if (!bad)
			sg_strv_add(calls, call);
	}
	return bad;
}

/* ---- figures */

static int read_lengths(const struct sg_json *object, size_t insns, struct gen_figures *ret,
			struct sg_err *err)
{
	uint64_t worst, longest;
	int bad = saved_exactly(object, "filter_insns", insns, "the length of its filter", err);

	if (!bad)
		bad = saved_whole(object, "worst_insns", 0, insns, &worst, err);
	if (!bad)
		bad = saved_whole(object, "longest_path_insns", 0, insns, &longest, err);
	if (bad)
		return bad;
	ret->filter_insns = insns;
	ret->worst_insns = (uint32_t)worst;
	ret->longest_path_insns = (uint32_t)longest;
	return 0;
}

static int read_figures(const struct sg_json *at, size_t insns, struct gen_figures *ret,
			struct sg_err *err)
{
#define FIGURE(field, range)                                              \
	{                                                                 \
#field, offsetof(struct gen_figures, field), range, false \
	}
	static const struct saved_number numbers[] = {
		FIGURE(mix_insns, SAVED_AMOUNT),   FIGURE(mix_denied, SAVED_SHARE),
		FIGURE(left_insns, SAVED_AMOUNT),  FIGURE(uniform_insns, SAVED_AMOUNT),
		FIGURE(bitmap_share, SAVED_SHARE),
	};
#undef FIGURE
	struct sg_json object;
	int bad = sg_json_member(at, "figures", &object, err);

	if (!bad)
		bad = read_lengths(&object, insns, ret, err);
	if (!bad)
		bad = saved_numbers(&object, numbers, SG_COUNT(numbers), ret, err);
	if (!bad)
		bad = saved_flag(&object, "longest_path_exact", &ret->longest_path_exact, err);
	return bad;
}

/* ---- filters */

/* "" where the filter was built from no profile. */
static int link_policy(const struct sg_json *object, const struct saved_result *result,
		       struct saved_filter *filter, struct sg_err *err)
{
	struct sg_json at;
	const char *sha256 = "";
	int bad = sg_json_member(object, "policy_sha256", &at, err);

	if (!bad)
		bad = sg_json_string(&at, &sha256, err);
	if (bad || !*sha256)
		return bad;
	filter->policy = saved_policy_find(result, filter->profile, sha256);
	if (!filter->policy)
		return sg_json_expected(&at, err, "the sha256 of a policy of %s in $.context",
					filter->profile);
	return 0;
}

static int read_filter_itself(const struct sg_json *at, const struct saved_result *result,
			      struct saved_filter *filter, struct sg_err *err)
{
	static const struct saved_number numbers[] = {
		{"install_ns", offsetof(struct saved_filter, install_ns), SAVED_AMOUNT, false},
	};
	int bad = link_policy(at, result, filter, err);

	if (!bad)
		bad = saved_numbers(at, numbers, SG_COUNT(numbers), filter, err);
	if (!bad)
		bad = read_program(at, &filter->filter, err);
	if (!bad)
		bad = read_figures(at, filter->filter.prog.len, &filter->figures, err);
	if (bad || result->schema_version < SAVED_SINCE_RULES)
		return bad;
	bad = read_verify(at, &filter->filter.verify, err);
	return bad ? bad : read_unknown_calls(at, &filter->filter.unknown_calls, err);
}

static int read_filter(const struct sg_json *at, const struct saved_result *result,
		       struct saved_filter *filter, struct sg_err *err)
{
	struct sg_json unsupported;
	int bad = saved_name(at, "name", &filter->name, err);

	if (!bad)
		bad = saved_name(at, "profile", &filter->profile, err);
	if (!bad && saved_filter_find(result, filter->profile, filter->name))
		bad = sg_json_expected(at, err, "each filter once, not another one named %s for %s",
				       filter->name, filter->profile);
	if (!bad)
		bad = sg_json_member(at, "unsupported", &unsupported, err);
	if (bad)
		return bad;
	return unsupported.value ? saved_name(at, "unsupported", &filter->unsupported, err)
				 : read_filter_itself(at, result, filter, err);
}

static void release_filter(struct saved_filter *filter)
{
	free(filter->name);
	free(filter->profile);
	free(filter->unsupported);
	gen_filter_release(&filter->filter);
}

int saved_read_filters(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err)
{
	struct sg_json list;
	size_t len;
	int bad = saved_list(context, "filters", &list, &len, err);

	if (bad)
		return bad;
	result->filters = sg_calloc(len, sizeof(*result->filters));
	for (size_t i = 0; i < len && !bad; i++) {
		struct sg_json at = sg_json_element(&list, i);
		struct saved_filter filter = {0};

		bad = read_filter(&at, result, &filter, err);
		if (bad)
			release_filter(&filter);
		else
			result->filters[result->filter_count++] = filter;
	}
	return bad;
}

void saved_release_filters(struct saved_result *result)
{
	for (size_t i = 0; i < result->filter_count; i++)
		release_filter(&result->filters[i]);
	free(result->filters);
}

const struct saved_filter *saved_filter_find(const struct saved_result *result, const char *profile,
					     const char *name)
{
	for (size_t i = 0; i < result->filter_count; i++) {
		const struct saved_filter *filter = &result->filters[i];

		if (!strcmp(filter->name, name) && !strcmp(filter->profile, profile))
			return filter;
	}
	return NULL;
}
