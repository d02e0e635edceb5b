/* SPDX-License-Identifier: MIT */
/* Generators that crash, hang, eat memory and write nonsense: what a builder says of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fuzz/tests/builder_support.h"

/* ---- ends */

BAD(touch_nothing)
{
	(void)request;
	(void)filter;
	(void)err;
	raise(SIGSEGV);
	return 0;
}

BAD(abort_with_words)
{
	(void)request;
	(void)filter;
	(void)err;
	fputs("first\nfree(): \033invalid\n\n", stderr);
	abort();
}

BAD(exit_itself)
{
	(void)request;
	(void)filter;
	(void)err;
	_exit(5);
}

BAD(exit_with_three)
{
	(void)request;
	(void)filter;
	(void)err;
	_exit(3);
}

BAD(answer_nonsense)
{
	static const uint64_t bytes = 5;

	(void)request;
	(void)filter;
	(void)err;
	(void)!write(3, &bytes, sizeof(bytes));
	(void)!write(3, "hello", 5);
	pause();
	return 0;
}

BAD(answer_without_end)
{
	static const uint64_t bytes = UINT64_MAX;

	(void)request;
	(void)filter;
	(void)err;
	while (write(3, &bytes, sizeof(bytes)) > 0)
		;
	return 0;
}

/* A frame that never gets full. */
BAD(answer_slowly)
{
	static const uint64_t bytes = 32 << 20;

	(void)request;
	(void)filter;
	(void)err;
	(void)!write(3, &bytes, sizeof(bytes));
	while (write(3, "", 1) > 0)
		;
	return 0;
}

