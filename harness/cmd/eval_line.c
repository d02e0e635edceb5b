/* SPDX-License-Identifier: MIT */
#include "harness/cmd/eval_line.h"

#include <inttypes.h>
#include <string.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

static void add_word(const char *word, struct sg_buf *out)
{
	if (*word && !word[strspn(word, PLAIN)]) {
		sg_buf_adds(out, word);
		return;
	}
	sg_buf_adds(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			sg_buf_adds(out, "'\\''");
		else
			sg_buf_add(out, word, 1);
	}
	sg_buf_adds(out, "'");
}

static void add_option(const char *name, const char *value, struct sg_buf *out)
{
	if (!value)
		return;
	sg_buf_addf(out, " %s ", name);
	add_word(value, out);
}

/* What decides which filter it is. */
static void add_policy_options(const struct cmd_policy_options *options, struct sg_buf *out)
{
	for (size_t i = 0; i < options->arch_count; i++)
		sg_buf_addf(out, "%s%s", i ? "," : " --policy-arch ", options->arches[i]->name);
	add_option("--cap", options->caps, out);
	add_option("--kernel", options->kernel, out);
	add_option("--mix", options->mix_file, out);
	if (options->objective != GEN_MIX)
		add_option("--optimize", gen_objective_name(options->objective), out);
	if (options->gen_timeout_s > 0)
		sg_buf_addf(out, " --gen-timeout %g", options->gen_timeout_s);
}

static void add_tuple(const struct abi_tuple *tuple, const struct abi_arch *arch,
		      struct sg_buf *out)
{
	const char *name = abi_name(arch, tuple->nr);

	sg_buf_addf(out, " --arch %s --syscall ", arch->name);
	if (name)
		sg_buf_adds(out, name);
	else
		sg_buf_addf(out, "0x%" PRIx32, tuple->nr);
	for (int i = 0; i < 6; i++)
		if (tuple->args[i])
			sg_buf_addf(out, " --arg %d=0x%" PRIx64, i, tuple->args[i]);
	if (tuple->ip)
		sg_buf_addf(out, " --ip 0x%" PRIx64, tuple->ip);
}

static void add_row(const struct abi_tuple *tuple, struct sg_buf *out)
{
	sg_buf_addf(out, "echo %" PRIx32 " %" PRIx32, tuple->arch, tuple->nr);
	for (int i = 0; i < 6; i++)
		sg_buf_addf(out, " %" PRIx64, tuple->args[i]);
	sg_buf_adds(out, " | ");
}

void eval_line(const char *text, const struct cmd_policy_options *options,
	       const struct abi_tuple *tuple, struct sg_buf *out)
{
	const struct abi_arch *arch = gen_call_arch(tuple);

	if (!arch && tuple->ip)
		return;
	if (!arch)
		add_row(tuple, out);
	sg_buf_adds(out, "secgauge eval ");
	add_word(text, out);
	add_policy_options(options, out);
	if (arch)
		add_tuple(tuple, arch, out);
	else
		sg_buf_adds(out, " --batch -");
	sg_buf_adds(out, " --oracle all\n");
}
