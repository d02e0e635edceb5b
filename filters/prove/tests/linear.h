/* SPDX-License-Identifier: MIT */
/*
 * A policy as the most naive filter there is: rule by rule, those without conditions first, halves
 * of arguments compared one after the other. It says what policy_eval() says of every input.
 *
 *	for each architecture:
 *		if arch is not its audit value, or nr is on the wrong side of x32's bit: the next
 *		for each rule: if nr is its number and all conditions hold: ret its action
 *		ret the default
 *	ret the foreign action
 */
#ifndef SG_PROVE_TESTS_LINEAR_H
#define SG_PROVE_TESTS_LINEAR_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"

/* Targets until they are known: where the condition ends, where the rule does. */
#define LINEAR_NEXT 0xfe
#define LINEAR_FAIL 0xff

static inline void linear_stmt(struct cbpf_prog *prog, uint16_t code, uint32_t k)
{
	cbpf_add(prog, (struct sock_filter)BPF_STMT(code, k));
}

static inline void linear_jump(struct cbpf_prog *prog, uint16_t op, uint32_t k, uint8_t jt,
			       uint8_t jf)
{
	cbpf_add(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | op | BPF_K, k, jt, jf));
}

static inline void linear_load(struct cbpf_prog *prog, uint32_t offset)
{
	linear_stmt(prog, BPF_LD | BPF_W | BPF_ABS, offset);
}

/* Targets @target of instructions from @start on become the place behind the last one. */
static inline void linear_patch(struct cbpf_prog *prog, size_t start, uint8_t target)
{
	for (size_t pc = start; pc < prog->len; pc++) {
		struct sock_filter *insn = &prog->insns[pc];

		if (BPF_CLASS(insn->code) != BPF_JMP || BPF_OP(insn->code) == BPF_JA)
			continue;
		if (insn->jt == target)
			insn->jt = (uint8_t)(prog->len - pc - 1);
		if (insn->jf == target)
			insn->jf = (uint8_t)(prog->len - pc - 1);
	}
}

/* ---- conditions */

static inline void linear_half(struct cbpf_prog *prog, const struct abi_arch *arch, uint8_t arg,
			       bool high)
{
	if (high && arch->word_bits == 32)
		linear_stmt(prog, BPF_LD | BPF_IMM, 0);
	else
		linear_load(prog, abi_off_half(arch->big_endian, arg, high));
}

static inline void linear_masked(struct cbpf_prog *prog, const struct abi_arch *arch, uint8_t arg,
				 uint64_t mask, uint64_t value, uint8_t yes, uint8_t no)
{
	linear_half(prog, arch, arg, true);
	linear_stmt(prog, BPF_ALU | BPF_AND | BPF_K, (uint32_t)(mask >> 32));
	linear_jump(prog, BPF_JEQ, (uint32_t)(value >> 32), 0, no);
	linear_half(prog, arch, arg, false);
	linear_stmt(prog, BPF_ALU | BPF_AND | BPF_K, (uint32_t)mask);
	linear_jump(prog, BPF_JEQ, (uint32_t)value, yes, no);
}

/* @op: BPF_JGT or BPF_JGE. */
static inline void linear_above(struct cbpf_prog *prog, const struct abi_arch *arch, uint8_t arg,
				uint16_t op, uint64_t value, uint8_t yes, uint8_t no)
{
	linear_half(prog, arch, arg, true);
	linear_jump(prog, BPF_JGT, (uint32_t)(value >> 32), yes, 0);
	linear_jump(prog, BPF_JEQ, (uint32_t)(value >> 32), 0, no);
	linear_half(prog, arch, arg, false);
	linear_jump(prog, op, (uint32_t)value, yes, no);
}

static inline void linear_cond(struct cbpf_prog *prog, const struct abi_arch *arch,
			       const struct policy_cond *cond)
{
	const uint8_t yes = LINEAR_NEXT, no = LINEAR_FAIL, arg = cond->arg;
	const uint64_t value = cond->value;
	const size_t start = prog->len;

	switch (cond->op) {
	case POLICY_NE: linear_masked(prog, arch, arg, UINT64_MAX, value, no, yes); break;
	case POLICY_EQ: linear_masked(prog, arch, arg, UINT64_MAX, value, yes, no); break;
	case POLICY_LT: linear_above(prog, arch, arg, BPF_JGE, value, no, yes); break;
	case POLICY_LE: linear_above(prog, arch, arg, BPF_JGT, value, no, yes); break;
	case POLICY_GE: linear_above(prog, arch, arg, BPF_JGE, value, yes, no); break;
	case POLICY_GT: linear_above(prog, arch, arg, BPF_JGT, value, yes, no); break;
	case POLICY_MASKED_EQ:
		linear_masked(prog, arch, arg, value, cond->value_two & value, yes, no);
		break;
	}
	linear_patch(prog, start, LINEAR_NEXT);
}