static void crashes_are_told_apart(void **state)
{
	static const struct {
		int (*fn)(const struct gen_request *, struct gen_filter *, struct sg_err *);
		const char *message;
	} rows[] = {
		{touch_nothing, "bad: crashed (SIGSEGV)"},
		{abort_with_words, "bad: crashed (SIGABRT): free(): ?invalid"},
		{exit_itself, "bad: failed (5)"},
		{exit_with_three, "bad: failed (3)"},
		{answer_nonsense, "bad: answered nonsense"},
		{answer_without_end, "bad: answered nonsense"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(rows); i++) {
		struct fuzz_build result = build_badly(rows[i].fn, 0);

		assert_string_equal(result.message, rows[i].message);
		assert_int_equal(result.outcome, FUZZ_CRASHED);
	}
}

/* The worker is alive and has more to say: that must not be taken for the next answer. */
static void nonsense_ends_with_its_build(void **state)
{
	struct gen gen = {.name = "bad", .build = answer_nonsense};
	struct fuzz_builder *builder = builder_of(&gen, 0.1);
	struct fuzz_build result = build(builder);

	(void)state;
	assert_int_equal(result.outcome, FUZZ_CRASHED);
	gen.build = build_allow;
	result = build(builder);
	assert_string_equal(result.message, "");
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

BAD(spin)
{
	(void)request;
	(void)filter;
	(void)err;
	for (volatile int i = 0;; i++)
		;
	return 0;
}

BAD(sleep_for_ever)
{
	(void)request;
	(void)filter;
	(void)err;
	for (;;)
		pause();
	return 0;
}

BAD(stop)
{
	(void)request;
	(void)filter;
	(void)err;
	raise(SIGSTOP);
	return 0;
}

BAD(hang_up_and_spin)
{
	close(3);
	return spin(request, filter, err);
}

BAD(talk_for_ever)
{
	(void)request;
	(void)filter;
	(void)err;
	for (;;)
		fputs("and another thing\n", stderr);
	return 0;
}

BAD(leave_the_group)
{
	setpgid(0, getppid());
	return spin(request, filter, err);
}

static void hangs_end(void **state)
{
	static const struct {
		int (*fn)(const struct gen_request *, struct gen_filter *, struct sg_err *);
		double cpu_s;
		const char *words;
	} rows[] = {
		{spin, 0.1, " s of CPU time)"},
		{hang_up_and_spin, 0.1, " s of CPU time)"},
		{leave_the_group, 0.1, " s of CPU time)"},
		{answer_slowly, 0.1, " s of CPU time)"},
		{talk_for_ever, 0.1, " s of CPU time): a"},
		{sleep_for_ever, 0.05, " s)"},
		{stop, 0.05, " s)"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(rows); i++) {
		struct fuzz_build result = build_badly(rows[i].fn, rows[i].cpu_s);

		assert_int_equal(result.outcome, FUZZ_HUNG);
		assert_int_equal(strncmp(result.message, "bad: hung (", 11), 0);
		if (!strstr(result.message, rows[i].words))
			fail_msg("%s, not %s", result.message, rows[i].words);
	}
}

BAD(take_half_the_time)
{
	struct rusage used;
	long start_us = -1, now_us;

	do {
		getrusage(RUSAGE_SELF, &used);
		now_us = used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec +
			 used.ru_stime.tv_sec * 1000000 + used.ru_stime.tv_usec;
		if (start_us < 0)
			start_us = now_us;
	} while (now_us - start_us < 60000);
	return build_allow(request, filter, err);
}

/* The limit is of a build, not of a worker. */
static void processor_time_does_not_add_up(void **state)
{
	const struct gen gen = {.name = "slow", .build = take_half_the_time};
	struct fuzz_builder *builder = builder_of(&gen, 0.2);
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct fuzz_build result = build(builder);

		assert_string_equal(result.message, "");
		fuzz_build_release(&result);
	}
	fuzz_builder_free(builder);
}

/* ---- memory */

BAD(eat_memory)
{
	(void)request;
	(void)filter;
	(void)err;
	for (;;)
		(void)*(volatile char *)sg_malloc(1 << 20);
	return 0;
}

static void memory_has_a_limit(void **state)
{
	struct fuzz_build result;

	(void)state;
	if (UNDER_ASAN) {
		puts("SKIP: sanitizer: address space is not limited under AddressSanitizer");
		skip();
	}
	result = build_badly(eat_memory, 0);
	assert_string_equal(result.message, "bad: ran out of memory (512 MiB)");
	assert_int_equal(result.outcome, FUZZ_NO_MEMORY);
}

BAD(leak)
{
	(void)*(volatile char *)sg_malloc(3 << 19); /* 1.5 MiB: 341 of them are the limit */
	return build_allow(request, filter, err);
}

static void leaks_do_not_add_up(void **state)
{
	const struct gen gen = {.name = "leaky", .build = leak};
	struct fuzz_builder *builder = builder_of(&gen, 0);
	int i;

	(void)state;
	for (i = 0; i < 700; i++) {
		struct fuzz_build result = build(builder);

		assert_string_equal(result.message, "");
		fuzz_build_release(&result);
	}
	fuzz_builder_free(builder);
}

/* ---- sanitizers */

BAD(report_overflow)
{
	(void)request;
	(void)filter;
	(void)err;
	fputs("====\n==77==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n"
	      "    #0 in nowhere\n==77==ABORTING\n",
	      stderr);
	_exit(1);
}

BAD(report_and_go_on)
{
	fputs("gen.c:7:3: runtime error: shift exponent 32 is too large\n", stderr);
	return build_allow(request, filter, err);
}

static void sanitizers_are_heard(void **state)
{
	struct fuzz_build result = build_badly(report_overflow, 0);

	(void)state;
	assert_int_equal(result.outcome, FUZZ_SANITIZER);
	assert_string_equal(result.message,
			    "ERROR: AddressSanitizer: heap-use-after-free on address 0x1");
	result = build_badly(report_and_go_on, 0);
	assert_int_equal(result.outcome, FUZZ_SANITIZER);
	assert_string_equal(result.message,
			    "gen.c:7:3: runtime error: shift exponent 32 is too large");
}

BAD(overflow)
{
	volatile char *memory = sg_malloc(8);

	(void)request;
	(void)filter;
	(void)err;
	memory[8] = 1;
	free((void *)memory);
	return 0;
}

static void a_real_overflow_is_heard(void **state)
{
	struct fuzz_build result;

	(void)state;
	if (!UNDER_ASAN) {
		puts("SKIP: sanitizer: not built with AddressSanitizer");
		skip();
	}
	result = build_badly(overflow, 0);
	assert_int_equal(result.outcome, FUZZ_SANITIZER);
	assert_int_equal(strncmp(result.message, "ERROR: AddressSanitizer: heap-buffer-overflow",
				 45),
			 0);
}

BAD(report_once)
{
	static bool reported; /* by this worker */

	if (reported)
		return build_allow(request, filter, err);
	reported = true;
	return report_and_go_on(request, filter, err);
}

/* What was said in an earlier build is not said in the next. */
static void reports_belong_to_one_build(void **state)
{
	const struct gen gen = {.name = "once", .build = report_once};
	struct fuzz_builder *builder = builder_of(&gen, 0);
	struct fuzz_build result = build(builder);

	(void)state;
	assert_int_equal(result.outcome, FUZZ_SANITIZER);
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	assert_string_equal(result.message, "");
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crashes_are_told_apart),
		cmocka_unit_test(nonsense_ends_with_its_build),
		cmocka_unit_test(hangs_end),
		cmocka_unit_test(processor_time_does_not_add_up),
		cmocka_unit_test(memory_has_a_limit),
		cmocka_unit_test(leaks_do_not_add_up),
		cmocka_unit_test(sanitizers_are_heard),
		cmocka_unit_test(a_real_overflow_is_heard),
		cmocka_unit_test(reports_belong_to_one_build),
	};

	return cmocka_run_group_tests(tests, load_mix, release_mix);
}
