/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/cmd/cmd.h"
#include "harness/cmd/options.h"
#include "harness/cmd/print.h"
#include "harness/gate/gate.h"
#include "harness/oracle/oracle.h"
#include "harness/report/report.h"
#include "workloads/workload.h"

/* One registry as rows; the reason is NULL for what works here. */
struct row {
	const char *name, *summary;
	char *reason; /* owned */
};
struct rows {
	struct row *items;
	size_t len, cap;
};

static void add(struct rows *rows, const char *name, const char *summary, const char *reason)
{
	SG_GROW(rows->items, rows->len, rows->cap);
	rows->items[rows->len++] = (struct row){name, summary, reason ? sg_strdup(reason) : NULL};
}

static void rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->len; i++)
		free(rows->items[i].reason);
	free(rows->items);
	*rows = (struct rows){0};
}

static void list_arches(struct rows *rows)
{
	for (int i = 0; i < ABI_ARCH_COUNT; i++) {
		const struct abi_arch *arch = abi_arch(i);

		add(rows, arch->name, arch->scmp_name, NULL);
	}
}

static void list_checks(struct rows *rows)
{
	for (size_t i = 0; i < GATE_KIND_COUNT; i++)
		add(rows, gate_kinds[i].name, gate_kinds[i].summary, NULL);
}

static void list_commands(struct rows *rows)
{
	for (const struct cmd *const *cmd = cmd_registry; *cmd; cmd++)
		add(rows, (*cmd)->name, (*cmd)->summary, NULL);
}

static void list_formats(struct rows *rows)
{
	for (const struct gate_format *const *format = gate_formats; *format; format++)
		add(rows, (*format)->name, (*format)->summary, NULL);
}

static void list_generators(struct rows *rows)
{
	for (const struct gen *const *gen = gen_registry; *gen; gen++)
		add(rows, (*gen)->name, (*gen)->summary, NULL);
}

/* Whether an oracle runs also depends on the filter; here only this machine is asked. */
static void list_oracles(struct rows *rows)
{
	const struct policy any = {0};
	const struct oracle_subject subject = {.policy = &any};
	struct sg_err err = {0};

	for (const struct oracle *const *oracle = oracle_registry; *oracle; oracle++) {
		int ret = (*oracle)->supported(&subject, &err);

		add(rows, (*oracle)->name, (*oracle)->summary, ret ? err.msg : NULL);
	}
}

static void list_passes(struct rows *rows)
{
	for (const struct gen_pass *pass = gen_passes; pass->name; pass++)
		add(rows, pass->name, pass->summary, NULL);
}

static void list_profiles(struct rows *rows)
{
	for (const struct policy_bundled *p = policy_bundled; p->name; p++) {
		char reason[256] = "";

		if (p->package && access(p->file, R_OK))
			snprintf(reason, sizeof(reason), "needs the Debian package %s", p->package);
		add(rows, p->name, p->summary, *reason ? reason : NULL);
	}
}

static void list_reporters(struct rows *rows)
{
	for (const struct report *const *report = report_registry; *report; report++)
		add(rows, (*report)->name, (*report)->summary, NULL);
	for (const struct saved_report *const *report = saved_report_registry; *report; report++)
		add(rows, (*report)->name, (*report)->summary, NULL);
}

static void list_targets(struct rows *rows)
{
	static const struct {
		const char *name, *summary;
	} targets[] = {
#define TARGET(name, mutator, summary) {#name, summary},
#include "fuzz/targets/registry.inc"
#undef TARGET
	};

	for (size_t i = 0; i < SG_COUNT(targets); i++)
		add(rows, targets[i].name, targets[i].summary, NULL);
}

