/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/options.h"
#include "harness/cmd/print.h"
#include "harness/report/report.h"

#define REPORTS_MAX 32

struct args {
	const char *files[REPORTS_MAX]; /* by row of the registry; NULL: it goes nowhere */
	struct sg_strv results;
};

/* ---- arguments: an option for each row of the registry, its key its place + 1 */

static struct argp_option options[REPORTS_MAX + 1];

static void make_options(void)
{
	for (int i = 0; i < REPORTS_MAX && saved_report_registry[i]; i++)
		options[i] = (struct argp_option){.name = saved_report_registry[i]->name,
						  .key = i + 1,
						  .arg = "FILE",
						  .doc = saved_report_registry[i]->summary};
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case ARGP_KEY_ARG: sg_strv_add(&args->results, arg); return 0;
	case ARGP_KEY_END:
		if (!args->results.len)
			cmd_usage_error("report: expected a RESULT, which bench --json writes");
		return 0;
	}
	if (key < 1 || key > REPORTS_MAX)
		return ARGP_ERR_UNKNOWN;
	args->files[key - 1] = arg;
	return 0;
}

static const struct argp argp = {
	options,
	parse,
	"RESULT...",
	"Shows result files of `secgauge bench --json` to people, or to services that draw curves. "
	"Without options as text; FILE '-' is standard output. Of several results the newest is "
	"shown, with the history of its figures.",
	NULL,
	NULL,
	NULL};

/* ---- results */

struct results {
	struct saved_result *items; /* oldest first; owned */
	size_t count;
};

static int by_date(const void *a, const void *b)
{
	return strcmp(((const struct saved_result *)a)->env.date,
		      ((const struct saved_result *)b)->env.date);
}

/* Results of the same moment stay as they were given: whoever names them knows their order. */
static void sort(struct results *results)
{
	for (size_t i = 1; i < results->count; i++)
		for (size_t j = i; j && by_date(&results->items[j - 1], &results->items[j]) > 0;
		     j--) {
			struct saved_result moved = results->items[j];

			results->items[j] = results->items[j - 1];
			results->items[j - 1] = moved;
		}
}

static int load(const struct sg_strv *files, struct results *results, struct sg_err *err)
{
	int ret = 0;

	results->items = sg_calloc(files->len, sizeof(*results->items));
	for (size_t i = 0; i < files->len && !ret; i++) {
		ret = saved_load(files->items[i], &results->items[i], err);
		results->count += !ret;
	}
	sort(results);
	return ret;
}

static void results_release(struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		saved_release(&results->items[i]);
	free(results->items);
}

/* ---- output */

static int write_one(const struct saved_report *report, const char *file,
		     const struct results *results, struct sg_err *err)
{
	struct sg_strv warnings = {0};
	struct report_options look = {.colour = !strcmp(file, "-") && isatty(STDOUT_FILENO) &&
						!getenv("NO_COLOR"),
				      .warnings = &warnings};
	struct sg_buf out = {0};
	int ret = report->write(results->items, results->count, &look, &out, err);

	if (!ret)
		ret = sg_file_write(file, out.data, out.len, err);
	if (!ret)
		cmd_warn_all(&warnings);
	sg_strv_release(&warnings);
	sg_buf_release(&out);
	return ret;
}

static int check_counts(const struct args *args, struct sg_err *err)
{
	for (int i = 0; saved_report_registry[i]; i++)
		if (args->files[i] && !saved_report_registry[i]->several && args->results.len > 1)
			return sg_err_input(err, EINVAL, "--%s takes one result, got %zu",
					    saved_report_registry[i]->name, args->results.len);
	return 0;
}

static int write_all(const struct args *args, const struct results *results, struct sg_err *err)
{
	bool some = false;
	int ret = 0;

	for (int i = 0; saved_report_registry[i] && !ret; i++) {
		some |= args->files[i] != NULL;
		if (args->files[i])
			ret = write_one(saved_report_registry[i], args->files[i], results, err);
	}
	for (int i = 0; saved_report_registry[i] && !ret && !some; i++)
		if (!strcmp(saved_report_registry[i]->name, "text"))
			ret = write_one(saved_report_registry[i], "-", results, err);
	return ret;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct results results = {0};
	struct sg_err err = {0};

	make_options();
	cmd_parse(&argp, "report", argc, argv, &args);

	int ret = check_counts(&args, &err);

	if (!ret)
		ret = load(&args.results, &results, &err);
	if (!ret)
		ret = write_all(&args, &results, &err);
	results_release(&results);
	sg_strv_release(&args.results);
	return ret ? cmd_fail(&err) : CMD_OK;
}

const struct cmd cmd_report = {"report", "results for people: text, a page, Markdown", run};
