/* SPDX-License-Identifier: MIT */
/* Layout: what is loaded where, and jumps that reach no further than 255. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "filters/cbpf/interp.h"
#include "filters/gen/emit.h"

static struct cbpf_prog emit_ok(const struct ir *ir, ir_id root)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	if (emit_graph(ir, root, &prog, &err) < 0 || cbpf_verify(&prog, &err) < 0)
		fail_msg("%s", err.msg);
	return prog;
}

static void a_leaf_is_one_instruction(void **state)
{
	struct ir ir = {0};
	struct cbpf_prog prog = emit_ok(&ir, ir_leaf(&ir, 0x7fff0000));

	(void)state;
	assert_int_equal(prog.len, 1);
	assert_int_equal(prog.insns[0].k, 0x7fff0000);
	cbpf_release(&prog);
	ir_release(&ir);
}

/* The word is loaded once for all tests of it, the mask applied once. */
static void loads_and_masks_are_not_repeated(void **state)
{
	struct ir ir = {0};
	ir_id a = ir_leaf(&ir, 1), b = ir_leaf(&ir, 2);
	ir_id masked =
		ir_test(&ir, ir_masked_eq(4, 6, 2), a, ir_test(&ir, ir_masked_eq(4, 6, 4), a, b));
	struct cbpf_prog prog = emit_ok(&ir, ir_test(&ir, ir_eq(4, 9), b, masked));
	uint16_t codes[] = {BPF_LD | BPF_W | BPF_ABS,
			    BPF_JMP | BPF_JEQ | BPF_K,
			    BPF_ALU | BPF_AND | BPF_K,
			    BPF_JMP | BPF_JEQ | BPF_K,
			    BPF_JMP | BPF_JEQ | BPF_K,
			    BPF_RET | BPF_K,
			    BPF_RET | BPF_K};
	size_t i;

	(void)state;
	assert_int_equal(prog.len, 7);
	for (i = 0; i < prog.len; i++)
		assert_int_equal(prog.insns[i].code, codes[i]);
	cbpf_release(&prog);
	ir_release(&ir);
}

/* A test that is shared by one way with its word loaded and one without has both entries. */
static void shared_test_is_entered_behind_its_load(void **state)
{
	struct ir ir = {0};
	ir_id a = ir_leaf(&ir, 1), b = ir_leaf(&ir, 2);
	ir_id shared = ir_test(&ir, ir_eq(4, 1), a, b);
	ir_id other = ir_test(&ir, ir_eq(5, 0), shared, b);
	ir_id root = ir_test(&ir, ir_eq(4, 7), other, shared);
	struct cbpf_prog prog = emit_ok(&ir, root);
	size_t i, loads = 0;
	const struct {
		uint64_t arg;
		uint32_t ret, insns;
	} cases[] = {{7, 2, 7}, {1, 1, 4}, {2, 2, 4}, {7 | 1ull << 32, 2, 5}};

	(void)state;
	for (i = 0; i < prog.len; i++)
		loads += BPF_CLASS(prog.insns[i].code) == BPF_LD;
	assert_int_equal(loads, 3);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct abi_tuple tuple = {.arch = 0xc000003e, .args = {cases[i].arg}};
		struct cbpf_result result = cbpf_run(&prog, &tuple);

		assert_int_equal(result.ret, cases[i].ret);
		assert_int_equal(result.insns, cases[i].insns);
	}
	cbpf_release(&prog);
	ir_release(&ir);
}

/* nr == 0 ? 1 : nr == 1 ? 2 : ...: @links tests, each with a leaf of its own. */
static ir_id chain(struct ir *ir, uint32_t links, bool own_leaves)
{
	ir_id node = ir_leaf(ir, 0x7fff0000);
	uint32_t i;

	for (i = links; i-- > 0;)
		node = ir_test(ir, ir_eq(IR_WORD_NR, i), ir_leaf(ir, own_leaves ? i : 1), node);
	return node;
}

