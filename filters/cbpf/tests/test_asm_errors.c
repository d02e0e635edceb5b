/* SPDX-License-Identifier: MIT */
/* What the assembler refuses, and the one line it then says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "filters/cbpf/tests/asm_fixture.h"
#include "harness/base/alloc.h"
#include "harness/base/rng.h"

static const struct {
	const char *text, *message;
} refusals[] = {
	/* the text as a whole */
	{"", "f:1: expected an instruction; found end of file"},
	{"\n; nothing\n\n", "f:4: expected an instruction; found end of file"},
	{".arch x86_64\n", "f:2: expected an instruction; found end of file"},
	{"ret #0\nend:\n", "f:3: expected an instruction behind the label; found end of file"},
	{"ret #0\n/* no\nend",
	 "f:2: expected an instruction or LABEL:; found a comment that does not "
	 "end"},

	/* statements */
	{"ret #0\nfoo #1\n",
	 "f:2: expected an instruction that seccomp allows, or LABEL:; found 'foo'"},
	{"ldh [12]", "f:1: expected an instruction that seccomp allows, or LABEL:; found 'ldh'"},
	{"ldb [12]", "f:1: expected an instruction that seccomp allows, or LABEL:; found 'ldb'"},
	{"ldxb 4*([14]&0xf)",
	 "f:1: expected an instruction that seccomp allows, or LABEL:; found 'ldxb'"},
	{"mod #4", "f:1: expected an instruction that seccomp allows, or LABEL:; found 'mod'"},
	{"ld nr nr", "f:1: expected an instruction that seccomp allows, or LABEL:; found 'nr'"},
	{"ret #0 # comment", "f:1: expected an instruction or LABEL:; found '#'"},
	{"12: ret #0", "f:1: expected an instruction or LABEL:; found '12'"},
	{"@", "f:1: expected an instruction or LABEL:; found '@'"},
	{"\001", "f:1: expected an instruction or LABEL:; found a byte 0x01"},
	{"\xff", "f:1: expected an instruction or LABEL:; found a byte 0xff"},
	{"a234567890123456789012345678901234567890tail",
	 "f:1: expected an instruction that seccomp "
	 "allows, or LABEL:; found "
	 "'a234567890123456789012345678901234567890..."
	 "'"},

	/* operands */
	{"ld",
	 "f:1: expected #VALUE, [OFFSET], nr, arch, ip.lo, ip.hi, args[0].lo, args[0].hi, #len, "
	 "M[SLOT]; found end of file"},
	{"ldx nr\nret #0", "f:1: expected #VALUE, #len, M[SLOT]; found 'nr'"},
	{"ldi\nret #0", "f:1: expected #VALUE, VALUE; found end of line"},
	{"st\n\n\nret #0", "f:1: expected M[SLOT]; found end of line"},
	{"st %x", "f:1: expected M[SLOT]; found 'x'"},
	{"ld %nr",
	 "f:1: expected #VALUE, [OFFSET], nr, arch, ip.lo, ip.hi, args[0].lo, args[0].hi, "
	 "#len, M[SLOT]; found 'nr'"},
	{"add 5", "f:1: expected #VALUE, x; found '5'"},
	{"add a", "f:1: expected #VALUE, x; found 'a'"},
	{"add %a", "f:1: expected #VALUE, x; found 'a'"},
	{"ld [x + 4]", "f:1: expected an offset in bytes; found 'x'"},
	{"ld [-4]", "f:1: expected an offset in bytes; found '-'"},
	{"ld [4", "f:1: expected ']'; found end of file"},
	{"ld M 4", "f:1: expected '['; found '4'"},
	{"st M[a]", "f:1: expected the number of a slot; found 'a'"},
	{"ld args", "f:1: expected '['; found end of file"},
	{"ld args[6].lo", "f:1: expected an argument from 0 to 5; found '6'"},
	{"ld args[0]", "f:1: expected .lo or .hi; found end of file"},
	{"ld args[0].low", "f:1: expected .lo or .hi; found '.low'"},
	{"ld ip", "f:1: expected #VALUE, [OFFSET], nr, arch, ip.lo, ip.hi, args[0].lo, args[0].hi, "
		  "#len, M[SLOT]; found 'ip'"},

	/* numbers */
	{"ret #", "f:1: expected a number of 32 bits at most; found end of file"},
	{"ret #4294967296", "f:1: expected a number of 32 bits at most; found '4294967296'"},
	{"ret #0x100000000", "f:1: expected a number of 32 bits at most; found '0x100000000'"},
	{"ret #99999999999999999999999",
	 "f:1: expected a number of 32 bits at most; found '99999999999999999999999'"},
	{"ret #-2147483649", "f:1: expected a number down to -2147483648; found '2147483649'"},
	{"ret #08", "f:1: expected a number of 32 bits at most; found '08'"},
	{"ret #0x", "f:1: expected a number of 32 bits at most; found '0x'"},
	{"ret #0b2", "f:1: expected a number of 32 bits at most; found '0b2'"},
	{"ret #12ab", "f:1: expected a number of 32 bits at most; found '12ab'"},
	{"ret #1_000", "f:1: expected a number of 32 bits at most; found '1_000'"},

	/* names */
	{"ld #read\nret #0", "f:1: expected a number, #ARCH.CALL or #arch.ARCH (a call alone needs "
			     ".arch before); found 'read'"},
	{"jeq #x86_64.raed, +0\nret #0",
	 "f:1: expected a system call of x86_64 (did you mean read?); found 'x86_64.raed'"},
	{".arch x86_64\nld #opennat",
	 "f:2: expected a system call of x86_64 (did you mean openat?); found 'opennat'"},
	{"ld #aarch64.qqqqqqqqqqq", "f:1: expected a system call of aarch64; found "
				    "'aarch64.qqqqqqqqqqq'"},
	{"ld #x86_65.read",
	 "f:1: expected the name of an architecture (did you mean x86_64?); found 'x86_65.read'"},
	{"ld #arch.arch64",
	 "f:1: expected the name of an architecture (did you mean aarch64?); found 'arch.arch64'"},
	{".arch s390y\nret #0",
	 "f:1: expected the name of an architecture (did you mean s390?); found 's390y'"},
	{".arch\nret #0", "f:1: expected the name of an architecture; found end of line"},

	/* actions */
	{"ret", "f:1: expected #VALUE, a, an action such as ALLOW or ERRNO(1); found end of file"},
	{"ret x", "f:1: expected #VALUE, a, an action such as ALLOW or ERRNO(1); found 'x'"},
	{"ret 0", "f:1: expected #VALUE, a, an action such as ALLOW or ERRNO(1); found '0'"},
	{"ret ALOW", "f:1: expected an action such as ALLOW or ERRNO(1); found 'ALOW'"},
	{"ret ALLOW(1)", "f:1: expected an action such as ALLOW or ERRNO(1); found 'ALLOW'"},
	{"ret ERRNO(65536)", "f:1: expected a number of 16 bits at most; found '65536'"},
	{"ret ERRNO(EFOO)", "f:1: expected a number or the name of an errno; found 'EFOO'"},
	{"ret ERRNO()", "f:1: expected a number of 16 bits at most; found ')'"},
	{"ret ERRNO(1", "f:1: expected ')'; found end of file"},

	/* targets */
	{"jeq #1\nret #0", "f:1: expected ','; found end of line"},
	{"jeq #1,\nret #0", "f:1: expected a label or +N; found end of line"},
	{"jeq #1, 5\nret #0", "f:1: expected a label or +N; found '5'"},
	{"jeq #1, +x\nret #0", "f:1: expected a number of instructions; found 'x'"},
	{"jeq #1, +0, ret\nret #0", "f:1: expected a label or +N; found 'ret'"},
	{"jne #1, +0, +0, +0\nret #0", "f:1: expected an instruction or LABEL:; found ','"},
	{"jmp #1\nret #0", "f:1: expected a label or +N; found '#'"},
	{"ld nr\njeq #1, alow\nallow: ret #0",
	 "f:2: expected a label; found 'alow', which stands nowhere"},
	{"jmp Allow\nallow: ret #0", "f:1: expected a label; found 'Allow', which stands nowhere"},
	{"a1: ret #0\nb1: ret #0\na1: ret #0",
	 "f:3: expected a new label; found 'a1', which line 1 has"},
	{"a1: a1: ret #0", "f:1: expected a new label; found 'a1', which line 1 has"},
	{"up: ld nr\njeq #1, +0,\n up\nret #0",
	 "f:3: expected a label further down, since jumps go "
	 "forward only; found 'up' of line 1"},
	{"self:\njmp self\nret #0",
	 "f:2: expected a label further down, since jumps go forward only; "
	 "found 'self' of line 1"},
	{"jeq #1, +1\nret #0",
	 "f:1: expected a jump over fewer than the 1 instructions that follow; found +1"},
	{"ld nr\njmp +4294967295\nret #0",
	 "f:2: expected a jump over fewer than the 1 instructions "
	 "that follow; found +4294967295"},

	/* .insn */
	{".insn", "f:1: expected an opcode of 16 bits at most; found end of file"},
	{".insn 0x10000, 0, 0, 0", "f:1: expected an opcode of 16 bits at most; found '0x10000'"},
	{".insn 6 0, 0, 0", "f:1: expected ','; found '0'"},
	{".insn 6, 256, 0, 0", "f:1: expected a number of 8 bits at most; found '256'"},
	{".insn 6, +0, 0, 0", "f:1: expected a number of 8 bits at most; found '+'"},
	{".insn 6, 0, 0", "f:1: expected ','; found end of file"},
	{".insn 6, 0, 0, 0x100000000",
	 "f:1: expected a number of 32 bits at most; found '0x100000000'"},
	{".insn 0x15, 256, 0, 0\nret #0", "f:1: expected a number of 8 bits at most; found '256'"},
	{".insn 0x05, 0, 0, 1\nret #0",
	 "f:1: expected a jump over fewer than the 1 instructions that follow; found +1"},

	/* what the kernel would refuse, at the line where it is written */
	{"ld nr\n\ndiv #0\nret #0", "f:3: instruction 1: division by the constant 0"},
	{"lsh #32\nret #0", "f:1: instruction 0: shift by the constant 32: must be below 32"},
	{"ld [64]\nret #0",
	 "f:1: instruction 0: load at offset 64: must be a multiple of 4 below 64"},
	{"ld [2]\nret #0",
	 "f:1: instruction 0: load at offset 2: must be a multiple of 4 below 64"},
	{"st M[16]\nret #0", "f:1: instruction 0: scratch slot 16: must be below 16"},
	{"jeq #0, on\n  st M[1]\non:\n  ld M[1]\n  ret a\n",
	 "f:4: instruction 2: scratch slot 1 is read, but not written on every path to it"},
	{"ret #0\nld nr\n", "f:2: instruction 1: the last instruction must be a RET"},
	{"\n.insn 0x16, 0, 0, 0\n.insn 0xff, 0, 0, 0\nret #0",
	 "f:3: instruction 1: opcode 0xff is unknown"},
};

