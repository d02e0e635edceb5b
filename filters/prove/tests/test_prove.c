/* SPDX-License-Identifier: MIT */
/* Questions to the prover whose answer is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "filters/prove/prove.h"
#include "filters/prove/tests/linear.h"
#include "harness/base/embed.h"

static struct cbpf_prog assemble(const char *text)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	if (cbpf_assemble(text, strlen(text), "test", &prog, &err))
		fail_msg("%s", err.msg);
	return prog;
}

static uint32_t effect_at(const struct cbpf_prog *prog, const struct abi_tuple *tuple)
{
	return abi_verdict_effect(cbpf_run(prog, tuple).ret);
}

static struct prove_answer compare(const struct cbpf_prog *a, const struct cbpf_prog *b,
				   const struct policy *under, const struct prove_options *options)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prove_filters(a, b, under, options, &answer, &err))
		fail_msg("%s", err.msg);
	assert_true(answer.seconds > 0);
	if (answer.result == PROVE_DIFFERENT) {
		assert_int_equal(answer.a, effect_at(a, &answer.tuple));
		assert_int_equal(answer.b, effect_at(b, &answer.tuple));
		assert_int_not_equal(answer.a, answer.b);
	}
	return answer;
}

static const struct prove_options by_diagrams = {.no_smt = true};

/* ---- two filters */

/* Two texts; for different ones, the smallest input. */
struct pair {
	const char *name;
	const char *a, *b;
	enum prove_result result;
	struct abi_tuple tuple;
};

#define X86_64 0xc000003e

#define FRAME "	ld arch; \n	jne #arch.x86_64, kill\n	ld nr\n"
#define END   "\nallow: ret ALLOW\ndeny: ret ERRNO(1)\nkill: ret KILL_PROCESS\n"

