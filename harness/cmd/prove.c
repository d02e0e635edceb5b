/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"
#include "harness/cmd/proof.h"

struct args {
	struct cmd_policy_options policy;
	struct prove_options prove;
	const char *operands[2], *under;
	bool dead, json;
};

enum { OPT_UNDER = 1, OPT_DEAD, OPT_TIME, OPT_JSON };

static const struct argp_option options[] = {
	{"under", OPT_UNDER, "PROFILE", 0,
	 "compare two filters only on the inputs whose verdict the profile specifies", 0},
	{"dead", OPT_DEAD, NULL, 0, "list the instructions and edges that no input reaches", 0},
	{"time", OPT_TIME, "SECONDS", 0,
	 "for Z3, where decision diagrams grow too large (default 10)", 0},
	{"json", OPT_JSON, NULL, 0, "the answer as JSON", 0},
	{0},
};

static void add_operand(struct args *args, const char *text)
{
	if (args->operands[1])
		cmd_usage_error("prove: one filter or two, got '%s' too", text);
	args->operands[args->operands[0] != NULL] = text;
}

static bool is_against_profile(const struct args *args)
{
	return !args->operands[1] || !cmd_operand_is_filter(args->operands[0]);
}

static void check_args(const struct args *args)
{
	if (!args->operands[0])
		cmd_usage_error("prove: expected PROFILE@GENERATOR, PROFILE FILE, or two FILTERs");
	if (args->under && is_against_profile(args))
		cmd_usage_error("prove: --under goes with two filters");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case OPT_UNDER: args->under = arg; return 0;
	case OPT_DEAD: args->dead = true; return 0;
	case OPT_TIME: args->prove.smt_timeout_s = cmd_positive("--time", arg); return 0;
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG: add_operand(args, arg); return 0;
	case ARGP_KEY_END: check_args(args); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	"PROFILE@GENERATOR\nPROFILE FILE\nFILTER FILTER",
	"Is the filter what its policy says, or are two filters the same, for every input there "
	"is? "
	"Equal (exit 0), different (1) with an input that shows it and what else differs, or "
	"unknown (3).",
	children,
	NULL,
	NULL};

/* ---- what is to be proved */

/* PROFILE@GENERATOR, or PROFILE FILE, which is PROFILE@raw:FILE. */
static int name_against_profile(const struct args *args, char **ret_text, struct sg_err *err)
{
	const char *profile = args->operands[0], *file = args->operands[1];

	if (file && !cmd_operand_is_file(file))
		return sg_err_input(err, EINVAL,
				    "'%s': expected a .bpf or .bpfasm file to prove against the "
				    "profile '%s'",
				    file, profile);
	*ret_text = file ? sg_asprintf("%s@raw:%s", profile, file) : sg_strdup(profile);
	return 0;
}

static int load_against_profile(const struct args *args, struct proof *proof, struct sg_err *err)
{
	int r = name_against_profile(args, &proof->names[1], err);

	if (!r)
		r = cmd_filter_load(proof->names[1], &args->policy, &proof->filters[1], err);
	if (!r && !proof->filters[1].has_policy)
		r = sg_err_input(err, EINVAL,
				 "'%s' comes without a profile to prove it against: expected "
				 "PROFILE@GENERATOR, PROFILE FILE, or two filters",
				 proof->names[1]);
	if (r)
		return r;
	proof->of_policy = true;
	proof->names[0] = sg_strdup(proof->filters[1].operand.profile);
	return 0;
}

static int load_filters(const struct args *args, struct proof *proof, struct sg_err *err)
{
	struct policy_options policy_options = cmd_policy_options_of(&args->policy);

	for (int side = 0; side < 2; side++) {
		int r = cmd_filter_load(args->operands[side], &args->policy, &proof->filters[side],
					err);

		if (r)
			return r;
		proof->names[side] = sg_strdup(args->operands[side]);
	}
	if (!args->under)
		return 0;

	int r = policy_load(args->under, &policy_options, &proof->frame, err);

	if (!r)
		proof->under = args->under;
	return r;
}

static int load(const struct args *args, struct proof *proof, struct sg_err *err)
{
	return is_against_profile(args) ? load_against_profile(args, proof, err)
					: load_filters(args, proof, err);
}

static void warn(const struct proof *proof)
{
	struct sg_strv said = {0}, notes = {0};

	for (int side = 0; side < 2; side++)
		cmd_filter_warn(&proof->filters[side], &said);
	if (proof->under)
		cmd_policy_notes(&proof->frame, &notes);
	cmd_warn_new(&notes, &said);
	sg_strv_release(&notes);
	sg_strv_release(&said);
}

