/* SPDX-License-Identifier: MIT */
/* What the assembly language means. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/audit.h>
#include <stdlib.h>

#include "filters/cbpf/tests/asm_fixture.h"
#include "harness/base/alloc.h"
#include "harness/base/file.h"

#define INSNS(...)                   \
	(const struct sock_filter[]) \
	{                            \
		__VA_ARGS__          \
	}
#define ASSERT_ASSEMBLES(text, ...)                \
	assert_assembles(text, INSNS(__VA_ARGS__), \
			 sizeof(INSNS(__VA_ARGS__)) / sizeof(struct sock_filter))

static void assert_assembles(const char *text, const struct sock_filter *want, size_t len)
{
	struct cbpf_prog prog = {0};

	assemble(text, &prog);
	assert_same_insns(&prog, want, len);
	cbpf_release(&prog);
}

/* Each line is one instruction that needs no company but a written slot 3 and a ret behind it. */
static const struct {
	const char *text;
	struct sock_filter insn;
} lines[] = {
	{"ld [16]", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16)},
	{"ld nr", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)},
	{"ld arch", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4)},
	{"ld ip.lo", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8)},
	{"ld ip.hi", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12)},
	{"ld args[0].lo", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16)},
	{"ld args[5].hi", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60)},
	{"LD Args [ 0x2 ] .HI", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 36)},
	{"ld #5", BPF_STMT(BPF_LD | BPF_IMM, 5)},
	{"ldi #5", BPF_STMT(BPF_LD | BPF_IMM, 5)},
	{"ldi 5", BPF_STMT(BPF_LD | BPF_IMM, 5)},
	{"ldi -1", BPF_STMT(BPF_LD | BPF_IMM, 0xffffffff)},
	{"ldx #5", BPF_STMT(BPF_LDX | BPF_IMM, 5)},
	{"ldxi #5", BPF_STMT(BPF_LDX | BPF_IMM, 5)},
	{"ldxi 0x5", BPF_STMT(BPF_LDX | BPF_IMM, 5)},
	{"ld #len", BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)},
	{"ld len", BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0)},
	{"ldx #len", BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0)},
	{"ldx len", BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0)},
	{"ld M[3]", BPF_STMT(BPF_LD | BPF_MEM, 3)},
	{"ldx m[3]", BPF_STMT(BPF_LDX | BPF_MEM, 3)},
	{"st M[15]", BPF_STMT(BPF_ST, 15)},
	{"stx M [ 15 ]", BPF_STMT(BPF_STX, 15)},
	{"tax", BPF_STMT(BPF_MISC | BPF_TAX, 0)},
	{"txa", BPF_STMT(BPF_MISC | BPF_TXA, 0)},
	{"add #1", BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1)},
	{"add x", BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0)},
	{"sub #1", BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 1)},
	{"sub x", BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0)},
	{"mul #1", BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 1)},
	{"mul %x", BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0)},
	{"div #1", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 1)},
	{"div x", BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0)},
	{"and # 1", BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1)},
	{"and % X", BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0)},
	{"or #1", BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 1)},
	{"or x", BPF_STMT(BPF_ALU | BPF_OR | BPF_X, 0)},
	{"xor #1", BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 1)},
	{"xor x", BPF_STMT(BPF_ALU | BPF_XOR | BPF_X, 0)},
	{"lsh #31", BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31)},
	{"lsh x", BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0)},
	{"rsh #31", BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 31)},
	{"rsh x", BPF_STMT(BPF_ALU | BPF_RSH | BPF_X, 0)},
	{"neg", BPF_STMT(BPF_ALU | BPF_NEG, 0)},
	{"jmp +0", BPF_STMT(BPF_JMP | BPF_JA, 0)},
	{"ja last", BPF_STMT(BPF_JMP | BPF_JA, 1)},
	{"jeq #7, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0)},
	{"jeq #7, +0, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1)},
	{"jeq x, last, next", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0)},
	{"jeq %x, +1", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0)},
	{"jgt #7, last", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 7, 1, 0)},
	{"jgt x, next, last", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1)},
	{"jge #7, last", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 7, 1, 0)},
	{"jge x, last", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 1, 0)},
	{"jset #7, last, last", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 7, 1, 1)},
	{"jset x, last", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 1, 0)},
	{"jne #7, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1)},
	{"jneq #7, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1)},
	{"jne x, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1)},
	{"jle #7, last", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 7, 0, 1)},
	{"jle x, last", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 0, 1)},
	{"jlt #7, last", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 7, 0, 1)},
	{"jlt %x, last", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 1)},
	{"jne #7, last, next", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1)},
	{"jne #7, next, last", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0)},
	{"jle x, next, last", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0)},
	{"jlt #7, last, last", BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 7, 1, 1)},
	{"ret #7", BPF_STMT(BPF_RET | BPF_K, 7)},
	{"ret a", BPF_STMT(BPF_RET | BPF_A, 0)},
	{"ret %a", BPF_STMT(BPF_RET | BPF_A, 0)},
	{"ret ALLOW", BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)},
	{"ret log", BPF_STMT(BPF_RET | BPF_K, 0x7ffc0000)},
	{"ret TRACE(2)", BPF_STMT(BPF_RET | BPF_K, 0x7ff00002)},
	{"ret USER_NOTIF", BPF_STMT(BPF_RET | BPF_K, 0x7fc00000)},
	{"ret ERRNO(1)", BPF_STMT(BPF_RET | BPF_K, 0x00050001)},
	{"ret ERRNO ( 0xfff )", BPF_STMT(BPF_RET | BPF_K, 0x00050fff)},
	{"ret ERRNO(EPERM)", BPF_STMT(BPF_RET | BPF_K, 0x00050001)},
	{"ret ERRNO(ENOSYS)", BPF_STMT(BPF_RET | BPF_K, 0x00050026)},
	{"ret TRAP", BPF_STMT(BPF_RET | BPF_K, 0x00030000)},
	{"ret TRAP(65535)", BPF_STMT(BPF_RET | BPF_K, 0x0003ffff)},
	{"ret KILL_THREAD", BPF_STMT(BPF_RET | BPF_K, 0)},
	{"ret KILL", BPF_STMT(BPF_RET | BPF_K, 0)},
	{"ret Kill_Process", BPF_STMT(BPF_RET | BPF_K, 0x80000000)},
	{".insn 0x20, 0, 0, 16", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16)},
	{".INSN 6, 255, 1, 0xffffffff", BPF_JUMP(BPF_RET | BPF_K, 0xffffffff, 255, 1)},
	{".insn 0x1d, last, 0, 9", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 9, 1, 0)},
	{".insn 0x1d, +0, 1, 9", BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 9, 0, 1)},
	{".insn 0x05, 3, 4, last", BPF_JUMP(BPF_JMP | BPF_JA, 1, 3, 4)},
	{".insn 0x05, 3, 4, 1", BPF_JUMP(BPF_JMP | BPF_JA, 1, 3, 4)},
};

