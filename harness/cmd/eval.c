/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "harness/cmd/batch.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/judges.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"
#include "harness/report/json_call.h"

struct args {
	struct cmd_policy_options policy;
	const char *filter, *syscall, *batch, *tuple_arch, *oracle;
	struct abi_tuple tuple; /* arguments and instruction pointer; the rest comes later */
	bool json, trace;
};

enum {
	OPT_SYSCALL = 1,
	OPT_ARG,
	OPT_IP,
	OPT_TRACE,
	OPT_BATCH,
	OPT_JSON,
	OPT_ARCH,
	OPT_POLICY_ARCH,
	OPT_ORACLE
};

static const struct argp_option options[] = {
	{"arch", OPT_ARCH, "ARCH", 0, "architecture of the call (default: the policy's first)", 0},
	{"policy-arch", OPT_POLICY_ARCH, "LIST", 0,
	 "compile the policy for exactly these (what --arch is elsewhere)", 0},
	{"syscall", OPT_SYSCALL, "NAME|NR", 0, "the call", 0},
	{"arg", OPT_ARG, "I=V", 0, "argument I, 0 to 5; those not given are 0", 0},
	{"ip", OPT_IP, "V", 0, "the instruction pointer (default 0)", 0},
	{"oracle", OPT_ORACLE, "NAME|all", 0,
	 "who says so (`secgauge list oracles`; default: interp); all of them side by side", 0},
	{"trace", OPT_TRACE, NULL, 0, "show each executed instruction", 0},
	{"batch", OPT_BATCH, "FILE", 0,
	 "a table of tuples instead, one a line: audit value, number and six arguments, all in "
	 "hex; "
	 "prints the raw 32-bit verdict of each in hex",
	 0},
	{"json", OPT_JSON, NULL, 0, "the verdict as JSON", 0},
	{0},
};

static void set_arg(struct args *args, const char *text)
{
	char *end;
	unsigned long i = strtoul(text, &end, 10);

	if (end == text || *end != '=')
		cmd_usage_error("--arg: expected I=V, like 0=0xffffffff, got '%s'", text);
	if (i > 5)
		cmd_usage_error("--arg: a system call has the arguments 0 to 5, got '%s'", text);
	args->tuple.args[i] = cmd_number("--arg", end + 1, 0, UINT64_MAX);
}

/* Here --arch is the architecture of the call; the policy keeps its own list. */
static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case OPT_ARCH: args->tuple_arch = arg; return 0;
	case OPT_POLICY_ARCH: cmd_options_arches(&args->policy, "--policy-arch", arg); return 0;
	case OPT_SYSCALL: args->syscall = arg; return 0;
	case OPT_ARG: set_arg(args, arg); return 0;
	case OPT_IP: args->tuple.ip = cmd_number("--ip", arg, 0, UINT64_MAX); return 0;
	case OPT_ORACLE:
		cmd_judges_check_name(arg);
		args->oracle = arg;
		return 0;
	case OPT_TRACE: args->trace = true; return 0;
	case OPT_BATCH: args->batch = arg; return 0;
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG:
		if (args->filter)
			cmd_usage_error("eval: one filter at a time, got '%s' too", arg);
		args->filter = arg;
		return 0;
	case ARGP_KEY_END:
		if (!args->filter || !args->syscall == !args->batch)
			cmd_usage_error(
				"eval: expected FILTER --syscall NAME, or FILTER --batch FILE");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	"FILTER",
	"The verdict of a filter on one call, how many instructions it executed, and whether the "
	"kernel's bitmap serves the call without running the filter at all.",
	children,
	NULL,
	NULL};

/* ---- one tuple */

static int unknown_call(const struct abi_arch *arch, const char *name, struct sg_err *err)
{
	size_t count;
	const char *const *names = abi_names(&count);
	struct sg_hint hint;

	if (abi_name_known(name))
		return sg_err_input(err, EINVAL, "--syscall: %s has no call \"%s\"", arch->name,
				    name);
	return sg_err_input(err, EINVAL, "--syscall: unknown call \"%s\"%s", name,
			    sg_hint(&hint, name, names, count));
}

