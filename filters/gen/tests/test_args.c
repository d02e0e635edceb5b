/* SPDX-License-Identifier: MIT */
/* The rules of a call as instructions: named cases, what they cost, and what their graphs share. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "filters/gen/args_graph.h"
#include "filters/gen/emit.h"
#include "filters/gen/tests/args_tables.h"
#include "harness/base/buf.h"

static const struct args_passes every_pass; /* none is off */

struct named {
	const char *name;
	const char *code; /* loads and tests in the order of the filter */
	struct table_rule rules[TABLE_RULES];
	enum abi_arch_id arch;
	uint64_t sample[3]; /* arguments */
	uint32_t insns;     /* that the sample takes, the return included */
	uint32_t worst;
};

/* Little-endian: the low half of argument i is at 16 + 8 * i, the high half behind it. */
static const struct named cases[] = {
	{"personality",
	 "ld 20; jeq 0x0; ld 16; jeq 0xffffffff; jset 0xfffdfff7",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 8)), IF(A, EQ(0, 0x20000)), IF(A, EQ(0, 0x20008)),
	  IF(A, EQ(0, 0xffffffff))},
	 ABI_X86_64,
	 {0xffffffff},
	 5,
	 6},
	{"personality_of_zeros",
	 "ld 20; jeq 0x0; ld 16; jset 0xfffdfff7; jeq 0xffffffff",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 8)), IF(A, EQ(0, 0x20000)), IF(A, EQ(0, 0x20008)),
	  IF(A, EQ(0, 0xffffffff))},
	 ABI_X86_64,
	 {0},
	 5,
	 6},
	{"personality_narrow",
	 "ld 16; jeq 0xffffffff; jset 0xfffdfff7",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 8)), IF(A, EQ(0, 0x20000)), IF(A, EQ(0, 0x20008)),
	  IF(A, EQ(0, 0xffffffff))},
	 ABI_I386,
	 {0xffffffff},
	 3,
	 4},
	{"personality_big_endian",
	 "ld 16; jeq 0x0; ld 20; jeq 0xffffffff; jset 0xfffdfff7",
	 {IF(A, EQ(0, 0)), IF(A, EQ(0, 8)), IF(A, EQ(0, 0x20000)), IF(A, EQ(0, 0x20008)),
	  IF(A, EQ(0, 0xffffffff))},
	 ABI_S390X,
	 {0xffffffff},
	 5,
	 6},
	/* The sample fails on low halves, so they come first, and the high ones at the end. */
	{"socket_without_audit",
	 "ld 32; jeq 0x9; ld 36; jeq 0x0; ld 20; jeq 0x0; ld 16; jeq 0x10",
	 {IF(B, EQ(0, 16), EQ(2, 9)), IF(A, NE(2, 9)), IF(A, NE(0, 16)), IF(A, NE(2, 9))},
	 ABI_X86_64,
	 {2, 1, 6},
	 3,
	 9},
	{"socket_families",
	 "ld 16; jge 0x26; jeq 0x26; jeq 0x28; ld 20; jeq 0x0",
	 {IF(A, LT(0, 38)), IF(A, EQ(0, 39)), IF(A, GT(0, 40))},
	 ABI_X86_64,
	 {2, 1},
	 3,
	 7},
	{"setuid_bits",
	 "ld 24; jset 0xc00",
	 {IF(A, MASK(1, 04000, 04000)), IF(A, MASK(1, 02000, 02000))},
	 ABI_X86_64,
	 {0, 0644},
	 3,
	 3},
	{"namespaces",
	 "ld 16; jset 0x72000000",
	 {IF(A, MASK(0, 0x10000000, 0x10000000)), IF(A, MASK(0, 0x20000000, 0x20000000)),
	  IF(A, MASK(0, 0x40000000, 0x40000000)), IF(A, MASK(0, 0x02000000, 0x02000000))},
	 ABI_X86_64,
	 {0x3d0f00},
	 3,
	 3},
	/* Two tests that can fail after the first, where AND needs two always. */
	{"writable_and_executable",
	 "ld 32; jset 0x4; jset 0x2",
	 {IF(A, MASK(2, 6, 6))},
	 ABI_X86_64,
	 {0, 0, 1},
	 3,
	 4},
	{"three_bits_of_a_mask",
	 "ld 16; jset 0x1; and 0xff; jeq 0x7",
	 {IF(A, MASK(0, 0xff, 7))},
	 ABI_X86_64,
	 {0},
	 3,
	 5},
	{"values_under_one_mask",
	 "ld 16; and 0xff; jeq 0x52; jeq 0x31; jeq 0x87",
	 {IF(A, MASK(0, 0xff, 0x31)), IF(A, MASK(0, 0xff, 0x52)), IF(B, MASK(0, 0xff, 0x87))},
	 ABI_X86_64,
	 {0x52},
	 4,
	 6},
	{"upper_mask_is_a_comparison",
	 "ld 16; jge 0x10; jge 0x20",
	 {IF(A, MASK(0, 0xfffffff0, 0x10))},
	 ABI_X86_64,
	 {0},
	 3,
	 4},
	{"within_a_rule",
	 "ld 16; jge 0x3; jge 0x6; ld 20; jeq 0x0",
	 {IF(A, GE(0, 3), LE(0, 5))},
	 ABI_X86_64,
	 {1},
	 3,
	 6},
	{"high_half_in_one_test",
	 "ld 20; jge 0x5",
	 {IF(A, LT(0, 0x500000000))},
	 ABI_X86_64,
	 {0},
	 3,
	 3},
	{"two_high_halves",
	 "ld 20; jeq 0x2; ld 16; jeq 0x6; jeq 0x1; ld 16; jeq 0x5",
	 {IF(A, EQ(0, 0x100000005)), IF(A, EQ(0, 0x200000006))},
	 ABI_X86_64,
	 {0x200000006},
	 5,
	 6},
	/* The value that the sample has first, though a mask would hold both. */
	{"values_of_low_halves",
	 "ld 16; jeq 0x2; jeq 0x1; jeq 0xa",
	 {IF(A, MASK(0, 0xffffffff, 1)), IF(A, MASK(0, 0xffffffff, 2)),
	  IF(A, MASK(0, 0xffffffff, 10))},
	 ABI_X86_64,
	 {2},
	 3,
	 5},
	{"commands",
	 "ld 28; jeq 0x0; ld 24; jge 0x5; jeq 0x406",
	 {IF(A, LE(1, 4)), IF(A, EQ(1, 1030))},
	 ABI_X86_64,
	 {0, 3},
	 5,
	 6},
	/* Sixteen values that nothing unites: comparisons in front of them. */
	{"many_values",
	 "ld 28; jeq 0x0; ld 24; jeq 0x8933; jge 0xae02; jge 0xaea1; "
	 "jeq 0xc008; jeq 0xc010; jeq 0xc120; jeq 0xae41; jeq 0xae80; "
	 "jeq 0xaea0; jge 0x8910; jge 0x8913; jeq 0x8911; jeq 0x8927; "
	 "jeq 0xae01; jge 0x5414; jeq 0x5421; jeq 0x5450; jge 0x5411; "
	 "jeq 0x5412; jeq 0x5401",
	 {IF(A, EQ(1, 0x5401)), IF(A, EQ(1, 0x5411)), IF(A, EQ(1, 0x5413)), IF(A, EQ(1, 0x5421)),
	  IF(A, EQ(1, 0x5450)), IF(A, EQ(1, 0x8910)), IF(A, EQ(1, 0x8912)), IF(A, EQ(1, 0x8927)),
	  IF(A, EQ(1, 0x8933)), IF(A, EQ(1, 0xae80)), IF(A, EQ(1, 0xae01)), IF(A, EQ(1, 0xae41)),
	  IF(A, EQ(1, 0xaea0)), IF(A, EQ(1, 0xc008)), IF(A, EQ(1, 0xc010)), IF(A, EQ(1, 0xc120))},
	 ABI_X86_64,
	 {0, 0x8933},
	 5,
	 10},
};

