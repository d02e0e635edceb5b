/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "harness/run/machine.h"

/* ---- the facts, each as a word of "LABEL WORD, was WORD" */

enum fact {
	KERNEL,
	ARCH,
	PROCESSOR,
	VIRTUALISATION,
	JIT,
	JIT_HARDENING,
	STORE_BYPASS,
	SPECTRE_V2,
	SSBD,
	BITMAP,
	PROCESSORS,
	CLOCK,
	FILES,
	FACT_COUNT
};

static const char *const labels[FACT_COUNT] = {
	[KERNEL] = "kernel",
	[ARCH] = "architecture",
	[PROCESSOR] = "processor",
	[VIRTUALISATION] = "virtualisation",
	[JIT] = "BPF JIT",
	[JIT_HARDENING] = "BPF JIT hardening",
	[STORE_BYPASS] = "spec_store_bypass",
	[SPECTRE_V2] = "spectre_v2",
	[SSBD] = "seccomp implies SSBD",
	[BITMAP] = "bitmap",
	[PROCESSORS] = "processors",
	[CLOCK] = "clock",
	[FILES] = "files on",
};

struct facts {
	char series[sizeof(((struct run_env *)0)->kernel)];
	const char *words[FACT_COUNT];
};

/* "6.18" of "6.18.0-rc1+"; what does not start so counts whole. */
static void kernel_series(const char *release, char *ret, size_t size)
{
	size_t major = strspn(release, "0123456789");
	size_t minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;
	size_t len = major && minor ? major + 1 + minor : strlen(release);

	snprintf(ret, size, "%.*s", (int)len, release);
}

/* With a second one the harness does not disturb what it measures; a third changes nothing. */
static const char *processors(unsigned allowed)
{
	if (!allowed)
		return "unknown";
	return allowed == 1 ? "1" : "several";
}

static void read_facts(const struct run_env *env, struct facts *ret)
{
	kernel_series(env->kernel, ret->series, sizeof(ret->series));
	ret->words[KERNEL] = ret->series;
	ret->words[ARCH] = env->machine;
	ret->words[PROCESSOR] = env->cpu;
	ret->words[VIRTUALISATION] = env->virtualisation;
	ret->words[JIT] = env->bpf_jit;
	ret->words[JIT_HARDENING] = env->bpf_jit_harden;
	ret->words[STORE_BYPASS] = env->spec_store_bypass;
	ret->words[SPECTRE_V2] = env->spectre_v2;
	ret->words[SSBD] = env->seccomp_implies_ssbd;
	ret->words[BITMAP] = env->bitmap ? "yes" : "no";
	ret->words[PROCESSORS] = processors(env->cpus_allowed);
	ret->words[CLOCK] = env->clock;
	ret->words[FILES] = env->workdir_fs;
	for (size_t i = 0; i < FACT_COUNT; i++)
		if (!*ret->words[i])
			ret->words[i] = "unknown";
}

size_t run_machine_differences(const struct run_env *was, const struct run_env *is,
			       struct sg_strv *ret_lines)
{
	struct facts before, now;
	size_t count = 0;

	read_facts(was, &before);
	read_facts(is, &now);
	for (size_t i = 0; i < FACT_COUNT; i++) {
		if (!strcmp(before.words[i], now.words[i]))
			continue;
		sg_strv_addf(ret_lines, "%s %s, was %s", labels[i], now.words[i], before.words[i]);
		count++;
	}
	return count;
}

/* ---- the name */

/* Appends "-WORD"; what a file's name should not have becomes one "-". */
static void add_word(struct sg_buf *out, const char *word, size_t len)
{
	bool gap = true;

	for (size_t i = 0; i < len; i++) {
		const char c = (char)tolower((unsigned char)word[i]);
		const bool plain = isascii(c) && (isalnum((unsigned char)c) || strchr("._", c));

		if (plain)
			sg_buf_addf(out, "%s%c", gap ? "-" : "", c);
		gap = !plain;
	}
}

/* Words that stand in most names and tell none apart. */
static bool is_noise(const char *word, size_t len)
{
	static const char *const noise[] = {"cpu", "processor"};
	static const char cores[] = "-core";

	for (size_t i = 0; i < SG_COUNT(noise); i++)
		if (len == strlen(noise[i]) && !strncasecmp(word, noise[i], len))
			return true;
	return len >= strlen(cores) &&
	       !strncasecmp(word + len - strlen(cores), cores, strlen(cores));
}

/* "(R)", "(TM)": how long it is; 0 where there is none. */
static size_t trademark_len(const char *text)
{
	size_t len = *text == '(' ? strcspn(text, ")") : 0;

	return len && len <= strlen("(TM") ? len + (text[len] == ')') : 0;
}

/* "amd-epyc-7763" of "AMD EPYC 7763 64-Core Processor"; what follows an "@" is a clock rate. */
static void add_processor(struct sg_buf *out, const char *name)
{
	const size_t before = out->len;

	while (*name && *name != '@') {
		size_t len = strcspn(name, " (@"), skip = trademark_len(name);

		if (len && !is_noise(name, len))
			add_word(out, name, len);
		name += len ? len : skip ? skip : 1;
	}
	if (out->len == before)
		sg_buf_adds(out, "-unknown");
}

void run_machine_name(const struct run_env *env, struct sg_buf *out)
{
	struct sg_buf name = {0};
	struct facts facts;
	size_t len;

	read_facts(env, &facts);
	sg_buf_adds(&name, "linux");
	for (enum fact i = KERNEL; i <= VIRTUALISATION; i++)
		if (i != PROCESSOR)
			add_word(&name, facts.words[i], strlen(facts.words[i]));
	add_processor(&name, facts.words[PROCESSOR]);
	len = name.len < RUN_MACHINE_NAME_MAX ? name.len : RUN_MACHINE_NAME_MAX;
	while (strchr("-._", name.data[len - 1]))
		len--;
	sg_buf_add(out, name.data, len);
	sg_buf_release(&name);
}
