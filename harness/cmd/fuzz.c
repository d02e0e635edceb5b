/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/fuzz_print.h"
#include "harness/cmd/fuzz_replay.h"
#include "harness/cmd/interrupt.h"
#include "harness/cmd/operand.h"
#include "harness/cmd/print.h"
#include "harness/cmd/progress.h"

#define DEFAULT_PROFILE  "container-default"
#define DEFAULT_TUPLES   1000000u
#define DEFAULT_POLICIES 200u
#define DEFAULT_MUTANT   1000000u
#define MOST             (UINT64_C(1) << 62) /* as good as no limit */

struct args {
	struct cmd_policy_options policy;
	const char *profile, *filter, *known, *dir, *replay, *minimize;
	struct sg_strv generators;
	uint64_t tuples, policies, seed, mutants; /* tuples, policies, mutants: 0 is not given */
	double seconds;
	bool have_seed, witness_all, coverage, json;
};

enum {
	OPT_PROFILE = 1,
	OPT_FILTER,
	OPT_GENERATOR,
	OPT_TUPLES,
	OPT_POLICIES,
	OPT_TIME,
	OPT_SEED,
	OPT_ORACLE,
	OPT_REPLAY,
	OPT_MINIMIZE,
	OPT_KNOWN,
	OPT_COVERAGE,
	OPT_MUTANTS,
	OPT_JSON,
};

static const struct argp_option options[] = {
	{"profile", OPT_PROFILE, "PROFILE", 0, "whose filters get tuples", 0},
	{"generator", OPT_GENERATOR, "LIST", 0, "generators (default: all that do the policy)", 0},
	{"filter", OPT_FILTER, "FILTER", 0,
	 "PROFILE@raw:FILE, somebody else's filter, beside the generators named", 0},
	{"tuples", OPT_TUPLES, "N", 0, "for the profile (default 1000000)", 0},
	{"policies", OPT_POLICIES, "N", 0, "random ones, some thousand tuples each", 0},
	{"time", OPT_TIME, "SECONDS", 0, "end after this time at the latest", 0},
	{"seed", OPT_SEED, "S", 0, "of everything drawn (default: a fresh one, printed)", 0},
	{"oracle", OPT_ORACLE, "sample|all", 0,
	 "the interpreter, the kernel and its JIT judge a sample of the tuples (default), or all",
	 0},
	{"output", 'o', "DIR", 0, "folder for findings (default: fuzz-findings-SEED)", 0},
	{"known", OPT_KNOWN, "FILE", 0, "findings that do not count, 'GENERATOR SIGNATURE' a line",
	 0},
	{"replay", OPT_REPLAY, "DIR", 0, "does this finding still happen?", 0},
	{"minimize", OPT_MINIMIZE, "DIR", 0, "make this finding smaller, in place", 0},
	{"coverage", OPT_COVERAGE, NULL, 0,
	 "which instructions and edges the tuples reached, of those that any input does", 0},
	{"mutants", OPT_MUTANTS, "N", OPTION_ARG_OPTIONAL,
	 "how many mutants of each filter N tuples (default 1000000) tell from it", 0},
	{"json", OPT_JSON, NULL, 0, "the summary as JSON", 0},
	{0},
};

static void set_oracle(struct args *args, const char *word)
{
	if (strcmp(word, "sample") && strcmp(word, "all"))
		cmd_usage_error("--oracle: expected sample or all, got '%s'", word);
	args->witness_all = !strcmp(word, "all");
}

static void set_seed(struct args *args, const char *text)
{
	args->seed = cmd_number("--seed", text, 0, INT64_MAX);
	args->have_seed = true;
}