static const struct pair pairs[] = {
	{"the same", FRAME "jeq #3, allow, deny" END, FRAME "jeq #3, allow, deny" END,
	 .result = PROVE_EQUAL},
	{"one verdict", "ld nr\njeq #3, y, n\ny: ret ALLOW\nn: ret ERRNO(1)",
	 "ld nr\njeq #3, y, n\ny: ret LOG\nn: ret ERRNO(1)", .result = PROVE_DIFFERENT,
	 .tuple = {.nr = 3}},
	{"one errno", "ret ERRNO(1)", "ret ERRNO(2)", .result = PROVE_DIFFERENT},
	{"one constant by one", FRAME "jge #300, deny, allow" END,
	 FRAME "jge #301, deny, allow" END, .result = PROVE_DIFFERENT,
	 .tuple = {.arch = X86_64, .nr = 300}},
	{"a swapped branch", FRAME "jeq #3, allow, deny" END, FRAME "jeq #3, deny, allow" END,
	 .result = PROVE_DIFFERENT, .tuple = {.arch = X86_64}},
	{"greater, or equal", FRAME "ld args[2].hi\njgt #7, deny, allow" END,
	 FRAME "ld args[2].hi\njge #7, deny, allow" END, .result = PROVE_DIFFERENT,
	 .tuple = {.arch = X86_64, .args = {[2] = 7ull << 32}}},
	{"another half",
	 FRAME "ld args[1].hi\njne #0, allow\nld args[1].lo\njeq #1, deny, allow" END,
	 FRAME "ld args[1].hi\njne #0, allow\nld args[1].hi\njeq #1, deny, allow" END,
	 .result = PROVE_DIFFERENT, .tuple = {.arch = X86_64, .args = {[1] = 1}}},
	{"the instruction pointer", "ld ip.lo\njeq #0, allow, deny" END,
	 "ld ip.lo\njset #0xffffffff, deny, allow" END, .result = PROVE_EQUAL},
	{"in another order", FRAME "jeq #3, allow\njeq #9, deny\njeq #12, allow, deny" END,
	 FRAME "jeq #12, allow\njeq #3, allow, deny" END, .result = PROVE_EQUAL},
	{"a range as a list", FRAME "jlt #4, deny, allow" END,
	 FRAME "jeq #0, deny\njeq #1, deny\njeq #3, deny\njeq #2, deny, allow" END,
	 .result = PROVE_EQUAL},
	{"a mask as a shift", FRAME "and #0xfffffff0\njeq #0x40, allow, deny" END,
	 FRAME "rsh #4\njeq #4, allow, deny" END, .result = PROVE_EQUAL},
	{"a shift too far", FRAME "and #0xfffffff0\njeq #0x40, allow, deny" END,
	 FRAME "rsh #3\njeq #8, allow, deny" END, .result = PROVE_DIFFERENT,
	 .tuple = {.arch = X86_64, .nr = 0x48}},
	{"a difference", FRAME "jeq #70, allow, deny" END, FRAME "sub #70\njeq #0, allow, deny" END,
	 .result = PROVE_EQUAL},
	{"a sum that wraps", FRAME "jge #10, deny, allow" END,
	 FRAME "add #0xfffffff6\njge #0xfffffff6, allow, deny" END, .result = PROVE_EQUAL},
	{"through X and scratch",
	 "ld nr\nand #7\nst M[3]\nld args[0].lo\nand #7\ntax\nld M[3]\njeq x, allow, deny" END,
	 "ld nr\nand #7\ntax\nld args[0].lo\nand #7\nsub x\njeq #0, allow, deny" END,
	 .result = PROVE_EQUAL},
	{"another word of scratch",
	 FRAME "st M[3]\nld args[0].lo\nst M[4]\nld M[3]\njeq #1, allow, deny" END,
	 FRAME "st M[3]\nld args[0].lo\nst M[4]\nld M[4]\njeq #1, allow, deny" END,
	 .result = PROVE_DIFFERENT, .tuple = {.arch = X86_64, .args = {1}}},
	{"division by X, which may be 0",
	 "ld args[3].lo\ntax\nld #6\ndiv x\njeq #6, allow, deny" END,
	 "ld args[3].lo\njeq #0, kill_thread\njeq #1, allow, deny\nkill_thread: ret "
	 "KILL_THREAD" END,
	 .result = PROVE_EQUAL},
	{"a shift by X", "ld nr\ntax\nld #1\nlsh x\njset #0x8, allow, deny" END,
	 "ld nr\nand #31\njeq #3, allow, deny" END, .result = PROVE_EQUAL},
	{"a computed verdict", "ld nr\nand #1\nlsh #4\nadd #0x50001\nret a",
	 "ld nr\njset #1, y, n\ny: ret ERRNO(17)\nn: ret ERRNO(1)", .result = PROVE_EQUAL},
	{"verdicts with one effect", "ret ERRNO(4095)", "ret ERRNO(5000)", .result = PROVE_EQUAL},
	{"verdicts that nobody knows", "ret KILL_PROCESS", "ret #0x12340000",
	 .result = PROVE_EQUAL},
	{"data that nobody reads", "ret ALLOW", "ret #0x7fff0001", .result = PROVE_EQUAL},
	{"data that a tracer reads", "ret TRACE(1)", "ret TRACE(2)", .result = PROVE_DIFFERENT},
};

static void like_the_table(void **state)
{
	const struct pair *pair = *state;
	struct cbpf_prog a = assemble(pair->a), b = assemble(pair->b);
	struct prove_answer answer = compare(&a, &b, NULL, &by_diagrams);

	assert_int_equal(answer.result, pair->result);
	assert_memory_equal(&answer.tuple, &pair->tuple, sizeof(answer.tuple));
	assert_int_equal(answer.region_count != 0, answer.result == PROVE_DIFFERENT);
	assert_int_equal(answer.inputs > 0, answer.result == PROVE_DIFFERENT);
	assert_string_equal(answer.reason, "");
	assert_false(answer.by_smt);
	prove_answer_release(&answer);
	/* The other way round, and each against itself. */
	answer = compare(&b, &a, NULL, &by_diagrams);
	assert_int_equal(answer.result, pair->result);
	prove_answer_release(&answer);
	answer = compare(&a, &a, NULL, &by_diagrams);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
}

