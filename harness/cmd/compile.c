/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "harness/base/file.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"
#include "harness/cmd/proof.h"

struct args {
	struct cmd_policy_options policy;
	const char *filter, *output, *format;
	bool json;
};

enum { OPT_FORMAT = 1, OPT_JSON };

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "write the filter to a file", 0},
	{"format", OPT_FORMAT, "FORMAT", 0,
	 "bpf (default with -o), asm, c or json; without -o it goes to standard output, and the "
	 "summary is left out",
	 0},
	{"json", OPT_JSON, NULL, 0, "the summary as JSON", 0},
	{0},
};

static const char *const formats[] = {"bpf", "asm", "c", "json"};

static void set_format(struct args *args, const char *name)
{
	for (size_t i = 0; i < SG_COUNT(formats); i++)
		if (!strcmp(formats[i], name))
			args->format = formats[i];
	if (!args->format)
		cmd_usage_error("--format: expected bpf, asm, c or json, got '%s'", name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case 'o': args->output = arg; return 0;
	case OPT_JSON: args->json = true; return 0;
	case OPT_FORMAT: set_format(args, arg); return 0;
	case ARGP_KEY_ARG:
		if (args->filter)
			cmd_usage_error("compile: one filter at a time, got '%s' too", arg);
		args->filter = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->filter)
			cmd_usage_error("compile: expected a FILTER, like podman-default@tuned");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {options,
				 parse,
				 "FILTER",
				 "Builds a filter, and says how long it is, how much of it the "
				 "kernel's bitmap leaves to run, "
				 "and how many instructions a call executes.",
				 children,
				 NULL,
				 NULL};

/* ---- the filter itself */

static void filter_json(const struct cbpf_prog *prog, struct sg_buf *out)
{
	sg_buf_adds(out, "[\n");
	for (size_t i = 0; i < prog->len; i++) {
		const struct sock_filter *insn = &prog->insns[i];

		sg_buf_addf(out, "  {\"code\": %u, \"jt\": %u, \"jf\": %u, \"k\": %u}%s\n",
			    insn->code, insn->jt, insn->jf, insn->k, i + 1 < prog->len ? "," : "");
	}
	sg_buf_adds(out, "]\n");
}

static void render(const struct cmd_filter *filter, const char *format, struct sg_buf *out)
{
	const struct cbpf_prog *prog = &filter->filter.prog;

	if (!strcmp(format, "asm"))
		cbpf_disassemble(prog, filter->arch, out);
	else if (!strcmp(format, "c"))
		cbpf_c_text(prog, "filter", filter->arch, out);
	else if (!strcmp(format, "json"))
		filter_json(prog, out);
	else
		sg_buf_add(out, prog->insns, prog->len * sizeof(*prog->insns));
}

static int write_filter(const struct args *args, const struct cmd_filter *filter,
			struct sg_err *err)
{
	const char *format = args->format ? args->format : "bpf";
	const char *path = args->output ? args->output : "-";
	struct sg_buf out = {0};

	if (filter->filter.none)
		return sg_err_input(err, EINVAL, "'%s' is no filter: there is nothing to write",
				    args->filter);
	if (!strcmp(path, "-") && !strcmp(format, "bpf") && isatty(STDOUT_FILENO))
		return sg_err_input(err, EINVAL,
				    "a raw filter is no text for a terminal: use -o FILE");
	render(filter, format, &out);

	int ret = sg_file_write(path, out.data, out.len, err);

	sg_buf_release(&out);
	return ret;
}

/* ---- the proof */

struct verification {
	const char *name; /* "equal", "different", "unknown", "skipped" */
	bool differs;
	struct prove_answer answer; /* with differs */
};

/* Ours were proved when they were built. `none` and `allow` do not claim to be the policy. */
static bool is_to_be_proved(const struct args *args, const struct cmd_filter *filter)
{
	const struct gen *gen = gen_find(filter->operand.generator, NULL);

	return filter->has_policy && !args->policy.no_verify &&
	       (filter->operand.file || (gen->needs_policy && !gen->verified));
}

static void confirm_difference(const struct cmd_filter *filter, const struct prove_answer *answer)
{
	struct confirmation confirmation = {0};

	confirm(filter, &answer->tuple, answer->b, &answer->a, &confirmation);
	confirm_warn(&confirmation);
	confirmation_release(&confirmation);
}

static struct verification verify(const struct args *args, const struct cmd_filter *filter)
{
	const struct prove_options prove_options = {0};
	struct verification ret = {.name = gen_verify_name(filter->filter.verify)};

	if (!is_to_be_proved(args, filter))
		return ret;
	gen_prove(&filter->filter, &filter->policy, &prove_options, &ret.answer);
	ret.name = prove_result_name(ret.answer.result);
	ret.differs = ret.answer.result == PROVE_DIFFERENT;
	if (ret.differs)
		confirm_difference(filter, &ret.answer);
	else if (ret.answer.result == PROVE_UNKNOWN)
		cmd_warn("warning: not proved equal to the policy: %s", ret.answer.reason);
	return ret;
}

static void verification_text(const struct verification *verification, struct sg_buf *out)
{
	if (!verification->differs) {
		sg_buf_adds(out, verification->name);
		return;
	}
	sg_buf_adds(out, "DIFFERENT from the policy: ");
	gen_counterexample_text(&verification->answer, out);
}

/* Where there is no summary to say it. */
static void warn_of_difference(const struct verification *verification)
{
	struct sg_buf text = {0};

	if (!verification->differs)
		return;
	verification_text(verification, &text);
	cmd_warn("verify: %s", text.data);
	sg_buf_release(&text);
}

/* ---- the summary */

static size_t arch_count(const struct cmd_filter *filter)
{
	return filter->has_policy ? filter->policy.arch_count : 1;
}

static const struct abi_arch *arch_at(const struct cmd_filter *filter, size_t i)
{
	return filter->has_policy ? filter->policy.arches[i] : filter->arch;
}

static size_t served_on(const struct cmd_filter *filter, size_t i)
{
	return filter->filter.none ? 0
				   : cbpf_bitmap_served(&filter->filter.prog, arch_at(filter, i));
}

static json_t *string_list(const struct sg_strv *strings)
{
	json_t *list = json_array();

	for (size_t i = 0; i < strings->len; i++)
		json_array_append_new(list, json_string(strings->items[i]));
	return list;
}

static json_t *summary_json(const struct cmd_filter *filter, const struct gen_figures *figures,
			    const struct verification *verification)
{
	json_t *served = json_object(), *summary;

	for (size_t i = 0; i < arch_count(filter); i++)
		json_object_set_new(served, arch_at(filter, i)->name,
				    json_integer(served_on(filter, i)));
	summary = json_pack("{s:i, s:o, s:f, s:f, s:f, s:f, s:i, s:i, s:b, s:I, s:s, s:s, s:s}",
			    "filter_insns", (int)figures->filter_insns, "bitmap_served", served,
			    "mix_insns", figures->mix_insns, "mix_denied", figures->mix_denied,
			    "left_insns", figures->left_insns, "uniform_insns",
			    figures->uniform_insns, "worst_insns", (int)figures->worst_insns,
			    "longest_path_insns", (int)figures->longest_path_insns,
			    "longest_path_exact", figures->longest_path_exact, "compile_ns",
			    (json_int_t)filter->filter.compile_ns, "verify", verification->name,
			    "version", filter->filter.version, "sha256", filter->filter.sha256);
	if (verification->differs)
		json_object_set_new(summary, "counterexample",
				    proof_counterexample_json(&verification->answer));
	json_object_set_new(summary, "flags", string_list(&filter->policy.flag_names));
	json_object_set_new(summary, "unknown_names", string_list(&filter->policy.unknown_names));
	return summary;
}

static void line(struct sg_buf *out, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void line(struct sg_buf *out, const char *label, const char *fmt, ...)
{
	char value[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	sg_buf_addf(out, "  %-22s %s\n", label, value);
}

static void served_text(const struct cmd_filter *filter, struct sg_buf *out)
{
	for (size_t i = 0; i < arch_count(filter); i++) {
		size_t named;

		abi_calls(arch_at(filter, i), &named);
		sg_buf_addf(out, "%s%s %zu of %zu calls", i ? ", " : "", arch_at(filter, i)->name,
			    served_on(filter, i), named);
	}
}

static void flags_text(const struct sg_strv *flags, struct sg_buf *out)
{
	for (size_t i = 0; i < flags->len; i++)
		line(out, i ? "" : "installed with", "%s", flags->items[i]);
}

static void summary_text(const struct args *args, const struct cmd_filter *filter,
			 const struct gen_figures *figures, const struct verification *verification,
			 struct sg_buf *out)
{
	struct sg_buf served = {0}, foreign = {0}, verified = {0};

	served_text(filter, &served);
	verification_text(verification, &verified);
	abi_verdict_text(filter->filter.foreign_action, &foreign);
	if (filter->operand.file)
		sg_buf_addf(out, "%s\n", args->filter);
	else
		sg_buf_addf(out, "%s (%s, compiled in %.2f ms)\n", args->filter,
			    filter->filter.version, filter->filter.compile_ns / 1e6);
	line(out, "length", "%zu instructions", figures->filter_insns);
	line(out, "served by the bitmap", "%s", served.data);
	line(out, "other architectures", "%s", foreign.data);
	line(out, "verify", "%s", verified.data);
	flags_text(&filter->policy.flag_names, out);
	sg_buf_addf(out, "executed instructions on %s, were there no bitmap:\n",
		    filter->arch->name);
	line(out, "over the mix", "%.3f a call (%.1f%% of the mix denied)", figures->mix_insns,
	     100 * figures->mix_denied);
	line(out, "mean of allowed calls", "%.2f", figures->uniform_insns);
	line(out, "worst allowed call", "%u", figures->worst_insns);
	line(out, "longest path", "%s%u", figures->longest_path_exact ? "" : "at most ",
	     figures->longest_path_insns);
	sg_buf_adds(out, "left to run by the bitmap:\n");
	line(out, "over the mix", "%.4f a call", figures->left_insns);
	sg_buf_release(&served);
	sg_buf_release(&foreign);
	sg_buf_release(&verified);
}

static int summarise(const struct args *args, const struct cmd_filter *filter,
		     const struct verification *verification, struct sg_err *err)
{
	const int code = verification->differs ? CMD_FINDING : CMD_OK;
	struct gen_figures figures;
	struct sg_buf out = {0};
	int ret = gen_figures(&filter->filter, filter->arch, &args->policy.mix, &figures, err);

	if (ret)
		return ret;
	if (args->json)
		return cmd_put_json(summary_json(filter, &figures, verification), code);
	summary_text(args, filter, &figures, verification, &out);
	return cmd_put(&out, code);
}

/* A filter that is not what the policy says was asked for, so it is written all the same. */
static int compile(const struct args *args, const struct cmd_filter *filter, struct sg_err *err)
{
	/* What went to standard output must stay readable by the next program. */
	bool occupied = args->output ? !strcmp(args->output, "-") : args->format != NULL;
	struct verification verification;
	struct sg_strv said = {0};
	int ret = args->output || args->format ? write_filter(args, filter, err) : 0;

	if (ret)
		return ret;
	cmd_filter_warn(filter, &said);
	sg_strv_release(&said);
	verification = verify(args, filter);
	if (!occupied) {
		ret = summarise(args, filter, &verification, err);
	} else {
		warn_of_difference(&verification);
		ret = verification.differs ? CMD_FINDING : CMD_OK;
	}
	prove_answer_release(&verification.answer);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct cmd_filter filter = {0};
	struct sg_err err = {0};

	cmd_parse(&argp, "compile", argc, argv, &args);

	int code = cmd_options_finish(&args.policy, &err);

	if (!code)
		code = cmd_filter_load(args.filter, &args.policy, &filter, &err);
	if (!code)
		code = compile(&args, &filter, &err);
	cmd_filter_release(&filter);
	cmd_options_release(&args.policy);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_compile = {"compile", "build a filter and say what it amounts to", run};
