/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/cmd/bench_plan.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/interrupt.h"
#include "harness/cmd/print.h"
#include "harness/cmd/progress.h"
#include "harness/report/report.h"

#define DEFAULT_SECONDS 8.0
#define QUICK_SECONDS   0.7

struct args {
	struct bench_request request;
	double seconds;
	const char *json;
	bool quick, no_time, allow_denied, have_seed;
	unsigned stack;
	uint64_t seed;
};

enum {
	OPT_PROFILE = 1,
	OPT_FILTER,
	OPT_GENERATOR,
	OPT_WORKLOAD,
	OPT_TIME,
	OPT_QUICK,
	OPT_NO_TIME,
	OPT_JSON,
	OPT_BITMAP,
	OPT_STACK,
	OPT_ALLOW_DENIED,
	OPT_SEED,
};

static const struct argp_option options[] = {
	{"profile", OPT_PROFILE, "PROFILE", 0, "what to measure (default: container-default)", 0},
	{"filter", OPT_FILTER, "FILTER", 0, "a filter of its own; alone, only such filters", 0},
	{"generator", OPT_GENERATOR, "LIST", 0, "generators for each profile (default: all)", 0},
	{"workload", OPT_WORKLOAD, "LIST", 0, "workloads (default: all)", 0},
	{"time", OPT_TIME, "SECONDS", 0, "for each workload and profile (default 8)", 0},
	{"quick", OPT_QUICK, NULL, 0, "a first look: 0.7 s each, wider intervals", 0},
	{"no-time", OPT_NO_TIME, NULL, 0,
	 "measure nothing: filters and exact figures alone, in a second", 0},
	{"json", OPT_JSON, "FILE", 0, "also write the result file ('-': instead of the table)", 0},
	{"bitmap", OPT_BITMAP, "on|off", 0,
	 "off: what kernels before 5.11 did, by an argument load in front of each filter", 0},
	{"stack", OPT_STACK, "N", 0, "install each filter N times", 0},
	{"allow-denied", OPT_ALLOW_DENIED, NULL, 0,
	 "also measure workloads whose calls the filter denies", 0},
	{"seed", OPT_SEED, "S", 0, "of the orders drawn (default: a fresh one)", 0},
	{0},
};

static void set_bitmap(struct args *args, const char *word)
{
	if (strcmp(word, "on") && strcmp(word, "off"))
		cmd_usage_error("--bitmap: expected on or off, got '%s'", word);
	args->request.bitmap_off = !strcmp(word, "off");
}

static void check_times(const struct args *args)
{
	if (args->no_time && (args->seconds > 0 || args->quick))
		cmd_usage_error("--no-time: %s says how long to measure",
				args->quick ? "--quick" : "--time");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &args->request.policy; return 0;
	case OPT_PROFILE: sg_strv_split(&args->request.profiles, arg); return 0;
	case OPT_FILTER: sg_strv_split(&args->request.filters, arg); return 0;
	case OPT_GENERATOR: sg_strv_split(&args->request.generators, arg); return 0;
	case OPT_WORKLOAD: sg_strv_split(&args->request.workloads, arg); return 0;
	case OPT_TIME: args->seconds = cmd_positive("--time", arg); return 0;
	case OPT_QUICK: args->quick = true; return 0;
	case OPT_NO_TIME: args->no_time = true; return 0;
	case OPT_JSON: args->json = arg; return 0;
	case OPT_BITMAP: set_bitmap(args, arg); return 0;
	case OPT_STACK: args->stack = cmd_number("--stack", arg, 1, 4096); return 0;
	case OPT_ALLOW_DENIED: args->allow_denied = true; return 0;
	case OPT_SEED:
		args->seed = cmd_number("--seed", arg, 0, UINT64_MAX);
		args->have_seed = true;
		return 0;
	case ARGP_KEY_END: check_times(args); return 0;
	case ARGP_KEY_ARG: cmd_usage_error("bench: takes no operand, got '%s'", arg);
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {{&cmd_policy_argp, 0, "Policy options:", 1}, {0}};
static const struct argp argp = {
	options,
	parse,
	NULL,
	"Measures what filters cost: IO-heavy workloads with no filter and under each filter, "
	"paired "
	"and interleaved in blocks of fresh processes, with an A/A control and 95% intervals.",
	children,
	NULL,
	NULL};

/* ---- output */

/* A bench of minutes should not end with a result that cannot be written. */
static int check_writable(const char *path, struct sg_err *err)
{
	struct stat st;

	if (!path || !strcmp(path, "-"))
		return 0;
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode)
			       ? sg_err_input(err, EISDIR, "--json: %s is a directory", path)
			       : 0;

	const char *slash = strrchr(path, '/');
	char *dir = slash == path ? sg_strdup("/")
		    : slash       ? sg_strndup(path, slash - path)
				  : sg_strdup(".");
	int ret = access(dir, W_OK) ? -errno : 0;

	if (ret)
		sg_err_input(err, -ret, "--json: cannot write to the folder %s: %s", dir,
			     strerror(-ret));
	free(dir);
	return ret;
}