static void assert_refused(const char *text, const char *message)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	assert_int_equal(cbpf_assemble(text, strlen(text), "f", &prog, &err), -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.msg, message);
	assert_null(prog.insns); /* untouched */
}

static void test_each_refusal_says_where_and_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(refusals); i++)
		assert_refused(refusals[i].text, refusals[i].message);
}

static void test_a_nul_byte_is_no_end(void **state)
{
	static const char text[] = "ret #0\n\0 ret #0";
	struct sg_err err = {0};
	struct cbpf_prog prog = {0};

	(void)state;
	assert_int_equal(cbpf_assemble(text, sizeof(text) - 1, "f", &prog, &err), -EINVAL);
	assert_string_equal(err.msg, "f:2: expected an instruction or LABEL:; found a byte 0x00");
}

static void test_an_error_object_may_be_left_out(void **state)
{
	struct cbpf_prog prog = {0};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(refusals); i++)
		assert_int_equal(cbpf_assemble(refusals[i].text, strlen(refusals[i].text), "f",
					       &prog, NULL),
				 -EINVAL);
}

static void add_lines(struct sg_buf *text, const char *line, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sg_buf_adds(text, line);
}

static void test_4097_instructions_are_one_too_many(void **state)
{
	struct sg_buf text = {0};
	struct cbpf_prog prog = {0};

	(void)state;
	add_lines(&text, "ret #0\n", CBPF_MAX_INSNS);
	assemble(sg_buf_text(&text), &prog);
	assert_int_equal(prog.len, CBPF_MAX_INSNS);
	cbpf_release(&prog);
	add_lines(&text, "ret #0\n", 1);
	assert_refused(sg_buf_text(&text),
		       "f:4097: expected at most 4096 instructions; found 'ret'");
	sg_buf_release(&text);
}

