/* SPDX-License-Identifier: MIT */
#include "fuzz/builder_wire.h"

#include <string.h>

/* ---- request: this, the architectures, caps, kernel, the profile */

struct request_head {
	uint64_t objective;
	uint64_t has_arches, arch_count;
	uint64_t has_caps, has_kernel;
	uint64_t profile_len;
};

static void add_text(struct sg_buf *out, const char *text)
{
	if (text)
		sg_buf_add(out, text, strlen(text) + 1);
}

void build_request_write(const struct build_request *request, struct sg_buf *out)
{
	const struct policy_options *options = &request->options;
	const struct request_head head = {
		.objective = request->objective,
		.has_arches = options->arches != NULL,
		.arch_count = options->arch_count,
		.has_caps = options->caps != NULL,
		.has_kernel = options->kernel != NULL,
		.profile_len = request->profile_len,
	};

	sg_buf_add(out, &head, sizeof(head));
	if (options->arches)
		sg_buf_add(out, options->arches, options->arch_count * sizeof(*options->arches));
	add_text(out, options->caps);
	add_text(out, options->kernel);
	sg_buf_add(out, request->profile, request->profile_len);
}

static const char *take_text(const char **at)
{
	const char *text = *at;

	*at += strlen(text) + 1;
	return text;
}

void build_request_read(const char *bytes, struct build_request *ret)
{
	struct request_head head;
	const char *at = bytes + sizeof(head);

	memcpy(&head, bytes, sizeof(head));
	*ret = (struct build_request){.objective = (enum gen_objective)head.objective,
				      .profile_len = head.profile_len};
	if (head.has_arches) {
		ret->options.arches = (const struct abi_arch *const *)(const void *)at;
		ret->options.arch_count = head.arch_count;
		at += head.arch_count * sizeof(*ret->options.arches);
	}
	if (head.has_caps)
		ret->options.caps = take_text(&at);
	if (head.has_kernel)
		ret->options.kernel = take_text(&at);
	ret->profile = at;
}

/* ---- answer: this, the instructions, unknown calls, warnings */

struct answer_head {
	struct sg_err err;
	uint64_t compile_ns;
	uint32_t none, foreign_action;
	char version[sizeof(((struct gen_filter *)0)->version)];
	char sha256[SG_SHA256_HEX_BYTES];
	uint64_t insn_count, unknown_count, warning_count;
};

static void add_list(struct sg_buf *out, const struct sg_strv *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		add_text(out, list->items[i]);
}

void build_answer_write(const struct gen_filter *filter, const struct sg_err *err,
			struct sg_buf *out)
{
	struct answer_head head;

	memset(&head, 0, sizeof(head)); /* its gaps too: they are sent */
	head.err = *err;
	head.compile_ns = filter->compile_ns;
	head.none = filter->none;
	head.foreign_action = filter->foreign_action;
	memcpy(head.version, filter->version, sizeof(head.version));
	memcpy(head.sha256, filter->sha256, sizeof(head.sha256));
	head.insn_count = filter->prog.len;
	head.unknown_count = filter->unknown_calls.len;
	head.warning_count = filter->warnings.len;
	sg_buf_add(out, &head, sizeof(head));
	sg_buf_add(out, filter->prog.insns, filter->prog.len * sizeof(*filter->prog.insns));
	add_list(out, &filter->unknown_calls);
	add_list(out, &filter->warnings);
}

/* What is still to be read of an answer. */
struct rest {
	const char *at, *end;
};

static bool take_insns(struct rest *rest, uint64_t count, struct cbpf_prog *prog)
{
	struct sock_filter insn;

	if (count > (size_t)(rest->end - rest->at) / sizeof(insn))
		return false;
	for (; count; count--, rest->at += sizeof(insn)) {
		memcpy(&insn, rest->at, sizeof(insn));
		cbpf_add(prog, insn);
	}
	return true;
}

static bool take_list(struct rest *rest, uint64_t count, struct sg_strv *list)
{
	for (; count; count--) {
		const char *nul = memchr(rest->at, '\0', (size_t)(rest->end - rest->at));

		if (!nul)
			return false;
		sg_strv_add(list, rest->at);
		rest->at = nul + 1;
	}
	return true;
}

bool build_answer_read(const struct sg_buf *bytes, struct gen_filter *ret_filter,
		       struct sg_err *ret_err)
{
	struct answer_head head;
	struct gen_filter filter = {0};
	struct rest rest;

	if (bytes->len < sizeof(head))
		return false;
	memcpy(&head, bytes->data, sizeof(head));
	rest = (struct rest){bytes->data + sizeof(head), bytes->data + bytes->len};
	if (!take_insns(&rest, head.insn_count, &filter.prog) ||
	    !take_list(&rest, head.unknown_count, &filter.unknown_calls) ||
	    !take_list(&rest, head.warning_count, &filter.warnings) || rest.at != rest.end) {
		gen_filter_release(&filter);
		return false;
	}
	filter.compile_ns = head.compile_ns;
	filter.none = head.none != 0;
	filter.foreign_action = head.foreign_action;
	memcpy(filter.version, head.version, sizeof(filter.version) - 1);
	memcpy(filter.sha256, head.sha256, sizeof(filter.sha256) - 1);
	*ret_filter = filter;
	*ret_err = head.err;
	ret_err->msg[sizeof(ret_err->msg) - 1] = '\0';
	return true;
}
