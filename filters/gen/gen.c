/* SPDX-License-Identifier: MIT */
#include "filters/gen/gen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "filters/gen/gens.h"
#include "filters/gen/proof.h"

const struct gen *const gen_registry[] = {
#define GEN(name) &gen_##name,
#include "filters/gen/registry.inc"
#undef GEN
	NULL,
};

static const char *const objectives[] = {
	[GEN_MIX] = "mix",     [GEN_LEFT] = "left",       [GEN_UNIFORM] = "uniform",
	[GEN_WORST] = "worst", [GEN_INSTALL] = "install",
};

static int unknown_name(const char *kind, const char *name, const char *const *names, size_t count,
			struct sg_err *err)
{
	struct sg_hint hint;

	return sg_err_input(err, EINVAL, "unknown %s \"%s\"%s", kind, name,
			    sg_hint(&hint, name, names, count));
}

int gen_objective_parse(const char *text, enum gen_objective *ret, struct sg_err *err)
{
	size_t i;

	for (i = 0; i < SG_COUNT(objectives); i++) {
		if (strcmp(text, objectives[i]) == 0) {
			*ret = (enum gen_objective)i;
			return 0;
		}
	}
	return unknown_name("objective", text, objectives, SG_COUNT(objectives), err);
}

const char *gen_objective_name(enum gen_objective objective)
{
	return objectives[objective];
}

const struct gen *gen_find(const char *name, struct sg_err *err)
{
	const char *names[SG_COUNT(gen_registry)];
	size_t i;

	for (i = 0; gen_registry[i]; i++) {
		if (strcmp(name, gen_registry[i]->name) == 0)
			return gen_registry[i];
		names[i] = gen_registry[i]->name;
	}
	unknown_name("generator", name, names, i, err);
	return NULL;
}

void gen_filter_release(struct gen_filter *filter)
{
	cbpf_release(&filter->prog);
	sg_strv_release(&filter->unknown_calls);
	sg_strv_release(&filter->warnings);
	*filter = (struct gen_filter){0};
}

struct cbpf_prog gen_prog(const struct gen_filter *filter)
{
	static struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW);

	return filter->none ? (struct cbpf_prog){.insns = &allow, .len = 1} : filter->prog;
}

const struct abi_arch *gen_call_arch(const struct abi_tuple *tuple)
{
	const struct abi_arch *arch = abi_arch_by_audit(tuple->arch);

	if (arch && arch->id == ABI_X86_64 && tuple->nr >= ABI_X32_BIT)
		return abi_arch(ABI_X32);
	return arch;
}

enum policy_class gen_class(const struct gen_filter *filter, const struct abi_tuple *tuple,
			    enum policy_class policy_class)
{
	const struct abi_arch *arch = gen_call_arch(tuple);
	const char *name = arch ? abi_name(arch, tuple->nr) : NULL;
	char *call;
	bool unknown;

	if (policy_class != POLICY_SPECIFIED || !name || filter->unknown_calls.len == 0)
		return policy_class;
	call = sg_asprintf("%s:%s", arch->name, name);
	unknown = sg_strv_contains(&filter->unknown_calls, call);
	free(call);
	return unknown ? POLICY_UNKNOWN_NAME : policy_class;
}

bool gen_is_mismatch(const struct gen_filter *filter, const struct policy_oracle *oracle,
		     const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got)
{
	const struct policy_verdict wanted = policy_eval(oracle, tuple);
	const struct cbpf_prog prog = gen_prog(filter);

	*ret_wanted = wanted.ret;
	*ret_got = cbpf_run(&prog, tuple).ret;
	return gen_class(filter, tuple, wanted.class) == POLICY_SPECIFIED &&
	       abi_verdict_effect(*ret_wanted) != abi_verdict_effect(*ret_got);
}

/* ---- building */

static void hash(struct gen_filter *filter)
{
	sg_sha256_hex(filter->prog.insns, filter->prog.len * sizeof(*filter->prog.insns),
		      filter->sha256);
}

uint32_t gen_foreign_action(const struct gen_filter *filter)
{
	const struct abi_tuple tuple = {.arch = 0}; /* no ELF machine is 0 */
	const struct cbpf_prog prog = gen_prog(filter);

	return cbpf_run(&prog, &tuple).ret;
}

/* The kernel would not take it: a finding, unless a file of the user's own says so (SG_ERR_INPUT
 * of cbpf_load). */
static int check_kernel(const struct gen_filter *filter, struct sg_err *err)
{
	struct sg_err why = {0};

	if (filter->none || cbpf_verify(&filter->prog, &why) == 0)
		return 0;
	return sg_err_finding(err, filter->prog.len > CBPF_MAX_INSNS ? E2BIG : ENOEXEC,
			      "the kernel refuses what it generates: %s", why.msg);
}

typedef int (*build_fn)(const struct gen_request *request, struct gen_filter *filter,
			struct sg_err *err);

static int build(const struct gen *gen, build_fn fn, const struct gen_request *request,
		 struct gen_filter *filter, struct sg_err *err)
{
	int r;

	snprintf(filter->version, sizeof(filter->version), "secgauge %s", SG_VERSION);
	r = fn(request, filter, err);
	if (r == 0)
		r = check_kernel(filter, err);
	if (r == 0 && gen->verified && !request->no_verify)
		r = proof_verify(request->policy, filter, err);
	if (r < 0)
		return sg_err_wrap(err, "%s", gen->name);
	filter->foreign_action = gen_foreign_action(filter);
	hash(filter);
	return 0;
}

static int build_if_supported(const struct gen *gen, build_fn fn, const struct gen_request *request,
			      struct gen_filter *ret_filter, struct sg_err *err)
{
	struct gen_filter filter = {0};
	int r;

	if (gen->needs_policy && !request->policy)
		return sg_err_input(err, EINVAL, "%s needs a profile", gen->name);
	r = gen->supported ? gen->supported(request, err) : 0;
	if (r < 0)
		return r;
	r = build(gen, fn, request, &filter, err);
	if (r < 0) {
		gen_filter_release(&filter);
		return r;
	}
	*ret_filter = filter;
	return 0;
}

int gen_build(const struct gen *gen, const struct gen_request *request,
	      struct gen_filter *ret_filter, struct sg_err *err)
{
	return build_if_supported(gen, gen->build, request, ret_filter, err);
}

int gen_build_here(const struct gen *gen, const struct gen_request *request,
		   struct gen_filter *ret_filter, struct sg_err *err)
{
	return build_if_supported(gen, gen->build_here ? gen->build_here : gen->build, request,
				  ret_filter, err);
}

/* Jumps are relative, so an instruction in front disturbs none. */
void gen_defeat_bitmap(struct gen_filter *filter)
{
	struct cbpf_prog prog = {0};
	size_t i;

	if (filter->none)
		return;
	cbpf_add(&prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(0)));
	for (i = 0; i < filter->prog.len; i++)
		cbpf_add(&prog, filter->prog.insns[i]);
	cbpf_release(&filter->prog);
	filter->prog = prog;
	hash(filter);
}