static void test_jumps_that_are_added_count(void **state)
{
	struct sg_buf text = {0};

	(void)state;
	sg_buf_adds(&text, "jeq #1, end, end\n");
	add_lines(&text, "ld nr\n", CBPF_MAX_INSNS - 2);
	sg_buf_adds(&text, "end: ret #0\n");
	assert_refused(sg_buf_text(&text),
		       "f:4096: expected at most 4096 instructions; found 4098, of which 2 are the "
		       "jumps that branches over more than 255 need");
	sg_buf_release(&text);
}

/* A text of labels alone must not take quadratic time: this one would run for minutes. */
static void test_a_million_labels(void **state)
{
	struct sg_buf text = {0};
	struct cbpf_prog prog = {0};

	(void)state;
	for (int i = 0; i < 1000000; i++)
		sg_buf_addf(&text, "a%d:", i);
	sg_buf_adds(&text, "ret #0");
	assemble(sg_buf_text(&text), &prog);
	assert_int_equal(prog.len, 1);
	cbpf_release(&prog);
	sg_buf_release(&text);
}

/* A change of one to four bytes: what happens in editors and fuzzers. */
static void damage(struct sg_rng *rng, struct sg_buf *text)
{
	static const char bytes[] = "#;,:[]+-%().0x1aM_/*\n \"\t\0\xff";
	size_t count = 1 + sg_rng_below(rng, 4);

	for (size_t i = 0; i < count; i++)
		text->data[sg_rng_below(rng, text->len)] =
			bytes[sg_rng_below(rng, sizeof(bytes) - 1)];
}

