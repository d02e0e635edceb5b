/* SPDX-License-Identifier: MIT */
#include "harness/cmd/proof.h"
#include "harness/report/json_call.h"

json_t *proof_counterexample_json(const struct prove_answer *answer)
{
	json_t *json = report_json_tuple(&answer->tuple);

	json_object_set_new(json, "a", report_json_verdict(answer->a));
	json_object_set_new(json, "b", report_json_verdict(answer->b));
	return json;
}

static json_t *args_json(unsigned int args)
{
	json_t *list = json_array();

	for (int i = 0; i < 6; i++)
		if (args & 1u << i)
			json_array_append_new(list, json_integer(i));
	return list;
}

static json_t *region_json(const struct prove_region *region)
{
	const struct abi_tuple lowest = {.arch = region->audit, .nr = region->low};
	json_t *json =
		json_pack("{s:o, s:I, s:I, s:o, s:o, s:f, s:o, s:b}", "arch",
			  report_json_arch(&lowest), "low", (json_int_t)region->low, "high",
			  (json_int_t)region->high, "a", report_json_verdict(region->a), "b",
			  report_json_verdict(region->b), "inputs", region->inputs, "args",
			  args_json(region->args), "by_ip", (region->args & PROVE_BY_IP) != 0);

	if (region->low == region->high)
		json_object_set_new(json, "syscall", report_json_syscall(&lowest));
	return json;
}

static void add_differing(const struct prove_answer *answer, json_t *json)
{
	json_t *list = json_array();

	for (size_t i = 0; i < answer->region_count; i++)
		json_array_append_new(list, region_json(&answer->regions[i]));
	json_object_set_new(json, "differing", list);
	json_object_set_new(json, "more_differing", json_boolean(answer->more_regions));
	json_object_set_new(json, "differing_inputs", json_real(answer->inputs));
}

static void add_confirmation(const struct confirmation *confirmation, json_t *json)
{
	json_t *yes = json_array(), *silent = json_object(), *no = json_object();

	for (size_t i = 0; i < confirmation->count; i++) {
		const struct confirm_witness *witness = &confirmation->items[i];
		const char *name = witness->oracle->name;

		switch (witness->word) {
		case CONFIRM_UNASKED: break;
		case CONFIRM_YES: json_array_append_new(yes, json_string(name)); break;
		case CONFIRM_SILENT:
			json_object_set_new(silent, name, json_string(witness->reason));
			break;
		case CONFIRM_NO: json_object_set_new(no, name, json_string(witness->reason)); break;
		}
	}
	json_object_set_new(json, "confirmed", yes);
	json_object_set_new(json, "unconfirmed", silent);
	json_object_set_new(json, "contradicted", no);
}

static json_t *excluded_json(const struct prove_answer *answer)
{
	json_t *json = json_object();

	for (int i = POLICY_SPECIFIED + 1; i < POLICY_CLASS_COUNT; i++)
		if (answer->excluded[i] > 0)
			json_object_set_new(json, policy_class_name(i),
					    json_real(answer->excluded[i]));
	return json;
}

static void add_edge(json_t *edges, size_t insn, bool is_taken, size_t to)
{
	json_array_append_new(edges, json_pack("{s:I, s:I, s:b}", "insn", (json_int_t)insn, "to",
					       (json_int_t)to, "condition", is_taken));
}

static json_t *dead_json(const struct proof *proof, int side)
{
	const struct cbpf_prog *prog = &proof->filters[side].filter.prog;
	const struct prove_dead *dead = &proof->dead[side];
	json_t *insns = json_array(), *edges = json_array();

	for (size_t i = 0; dead->known && i < prog->len; i++) {
		const struct sock_filter *insn = &prog->insns[i];

		if (dead->insn[i])
			json_array_append_new(insns, json_integer((json_int_t)i));
		if (dead->taken[i])
			add_edge(edges, i, true, i + 1 + insn->jt);
		if (dead->fell[i])
			add_edge(edges, i, false, i + 1 + insn->jf);
	}
	return json_pack("{s:s, s:b, s:o, s:o}", "filter", proof->names[side], "known", dead->known,
			 "insns", insns, "edges", edges);
}

static void add_dead(const struct proof *proof, json_t *json)
{
	json_t *list = json_array();

	for (int side = 0; side < 2; side++)
		if (proof_has_program(proof, side))
			json_array_append_new(list, dead_json(proof, side));
	json_object_set_new(json, "dead", list);
}

json_t *proof_json(const struct proof *proof)
{
	const struct prove_answer *answer = &proof->answer;
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:s?, s:f, s:s, s:I}", "result",
			  prove_result_name(answer->result), "a", proof->names[0], "b",
			  proof->names[1], "under", proof->under, "seconds", answer->seconds, "by",
			  answer->by_smt ? "z3" : "diagrams", "nodes", (json_int_t)answer->nodes);

	if (answer->result == PROVE_UNKNOWN)
		json_object_set_new(json, "reason", json_string(answer->reason));
	if (proof_inputs(proof) >= 0)
		json_object_set_new(json, "inputs", json_real(proof_inputs(proof)));
	json_object_set_new(json, "excluded", excluded_json(answer));
	if (answer->result == PROVE_DIFFERENT) {
		json_object_set_new(json, "counterexample", proof_counterexample_json(answer));
		add_confirmation(&proof->confirmation, json);
	}
	if (answer->result == PROVE_DIFFERENT && !answer->by_smt)
		add_differing(answer, json);
	add_dead(proof, json);
	return json;
}
