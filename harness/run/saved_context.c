/* SPDX-License-Identifier: MIT */
/* "context" but for its lists: which version, when, where, with which settings. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/saved_private.h"

/* ---- the version: before anything else, since all else depends on it */

static int newer(const struct sg_json *context, const struct sg_json *at, uint64_t version,
		 struct sg_err *err)
{
	char writer[sizeof(((struct run_env *)0)->secgauge)];

	if (saved_opt_word(context, "secgauge_version", writer, sizeof(writer), NULL))
		snprintf(writer, sizeof(writer), "unknown");
	return sg_json_expected(at, err,
				"at most %d, not %llu: a newer secgauge (version %s) wrote this",
				SAVED_SCHEMA_VERSION, (unsigned long long)version, writer);
}

int saved_read_version(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err)
{
	struct sg_json at;
	uint64_t version;
	int bad = sg_json_member(context, "schema_version", &at, err);

	if (bad)
		return bad;
	if (sg_json_u64(&at, &version, NULL) || !version)
		return sg_json_expected(&at, err, "the version of " SAVED_WANTED);
	if (version > SAVED_SCHEMA_VERSION)
		return newer(context, &at, version, err);
	result->schema_version = (unsigned)version;
	return 0;
}

/* ---- what wrote it, and when */

/* 0 in @form stands for any digit. */
static bool has_form(const char *text, const char *form)
{
	for (; *text && *form; text++, form++)
		if (*form == '0' ? !isdigit((unsigned char)*text) : *text != *form)
			return false;
	return !*text && !*form;
}

static int read_date(const struct sg_json *context, struct run_env *env, struct sg_err *err)
{
	int bad = saved_word(context, "date", env->date, sizeof(env->date), err);
	struct sg_json at;

	if (bad || has_form(env->date, "0000-00-00T00:00:00Z"))
		return bad;
	sg_json_member(context, "date", &at, NULL);
	return sg_json_expected(&at, err, "a date such as 2024-05-17T09:30:00Z");
}

static int read_origin(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err)
{
	static const struct saved_number numbers[] = {
		{"wall_s", offsetof(struct saved_result, wall_s), SAVED_AMOUNT, true},
	};
	struct run_env *env = &result->env;
	int bad = read_date(context, env, err);

	if (!bad)
		bad = saved_word(context, "secgauge_version", env->secgauge, sizeof(env->secgauge),
				 err);
	if (!bad)
		bad = saved_word(context, "libseccomp_version", env->libseccomp,
				 sizeof(env->libseccomp), err);
	if (!bad)
		bad = saved_flag(context, "interrupted", &result->interrupted, err);
	if (!bad)
		bad = saved_numbers(context, numbers, SG_COUNT(numbers), result, err);
	if (!bad)
		bad = saved_opt_whole(context, "peak_rss_bytes", 0, (uint64_t)SAVED_NUMBER_MAX,
				      &result->peak_rss_bytes, err);
	return bad;
}

/* ---- the machine */

#define CPUS_MAX 1000000 /* any number of processors that fits an int will do */