static bool is_one_clear_line(const char *msg)
{
	if (strncmp(msg, "f:", 2) != 0 || !isdigit((unsigned char)msg[2]))
		return false;
	for (; *msg; msg++)
		if (!isprint((unsigned char)*msg))
			return false;
	return true;
}

static void test_damaged_text_assembles_or_is_refused_in_one_line(void **state)
{
	static const char whole[] = ".arch x86_64\n"
				    "\tld arch\n\tjne #arch.x86_64, foreign /* others */\n"
				    "\tld nr\n\tjeq #read, allow ; hot\n\tjge #0x100, +1, allow\n"
				    "\tld args[0].lo\n\tand #-8\n\tst M[3]\n\tldx M[3]\n"
				    "\tjset x, allow\n\t.insn 0x06, 1, 2, 3\n"
				    "allow: ret ALLOW\nforeign: ret ERRNO(EPERM)\n";
	struct sg_rng rng;
	int accepted = 0, refused = 0;

	(void)state;
	sg_rng_seed(&rng, 41);
	for (int round = 0; round < 20000; round++) {
		struct sg_buf text = {0};
		struct cbpf_prog prog = {0};
		struct sg_err err = {0};

		sg_buf_adds(&text, whole);
		damage(&rng, &text);
		if (!cbpf_assemble(text.data, text.len, "f", &prog, &err)) {
			assert_int_equal(cbpf_verify(&prog, NULL), 0);
			accepted++;
		} else {
			assert_true(is_one_clear_line(err.msg));
			refused++;
		}
		cbpf_release(&prog);
		sg_buf_release(&text);
	}
	assert_true(accepted > 100 && refused > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_refusal_says_where_and_what),
		cmocka_unit_test(test_a_nul_byte_is_no_end),
		cmocka_unit_test(test_an_error_object_may_be_left_out),
		cmocka_unit_test(test_4097_instructions_are_one_too_many),
		cmocka_unit_test(test_jumps_that_are_added_count),
		cmocka_unit_test(test_a_million_labels),
		cmocka_unit_test(test_damaged_text_assembles_or_is_refused_in_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