/* Whether a workload runs also depends on the profile; here only this machine is asked. */
static void list_workloads(struct rows *rows)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	if (mix_load(NULL, &mix, &err))
		return;

	struct wl_env env = {.dir = "/tmp", .mix = &mix};

	for (const struct wl *const *wl = wl_registry; *wl; wl++) {
		bool asks_policy = (*wl)->denied_on_purpose;
		int ret = (*wl)->supported && !asks_policy ? (*wl)->supported(&env, &err) : 0;

		add(rows, (*wl)->name, (*wl)->summary, ret ? err.msg : NULL);
	}
	mix_release(&mix);
}

static const struct {
	const char *kind, *title;
	void (*collect)(struct rows *rows);
} kinds[] = {
	{"arches", "architectures", list_arches},
	{"checks", "checks of the gate", list_checks},
	{"commands", "commands", list_commands},
	{"formats", "formats of the gate", list_formats},
	{"generators", "generators", list_generators},
	{"oracles", "oracles", list_oracles},
	{"passes", "passes", list_passes},
	{"profiles", "profiles", list_profiles},
	{"reporters", "reporters", list_reporters},
	{"targets", "fuzz targets", list_targets},
	{"workloads", "workloads", list_workloads},
};

struct args {
	const char *kind;
	bool json;
};

enum { OPT_JSON = 1 };

static const struct argp_option options[] = {
	{"json", OPT_JSON, NULL, 0, "as JSON: a list of objects by kind", 0},
	{0},
};

static void set_kind(struct args *args, const char *word)
{
	const char *names[SG_COUNT(kinds)];

	for (size_t i = 0; i < SG_COUNT(kinds); i++) {
		names[i] = kinds[i].kind;
		if (!strcmp(kinds[i].kind, word))
			args->kind = names[i];
	}

	struct sg_hint hint;

	if (!args->kind)
		cmd_usage_error("list: unknown kind \"%s\"%s", word,
				sg_hint(&hint, word, names, SG_COUNT(kinds)));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct args *args = state->input;

	switch (key) {
	case OPT_JSON: args->json = true; return 0;
	case ARGP_KEY_ARG: set_kind(args, arg); return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

#define DOC                                                                                        \
	"What there is: arches, checks and formats (of the gate), commands, generators, oracles, " \
	"passes, profiles, reporters, (fuzz) targets or workloads; all of them without KIND. "     \
	"What cannot be used on this machine is listed with the reason."

static const struct argp argp = {options, parse, "[KIND]", DOC, NULL, NULL, NULL};

static void text(const struct rows *rows, const char *title, struct sg_buf *out)
{
	sg_buf_addf(out, "%s:\n", title);
	for (size_t i = 0; i < rows->len; i++) {
		const struct row *row = &rows->items[i];

		sg_buf_addf(out, "  %-21s %s\n", row->name, row->summary);
		if (row->reason)
			sg_buf_addf(out, "  %-21s   unsupported: %s\n", "", row->reason);
	}
}

static json_t *as_json(const struct rows *rows)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rows->len; i++) {
		const struct row *row = &rows->items[i];
		json_t *object =
			json_pack("{s:s, s:s}", "name", row->name, "summary", row->summary);

		if (row->reason)
			json_object_set_new(object, "unsupported", json_string(row->reason));
		json_array_append_new(list, object);
	}
	return list;
}

static int run(int argc, char **argv)
{
	struct args args = {0};
	struct sg_buf out = {0};
	json_t *json = json_object();

	cmd_parse(&argp, "list", argc, argv, &args);
	for (size_t i = 0; i < SG_COUNT(kinds); i++) {
		struct rows rows = {0};

		if (args.kind && strcmp(args.kind, kinds[i].kind))
			continue;
		kinds[i].collect(&rows);
		json_object_set_new(json, kinds[i].kind, as_json(&rows));
		text(&rows, kinds[i].title, &out);
		rows_release(&rows);
	}
	if (!args.json) {
		json_decref(json);
		return cmd_put(&out, CMD_OK);
	}
	sg_buf_release(&out);
	return cmd_put_json(json, CMD_OK);
}

const struct cmd cmd_list = {"list", "what there is, and why some of it is unsupported here", run};