static int read_facts(const struct sg_json *machine, struct run_env *env, struct sg_err *err)
{
	static const struct {
		const char *key;
		size_t offset, size;
		bool optional;
	} facts[] = {
#define FACT(field, optional) \
	{#field, offsetof(struct run_env, field), sizeof(((struct run_env *)0)->field), optional}
		FACT(kernel, false),       FACT(machine, false),
		FACT(cpu, false),          FACT(virtualisation, false),
		FACT(bpf_jit, false),      FACT(bpf_jit_harden, true),
		FACT(clock_source, false), FACT(clock, false),
		FACT(governor, true),      FACT(spec_store_bypass, true),
		FACT(spectre_v2, true),    FACT(seccomp_implies_ssbd, false),
		FACT(workdir_fs, true),
#undef FACT
	};
	int bad = 0;

	for (size_t i = 0; i < SG_COUNT(facts) && !bad; i++)
		bad = (facts[i].optional ? saved_opt_word
					 : saved_word)(machine, facts[i].key,
						       (char *)env + facts[i].offset, facts[i].size,
						       err);
	return bad;
}

static int read_processor(const struct sg_json *machine, const char *key, int *ret,
			  struct sg_err *err)
{
	uint64_t cpu = UINT64_MAX;
	int bad = saved_opt_whole(machine, key, 0, CPUS_MAX, &cpu, err);

	if (!bad)
		*ret = cpu == UINT64_MAX ? -1 : (int)cpu;
	return bad;
}

static int read_processors(const struct sg_json *context, const struct sg_json *machine,
			   struct run_env *env, struct sg_err *err)
{
	uint64_t online, allowed = 0;
	int bad = saved_whole(context, "num_cpus", 1, CPUS_MAX, &online, err);

	if (!bad)
		bad = saved_opt_whole(machine, "cpus_allowed", 0, CPUS_MAX, &allowed, err);
	if (bad)
		return bad;
	env->cpus_online = (unsigned)online;
	env->cpus_allowed = (unsigned)allowed;
	bad = read_processor(machine, "cpu_child", &env->cpu_child, err);
	return bad ? bad : read_processor(machine, "cpu_parent", &env->cpu_parent, err);
}

static int read_machine(const struct sg_json *context, struct saved_result *result,
			struct sg_err *err)
{
	static const struct saved_number loads[] = {
		{"load_start", offsetof(struct run_env, load_start), SAVED_AMOUNT, true},
		{"load_end", offsetof(struct run_env, load_end), SAVED_AMOUNT, true},
	};
	struct sg_json machine;
	int bad = sg_json_member(context, "machine", &machine, err);

	if (!bad)
		bad = read_facts(&machine, &result->env, err);
	if (!bad)
		bad = saved_flag(&machine, "bitmap", &result->env.bitmap, err);
	if (!bad)
		bad = read_processors(context, &machine, &result->env, err);
	if (!bad)
		bad = saved_numbers(&machine, loads, SG_COUNT(loads), &result->env, err);
	return bad;
}

/* ---- the settings */

/* "0x" and 1 to 16 digits, as sg_json_hex() writes. */
static int read_seed(const struct sg_json *settings, uint64_t *ret, struct sg_err *err)
{
	struct sg_json at;
	const char *text;
	int bad = sg_json_member(settings, "seed", &at, err);

	if (!bad)
		bad = sg_json_string(&at, &text, err);
	if (bad)
		return bad;

	size_t len = strlen(text);

	if (strncmp(text, "0x", 2) != 0 || len < 3 || len > 18 ||
	    text[2 + strspn(text + 2, "0123456789abcdef")])
		return sg_json_expected(&at, err, "a number of at most 64 bits such as \"0x1f\"");
	*ret = strtoull(text, NULL, 16);
	return 0;
}

/* MAX_INSNS_PER_PATH (kernel/seccomp.c): filters of one instruction, and there is no room. */
#define STACK_MAX 32768

static int read_settings(const struct sg_json *context, struct saved_result *result,
			 struct sg_err *err)
{
	static const struct saved_number numbers[] = {
		{"seconds", offsetof(struct saved_settings, seconds), SAVED_AMOUNT, false},
	};
	struct saved_settings *to = &result->settings;
	struct sg_json settings;
	uint64_t stack;
	int bad = sg_json_member(context, "settings", &settings, err);

	if (!bad)
		bad = saved_numbers(&settings, numbers, SG_COUNT(numbers), to, err);
	if (!bad)
		bad = read_seed(&settings, &to->seed, err);
	if (!bad)
		bad = saved_whole(&settings, "stack", 1, STACK_MAX, &stack, err);
	if (!bad)
		bad = saved_flag(&settings, "bitmap_off", &to->bitmap_off, err);
	if (!bad)
		bad = saved_flag(&settings, "allow_denied", &to->allow_denied, err);
	if (!bad)
		to->stack = (unsigned)stack;
	return bad;
}

/* ---- the mix */

/* What is wrong in its text is said with the path and the line: "FILE: $.context.mix.text:2: ...".
 */
static int parse_mix(const struct sg_json *at, const char *text, struct mix *ret,
		     struct sg_err *err)
{
	struct sg_buf label = {0};

	sg_buf_addf(&label, "%s: ", at->file);
	sg_json_path(at, &label);
	int bad = mix_parse(text, strlen(text), sg_buf_text(&label), ret, err);
	sg_buf_release(&label);
	return bad;
}

static int read_mix(const struct sg_json *context, struct saved_result *result, struct sg_err *err)
{
	struct sg_json object, at;
	const char *text;
	char *name = NULL;
	int bad = sg_json_member(context, "mix", &object, err);

	if (!bad)
		bad = saved_name(&object, "name", &name, err);
	if (!bad)
		bad = sg_json_member(&object, "text", &at, err);
	if (!bad)
		bad = sg_json_string(&at, &text, err);
	if (!bad)
		bad = parse_mix(&at, text, &result->mix, err);
	if (bad) {
		free(name);
		return bad;
	}
	free(result->mix.name);
	result->mix.name = name;
	return 0;
}

int saved_read_context(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err)
{
	static int (*const parts[])(const struct sg_json *, struct saved_result *,
				    struct sg_err *) = {
		read_origin, read_machine,     read_settings,
		read_mix,    saved_read_notes, saved_read_summaries,
	};
	int bad = 0;

	for (size_t i = 0; i < SG_COUNT(parts) && !bad; i++)
		bad = parts[i](context, result, err);
	return bad;
}
