/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/report/table.h"

static void fact(struct sg_buf *out, const char *term, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void fact(struct sg_buf *out, const char *term, const char *fmt, ...)
{
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sg_buf_addf(out, "<div%s><dt>%s</dt><dd>", strlen(text) > 90 ? " class=\"long\"" : "",
		    term);
	html_text(out, text);
	sg_buf_adds(out, "</dd></div>\n");
}

/* Of net.core.bpf_jit_enable and bpf_jit_harden. */
static const char *jit(const char *value)
{
	return !strcmp(value, "0") ? "off" : !strcmp(value, "unknown") ? "unknown" : "on";
}

static const char *hardening(const char *value)
{
	return !strcmp(value, "0")   ? "off"
	       : !strcmp(value, "1") ? "for the unprivileged"
	       : !strcmp(value, "2") ? "for all"
				     : "unknown";
}

static void machine(const struct run_env *env, struct sg_buf *out)
{
	fact(out, "Kernel", "Linux %s, %s", env->kernel, env->machine);
	fact(out, "Processor", "%s; %u of %u processors", env->cpu, env->cpus_allowed,
	     env->cpus_online);
	fact(out, "Virtualised", "%s",
	     strcmp(env->virtualisation, "none") ? env->virtualisation : "no");
	fact(out, "BPF JIT", "%s; hardening %s", jit(env->bpf_jit), hardening(env->bpf_jit_harden));
	fact(out, "Mitigations", "spectre_v2: %s; spec_store_bypass: %s; seccomp implies SSBD: %s",
	     env->spectre_v2, env->spec_store_bypass, env->seccomp_implies_ssbd);
	fact(out, "Clock", "%s, source %s; governor %s", env->clock, env->clock_source,
	     env->governor);
}

static void load(const struct run_env *env, struct sg_buf *out)
{
	if (isnan(env->load_start) || isnan(env->load_end))
		fact(out, "Load", "unknown");
	else
		fact(out, "Load", "%.2f at the start, %.2f at the end", env->load_start,
		     env->load_end);
}

static void settings(const struct saved_result *saved, struct sg_buf *out)
{
	const struct saved_settings *set = &saved->settings;
	struct sg_buf text = {0};

	if (set->seconds > 0)
		sg_buf_addf(&text, "%g s for each workload and profile", set->seconds);
	else
		sg_buf_adds(&text, "nothing was timed");
	if (set->stack > 1)
		sg_buf_addf(&text, "; each filter installed %u times", set->stack);
	if (set->allow_denied)
		sg_buf_adds(&text, "; denied workloads measured too");
	sg_buf_addf(&text, "; seed %#llx", (unsigned long long)set->seed);
	if (!isnan(saved->wall_s))
		sg_buf_addf(&text, "; took %.0f s", saved->wall_s);
	fact(out, "Settings", "%s", sg_buf_text(&text));
	sg_buf_release(&text);
}

void html_facts(struct html_page *page)
{
	const struct saved_result *saved = page->view.saved;
	struct sg_buf *out = page->out;

	sg_buf_adds(out, "<dl class=\"facts\">\n");
	machine(&saved->env, out);
	load(&saved->env, out);
	fact(out, "Seccomp bitmap", "%s", report_bitmap_text(&page->view.result));
	settings(saved, out);
	fact(out, "Files on", "%s", saved->env.workdir_fs);
	fact(out, "Mix", "%s, %zu calls", saved->mix.name, saved->mix.len);
	fact(out, "Versions", "secgauge %s, libseccomp %s", saved->env.secgauge,
	     saved->env.libseccomp);
	sg_buf_adds(out, "</dl>\n");
}