static int write_report(const char *name, const char *path, const struct run_result *result,
			struct sg_err *err)
{
	struct report_options look = {.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};
	struct sg_buf out = {0};
	int ret = report_find(name, err)->write(result, &look, &out, err);

	if (!ret)
		ret = sg_file_write(path, out.data, out.len, err);
	sg_buf_release(&out);
	return ret;
}

static int write_reports(const struct args *args, const struct run_result *result,
			 struct sg_err *err)
{
	int ret = args->json ? write_report("json", args->json, result, err) : 0;

	if (args->json && !strcmp(args->json, "-"))
		return ret;

	struct sg_err table_err = {0};
	int table = write_report("table", "-", result, &table_err);

	if (!ret && table) {
		*err = table_err;
		ret = table;
	}
	return ret;
}

static int exit_code(const struct bench_plan *plan, const struct run_result *result)
{
	bool finding = plan->finding, done = false;

	for (size_t i = 0; i < result->row_count; i++) {
		finding |= result->rows[i].status == RUN_KILLED ||
			   result->rows[i].status == RUN_FAILED;
		done |= result->rows[i].status == RUN_MEASURED ||
			result->rows[i].status == RUN_UNTIMED;
	}
	if (result->interrupted)
		return CMD_INTERRUPTED;
	if (finding)
		return CMD_FINDING;
	return done ? CMD_OK : CMD_ENV;
}

/* A mix workload that leaves a part of its mix out must not look like the whole of it. */
static void note_unknown_mix(const struct bench_plan *plan, const struct mix *mix,
			     struct run_result *result)
{
	double share = wl_mix_unknown_share(mix);

	for (size_t i = 0; i < plan->workload_count; i++)
		if (!strcmp(plan->workloads[i]->name, "mix") && share > 0)
			sg_strv_addf(&result->warnings,
				     "%.1f%% of the weight of mix \"%s\" is calls that the mix "
				     "workload has no harmless form of, and does not run",
				     100 * share, mix->name);
}

static double seconds(const struct args *args)
{
	if (args->no_time)
		return 0;
	if (args->seconds > 0)
		return args->seconds;
	return args->quick ? QUICK_SECONDS : DEFAULT_SECONDS;
}

static int measure(const struct args *args, const struct bench_plan *plan, struct sg_err *err)
{
	struct cmd_progress progress = {0};
	struct run_result result = {0};
	struct run_plan run = {
		.workloads = plan->workloads,
		.workload_count = plan->workload_count,
		.groups = plan->groups,
		.group_count = plan->group_count,
		.mix = &args->request.policy.mix,
		.seconds = seconds(args),
		.no_time = args->no_time,
		.bitmap_off = args->request.bitmap_off,
		.stack = args->stack,
		.allow_denied = args->allow_denied,
		.seed = args->have_seed ? args->seed : sg_rng_fresh_seed(),
		.progress = isatty(STDERR_FILENO) && !args->no_time ? cmd_progress_show : NULL,
		.progress_ctx = &progress,
		.interrupted = cmd_interrupt_catch(),
	};

	int ret = run_execute(&run, &result, err);

	cmd_progress_clear(&progress);
	if (!ret)
		note_unknown_mix(plan, run.mix, &result);
	if (!ret)
		ret = write_reports(args, &result, err);
	if (!ret)
		ret = exit_code(plan, &result);
	run_result_release(&result);
	return ret;
}

static int bench(struct args *args, struct sg_err *err)
{
	struct bench_plan plan;
	int ret = check_writable(args->json, err);

	if (!ret)
		ret = cmd_options_finish(&args->request.policy, err);
	if (!ret)
		ret = bench_plan_make(&args->request, &plan, err);
	if (ret)
		return ret;
	ret = measure(args, &plan, err);
	bench_plan_release(&plan);
	return ret;
}

static void args_release(struct args *args)
{
	sg_strv_release(&args->request.profiles);
	sg_strv_release(&args->request.filters);
	sg_strv_release(&args->request.generators);
	sg_strv_release(&args->request.workloads);
	cmd_options_release(&args->request.policy);
}

static int run(int argc, char **argv)
{
	struct args args = {.stack = 1};
	struct sg_err err = {0};

	cmd_parse(&argp, "bench", argc, argv, &args);

	int code = bench(&args, &err);

	args_release(&args);
	return code < 0 ? cmd_fail(&err) : code;
}

const struct cmd cmd_bench = {"bench", "what filters cost: workloads under them, measured", run};
