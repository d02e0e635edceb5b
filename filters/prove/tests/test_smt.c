/* SPDX-License-Identifier: MIT */
/* What comes of a question to Z3: the input, as small as can be, or why there is no answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/audit.h>
#include <signal.h>
#include <unistd.h>

#include "filters/prove/tests/insns.h"
#include "filters/prove/tests/smt_support.h"
#include "harness/base/alloc.h"

/* AddressSanitizer would report a huge request instead of refusing it as malloc() does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* ---- the input */

static const struct cbpf_prog kill_all = PROG(RET(KILL));

/* Differs from kill_all with one input word of a value: that word is all there is in the input. */
static void an_input_has_no_more_than_it_must(void **state)
{
	(void)state;
	for (uint32_t word = 0; word < ABI_DATA_WORDS; word++) {
		const struct cbpf_prog prog =
			PROG(LD(4 * word), J(BPF_JEQ, 0x1234, 0, 1), RET(ALLOW), RET(KILL));
		const struct prove_answer answer = ask_progs(&prog, &kill_all);
		uint32_t words[ABI_DATA_WORDS], wanted[ABI_DATA_WORDS] = {0};

		wanted[word] = 0x1234;
		confirm(&answer, &prog, &kill_all);
		assert_int_equal(answer.a, ALLOW);
		assert_int_equal(answer.b, KILL);
		abi_tuple_words(&answer.tuple, words);
		assert_memory_equal(words, wanted, sizeof(words));
	}
}

/* Three words, or a fourth one alone. */
static void of_two_ways_the_smaller_one(void **state)
{
	const struct cbpf_prog prog =
		PROG(LD(ABI_OFF_NR), J(BPF_JEQ, 0, 5, 0), LD(ABI_OFF_ARG(0)), J(BPF_JEQ, 0, 3, 0),
		     LD(ABI_OFF_ARG(1)), J(BPF_JEQ, 0, 1, 0), RET(ALLOW), LD(ABI_OFF_ARG(5)),
		     ALU(BPF_MUL, 3), J(BPF_JEQ, 0xfffffff7, 0, 1), RET(ALLOW), RET(KILL));
	(void)state;
	const struct prove_answer answer = ask_progs(&prog, &kill_all);

	confirm(&answer, &prog, &kill_all);
	assert_int_equal(answer.tuple.nr, 0);
	assert_int_equal(answer.tuple.args[0], 0);
	assert_int_equal(answer.tuple.args[1], 0);
	/* The audit value 0 is big-endian: what stands first is the high half. */
	assert_int_equal(answer.tuple.args[5] >> 32, 0xfffffffd);
}

/* The halves of a tuple stand as its audit value has them. */
static void byte_order_is_that_of_the_audit_value(void **state)
{
	static const struct {
		uint32_t audit;
		uint64_t arg;
	} rows[] = {{AUDIT_ARCH_X86_64, 0x0000000200000001},
		    {AUDIT_ARCH_S390X, 0x0000000100000002}};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		const struct cbpf_prog prog =
			PROG(LD(ABI_OFF_ARCH), J(BPF_JEQ, rows[i].audit, 0, 5), LD(ABI_OFF_ARG(2)),
			     J(BPF_JEQ, 1, 0, 3), LD(ABI_OFF_ARG(2) + 4), J(BPF_JEQ, 2, 0, 1),
			     RET(ALLOW), RET(KILL));
		const struct prove_answer answer = ask_progs(&prog, &kill_all);

		confirm(&answer, &prog, &kill_all);
		assert_int_equal(answer.tuple.arch, rows[i].audit);
		assert_int_equal(answer.tuple.args[2], rows[i].arg);
	}
}

/* ---- no answer */

/* (x + y) * (x - y) against x * x - y * y, over and over. */
static const struct cbpf_prog hard_a =
	PROG(LD(ABI_OFF_ARG(0)), TAX, LD(ABI_OFF_ARG(1)), ST(1), ALUX(BPF_ADD), ST(0), LDM(1),
	     BPF_STMT(BPF_STX, 2), ST(3), LDM(2), BPF_STMT(BPF_LDX | BPF_MEM, 3), ALUX(BPF_SUB),
	     BPF_STMT(BPF_LDX | BPF_MEM, 0), ALUX(BPF_MUL), ALU(BPF_DIV, 7), ALU(BPF_AND, 0xffff),
	     ALU(BPF_OR, ABI_RET_TRACE), RETA);