static void check_args(const struct args *args)
{
	if (args->replay && args->minimize)
		cmd_usage_error("fuzz: --replay or --minimize, not both");
	if (args->profile && args->filter)
		cmd_usage_error("fuzz: --profile or --filter PROFILE@..., not both");
	if (args->policy.passes_off)
		cmd_usage_error("fuzz: --without: filters are made with every pass here");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->policy; return 0;
	case OPT_PROFILE: args->profile = arg; return 0;
	case OPT_FILTER: args->filter = arg; return 0;
	case OPT_GENERATOR: sg_strv_split(&args->generators, arg); return 0;
	case OPT_TUPLES: args->tuples = cmd_number("--tuples", arg, 1, MOST); return 0;
	case OPT_POLICIES: args->policies = cmd_number("--policies", arg, 1, MOST); return 0;
	case OPT_TIME: args->seconds = cmd_positive("--time", arg); return 0;
	case OPT_SEED: set_seed(args, arg); return 0;
	case OPT_ORACLE: set_oracle(args, arg); return 0;
	case 'o': args->dir = arg; return 0;
	case OPT_KNOWN: args->known = arg; return 0;
	case OPT_REPLAY: args->replay = arg; return 0;
	case OPT_MINIMIZE: args->minimize = arg; return 0;
	case OPT_COVERAGE: args->coverage = true; return 0;
	case OPT_MUTANTS:
		args->mutants = arg ? cmd_number("--mutants", arg, 1, MOST) : DEFAULT_MUTANT;
		return 0;
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG: cmd_usage_error("fuzz: takes no operand, got '%s'", arg);
	case ARGP_KEY_END: check_args(args); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	NULL,
	"Searches for wrong filters: tuples for a profile, and random policies, judged by what the "
	"policy says and by every generator's filter, with the interpreter and the running kernel "
	"as witnesses; and each filter is proved equal to its policy, or not. Without options: "
	"1000000 tuples for container-default, and 200 policies; with "
	"--profile or --tuples only the former, with --policies only the latter.",
	children,
	NULL,
	NULL};

/* ---- from options to a request */

struct plan {
	struct cmd_operand operand; /* of --filter */
	const struct gen **gens;
	struct fuzz_known known;
	char *dir;
	struct fuzz_request request;
};

static void plan_release(struct plan *plan)
{
	cmd_operand_release(&plan->operand);
	fuzz_known_release(&plan->known);
	free(plan->gens);
	free(plan->dir);
}

static void add_gen(struct plan *plan, const struct gen *gen)
{
	struct fuzz_request *request = &plan->request;

	for (size_t i = 0; i < request->gen_count; i++)
		if (plan->gens[i] == gen)
			return;
	plan->gens = sg_realloc_array(plan->gens, request->gen_count + 1, sizeof(*plan->gens));
	plan->gens[request->gen_count++] = gen;
	request->gens = plan->gens;
}

static int add_named(struct plan *plan, const char *name, struct sg_err *err)
{
	const struct gen *gen = gen_find(name, err);

	if (!gen)
		return sg_err_wrap(err, "--generator");
	if (!strcmp(name, "raw"))
		return sg_err_input(err, EINVAL,
				    "--generator: raw needs a file: --filter PROFILE@raw:FILE");
	add_gen(plan, gen);
	return 0;
}

static int pick_gens(const struct args *args, struct plan *plan, struct sg_err *err)
{
	const bool any_named = args->generators.len || args->filter;
	int ret = 0;

	for (size_t i = 0; i < args->generators.len && !ret; i++)
		ret = add_named(plan, args->generators.items[i], err);
	if (!ret && plan->operand.generator && !plan->operand.file)
		ret = add_named(plan, plan->operand.generator, err);
	for (size_t i = 0; !any_named && gen_registry[i]; i++)
		if (gen_registry[i]->needs_policy)
			add_gen(plan, gen_registry[i]);
	plan->request.where_supported = !any_named;
	return ret;
}

static int pick_profile(const struct args *args, struct plan *plan, struct sg_err *err)
{
	const bool only_policies = args->policies && !args->tuples && !args->profile;

	if (!args->filter) {
		plan->request.profile = args->profile   ? args->profile
					: only_policies ? NULL
							: DEFAULT_PROFILE;
		return 0;
	}

	int ret = cmd_operand_parse(args->filter, &plan->operand, err);

	if (!ret && !plan->operand.profile)
		ret = sg_err_input(err, EINVAL,
				   "--filter: '%s' has no profile to be held against: expected "
				   "PROFILE@raw:FILE",
				   args->filter);
	plan->request.profile = plan->operand.profile;
	plan->request.raw_file = plan->operand.file;
	return ret;
}

/* With a time and without numbers, as many as the time allows. */
static void pick_numbers(const struct args *args, struct fuzz_request *request)
{
	const bool profile_named = args->profile || args->filter || args->tuples;

	request->tuples = args->tuples ? args->tuples : args->seconds ? MOST : DEFAULT_TUPLES;
	request->policies = args->policies  ? args->policies
			    : profile_named ? 0
			    : args->seconds ? MOST
					    : DEFAULT_POLICIES;
}

