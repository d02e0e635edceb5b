/* SPDX-License-Identifier: MIT */
/* Pairs of filters whose answer is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/prove/tests/questions.h"
#include "harness/base/alloc.h"

/* Two texts; for different ones, the smallest input. */
struct pair {
	const char *name;
	const char *a, *b;
	enum prove_result result;
	struct abi_tuple tuple;
};

#define X86_64 0xc000003e

#define FRAME "	ld arch; \n	jne #arch.x86_64, kill\n	ld nr\n"

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
	struct prove_answer answer = ask_filters(&a, &b, NULL, &by_diagrams);

	assert_int_equal(answer.result, pair->result);
	assert_memory_equal(&answer.tuple, &pair->tuple, sizeof(answer.tuple));
	assert_int_equal(answer.region_count != 0, answer.result == PROVE_DIFFERENT);
	assert_int_equal(answer.inputs > 0, answer.result == PROVE_DIFFERENT);
	assert_string_equal(answer.reason, "");
	assert_false(answer.by_smt);
	prove_answer_release(&answer);
	/* The other way round, and each against itself. */
	answer = ask_filters(&b, &a, NULL, &by_diagrams);
	assert_int_equal(answer.result, pair->result);
	prove_answer_release(&answer);
	answer = ask_filters(&a, &a, NULL, &by_diagrams);
	assert_int_equal(answer.result, PROVE_EQUAL);
	prove_answer_release(&answer);
	cbpf_release(&a);
	cbpf_release(&b);
}

static void how_many_inputs_differ(void **state)
{
	struct cbpf_prog a = assemble(FRAME "jge #300, deny, allow" END);
	struct cbpf_prog b = assemble(FRAME "jge #310, deny, allow" END);
	struct prove_answer answer = ask_filters(&a, &b, NULL, &by_diagrams);

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

static void names_of_results(void **state)
{
	(void)state;
	assert_string_equal(prove_result_name(PROVE_EQUAL), "equal");
	assert_string_equal(prove_result_name(PROVE_DIFFERENT), "different");
	assert_string_equal(prove_result_name(PROVE_UNKNOWN), "unknown");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(how_many_inputs_differ),
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