static void assert_chain(const struct cbpf_prog *prog, uint32_t links, bool own_leaves)
{
	uint32_t i;

	for (i = 0; i <= links; i++) {
		struct abi_tuple tuple = {.nr = i};
		struct cbpf_result result = cbpf_run(prog, &tuple);

		assert_int_equal(result.ret, i == links ? 0x7fff0000 : own_leaves ? i : 1);
		/* ld, the tests, ret: a copy of the return is nearer than any jump. */
		assert_int_equal(result.insns, i < links ? i + 3 : links + 2);
	}
}

static void far_returns_are_copied(void **state)
{
	static const struct {
		uint32_t links;
		size_t insns;
	} cases[] = {{1, 4}, {255, 258}, {256, 259}, {257, 261}, {2000, 2010}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ir ir = {0};
		struct cbpf_prog prog = emit_ok(&ir, chain(&ir, cases[i].links, false));

		assert_chain(&prog, cases[i].links, false);
		assert_int_equal(prog.len, cases[i].insns);
		cbpf_release(&prog);
		ir_release(&ir);
	}
}

static void many_leaves_are_reached(void **state)
{
	struct ir ir = {0};
	struct cbpf_prog prog = emit_ok(&ir, chain(&ir, 1500, true));

	(void)state;
	assert_chain(&prog, 1500, true);
	assert_int_equal(prog.len, 1 + 1500 + 1501);
	cbpf_release(&prog);
	ir_release(&ir);
}

/* Every test of a long chain goes to the same test behind it: that takes jumps. */
static void far_tests_are_reached_by_jumps(void **state)
{
	struct ir ir = {0};
	ir_id shared = ir_test(&ir, ir_eq(4, 5), ir_leaf(&ir, 1), ir_leaf(&ir, 2));
	ir_id node = ir_leaf(&ir, 0x7fff0000);
	struct cbpf_prog prog;
	uint32_t i, jumps = 0, worst = 0;

	(void)state;
	for (i = 1000; i-- > 0;)
		node = ir_test(&ir, ir_eq(IR_WORD_NR, i), shared, node);
	prog = emit_ok(&ir, node);
	for (i = 0; i < prog.len; i++)
		jumps += prog.insns[i].code == (BPF_JMP | BPF_JA);
	for (i = 0; i < 1001; i++) {
		struct abi_tuple tuple = {.nr = i, .arch = 0xc000003e, .args = {i & 7}};
		struct cbpf_result result = cbpf_run(&prog, &tuple);
		uint32_t extra = result.insns - (i + 5);

		assert_int_equal(result.ret, i == 1000 ? 0x7fff0000 : (i & 7) == 5 ? 1 : 2);
		if (i < 1000 && extra > worst)
			worst = extra;
	}
	assert_int_equal(jumps, 3); /* one for each 255 instructions */
	assert_int_equal(worst, 1); /* and never one to the next */
	cbpf_release(&prog);
	ir_release(&ir);
}

static void too_long_is_refused(void **state)
{
	struct ir ir = {0};
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(emit_graph(&ir, chain(&ir, 5000, false), &prog, &err), -E2BIG);
	assert_string_equal(err.msg, "the policy needs 5000 tests; the kernel takes 4096 "
				     "instructions");
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_int_equal(emit_graph(&ir, chain(&ir, 3000, true), &prog, &err), -E2BIG);
	assert_string_equal(err.msg, "the policy needs 6002 instructions; the kernel takes 4096");
	assert_null(prog.insns);
	ir_release(&ir);
}

static void longest_filter_fits(void **state)
{
	struct ir ir = {0};
	struct cbpf_prog prog = emit_ok(&ir, chain(&ir, 2047, true));

	(void)state;
	assert_int_equal(prog.len, CBPF_MAX_INSNS);
	assert_chain(&prog, 2047, true);
	cbpf_release(&prog);
	ir_release(&ir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_is_one_instruction),
		cmocka_unit_test(loads_and_masks_are_not_repeated),
		cmocka_unit_test(shared_test_is_entered_behind_its_load),
		cmocka_unit_test(far_returns_are_copied),
		cmocka_unit_test(many_leaves_are_reached),
		cmocka_unit_test(far_tests_are_reached_by_jumps),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(longest_filter_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
