/* SPDX-License-Identifier: MIT */
#include "filters/cbpf/interp.h"
#include "harness/run/session.h"

static bool is_served(const struct run_session *session, const struct cbpf_prog *prog,
		      const struct wl_call *call)
{
	const struct abi_arch *arch = call->arch ? call->arch : abi_arch_native();

	return session->bitmap && cbpf_const_allow(prog, arch, (uint32_t)call->nr);
}

void run_figures(const struct run_session *session, const struct run_config *config)
{
	struct run_row *row = config->row;
	double served = 0;

	row->calls_per_op = 0;
	for (size_t i = 0; i < session->calls.len; i++)
		row->calls_per_op += session->calls.items[i].per_op;
	if (row->filter && row->filter->unsupported)
		return;
	row->bpf_insns = row->bpf_insns_full = row->bitmap_share = 0;
	if (!config->filter || config->filter->none)
		return;
	for (size_t i = 0; i < session->calls.len; i++) {
		const struct wl_call *call = &session->calls.items[i];
		const struct cbpf_prog *prog = &config->filter->prog;
		struct abi_tuple tuple = run_call_tuple(call);
		double insns = call->per_op * cbpf_run(prog, &tuple).insns * session->plan->stack;

		row->bpf_insns_full += insns;
		if (is_served(session, prog, call))
			served += call->per_op;
		else
			row->bpf_insns += insns;
	}
	row->bitmap_share = row->calls_per_op > 0 ? served / row->calls_per_op : 0;
}