static ir_id lower(const struct named *named, struct ir *ir)
{
	struct args_sample sample = table_sample(named->arch, named->sample, 1);
	struct args_rule rules[TABLE_RULES];
	size_t count = read_table(named->rules, rules);

	return args_lower(ir, abi_arch(named->arch), rules, count, REST, &sample, 1, &every_pass);
}

static struct args_cost cost_of(const struct named *named, struct ir *ir, ir_id root)
{
	struct args_sample sample = table_sample(named->arch, named->sample, 1);
	struct args_samples samples;
	struct args_graph graph;
	struct args_cost cost;

	args_graph_init(&graph, ir);
	args_samples_make(&samples, &sample, 1);
	cost = args_graph_cost(&graph, root, NULL, &samples, 1);
	cost.samples /= samples.weights[0];
	args_graph_release(&graph);
	return cost;
}

/* "ld 16; jeq 0x8; ..." */
static size_t list_code(const struct cbpf_prog *prog, struct sg_buf *out)
{
	size_t i, returns = 0;

	for (i = 0; i < prog->len; i++) {
		const struct sock_filter *insn = &prog->insns[i];

		if (BPF_CLASS(insn->code) == BPF_RET) {
			returns++;
			continue;
		}
		sg_buf_adds(out, i ? "; " : "");
		if (BPF_CLASS(insn->code) == BPF_LD)
			sg_buf_addf(out, "ld %u", insn->k);
		else
			sg_buf_addf(out, "%s 0x%x",
				    BPF_CLASS(insn->code) == BPF_ALU ? "and"
				    : BPF_OP(insn->code) == BPF_JEQ  ? "jeq"
				    : BPF_OP(insn->code) == BPF_JGE  ? "jge"
								     : "jset",
				    insn->k);
	}
	return returns;
}