static void test_every_spelling(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(lines); i++) {
		char *text =
			sg_asprintf("st M[3]\n%s\nnext: ret #0\nlast: ret #0\n", lines[i].text);

		ASSERT_ASSEMBLES(text, BPF_STMT(BPF_ST, 3), lines[i].insn,
				 BPF_STMT(BPF_RET | BPF_K, 0), BPF_STMT(BPF_RET | BPF_K, 0));
		free(text);
	}
}

static const struct {
	const char *text;
	uint32_t value;
} numbers[] = {
	{"0", 0},
	{"00", 0},
	{"10", 10},
	{"4294967295", 0xffffffff},
	{"0xC000003e", 0xc000003e},
	{"0Xffffffff", 0xffffffff},
	{"0b101", 5},
	{"0b11111111111111111111111111111111", 0xffffffff},
	{"017", 15},
	{"037777777777", 0xffffffff},
	{"+9", 9},
	{"-1", 0xffffffff},
	{"-0", 0},
	{"-2147483648", 0x80000000},
	{"-0x10", 0xfffffff0},
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(numbers); i++) {
		char *text = sg_asprintf("ret #%s", numbers[i].text);

		ASSERT_ASSEMBLES(text, BPF_STMT(BPF_RET | BPF_K, numbers[i].value));
		free(text);
	}
}

static void test_a_call_is_named_with_its_architecture(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("ld #x86_64.read\n ld #i386.read\n ld #x32.read\n ld #aarch64.read\n"
			 "ld #arch.x86_64\n ld #arch.s390x\n ret #0",
			 BPF_STMT(BPF_LD | BPF_IMM, 0), BPF_STMT(BPF_LD | BPF_IMM, 3),
			 BPF_STMT(BPF_LD | BPF_IMM, 0x40000000), BPF_STMT(BPF_LD | BPF_IMM, 63),
			 BPF_STMT(BPF_LD | BPF_IMM, AUDIT_ARCH_X86_64),
			 BPF_STMT(BPF_LD | BPF_IMM, AUDIT_ARCH_S390X),
			 BPF_STMT(BPF_RET | BPF_K, 0));
}

static void test_an_architecture_goes_by_any_of_its_names(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES(".arch arm64 ld #write ld #SCMP_ARCH_X86.write ld #arch.amd64 ret #0",
			 BPF_STMT(BPF_LD | BPF_IMM, 64), BPF_STMT(BPF_LD | BPF_IMM, 4),
			 BPF_STMT(BPF_LD | BPF_IMM, AUDIT_ARCH_X86_64),
			 BPF_STMT(BPF_RET | BPF_K, 0));
}

static void test_arch_decides_calls_halves_and_errnos_from_there_on(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("ld args[0].lo\n"
			 ".arch ppc64\n ld #exit_group\n ld args[0].lo\n ld args[0].hi\n ld ip.lo\n"
			 ".arch mips64el\n ld #exit_group\n ld args[0].lo\n ret ERRNO(ENOSYS)\n",
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), BPF_STMT(BPF_LD | BPF_IMM, 234),
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 20),
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12), BPF_STMT(BPF_LD | BPF_IMM, 5205),
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
			 BPF_STMT(BPF_RET | BPF_K, 0x00050000 | 89));
}

