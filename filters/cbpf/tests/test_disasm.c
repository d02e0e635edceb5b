/* SPDX-License-Identifier: MIT */
/* assemble(disassemble(x)) == x, for whatever the verifier accepts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/cbpf/check.h"
#include "filters/cbpf/tests/asm_fixture.h"
#include "filters/cbpf/tests/random_prog.h"
#include "filters/cbpf/vectors.h"

#define LEGAL_OPCODES 41 /* the cases of seccomp_check_filter(), kernel/seccomp.c */

/* ---- every instruction by itself */

/* Slots 0 to 15 written, @insn, and more than enough behind it to jump to. */
static void surround(struct sock_filter insn, size_t behind, struct cbpf_prog *prog)
{
	prog->len = 0;
	for (uint32_t slot = 0; slot < BPF_MEMWORDS; slot++)
		cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_ST, slot));
	cbpf_add(prog, insn);
	for (size_t i = 0; i < behind; i++)
		cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, i));
}

static bool verified_round_trip(struct sock_filter insn, size_t behind, struct cbpf_prog *prog)
{
	size_t pc;

	surround(insn, behind, prog);
	if (cbpf_check(prog, &pc) != CBPF_ACCEPTED)
		return false;
	assert_round_trip(prog, NULL);
	return true;
}

/* With what the kernel reads and what it ignores at the ends of their ranges. */
static bool try_fields(uint16_t code, struct cbpf_prog *prog)
{
	static const uint8_t offsets[] = {0, 1, 2, 255};
	static const uint32_t constants[] = {0,    1,    3,          4,          15,        60,
					     4095, 4096, 0x7fff0000, 0x80000000, 0xffffffff};
	bool accepted = false;

	for (size_t t = 0; t < SG_COUNT(offsets); t++)
		for (size_t f = 0; f < SG_COUNT(offsets); f++)
			for (size_t k = 0; k < SG_COUNT(constants); k++) {
				struct sock_filter insn = {code, offsets[t], offsets[f],
							   constants[k]};
				bool jumps = BPF_CLASS(code) == BPF_JMP;

				accepted |= verified_round_trip(insn, jumps ? 256 : 1, prog);
			}
	return accepted;
}

static bool is_opcode(uint16_t code, struct cbpf_prog *prog)
{
	size_t pc;

	surround((struct sock_filter)BPF_STMT(code, 0), 1, prog);
	return cbpf_check(prog, &pc) != CBPF_BAD_OPCODE;
}

static void test_every_opcode_and_field(void **state)
{
	struct cbpf_prog prog = {0};
	int legal = 0;

	(void)state;
	for (uint32_t code = 0; code <= UINT16_MAX; code++)
		legal += is_opcode(code, &prog) && try_fields(code, &prog);
	assert_int_equal(legal, LEGAL_OPCODES);
	cbpf_release(&prog);
}

static void test_every_pair_of_offsets(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	for (int near = 0; near < 256; near += 5) {
		assert_true(verified_round_trip((struct sock_filter){BPF_JMP | BPF_JEQ | BPF_K,
								     near, 255 - near, 7},
						256, &prog));
		assert_true(verified_round_trip((struct sock_filter){BPF_JMP | BPF_JGT | BPF_X,
								     near, 0, near},
						256, &prog));
		assert_true(verified_round_trip((struct sock_filter){BPF_JMP | BPF_JA, near, near,
								     near},
						256, &prog));
	}
	cbpf_release(&prog);
}

/* Every action with data, every value that is no action: ret gives back each of them. */
static void test_returned_values(void **state)
{
	static const uint16_t data[] = {0, 1, 38, 4095, 4096, 0xffff};
	struct cbpf_prog prog = {0};

	(void)state;
	for (uint32_t action = 0; action <= UINT16_MAX; action++)
		for (size_t i = 0; i < SG_COUNT(data); i++)
			cbpf_add(&prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
								     action << 16 | data[i]));
	for (size_t start = 0; start < prog.len; start += CBPF_MAX_INSNS) {
		size_t left = prog.len - start;
		struct cbpf_prog part = {
			.insns = prog.insns + start,
			.len = left < CBPF_MAX_INSNS ? left : CBPF_MAX_INSNS,
		};

		assert_round_trip(&part, NULL);
	}
	cbpf_release(&prog);
}

/* ---- whole programs */

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		struct cbpf_prog prog = {.insns = (struct sock_filter *)cbpf_vectors[i].insns,
					 .len = cbpf_vectors[i].len};

		assert_round_trip(&prog, abi_arch(ABI_X86_64));
	}
}

/* Something in a field that the kernel does not look at. */
static void fill_unused(struct sg_rng *rng, struct sock_filter *insn)
{
	bool jumps = BPF_CLASS(insn->code) == BPF_JMP,
	     branches = jumps && BPF_OP(insn->code) != BPF_JA;

	if (!branches) {
		insn->jt = sg_rng_u64(rng);
		insn->jf = sg_rng_u64(rng);
	} else if (BPF_SRC(insn->code) == BPF_X) {
		insn->k = sg_rng_u64(rng);
	}
}

static void test_random_programs(void **state)
{
	const struct abi_arch *archs[] = {NULL, abi_arch(ABI_X86_64), abi_arch(ABI_X32),
					  abi_arch(ABI_S390X)};
	struct cbpf_prog prog = {0};
	struct sg_rng rng;
	int accepted = 0;

	(void)state;
	sg_rng_seed(&rng, 2012);
	for (int round = 0; round < 12000; round++) {
		random_prog(&rng, round % 100 ? 60 : CBPF_MAX_INSNS, &prog);
		for (size_t pc = 0; pc < prog.len; pc++)
			if (round % 2 && sg_rng_below(&rng, 4) == 0)
				fill_unused(&rng, &prog.insns[pc]);
		if (cbpf_verify(&prog, NULL))
			continue;
		accepted++;
		assert_round_trip(&prog, archs[sg_rng_below(&rng, SG_COUNT(archs))]);
	}
	assert_true(accepted > 5000);
	cbpf_release(&prog);
}

/* The text of one instruction reads back as that instruction too: traces show what could be run. */
static void test_the_text_of_one_instruction(void **state)
{
	struct cbpf_prog prog = {0}, again = {0};
	struct sg_buf text = {0};
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 6);
	do
		random_prog(&rng, 400, &prog);
	while (prog.len < 300 || cbpf_verify(&prog, NULL));
	for (size_t pc = 0; pc < prog.len; pc++) {
		cbpf_insn_text(&prog.insns[pc], &text);
		sg_buf_adds(&text, "\n");
	}
	assemble(sg_buf_text(&text), &again);
	assert_same_insns(&again, prog.insns, prog.len);
	cbpf_release(&prog);
	cbpf_release(&again);
	sg_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_opcode_and_field),
		cmocka_unit_test(test_every_pair_of_offsets),
		cmocka_unit_test(test_returned_values),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_random_programs),
		cmocka_unit_test(test_the_text_of_one_instruction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