static int set_call(const struct args *args, const struct abi_arch *arch, struct abi_tuple *tuple,
		    struct sg_err *err)
{
	char *end;
	unsigned long long number = strtoull(args->syscall, &end, 0);
	int nr = abi_nr(arch, args->syscall);

	*tuple = args->tuple;
	tuple->arch = arch->audit;
	if (nr != ABI_NR_NONE) {
		tuple->nr = nr;
		return 0;
	}
	if (!*args->syscall || *end || args->syscall[0] == '-' || number > UINT32_MAX)
		return unknown_call(arch, args->syscall, err);
	tuple->nr = number;
	return 0;
}

struct trace {
	const struct cbpf_prog *prog;
	struct sg_buf *out;
};

static void trace_step(void *ctx, const struct cbpf_step *step)
{
	struct trace *trace = ctx;
	struct sg_buf text = {0};

	cbpf_insn_text(&trace->prog->insns[step->pc], &text);
	sg_buf_addf(trace->out, "%5u  %-36s A=0x%08x X=0x%08x\n", step->pc, text.data, step->a,
		    step->x);
	sg_buf_release(&text);
}

/* What the filter itself tells, whoever judges: read off the interpreter. */
struct facts {
	uint32_t insns;
	bool bitmap;
	struct sg_buf trace;
};

static struct facts read_facts(const struct args *args, const struct gen_filter *filter,
			       const struct abi_arch *arch, const struct abi_tuple *tuple)
{
	struct facts facts = {0};
	struct trace trace = {&filter->prog, &facts.trace};

	if (filter->none)
		return facts;
	facts.bitmap = cbpf_const_allow(&filter->prog, arch, tuple->nr);
	facts.insns = args->trace ? cbpf_trace(&filter->prog, tuple, trace_step, &trace).insns
				  : cbpf_run(&filter->prog, tuple).insns;
	return facts;
}

static const char *bitmap_text(const struct gen_filter *filter, const struct facts *facts)
{
	if (filter->none)
		return "no filter";
	return facts->bitmap ? "served by the bitmap, which executes none of them"
			     : "not served by the bitmap";
}

/* The one that is asked; with all of them the interpreter, which judges everything. */
static const struct cmd_judge *speaker(const struct cmd_judges *judges)
{
	for (size_t i = 0; i < judges->count; i++)
		if (judges->count == 1 || !strcmp(judges->items[i].oracle->name, "interp"))
			return &judges->items[i];
	return NULL;
}

static const char *silence(const struct cmd_judge *judge)
{
	if (judge->reason)
		return judge->reason;
	return judge->known[0] ? NULL : "cannot judge this tuple";
}

static void add_all_json(const struct cmd_judges *judges, const struct abi_tuple *tuple,
			 json_t *json)
{
	json_t *oracles = json_object(), *unsupported = json_object();
	enum policy_class class = cmd_judges_class(judges, tuple);

	for (size_t i = 0; i < judges->count; i++) {
		const struct cmd_judge *judge = &judges->items[i];

		if (silence(judge))
			json_object_set_new(unsupported, judge->oracle->name,
					    json_string(silence(judge)));
		else
			json_object_set_new(oracles, judge->oracle->name,
					    report_json_verdict(judge->verdicts[0]));
	}
	json_object_set_new(json, "oracles", oracles);
	json_object_set_new(json, "unsupported", unsupported);
	if (judges->policy)
		json_object_set_new(json, "class", json_string(policy_class_name(class)));
	json_object_set_new(json, "agree",
			    json_boolean(cmd_judges_agree(judges, tuple, 0) == CMD_AGREED));
}

static int show_json(const struct args *args, const struct cmd_judges *judges,
		     const struct abi_tuple *tuple, const struct facts *facts, int code)
{
	json_t *json = json_object();

	json_object_set_new(json, "verdict", report_json_verdict(speaker(judges)->verdicts[0]));
	json_object_set_new(json, "insns", json_integer(facts->insns));
	json_object_set_new(json, "bitmap", json_boolean(facts->bitmap));
	if (args->trace)
		json_object_set_new(json, "trace", json_string(sg_buf_text(&facts->trace)));
	if (judges->count > 1)
		add_all_json(judges, tuple, json);
	return cmd_put_json(json, code);
}

