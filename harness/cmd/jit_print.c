/* SPDX-License-Identifier: MIT */
#include "harness/cmd/jit.h"
#include "harness/cmd/print.h"
#include "harness/report/json_call.h"
#include "harness/report/text.h"

#define COLUMNS 100

/* ---- text */

static void add_interval(const struct stats_interval *ns, struct sg_buf *out)
{
	struct sg_buf text = {0};

	report_right(out, ns->estimate, 2, 9);
	sg_buf_adds(&text, "[");
	report_number(&text, ns->low, 2);
	sg_buf_adds(&text, ", ");
	report_number(&text, ns->high, 2);
	sg_buf_adds(&text, "]");
	sg_buf_addf(out, "  %-18s", text.data);
	sg_buf_release(&text);
}

static void add_summary(const struct jit_row *row, struct sg_buf *out)
{
	sg_buf_addf(out, "%-32s", row->text);
	if (row->reason) {
		sg_buf_addf(out, "%9s  %-18s", "-", "interpreter only");
		report_right(out, row->insns, 2, 9);
		sg_buf_adds(out, "\n  ");
		report_wrap(out, row->reason, 2, 2, COLUMNS);
		return;
	}
	add_interval(&row->result.ns, out);
	report_right(out, row->insns, 2, 9);
	report_right(out, jit_ns_per_insn(row->result.ns.estimate, row->insns), 3, 9);
	report_right(out, row->result.code_bytes, 0, 11);
	sg_buf_adds(out, "\n");
}

static void add_call(const struct jit_row *row, size_t i, struct sg_buf *out)
{
	const struct jit_call *call = &row->calls[i];
	struct sg_buf name = {0}, verdict = {0};

	sg_buf_adds(&name, call->line->name);
	mix_print_args(call->line, &name);
	abi_verdict_text(call->verdict, &verdict);
	sg_buf_addf(out, "%6g%%  %-24s", call->line->weight, name.data);
	if (row->reason)
		sg_buf_addf(out, "%9s  %-18s", "-", "");
	else
		add_interval(&row->result.calls[i], out);
	report_right(out, call->insns, 0, 9);
	if (row->reason)
		sg_buf_addf(out, "%9s", "-");
	else
		report_right(out, jit_ns_per_insn(row->result.calls[i].estimate, call->insns), 3,
			     9);
	sg_buf_addf(out, "  %s%s\n", verdict.data, call->bitmap ? ", bitmap" : "");
	sg_buf_release(&name);
	sg_buf_release(&verdict);
}

static void add_calls(const struct jit_row *row, struct sg_buf *out)
{
	sg_buf_addf(out, "\n%s on %s:\n%7s  %-24s%9s  %-18s%9s%9s  %s\n", row->text,
		    row->filter.arch->name, "weight", "call", "ns", "95% interval", "insns",
		    "ns/insn", "verdict");
	for (size_t i = 0; i < row->call_count; i++)
		add_call(row, i, out);
}

void jit_print(const struct jit_table *table, struct sg_buf *out)
{
	sg_buf_addf(out, "%-32s%9s  %-18s%9s%9s%11s\n", "filter", "ns", "95% interval", "insns",
		    "ns/insn", "code bytes");
	for (size_t i = 0; i < table->count; i++)
		add_summary(&table->rows[i], out);
	for (size_t i = 0; i < table->count; i++)
		add_calls(&table->rows[i], out);
	sg_buf_adds(out, "\n");
	report_wrap(out,
		    "ns: a verdict in the kernel's JIT beyond that of a filter of one instruction, "
		    "with the input in the cache and every branch predicted. insns: executed, by "
		    "the interpreter. bitmap: the kernel allows this call without running the "
		    "filter.",
		    0, 0, COLUMNS);
}

/* ---- JSON */

/* Both or neither. */
static void set_figures(json_t *json, const struct stats_interval *ns, double insns)
{
	json_object_set_new(json, "ns_per_verdict", ns ? json_real(ns->estimate) : json_null());
	json_object_set_new(json, "low", ns ? json_real(ns->low) : json_null());
	json_object_set_new(json, "high", ns ? json_real(ns->high) : json_null());
	json_object_set_new(json, "insns", json_real(insns));
	json_object_set_new(json, "ns_per_insn",
			    ns ? json_real(jit_ns_per_insn(ns->estimate, insns)) : json_null());
}

static json_t *call_json(const struct jit_row *row, size_t i)
{
	const struct jit_call *call = &row->calls[i];
	json_t *json = json_object();

	json_object_set_new(json, "syscall", json_string(call->line->name));
	json_object_set_new(json, "nr", json_integer(row->measured[i].tuple.nr));
	json_object_set_new(json, "args",
			    sg_json_hex_list(call->line->args, SG_COUNT(call->line->args)));
	json_object_set_new(json, "weight", json_real(call->line->weight));
	json_object_set_new(json, "verdict", report_json_verdict(call->verdict));
	json_object_set_new(json, "bitmap", json_boolean(call->bitmap));
	set_figures(json, row->reason ? NULL : &row->result.calls[i], call->insns);
	return json;
}

static json_t *row_json(const struct jit_row *row)
{
	json_t *json = json_object(), *calls = json_array();

	json_object_set_new(json, "filter", json_string(row->text));
	json_object_set_new(json, "arch", json_string(row->filter.arch->name));
	set_figures(json, row->reason ? NULL : &row->result.ns, row->insns);
	if (row->reason) {
		json_object_set_new(json, "code_bytes", json_null());
		json_object_set_new(json, "reason", json_string(row->reason));
	} else {
		json_object_set_new(json, "code_bytes", json_integer(row->result.code_bytes));
		json_object_set_new(json, "rounds", json_integer((json_int_t)row->result.rounds));
		json_object_set_new(json, "disturbed", json_real(row->result.disturbed));
	}
	for (size_t i = 0; i < row->call_count; i++)
		json_array_append_new(calls, call_json(row, i));
	json_object_set_new(json, "syscalls", calls);
	return json;
}

json_t *jit_json(const struct jit_table *table)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < table->count; i++)
		json_array_append_new(rows, row_json(&table->rows[i]));
	return json_pack("{s:s, s:o, s:b}", "mix", table->mix->name, "filters", rows, "interrupted",
			 table->interrupted);
}