static void how_many_inputs_differ(void **state)
{
	struct cbpf_prog a = assemble(FRAME "jge #300, deny, allow" END);
	struct cbpf_prog b = assemble(FRAME "jge #310, deny, allow" END);
	struct prove_answer answer = compare(&a, &b, NULL, &by_diagrams);

	(void)state;
	assert_true(answer.inputs == 10 * 0x1p448);
	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.regions[0].audit, X86_64);
	assert_int_equal(answer.regions[0].low, 300);
	assert_int_equal(answer.regions[0].high, 309);
	assert_int_equal(answer.regions[0].a, ABI_RET_ERRNO | 1);
	assert_int_equal(answer.regions[0].b, ABI_RET_ALLOW);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
}

/* ---- a policy */

static struct policy load(const char *operand)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	const struct policy_options options = {.arches = &arch, .arch_count = 1};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_load(operand, &options, &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

static struct cbpf_prog hand_filter(void)
{
	return assemble(sg_embedded_find("filters/hand/container-default.bpfasm")->data);
}

static struct prove_answer check(struct prover *prover, const struct cbpf_prog *prog,
				 const struct sg_strv *unknown_calls)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_check(prover, prog, unknown_calls, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

static double total(const double *excluded)
{
	double sum = 0;

	for (unsigned class = 0; class < POLICY_CLASS_COUNT; class ++)
		sum += excluded[class];
	return sum;
}

static void the_filter_by_hand_is_its_policy(void **state)
{
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct prove_answer answer = check(prover, &hand, NULL);

	(void)state;
	assert_int_equal(answer.result, PROVE_EQUAL);
	/* All other audit values, and x32's numbers on this one. */
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] == 0x1p512 - 0x1p480);
	assert_true(answer.excluded[POLICY_X32] == 0x1p480 - 0x1p478);
	assert_true(answer.excluded[POLICY_SPECIFIED] == 0);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* The last ret ERRNO(1) of a rule becomes ALLOW. Says whether there was one. */
static bool allow_one(struct cbpf_prog *prog)
{
	for (size_t pc = prog->len; pc-- > 0;) {
		struct sock_filter *insn = &prog->insns[pc];

		if (insn->code == (BPF_RET | BPF_K) && insn->k == (ABI_RET_ERRNO | 1)) {
			insn->k = ABI_RET_ALLOW;
			return true;
		}
	}
	return false;
}

/* Of three architectures, as naive as can be: some 3,500 instructions. */
static void a_profile_of_an_engine(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64), abi_arch(ABI_I386),
					   abi_arch(ABI_X32)};
	const struct policy_options options = {.arches = arches, .arch_count = SG_COUNT(arches)};
	struct policy policy = {0};
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	(void)state;
	if (policy_load("podman-default", &options, &policy, &err)) {
		print_message("SKIP: profile: %s\n", err.msg);
		skip();
	}
	linear_emit(&policy, &prog);
	assert_int_equal(cbpf_verify(&prog, &err), 0);
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct prove_answer answer = check(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	assert_true(allow_one(&prog));
	answer = check(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_int_equal(answer.region_count, 1);
	assert_int_equal(answer.a, ABI_RET_ERRNO | 1);
	assert_int_equal(answer.b, ABI_RET_ALLOW);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&prog);
	policy_release(&policy);
}

/* A prover that has answered still answers right. */
static void question_after_question(void **state)
{
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter(), wrong = {0};
	struct prover *prover = prover_new(&policy, &by_diagrams);

	(void)state;
	cbpf_copy(&wrong, &hand);
	wrong.insns[3].k++; /* one call more is allowed: 41, socket */
	for (int i = 0; i < 3; i++) {
		struct prove_answer answer = check(prover, &hand, NULL);

		assert_int_equal(answer.result, PROVE_EQUAL);
		prove_answer_release(&answer);
		answer = check(prover, &wrong, NULL);
		assert_int_equal(answer.result, PROVE_DIFFERENT);
		assert_string_equal(abi_name(abi_arch(ABI_X86_64), answer.tuple.nr), "socket");
		assert_int_equal(answer.b, ABI_RET_ALLOW);
		assert_int_not_equal(answer.a, ABI_RET_ALLOW);
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&wrong);
	cbpf_release(&hand);
	policy_release(&policy);
}