static void check_named(const struct named *named)
{
	struct ir ir = {0};
	ir_id root = lower(named, &ir);
	struct args_cost cost = cost_of(named, &ir, root);
	struct cbpf_prog prog = {0};
	struct sg_buf code = {0};
	struct sg_err err = {0};
	size_t returns;

	assert_int_equal(emit_graph(&ir, root, &prog, &err), 0);
	returns = list_code(&prog, &code);
	if (strcmp(sg_buf_text(&code), named->code) != 0)
		fail_msg("%s: %s", named->name, sg_buf_text(&code));
	if (cost.samples != named->insns || cost.worst != named->worst)
		fail_msg("%s: %lu instructions, %u at worst", named->name, cost.samples,
			 cost.worst);
	/* What the choice counts is what is laid out. */
	assert_int_equal(cost.insns, prog.len - returns);
	cbpf_release(&prog);
	sg_buf_release(&code);
	ir_release(&ir);
}

static void calls_take_so_many_instructions(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++)
		check_named(&cases[i]);
}

/* ---- what is shared, and what decides */

static const struct named *find_case(const char *name)
{
	size_t i;

	for (i = 0; i < SG_COUNT(cases); i++) {
		if (strcmp(cases[i].name, name) == 0)
			return &cases[i];
	}
	fail_msg("no case %s", name);
	return NULL;
}

/* A 32-bit architecture asks for what stands behind the high half. */
static void architectures_share_low_halves(void **state)
{
	struct ir ir = {0};
	ir_id wide = lower(find_case("personality"), &ir);
	ir_id narrow = lower(find_case("personality_narrow"), &ir);

	(void)state;
	assert_int_equal(ir.nodes[wide].yes, narrow);
	ir_release(&ir);
}

