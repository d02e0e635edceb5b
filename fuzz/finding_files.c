/* SPDX-License-Identifier: MIT */
/* What stands in the files of a finding's directory. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "fuzz/finding_private.h"
#include "harness/oracle/oracle.h"

void finding_tuple_file(const struct fuzz_finding *finding, struct sg_buf *out)
{
	sg_buf_adds(out, "# arch nr a0 a1 a2 a3 a4 a5, in hex\n");
	if (finding->tuple.ip)
		sg_buf_addf(out, "# ip 0x%" PRIx64 "\n", finding->tuple.ip);
	finding_tuple_text(&finding->tuple, out);
	sg_buf_adds(out, "\n");
}

/* ---- JSON */

/* What is no UTF-8 (a library's message may hold anything) becomes question marks. */
static json_t *text_json(const char *text)
{
	json_t *json = json_string(text);

	if (json)
		return json;

	char *plain = sg_strdup(text);

	for (char *c = plain; *c; c++)
		if (*c & 0x80)
			*c = '?';
	json = json_string(plain);
	free(plain);
	return json;
}

static json_t *raw_json(uint32_t verdict)
{
	return json_sprintf("0x%08" PRIx32, verdict);
}

static void print_json(json_t *json, struct sg_buf *out)
{
	char *text = json_dumps(json, JSON_INDENT(2));

	if (text)
		sg_buf_addf(out, "%s\n", text);
	free(text);
	json_decref(json);
}

static json_t *arches_json(const struct sg_strv *names)
{
	json_t *list = json_array();

	for (size_t i = 0; i < names->len; i++)
		json_array_append_new(list, json_string(names->items[i]));
	return list;
}

void finding_json_file(const struct fuzz_finding *finding, struct sg_buf *out)
{
	struct sg_buf shape = {0};
	json_t *json;

	finding_shape(finding, &shape);
	json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s}", "schema_version",
			 FINDING_SCHEMA_VERSION, "secgauge", SG_VERSION, "generator",
			 finding->gen->name, "generator_version", finding->version, "kind",
			 fuzz_kind_name(finding->kind), "signature", finding->signature, "shape",
			 text_json(sg_buf_text(&shape)), "seed", sg_json_hex(finding->seed),
			 "architectures", arches_json(&finding->arch_names), "objective",
			 gen_objective_name(finding->objective));
	sg_buf_release(&shape);
	if (fuzz_kind_has_tuple(finding->kind)) {
		json_object_set_new(json, "wanted", raw_json(finding->wanted));
		json_object_set_new(json, "got", raw_json(finding->got));
	}
	if (finding->message)
		json_object_set_new(json, "message", text_json(finding->message));
	print_json(json, out);
}

/* ---- verdicts */

static json_t *verdict_json(uint32_t verdict)
{
	struct sg_buf text = {0};
	json_t *json;

	abi_verdict_text(verdict, &text);
	json = json_pack("{s:s, s:o}", "verdict", sg_buf_text(&text), "raw", raw_json(verdict));
	sg_buf_release(&text);
	return json;
}

/* 0 and the verdict; else the reason in @err. */
static int ask(const struct oracle *oracle, const struct oracle_subject *subject,
	       const struct abi_tuple *tuple, uint32_t *ret_verdict, struct sg_err *err)
{
	struct oracle_session *session = NULL;
	bool known = true;
	int bad = oracle->supported ? oracle->supported(subject, err) : 0;

	if (!bad)
		bad = oracle->open(subject, &session, err);
	if (bad)
		return bad;
	bad = oracle->judge(session, tuple, 1, ret_verdict, &known, err);
	oracle->close(session);
	if (!bad && !known)
		bad = sg_err_env(err, ENOTSUP, "cannot make this call here");
	return bad;
}

void finding_verdicts_file(const struct fuzz_finding *finding, const struct finding_trial *trial,
			   struct sg_buf *out)
{
	const struct gen_filter *filter = &trial->build.filter;
	const struct oracle_subject subject = {&filter, 1, &trial->policy};
	json_t *ran = json_object(), *unsupported = json_object();

	for (const struct oracle *const *at = oracle_registry; *at; at++) {
		struct sg_err err = {0};
		uint32_t verdict = 0;

		if (ask(*at, &subject, &finding->tuple, &verdict, &err))
			json_object_set_new(unsupported, (*at)->name, text_json(err.msg));
		else
			json_object_set_new(ran, (*at)->name, verdict_json(verdict));
	}
	print_json(json_pack("{s:o, s:o, s:o}", "wanted", verdict_json(finding->wanted), "oracles",
			     ran, "unsupported", unsupported),
		   out);
}

/* ---- assembly */

static void mark_step(void *ctx, const struct cbpf_step *step)
{
	bool *taken = ctx;

	taken[step->pc] = true;
}

/* Each instruction is a line that starts with a tab and ends with a comment (cbpf_disassemble). */
static void add_marked(const char *text, const bool *taken, struct sg_buf *out)
{
	size_t pc = 0;

	while (*text) {
		const size_t len = strcspn(text, "\n");
		const bool insn = *text == '\t';

		sg_buf_add(out, text, len);
		if (insn && taken[pc])
			sg_buf_adds(out, "  *");
		pc += insn;
		sg_buf_adds(out, "\n");
		text += len + (text[len] == '\n');
	}
}

static void add_summary(const struct fuzz_finding *finding, struct sg_buf *out)
{
	sg_buf_addf(out, "; %s\n; the path of ", finding->signature);
	finding_tuple_text(&finding->tuple, out);
	sg_buf_adds(out, " is marked with *\n; it returns ");
	abi_verdict_text(finding->got, out);
	sg_buf_adds(out, ", the policy demands ");
	abi_verdict_text(finding->wanted, out);
	sg_buf_adds(out, "\n");
}

void finding_asm_file(const struct fuzz_finding *finding, const struct gen_filter *filter,
		      struct sg_buf *out)
{
	bool *taken = sg_calloc(filter->prog.len, sizeof(*taken));
	struct sg_buf text = {0};

	if (fuzz_kind_has_tuple(finding->kind)) {
		add_summary(finding, out);
		cbpf_trace(&filter->prog, &finding->tuple, mark_step, taken);
	}
	cbpf_disassemble(&filter->prog, gen_call_arch(&finding->tuple), &text);
	add_marked(sg_buf_text(&text), taken, out);
	sg_buf_release(&text);
	free(taken);
}