static struct prove_answer compare_within(struct prover *prover, const struct cbpf_prog *a,
					  const struct cbpf_prog *b)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_compare(prover, a, b, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

/* Only where the policy specifies nothing do the two differ. */
static void what_is_unspecified_does_not_count(void **state)
{
	struct policy policy = load("container-default");
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct cbpf_prog a = hand_filter(), b = hand_filter();

	(void)state;
	b.insns[b.len - 1].k = ABI_RET_KILL_THREAD; /* foreign */
	assert_int_equal(a.insns[b.len - 1].k, ABI_RET_KILL_PROCESS);
	struct prove_answer answer = compare(&a, &b, NULL, &by_diagrams);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_true(total(answer.excluded) == 0);
	prove_answer_release(&answer);
	answer = compare(&a, &b, &policy, &by_diagrams);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] > 0);
	prove_answer_release(&answer);
	answer = compare_within(prover, &a, &b);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	answer = check(prover, &b, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&a);
	cbpf_release(&b);
	policy_release(&policy);
}

static struct policy_rule on_openat2 = {.name = (char *)"openat2", .action = ABI_RET_ALLOW};
static struct policy_rule on_read = {.name = (char *)"read", .action = ABI_RET_ALLOW};

/* A generator that does not know openat2 has no rule for it. */
static void unknown_calls_do_not_count(void **state)
{
	const struct abi_arch *arches[] = {abi_arch(ABI_X86_64)};
	struct policy_rule rules[] = {on_read, on_openat2};
	const struct policy policy = {
		.default_action = ABI_RET_ERRNO | 1,
		.foreign_action = ABI_RET_KILL_PROCESS,
		.arches = arches,
		.arch_count = 1,
		.rules = rules,
		.rule_count = SG_COUNT(rules),
	};
	struct policy shorter = policy;
	struct prover *prover = prover_new(&policy, &by_diagrams);
	struct cbpf_prog prog = {0};
	struct sg_strv calls = {0};

	(void)state;
	shorter.rule_count = 1;
	linear_emit(&shorter, &prog);
	struct prove_answer answer = check(prover, &prog, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_string_equal(abi_name(arches[0], answer.tuple.nr), "openat2");
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] == 0);
	prove_answer_release(&answer);
	sg_strv_add(&calls, "x86_64:openat2");
	sg_strv_add(&calls, "i386:openat2"); /* foreign here: that class comes first */
	answer = check(prover, &prog, &calls);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] == 0x1p448);
	assert_true(answer.excluded[POLICY_FOREIGN_ARCH] == 0x1p512 - 0x1p480);
	prove_answer_release(&answer);
	sg_strv_release(&calls);
	cbpf_release(&prog);
	prover_free(prover);
}

/* ---- limits */

#define MULTIPLY "ld args[0].lo\ntax\nld args[1].lo\nmul x\n"

static void a_limit_of_nodes(void **state)
{
	const struct prove_options options = {.node_limit = 20000, .no_smt = true};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct prove_answer answer = compare(&a, &a, NULL, &options);

	(void)state;
	assert_int_equal(answer.result, PROVE_UNKNOWN);
	assert_string_equal(answer.reason, "diagrams passed 20000 nodes");
	assert_true(answer.nodes <= 20000 && answer.nodes > 19000);
	prove_answer_release(&answer);
	cbpf_release(&a);
}