/* ---- rules */

static inline void linear_rule(struct cbpf_prog *prog, const struct policy *policy, size_t arch,
			       const struct policy_rule *rule)
{
	const int nr = abi_nr(policy->arches[arch], rule->name);
	const size_t start = prog->len;

	if (nr == ABI_NR_NONE)
		return;
	linear_load(prog, ABI_OFF_NR);
	linear_jump(prog, BPF_JEQ, (uint32_t)nr, 0, LINEAR_FAIL);
	for (size_t i = 0; i < rule->cond_count; i++)
		linear_cond(prog, policy->arches[arch], &rule->conds[i]);
	linear_stmt(prog, BPF_RET | BPF_K, policy_action_on(policy, rule, arch));
	linear_patch(prog, start, LINEAR_FAIL);
}

static inline void linear_rules(struct cbpf_prog *prog, const struct policy *policy, size_t arch,
				bool conditional)
{
	for (size_t i = 0; i < policy->rule_count; i++)
		if ((policy->rules[i].cond_count != 0) == conditional)
			linear_rule(prog, policy, arch, &policy->rules[i]);
}

/* ---- architectures */

#define LINEAR_FAR 0xffffffffu /* a ja to where the architecture ends */

static inline void linear_arch(struct cbpf_prog *prog, const struct policy *policy, size_t arch)
{
	const bool x32 = policy->arches[arch]->id == ABI_X32;
	const size_t start = prog->len;

	linear_load(prog, ABI_OFF_ARCH);
	linear_jump(prog, BPF_JEQ, policy->arches[arch]->audit, 1, 0);
	linear_stmt(prog, BPF_JMP | BPF_JA, LINEAR_FAR);
	if (policy->arches[arch]->audit == abi_arch(ABI_X32)->audit) {
		linear_load(prog, ABI_OFF_NR);
		linear_jump(prog, BPF_JGE, ABI_X32_BIT, x32, !x32);
		linear_stmt(prog, BPF_JMP | BPF_JA, LINEAR_FAR);
	}
	linear_rules(prog, policy, arch, false);
	linear_rules(prog, policy, arch, true);
	linear_stmt(prog, BPF_RET | BPF_K, policy_action_on(policy, NULL, arch));
	for (size_t pc = start; pc < prog->len; pc++) {
		struct sock_filter *insn = &prog->insns[pc];

		if (insn->code == (BPF_JMP | BPF_JA) && insn->k == LINEAR_FAR)
			insn->k = (uint32_t)(prog->len - pc - 1);
	}
}

/* -1 on x86_64, when it did not go to x32: how a tracer skips a call. */
static inline void linear_skipped(struct cbpf_prog *prog, const struct policy *policy, size_t arch)
{
	const size_t start = prog->len;

	if (policy->arches[arch]->id != ABI_X86_64)
		return;
	linear_load(prog, ABI_OFF_ARCH);
	linear_jump(prog, BPF_JEQ, policy->arches[arch]->audit, 0, LINEAR_FAIL);
	linear_load(prog, ABI_OFF_NR);
	linear_jump(prog, BPF_JEQ, UINT32_MAX, 0, LINEAR_FAIL);
	linear_stmt(prog, BPF_RET | BPF_K, policy_action_on(policy, NULL, arch));
	linear_patch(prog, start, LINEAR_FAIL);
}

/* Into a program that is zeroed. */
static inline void linear_emit(const struct policy *policy, struct cbpf_prog *prog)
{
	if (policy->no_filter) {
		linear_stmt(prog, BPF_RET | BPF_K, ABI_RET_ALLOW);
		return;
	}
	for (size_t arch = 0; arch < policy->arch_count; arch++)
		linear_arch(prog, policy, arch);
	for (size_t arch = 0; arch < policy->arch_count; arch++)
		linear_skipped(prog, policy, arch);
	linear_stmt(prog, BPF_RET | BPF_K, policy->foreign_action);
}

#endif