/* The kernel's own example in filter.rst has this form; bpf_asm -c prints these rows. */
static void test_text_for_the_kernels_assembler(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("# comment in the first column\n"
			 "  ld [4]                  /* seccomp_data.arch */\n"
			 "  jne #0xc00000b7, bad    /* AUDIT_ARCH_AARCH64 */\n"
			 "  ld [0]                  ; nr\n"
			 "  jeq #63, good\n"
			 "  jeq #64,good,bad\n"
			 "  bad: ret #-1\n"
			 "  good: ret #0x7fff0000   /* several\n"
			 "     lines */\n",
			 {0x20, 0, 0, 0x00000004}, {0x15, 0, 3, 0xc00000b7},
			 {0x20, 0, 0, 0x00000000}, {0x15, 2, 0, 0x0000003f},
			 {0x15, 1, 0, 0x00000040}, {0x06, 0, 0, 0xffffffff},
			 {0x06, 0, 0, 0x7fff0000});
}

/* bpf_asm gives line breaks no meaning, and takes labels that differ in case as two. */
static void test_line_breaks_are_blanks(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("ld\tnr jeq #\r\n 1\n,\n ok,\n OK ok\n:\nOK2: ret ALLOW OK: ret #0 ",
			 BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
			 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
			 BPF_STMT(BPF_RET | BPF_K, 0x7fff0000), BPF_STMT(BPF_RET | BPF_K, 0));
}

static void test_comments(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("; ret #1\n"
			 "#ret #2\n"
			 "   # ret #3 /* \n"
			 "/* ret #4 ; */ ld #5 ;; ret #6 /*\n"
			 "/**/ld #7/***/;\n"
			 "ret #8",
			 BPF_STMT(BPF_LD | BPF_IMM, 5), BPF_STMT(BPF_LD | BPF_IMM, 7),
			 BPF_STMT(BPF_RET | BPF_K, 8));
}

/* A # behind the end of a comment is not the first thing of its line. */
static void test_a_value_may_follow_a_comment_of_several_lines(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("ret /* a\n b */ #9", BPF_STMT(BPF_RET | BPF_K, 9));
}

static void test_several_labels_may_name_one_place(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("jeq #0, one, two\n ret a\n one: two:\n_3.x: ret #1\n",
			 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 1), BPF_STMT(BPF_RET | BPF_A, 0),
			 BPF_STMT(BPF_RET | BPF_K, 1));
}

/* Labels have a namespace of their own but for mnemonics. */
static void test_labels_may_look_like_other_names(void **state)
{
	(void)state;
	ASSERT_ASSEMBLES("jeq x, x, a\n nr: ret #0\n x: ret ALLOW\n a: ret a\n",
			 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 2), BPF_STMT(BPF_RET | BPF_K, 0),
			 BPF_STMT(BPF_RET | BPF_K, 0x7fff0000), BPF_STMT(BPF_RET | BPF_A, 0));
}

static void test_the_text_need_not_end_with_a_nul(void **state)
{
	static const char text[] = "ret #12345";
	struct cbpf_prog prog = {0};

	(void)state;
	assert_int_equal(cbpf_assemble(text, strlen("ret #12"), "text", &prog, NULL), 0);
	assert_same_insns(&prog, INSNS(BPF_STMT(BPF_RET | BPF_K, 12)), 1);
	cbpf_release(&prog);
}

/* What asm.h shows is what a reader will type first. */
static void test_the_example_in_the_header(void **state)
{
	struct sg_buf header = {0}, text = {0};
	struct cbpf_prog prog = {0};

	(void)state;
	assert_int_equal(sg_file_read("filters/cbpf/asm.h", 1 << 20, &header, NULL), 0);
	for (char *line = strstr(sg_buf_text(&header), " *\t        .arch"); line;
	     line = strchr(line, '\n') + 1) {
		if (strncmp(line, " *\t", 3) != 0)
			break;
		sg_buf_add(&text, line + 3, strcspn(line + 3, "\n") + 1);
	}
	assemble(sg_buf_text(&text), &prog);
	assert_int_equal(prog.len, 10);
	cbpf_release(&prog);
	sg_buf_release(&text);
	sg_buf_release(&header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_spelling),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_a_call_is_named_with_its_architecture),
		cmocka_unit_test(test_an_architecture_goes_by_any_of_its_names),
		cmocka_unit_test(test_arch_decides_calls_halves_and_errnos_from_there_on),
		cmocka_unit_test(test_text_for_the_kernels_assembler),
		cmocka_unit_test(test_line_breaks_are_blanks),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_a_value_may_follow_a_comment_of_several_lines),
		cmocka_unit_test(test_several_labels_may_name_one_place),
		cmocka_unit_test(test_labels_may_look_like_other_names),
		cmocka_unit_test(test_the_text_need_not_end_with_a_nul),
		cmocka_unit_test(test_the_example_in_the_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