static void add_all_text(const struct cmd_judges *judges, const struct abi_tuple *tuple,
			 struct sg_buf *out)
{
	enum cmd_agreement agreement = cmd_judges_agree(judges, tuple, 0);

	for (size_t i = 0; i < judges->count; i++) {
		const struct cmd_judge *judge = &judges->items[i];

		sg_buf_addf(out, "  %-10s ", judge->oracle->name);
		if (silence(judge))
			sg_buf_addf(out, "unsupported: %s", silence(judge));
		else
			abi_verdict_text(judge->verdicts[0], out);
		sg_buf_adds(out, "\n");
	}
	if (agreement == CMD_AGREED)
		sg_buf_adds(out, "they agree\n");
	else if (agreement == CMD_MISMATCH)
		sg_buf_adds(out, "they do NOT agree\n");
	else
		sg_buf_addf(out, "they differ where the profile leaves it open (%s)\n",
			    policy_class_name(cmd_judges_class(judges, tuple)));
}

static int show_text(const struct cmd_judges *judges, const struct abi_tuple *tuple,
		     struct facts *facts, int code)
{
	struct sg_buf *out = &facts->trace;

	abi_verdict_text(speaker(judges)->verdicts[0], out);
	sg_buf_addf(out, ", %u instruction%s executed, %s\n", facts->insns,
		    facts->insns == 1 ? "" : "s", bitmap_text(judges->filter, facts));
	if (judges->count > 1)
		add_all_text(judges, tuple, out);
	return cmd_put(out, code);
}

static int show(const struct args *args, const struct abi_arch *arch,
		const struct cmd_judges *judges, const struct abi_tuple *tuple, struct sg_err *err)
{
	const struct cmd_judge *judge = speaker(judges);
	bool is_wrong = cmd_judges_agree(judges, tuple, 0) == CMD_MISMATCH;
	int code = is_wrong ? CMD_FINDING : CMD_OK;

	if (silence(judge))
		return sg_err_env(err, ENOTSUP, "--oracle %s: %s", judge->oracle->name,
				  silence(judge));

	struct facts facts = read_facts(args, judges->filter, arch, tuple);

	if (!args->json)
		return show_text(judges, tuple, &facts, code);
	code = show_json(args, judges, tuple, &facts, code);
	sg_buf_release(&facts.trace);
	return code;
}

static int eval_one(const struct args *args, const struct cmd_filter *filter,
		    struct cmd_judges *judges, struct sg_err *err)
{
	const struct abi_arch *arch = filter->arch;
	struct abi_tuple tuple;
	int ret = 0;

	if (args->tuple_arch && (ret = abi_arch_parse(args->tuple_arch, &arch, err)))
		return sg_err_wrap(err, "--arch");
	ret = set_call(args, arch, &tuple, err);
	if (!ret)
		ret = cmd_judges_judge(judges, &tuple, 1, err);
	return ret ? ret : show(args, arch, judges, &tuple, err);
}

static int eval(const struct args *args, const struct cmd_filter *filter, struct sg_err *err)
{
	struct cmd_judges judges;
	int ret = cmd_judges_open(args->oracle ? args->oracle : "interp", filter, &judges, err);

	if (!ret)
		ret = args->batch ? cmd_batch(args->batch, &judges, err)
				  : eval_one(args, filter, &judges, err);
	cmd_judges_release(&judges);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct cmd_filter filter = {0};
	struct sg_err err = {0};

	cmd_parse(&argp, "eval", argc, argv, &args);

	int code = cmd_options_finish(&args.policy, &err);

	if (!code)
		code = cmd_filter_load(args.filter, &args.policy, &filter, &err);
	if (!code)
		code = eval(&args, &filter, &err);
	cmd_filter_release(&filter);
	cmd_options_release(&args.policy);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_eval = {"eval", "the verdict of a filter on one call, or on a table", run};
