/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len > tail_len && !strcmp(text + len - tail_len, tail);
}

static const char *last_of(const char *text, const char *word)
{
	const char *last = NULL;

	for (const char *at = text; (at = strstr(at, word)); at++)
		last = at;
	return last;
}

static int parse_profile(const char *text, const char *at, struct cmd_operand *ret,
			 struct sg_err *err)
{
	if (at == text || !at[1])
		return sg_err_input(err, EINVAL,
				    "'%s': expected PROFILE@GENERATOR, like podman-default@bst",
				    text);
	if (!gen_find(at + 1, err))
		return sg_err_wrap(err, "'%s'", text);
	if (!strcmp(at + 1, "raw"))
		return sg_err_input(err, EINVAL, "'%s': raw needs a file: PROFILE@raw:FILE", text);
	ret->profile = sg_strndup(text, at - text);
	ret->generator = sg_strdup(at + 1);
	return 0;
}

static void set_raw(struct cmd_operand *ret, const char *file)
{
	ret->generator = sg_strdup("raw");
	ret->file = sg_strdup(file);
}

static bool needs_no_policy(const char *name)
{
	const struct gen *gen = gen_find(name, NULL);

	return gen && !gen->needs_policy && strcmp(name, "raw");
}

bool cmd_operand_is_file(const char *text)
{
	return ends_with(text, ".bpf") || ends_with(text, ".bpfasm");
}

bool cmd_operand_is_filter(const char *text)
{
	return strchr(text, '@') || cmd_operand_is_file(text) || needs_no_policy(text);
}

int cmd_operand_parse(const char *text, struct cmd_operand *ret, struct sg_err *err)
{
	const char *raw = last_of(text, "@raw:"), *at = strrchr(text, '@');

	*ret = (struct cmd_operand){0};
	if (raw && raw != text && raw[5]) {
		ret->profile = sg_strndup(text, raw - text);
		set_raw(ret, raw + 5);
		return 0;
	}
	if (cmd_operand_is_file(text)) {
		set_raw(ret, text);
		return 0;
	}
	if (at)
		return parse_profile(text, at, ret, err);
	if (needs_no_policy(text)) {
		ret->generator = sg_strdup(text);
		return 0;
	}
	return sg_err_input(
		err, EINVAL,
		"'%s' is no filter: expected PROFILE@GENERATOR, a .bpf or .bpfasm file, "
		"'none' or 'allow'",
		text);
}

void cmd_operand_release(struct cmd_operand *operand)
{
	free(operand->profile);
	free(operand->generator);
	free(operand->file);
	*operand = (struct cmd_operand){0};
}

const char *cmd_operand_label(const struct cmd_operand *operand)
{
	if (!operand->file)
		return operand->generator;

	const char *slash = strrchr(operand->file, '/');

	return slash ? slash + 1 : operand->file;
}

static int load_policy(const struct cmd_policy_options *options, struct cmd_filter *ret,
		       struct sg_err *err)
{
	const struct abi_arch *x86_64 = abi_arch(ABI_X86_64);
	struct policy_options policy_options = cmd_policy_options_of(options);

	if (!ret->operand.profile)
		return 0;
	/* `hand` is written for x86_64 alone, and means just that unless --arch says otherwise. */
	if (!strcmp(ret->operand.generator, "hand") && !options->arch_count) {
		policy_options.arches = &x86_64;
		policy_options.arch_count = 1;
	}

	int code = policy_load(ret->operand.profile, &policy_options, &ret->policy, err);

	if (code)
		return code;
	ret->has_policy = true;
	ret->arch = ret->policy.arches[0];
	return 0;
}

static int build(const struct cmd_policy_options *options, struct cmd_filter *ret,
		 struct sg_err *err)
{
	struct gen_request request = {
		.policy = ret->has_policy ? &ret->policy : NULL,
		.mix = &options->mix,
		.objective = options->objective,
		.timeout_s = options->gen_timeout_s,
		.raw_file = ret->operand.file,
		.no_verify = options->no_verify,
		.passes_off = options->passes_off,
	};

	return gen_build(gen_find(ret->operand.generator, NULL), &request, &ret->filter, err);
}

int cmd_filter_load(const char *text, const struct cmd_policy_options *options,
		    struct cmd_filter *ret, struct sg_err *err)
{
	*ret = (struct cmd_filter){.arch = options->arch_count ? options->arches[0]
							       : abi_arch_native()};

	int code = cmd_operand_parse(text, &ret->operand, err);

	if (!code)
		code = load_policy(options, ret, err);
	if (!code)
		code = build(options, ret, err);
	if (code) {
		cmd_filter_release(ret);
		return code;
	}
	return 0;
}

void cmd_policy_notes(const struct policy *policy, struct sg_strv *out)
{
	size_t count;
	const char *const *names = abi_names(&count);

	for (size_t i = 0; i < policy->warnings.len; i++)
		sg_strv_add(out, policy->warnings.items[i]);
	for (size_t i = 0; i < policy->unknown_names.len; i++) {
		const char *name = policy->unknown_names.items[i];
		struct sg_hint hint;

		sg_strv_addf(out, "no architecture has a call %s%s: skipped", name,
			     sg_hint(&hint, name, names, count));
	}
}

void cmd_filter_warn(const struct cmd_filter *filter, struct sg_strv *said)
{
	struct sg_strv notes = {0};

	if (filter->has_policy)
		cmd_policy_notes(&filter->policy, &notes);
	cmd_warn_new(&notes, said);
	sg_strv_release(&notes);
	cmd_warn_new(&filter->filter.warnings, said);
}

void cmd_filter_release(struct cmd_filter *filter)
{
	cmd_operand_release(&filter->operand);
	if (filter->has_policy)
		policy_release(&filter->policy);
	filter->has_policy = false;
	gen_filter_release(&filter->filter);
}