static const struct cbpf_prog hard_b =
	PROG(LD(ABI_OFF_ARG(1)), TAX, ALUX(BPF_MUL), ST(0), LD(ABI_OFF_ARG(0)), TAX, ALUX(BPF_MUL),
	     BPF_STMT(BPF_LDX | BPF_MEM, 0), ALUX(BPF_SUB), ALU(BPF_DIV, 7), ALU(BPF_AND, 0xffff),
	     ALU(BPF_OR, ABI_RET_TRACE), RETA);

static struct prove_answer ask_within(const struct cbpf_prog *a, const struct cbpf_prog *b,
				      struct smt_limits limits)
{
	const struct smt_side left = {.prog = a}, right = {.prog = b};
	struct prove_answer answer = {.result = PROVE_EQUAL};
	struct sg_err err = {0};

	if (smt_ask_within(&left, &right, NULL, NULL, &limits, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

static void assert_unknown(const struct prove_answer *answer, const char *reason)
{
	assert_string_equal(answer->reason, reason);
	assert_int_equal(answer->result, PROVE_UNKNOWN);
}

#ifdef __clang__
#define CLANG_ASAN __has_feature(address_sanitizer)
#else
#define CLANG_ASAN 0
#endif

/* As smt.h says: there, what Z3 throws ends the child. */
static void need_exceptions(void)
{
#if CLANG_ASAN
	void *library = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_NOLOAD);

	if (!library) {
		print_message("SKIP: exceptions: clang's AddressSanitizer has none to pass on "
			      "where the C++ library is not linked\n");
		skip();
	}
	dlclose(library);
#endif
}

/* Whoever ends it: Z3 itself, or, while it is being loaded, the parent. */
static void a_deadline_ends_it(void **state)
{
	static const struct {
		double timeout_s;
		const char *reason;
	} rows[] = {{0.001, "deadline of 0.001 s"},
		    {0.1, "deadline of 0.1 s"},
		    {0.7, "deadline of 0.7 s"}};

	(void)state;
	need_exceptions();
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		const struct prove_answer answer =
			ask_within(&hard_a, &hard_b,
				   (struct smt_limits){SMT_Z3_LIBRARY, rows[i].timeout_s,
						       1024u << 20});

		skip_without_z3(answer.reason);
		assert_unknown(&answer, rows[i].reason);
	}
}

static void memory_runs_out(void **state)
{
	(void)state;
	need_exceptions();
	const struct prove_answer answer =
		ask_within(&hard_a, &hard_b, (struct smt_limits){SMT_Z3_LIBRARY, FAR_S, 64u << 20});
	skip_without_z3(answer.reason);
	assert_unknown(&answer, "memory limit of 64 MiB");
}

static void a_library_that_is_not_there(void **state)
{
	(void)state;
	const struct prove_answer answer =
		ask_within(&hard_a, &hard_b,
			   (struct smt_limits){"libno-such-library.so.4", FAR_S, 1024u << 20});
	assert_unknown(&answer, "libno-such-library.so.4 is not installed");
}

static void a_library_that_is_another_one(void **state)
{
	(void)state;
	const struct prove_answer answer =
		ask_within(&hard_a, &hard_b, (struct smt_limits){"libc.so.6", FAR_S, 1024u << 20});
	assert_unknown(&answer, "libc.so.6 has no Z3_mk_config()");
}

static void a_library_that_is_none(void **state)
{
	(void)state;
	const struct prove_answer answer =
		ask_within(&hard_a, &hard_b, (struct smt_limits){"/dev/null", FAR_S, 1024u << 20});
	assert_int_equal(answer.result, PROVE_UNKNOWN);
	assert_non_null(strstr(answer.reason, "/dev/null cannot be loaded: "));
}

/* The parent lives on: here the child finds no instructions. */
static void a_child_that_dies(void **state)
{
	const struct cbpf_prog nowhere = {.insns = (struct sock_filter *)64, .len = 1};

	(void)state;
	/* cmocka's handler would go on with the tests, in the child. */
	signal(SIGSEGV, SIG_DFL);
	const struct prove_answer answer =
		ask_within(&nowhere, &kill_all,
			   (struct smt_limits){SMT_Z3_LIBRARY, FAR_S, 1024u << 20});
	skip_without_z3(answer.reason);
	assert_unknown(&answer, "Z3 crashed (SIGSEGV)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_input_has_no_more_than_it_must),
		cmocka_unit_test(of_two_ways_the_smaller_one),
		cmocka_unit_test(byte_order_is_that_of_the_audit_value),
		cmocka_unit_test(a_deadline_ends_it),
		cmocka_unit_test(memory_runs_out),
		cmocka_unit_test(a_library_that_is_not_there),
		cmocka_unit_test(a_library_that_is_another_one),
		cmocka_unit_test(a_library_that_is_none),
		cmocka_unit_test(a_child_that_dies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