static void a_policy_beyond_the_limit(void **state)
{
	const struct prove_options options = {.node_limit = 500, .no_smt = true};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct prove_answer answer = check(prover, &hand, NULL);

		assert_int_equal(answer.result, PROVE_UNKNOWN);
		assert_string_equal(answer.reason, "diagrams passed 500 nodes");
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* A question that was too large does not spoil the next one. */
static void after_a_limit_of_nodes(void **state)
{
	const struct prove_options options = {.node_limit = 20000, .no_smt = true};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct cbpf_prog large = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct prove_answer answer = check(prover, &large, NULL);

		assert_int_equal(answer.result, PROVE_UNKNOWN);
		prove_answer_release(&answer);
		answer = check(prover, &hand, NULL);
		assert_int_equal(answer.result, PROVE_EQUAL);
		prove_answer_release(&answer);
	}
	prover_free(prover);
	cbpf_release(&large);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* ---- Z3, beyond the limit of nodes */

static void need_z3(void)
{
	void *library = dlopen("libz3.so.4", RTLD_LAZY);

	if (!library) {
		print_message("SKIP: z3: %s\n", dlerror());
		skip();
	}
	dlclose(library);
}

static void z3_beyond_the_limit(void **state)
{
	const struct prove_options options = {.node_limit = 2000};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #15, allow, deny" END);
	struct cbpf_prog b = assemble("ld args[1].lo\ntax\nld args[0].lo\nmul x\n"
				      "jeq #15, allow, deny" END);
	struct cbpf_prog c = assemble(MULTIPLY "jeq #16, allow, deny" END);

	(void)state;
	need_z3();
	struct prove_answer answer = compare(&a, &b, NULL, &options);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.by_smt);
	assert_true(answer.nodes > 0);
	prove_answer_release(&answer);
	answer = compare(&a, &c, NULL, &options);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_true(answer.by_smt);
	assert_int_equal(answer.region_count, 0);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
	cbpf_release(&c);
}

static void z3_against_a_policy(void **state)
{
	const struct prove_options options = {.node_limit = 500};
	struct policy policy = load("container-default");
	struct cbpf_prog hand = hand_filter();
	struct prover *prover = prover_new(&policy, &options);

	(void)state;
	need_z3();
	struct prove_answer answer = check(prover, &hand, NULL);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.by_smt);
	prove_answer_release(&answer);
	hand.insns[3].k++;
	answer = check(prover, &hand, NULL);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	assert_string_equal(abi_name(abi_arch(ABI_X86_64), answer.tuple.nr), "socket");
	prove_answer_release(&answer);
	prover_free(prover);
	cbpf_release(&hand);
	policy_release(&policy);
}

/* Factors of a product of two primes: no answer within the deadline. */
static void neither_diagrams_nor_z3(void **state)
{
	const struct prove_options options = {.node_limit = 2000, .smt_timeout_s = 0.01};
	struct cbpf_prog a = assemble(MULTIPLY "jeq #0xfff87a31, allow, deny" END);
	struct cbpf_prog b = assemble(MULTIPLY "mul #3\njeq #0xffe96e93, allow, deny" END);
	struct prove_answer answer = compare(&a, &b, NULL, &options);

	(void)state;
	assert_int_equal(answer.result, PROVE_UNKNOWN);
	assert_true(strncmp(answer.reason, "diagrams passed 2000 nodes; ", 28) == 0);
	assert_true(strlen(answer.reason) > 28);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
}

static void names_of_results(void **state)
{
	(void)state;
	assert_string_equal(prove_result_name(PROVE_EQUAL), "equal");
	assert_string_equal(prove_result_name(PROVE_DIFFERENT), "different");
	assert_string_equal(prove_result_name(PROVE_UNKNOWN), "unknown");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(how_many_inputs_differ),
	cmocka_unit_test(the_filter_by_hand_is_its_policy),
	cmocka_unit_test(a_profile_of_an_engine),
	cmocka_unit_test(question_after_question),
	cmocka_unit_test(what_is_unspecified_does_not_count),
	cmocka_unit_test(unknown_calls_do_not_count),
	cmocka_unit_test(a_limit_of_nodes),
	cmocka_unit_test(a_policy_beyond_the_limit),
	cmocka_unit_test(after_a_limit_of_nodes),
	cmocka_unit_test(z3_beyond_the_limit),
	cmocka_unit_test(z3_against_a_policy),
	cmocka_unit_test(neither_diagrams_nor_z3),
	cmocka_unit_test(names_of_results),
};

int main(void)
{
	struct CMUnitTest tests[SG_COUNT(pairs) + SG_COUNT(others)];

	for (size_t i = 0; i < SG_COUNT(pairs); i++)
		tests[i] = (struct CMUnitTest){
			.name = pairs[i].name,
			.test_func = like_the_table,
			.initial_state = (void *)&pairs[i],
		};
	memcpy(tests + SG_COUNT(pairs), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