/* What cannot be a folder should not be found out at the first finding. */
static int check_folder(const char *path, struct sg_err *err)
{
	struct stat at;

	if (stat(path, &at) || S_ISDIR(at.st_mode))
		return 0;
	return sg_err_input(err, ENOTDIR, "--output: %s is not a folder", path);
}

static int make_plan(const struct args *args, struct plan *plan, struct sg_err *err)
{
	struct fuzz_request *request = &plan->request;
	int ret;

	/* 32 bits are easy to type again. */
	request->seed = args->have_seed ? args->seed : sg_rng_fresh_seed() & UINT32_MAX;
	plan->dir = args->dir ? sg_strdup(args->dir)
			      : sg_asprintf("fuzz-findings-%" PRIu64, request->seed);
	request->dir = plan->dir;
	request->policy_options = cmd_policy_options_of(&args->policy);
	request->mix = &args->policy.mix;
	request->objective = args->policy.objective;
	request->gen_cpu_s = args->policy.gen_timeout_s;
	request->seconds = args->seconds;
	request->witness_all = args->witness_all;
	request->no_verify = args->policy.no_verify;
	request->coverage = args->coverage;
	request->mutant_tuples = args->mutants;
	pick_numbers(args, request);
	ret = pick_profile(args, plan, err);
	if (!ret)
		ret = pick_gens(args, plan, err);
	if (!ret)
		ret = check_folder(request->dir, err);
	if (!ret && args->known)
		ret = fuzz_known_load(args->known, &plan->known, err);
	request->known = args->known ? &plan->known : NULL;
	return ret;
}

/* ---- the run */

struct bar {
	struct cmd_progress progress;
	uint64_t start_ns;
	double seconds; /* --time; 0: none */
};

/* From a share of the work to time left. */
static void show_progress(void *ctx, const char *what, double done, double total)
{
	struct bar *bar = ctx;
	const double spent_s = (double)(sg_monotonic_ns() - bar->start_ns) / 1e9;
	double total_s = done > 0 ? spent_s * total / done : 0;

	if (bar->seconds > 0 && (total_s > bar->seconds || total_s <= 0))
		total_s = bar->seconds;
	cmd_progress_show(&bar->progress, what, spent_s, total_s);
}

static int exit_code(const struct fuzz_result *result)
{
	if (result->interrupted)
		return CMD_INTERRUPTED;
	for (size_t i = 0; i < result->finding_count; i++)
		if (!result->findings[i].known)
			return CMD_FINDING;
	return result->disagreements ? CMD_FINDING : CMD_OK;
}

static int show(const struct args *args, const struct plan *plan, const struct fuzz_result *result)
{
	struct sg_buf out = {0};

	cmd_warn_all(&result->warnings);
	if (args->json)
		return cmd_put_json(fuzz_print_json(result), exit_code(result));
	fuzz_print_summary(&plan->request, result, &out);
	return cmd_put(&out, exit_code(result));
}

static int search(const struct args *args, struct sg_err *err)
{
	struct bar bar = {.start_ns = sg_monotonic_ns(), .seconds = args->seconds};
	struct plan plan = {0};
	struct fuzz_result result = {0};
	int ret = make_plan(args, &plan, err);

	if (!ret) {
		plan.request.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
		plan.request.progress_ctx = &bar;
		plan.request.interrupted = cmd_interrupt_catch();
		ret = fuzz_run(&plan.request, &result, err);
		cmd_progress_clear(&bar.progress);
	}
	if (!ret)
		ret = show(args, &plan, &result);
	fuzz_result_release(&result);
	plan_release(&plan);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct sg_err err = {0};

	cmd_parse(&argp, "fuzz", argc, argv, &args);

	int code = cmd_options_finish(&args.policy, &err);

	if (!code && args.replay)
		code = fuzz_replay(args.replay, args.json, &err);
	else if (!code && args.minimize)
		code = fuzz_minimize_in_place(args.minimize, args.seconds, args.json, &err);
	else if (!code)
		code = search(&args, &err);
	sg_strv_release(&args.generators);
	cmd_options_release(&args.policy);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_fuzz = {"fuzz", "searches for wrong filters: tuples, random policies", run};