/* The kernel's bitmap serves only what loads no argument. */
static void unconditional_rules_are_leaves(void **state)
{
	static const struct policy_cond cond = EQ(0, 1);
	const struct args_rule rules[] = {{&cond, 1, A}, {NULL, 0, B}};
	struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){1, 0, 0}, 1);
	struct ir ir = {0};

	(void)state;
	assert_int_equal(args_lower(&ir, abi_arch(ABI_X86_64), rules, 2, REST, &sample, 1,
				    &every_pass),
			 ir_leaf(&ir, B));
	assert_int_equal(args_lower(&ir, abi_arch(ABI_X86_64), rules, 0, REST, &sample, 1,
				    &every_pass),
			 ir_leaf(&ir, REST));
	ir_release(&ir);
}

/* Neither loads rules that say the same whatever the arguments are. */
static void rules_that_say_the_same_are_leaves(void **state)
{
	static const struct table_rule all[TABLE_RULES] = {IF(A, LT(0, 5)), IF(A, GT(0, 2))};
	static const struct table_rule none[TABLE_RULES] = {IF(A, LT(0, 0)), IF(REST, EQ(1, 2))};
	struct args_sample sample = table_sample(ABI_X86_64, (uint64_t[]){1, 0, 0}, 1);
	struct args_rule rules[TABLE_RULES];
	struct ir ir = {0};
	size_t count = read_table(all, rules);

	(void)state;
	assert_int_equal(args_lower(&ir, abi_arch(ABI_X86_64), rules, count, REST, &sample, 1,
				    &every_pass),
			 ir_leaf(&ir, A));
	count = read_table(none, rules);
	assert_int_equal(args_lower(&ir, abi_arch(ABI_X86_64), rules, count, REST, &sample, 1,
				    &every_pass),
			 ir_leaf(&ir, REST));
	ir_release(&ir);
}

static const struct table_rule three[TABLE_RULES] = {IF(A, EQ(0, 1)), IF(B, EQ(0, 2)),
						     IF(A, EQ(1, 3), EQ(0, 3))};

static uint32_t insns_of(const struct args_sample *samples, size_t count, uint64_t a0)
{
	struct args_sample asked = table_sample(ABI_I386, (uint64_t[]){a0, 0, 0}, 1);
	struct args_rule rules[TABLE_RULES];
	struct ir ir = {0};
	size_t rule_count = read_table(three, rules);
	ir_id root = args_lower(&ir, abi_arch(ABI_I386), rules, rule_count, REST, samples, count,
				&every_pass);
	uint32_t insns = ir_cost(&ir, root, asked.words, NULL);

	ir_release(&ir);
	return insns;
}

/* ld; jeq; ret for the heavy one. */
static void the_heavier_sample_is_served_first(void **state)
{
	struct args_sample samples[2];

	(void)state;
	samples[0] = table_sample(ABI_I386, (uint64_t[]){1, 0, 0}, 0.1);
	samples[1] = table_sample(ABI_I386, (uint64_t[]){2, 0, 0}, 0.2);
	assert_int_equal(insns_of(samples, 2, 2), 3);
	assert_int_equal(insns_of(samples, 2, 1), 4);
	samples[0].weight = 0.3;
	assert_int_equal(insns_of(samples, 2, 1), 3);
	assert_int_equal(insns_of(samples, 2, 2), 4);
}

/* A sample without weight says nothing beside one that has some; alone it is the likely input. */
static void samples_without_weight(void **state)
{
	struct args_sample samples[2];

	(void)state;
	samples[0] = table_sample(ABI_I386, (uint64_t[]){2, 0, 0}, 0);
	samples[1] = table_sample(ABI_I386, (uint64_t[]){1, 0, 0}, 0.1);
	assert_int_equal(insns_of(samples, 2, 1), 3);
	assert_int_equal(insns_of(samples, 1, 2), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_take_so_many_instructions),
		cmocka_unit_test(architectures_share_low_halves),
		cmocka_unit_test(unconditional_rules_are_leaves),
		cmocka_unit_test(rules_that_say_the_same_are_leaves),
		cmocka_unit_test(the_heavier_sample_is_served_first),
		cmocka_unit_test(samples_without_weight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
