/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/file.h"
#include "harness/cmd/gate_outputs.h"
#include "harness/cmd/options.h"

#define FIRST_KEY 1 /* of the first one's option; the others follow */

/* ---- which there are */

static struct gate_output *find(struct gate_outputs *outputs, const char *name)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (!strcmp(outputs->items[i].name, name))
			return &outputs->items[i];
	return NULL;
}

static void add(struct gate_outputs *outputs, struct gate_output output)
{
	if (outputs->count < GATE_OUTPUT_MAX && !find(outputs, output.name))
		outputs->items[outputs->count++] = output;
}

void gate_outputs_init(struct gate_outputs *outputs)
{
	*outputs = (struct gate_outputs){0};
	for (const struct gate_format *const *format = gate_formats; *format; format++)
		add(outputs, (struct gate_output){.name = (*format)->name,
						  .summary = (*format)->summary,
						  .format = *format});
	for (const struct saved_report *const *report = saved_report_registry; *report; report++)
		add(outputs, (struct gate_output){.name = (*report)->name,
						  .summary = (*report)->summary,
						  .report = *report});
}

void gate_outputs_options(const struct gate_outputs *outputs,
			  struct argp_option ret[GATE_OUTPUT_MAX + 1])
{
	size_t i;

	for (i = 0; i < outputs->count; i++)
		ret[i] = (struct argp_option){.name = outputs->items[i].name,
					      .key = FIRST_KEY + (int)i,
					      .arg = "FILE",
					      .doc = outputs->items[i].summary};
	ret[i] = (struct argp_option){0};
}

static bool is_standard_output(const struct gate_output *output)
{
	return output->path && !strcmp(output->path, "-");
}

static const struct gate_output *on_standard_output(const struct gate_outputs *outputs)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (is_standard_output(&outputs->items[i]))
			return &outputs->items[i];
	return NULL;
}

static void set_path(struct gate_outputs *outputs, struct gate_output *output, const char *path)
{
	const struct gate_output *other = on_standard_output(outputs);

	if (!strcmp(path, "-") && other && other != output)
		cmd_usage_error("--%s and --%s: only one of them can go to standard output",
				other->name, output->name);
	output->path = path;
}

error_t gate_outputs_option(int key, char *arg, struct argp_state *state)
{
	struct gate_outputs *outputs = state->input;

	if (key < FIRST_KEY || key >= FIRST_KEY + (int)outputs->count)
		return ARGP_ERR_UNKNOWN;
	set_path(outputs, &outputs->items[key - FIRST_KEY], arg);
	return 0;
}

void gate_outputs_finish(struct gate_outputs *outputs)
{
	struct gate_output *text = find(outputs, "text");

	if (text && !text->path && !on_standard_output(outputs))
		text->path = "-";
}

/* ---- writing */

static int make(const struct gate_output *output, const struct gate_report *report,
		const struct report_options *look, struct sg_buf *out, struct sg_err *err)
{
	return output->format ? output->format->write(report, look, out, err)
			      : output->report->write(report->result, 1, look, out, err);
}

static int write_one(const struct gate_output *output, const struct gate_report *report,
		     struct sg_err *err)
{
	const bool terminal = is_standard_output(output) && isatty(STDOUT_FILENO);
	const struct report_options look = {.colour = terminal && !getenv("NO_COLOR")};
	struct sg_buf out = {0};
	int r = make(output, report, &look, &out, err);

	if (!r)
		r = sg_file_write(output->path, out.data, out.len, err);
	sg_buf_release(&out);
	return r;
}

int gate_outputs_write(const struct gate_outputs *outputs, const struct gate_report *report,
		       struct sg_err *err)
{
	int first = 0;

	for (size_t i = 0; i < outputs->count; i++) {
		if (!outputs->items[i].path)
			continue;

		const int r = write_one(&outputs->items[i], report, first ? NULL : err);

		first = first ? first : r;
	}
	return first;
}