/* ---- the proof */

const char *proof_label(const struct proof *proof, int side)
{
	static const char *const labels[2][2] = {{"A", "B"}, {"policy", "filter"}};

	return labels[proof->of_policy][side];
}

bool proof_has_program(const struct proof *proof, int side)
{
	return !(proof->of_policy && side == 0) && !proof->filters[side].filter.none;
}

/* Calls that the table of either side's generator lacks. */
static void add_unknown_calls(const struct cmd_filter filters[2], struct sg_strv *calls)
{
	for (int side = 0; side < 2; side++) {
		const struct sg_strv *lacking = &filters[side].filter.unknown_calls;

		for (size_t i = 0; i < lacking->len; i++)
			sg_strv_add(calls, lacking->items[i]);
	}
}

static int compare_filters(const struct prove_options *prove_options, struct proof *proof,
			   struct sg_err *err)
{
	const struct cbpf_prog a = gen_prog(&proof->filters[0].filter);
	const struct cbpf_prog b = gen_prog(&proof->filters[1].filter);
	struct sg_strv unknown_calls = {0};

	add_unknown_calls(proof->filters, &unknown_calls);
	const int r = prove_filters(&a, &b, proof->under ? &proof->frame : NULL, &unknown_calls,
				    prove_options, &proof->answer, err);

	sg_strv_release(&unknown_calls);
	return r;
}

static int ask_prover(const struct prove_options *prove_options, struct proof *proof,
		      struct sg_err *err)
{
	const struct cmd_filter *filter = &proof->filters[1];

	if (!proof->of_policy)
		return compare_filters(prove_options, proof, err);
	gen_prove(&filter->filter, &filter->policy, prove_options, &proof->answer);
	return 0;
}

static void confirm_counterexample(struct proof *proof)
{
	const struct prove_answer *answer = &proof->answer;
	struct confirmation *confirmation = &proof->confirmation;

	if (!proof->of_policy)
		confirm(&proof->filters[0], &answer->tuple, answer->a, NULL, confirmation);
	confirm(&proof->filters[1], &answer->tuple, answer->b, proof->of_policy ? &answer->a : NULL,
		confirmation);
	if (proof->under)
		confirm_specified(&proof->frame, &answer->tuple, confirmation);
}

static void find_dead(const struct prove_options *prove_options, struct proof *proof)
{
	for (int side = 0; side < 2; side++)
		if (proof_has_program(proof, side))
			prove_dead(&proof->filters[side].filter.prog, prove_options,
				   &proof->dead[side]);
}

static int show(const struct args *args, const struct proof *proof)
{
	static const int codes[] = {
		[PROVE_EQUAL] = CMD_OK, [PROVE_DIFFERENT] = CMD_FINDING, [PROVE_UNKNOWN] = CMD_ENV};
	int code = codes[proof->answer.result];
	struct sg_buf out = {0};

	confirm_warn(&proof->confirmation);
	if (args->json)
		return cmd_put_json(proof_json(proof), code);
	proof_print(proof, args->dead, &out);
	return cmd_put(&out, code);
}

static int prove(const struct args *args, struct proof *proof, struct sg_err *err)
{
	int r = load(args, proof, err);

	if (r)
		return r;
	warn(proof);
	r = ask_prover(&args->prove, proof, err);
	if (r)
		return r;
	if (proof->answer.result == PROVE_DIFFERENT)
		confirm_counterexample(proof);
	find_dead(&args->prove, proof);
	return show(args, proof);
}

static void proof_release(struct proof *proof)
{
	for (int side = 0; side < 2; side++) {
		free(proof->names[side]);
		cmd_filter_release(&proof->filters[side]);
		prove_dead_release(&proof->dead[side]);
	}
	if (proof->under)
		policy_release(&proof->frame);
	prove_answer_release(&proof->answer);
	confirmation_release(&proof->confirmation);
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct proof proof = {.options = &args.policy};
	struct sg_err err = {0};

	cmd_parse(&argp, "prove", argc, argv, &args);
	args.policy.no_verify = true; /* that is what comes now */

	int code = cmd_options_finish(&args.policy, &err);

	if (!code)
		code = prove(&args, &proof, &err);
	proof_release(&proof);
	cmd_options_release(&args.policy);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_prove = {"prove", "is a filter what its policy says, for every input", run};
