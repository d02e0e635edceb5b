/* SPDX-License-Identifier: MIT */
/* What the disassembly looks like: whole listings in asm/, and comments by themselves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "filters/cbpf/tests/asm_fixture.h"
#include "harness/base/alloc.h"
#include "harness/base/file.h"

#define FOLDER "filters/cbpf/tests/asm/"

static void read_file(const char *name, const char *suffix, struct sg_buf *out)
{
	char *path = sg_asprintf(FOLDER "%s%s", name, suffix);
	struct sg_err err = {0};

	if (sg_file_read(path, 1 << 20, out, &err))
		fail_msg("%s", err.msg);
	free(path);
}

/* The listing of @source.bpfasm must be @listing.disasm, and assemble to the same program. */
static void assert_listing(const char *source, const char *listing, const struct abi_arch *arch)
{
	struct sg_buf text = {0}, want = {0}, got = {0};
	struct cbpf_prog prog = {0};

	read_file(source, ".bpfasm", &text);
	read_file(listing, ".disasm", &want);
	assemble(sg_buf_text(&text), &prog);
	cbpf_disassemble(&prog, arch, &got);
	assert_string_equal(sg_buf_text(&got), sg_buf_text(&want));
	assert_round_trip(&prog, arch);
	cbpf_release(&prog);
	sg_buf_release(&text);
	sg_buf_release(&want);
	sg_buf_release(&got);
}

static void test_a_container_engines_filter(void **state)
{
	(void)state;
	assert_listing("engine", "engine", NULL);
}

static void test_big_endian_and_mips(void **state)
{
	(void)state;
	assert_listing("big-endian", "big-endian", NULL);
}

static void test_what_nobody_writes(void **state)
{
	(void)state;
	assert_listing("odd", "odd", NULL);
}

static void test_no_architecture_tested_none_known(void **state)
{
	(void)state;
	assert_listing("untested", "untested", NULL);
}

static void test_no_architecture_tested_one_known(void **state)
{
	(void)state;
	assert_listing("untested", "untested-x86_64", abi_arch(ABI_X86_64));
}

/* The comment of the instruction behind "here:", which must occur. */
static char *comment_at_here(const char *text, const struct abi_arch *arch)
{
	struct cbpf_prog prog = {0};
	struct sg_buf listing = {0};
	size_t pc = 0;

	for (const char *c = text, *here = strstr(text, "here:"); c < here; c++)
		pc += *c == '\n';
	assemble(text, &prog);
	cbpf_disassemble(&prog, arch, &listing);

	char *mark = sg_asprintf("; %4zu", pc), *comment;
	const char *line = strstr(sg_buf_text(&listing), mark);

	assert_non_null(line);
	line += strlen(mark);
	line += strspn(line, " ");
	comment = sg_strndup(line, strcspn(line, "\n"));
	free(mark);
	cbpf_release(&prog);
	sg_buf_release(&listing);
	return comment;
}

/* One instruction a line, so that the line's number is its place. */
static const struct {
	const char *text, *comment;
	enum abi_arch_id arch; /* ABI_ARCH_COUNT: none */
} comments[] = {
	/* calls are those of the architecture that the path tested, not of the caller's */
	{"ld arch\njne #arch.aarch64, out\nld nr\nhere: jeq #63, out\nout: ret #0", "nr == read",
	 ABI_X86_64},
	/* both ways of a test tell something */
	{"ld arch\njeq #arch.x86_64, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == 0",
	 ABI_X86_64},
	{"ld arch\njeq #arch.i386, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == read",
	 ABI_X86_64},
	/* a path that may be on three has all names; one that may be on four has none */
	{"ld arch\njeq #arch.x86_64, on\njeq #arch.i386, on\njne #arch.aarch64, out\n"
	 "on: ld nr\nhere: jge #64, out\nout: ret #0",
	 "nr >= x86_64.semget or i386.getppid or aarch64.write", ABI_ARCH_COUNT},
	{"ld arch\njeq #arch.x86_64, on\njeq #arch.i386, on\njeq #arch.arm, on\n"
	 "jne #arch.aarch64, out\non: ld nr\nhere: jge #64, out\nout: ret #0",
	 "nr >= 64", ABI_ARCH_COUNT},
	/* a name that some lack is shown for those that have it */
	{"ld arch\njeq #arch.x86_64, on\njne #arch.aarch64, out\n"
	 "on: ld nr\nhere: jeq #0, out\nout: ret #0",
	 "nr == x86_64.read or aarch64.io_setup", ABI_ARCH_COUNT},
	/* an unknown audit value is itself; a test for it takes nothing away from the rest */
	{"ld arch\nhere: jeq #0x12345678, out\nout: ret #0", "arch == 0x12345678", ABI_X86_64},
	{"ld arch\njeq #0x12345678, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == read",
	 ABI_X86_64},
	{"ld arch\njne #0x12345678, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == 0",
	 ABI_X86_64},
	/* only an equality of the whole word tests the architecture */
	{"ld arch\nand #0xffff\njne #0x3e, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == 0",
	 ABI_ARCH_COUNT},
	{"ld arch\nand #0xffff\nhere: jeq #arch.x86_64, out\nout: ret #0",
	 "(arch & 0xffff) == 0xc000003e", ABI_ARCH_COUNT},
	{"ld arch\njge #arch.x86_64, out\nld nr\nhere: jeq #0, out\nout: ret #0", "nr == 0",
	 ABI_ARCH_COUNT},
	{"ld arch\nand #0xc00000ff\njne #arch.x86_64, out\nld nr\nhere: jeq #0, out\nout: ret #0",
	 "nr == 0", ABI_ARCH_COUNT},
	/* x32 */
	{"ld nr\nhere: jeq #0x40000001, out\nout: ret #0", "nr == x32.write", ABI_X86_64},
	{"ld nr\nhere: jeq #0x40000001, out\nout: ret #0", "nr == x32.write", ABI_X32},
	{"ld nr\nhere: jset #0x40000000, out\nout: ret #0", "nr & 0x40000000 (x32)", ABI_X86_64},
	{"ld nr\nhere: jeq #0x40000000, out\nout: ret #0", "nr == x32.read", ABI_X86_64},
	{"ld nr\nhere: jge #0x40000000, out\nout: ret #0", "nr >= 0x40000000", ABI_I386},
	/* what A holds goes through X and scratch, and is lost where paths differ */
	{"ld nr\ntax\nld arch\nst M[1]\ntxa\nhere: jeq #1, out\nout: ret #0", "nr == write",
	 ABI_X86_64},
	{"ld nr\nstx M[2]\ntax\nstx M[1]\nld arch\nhere: ld M[1]\nret a", "nr", ABI_X86_64},
	{"ld nr\nst M[1]\nld #1\nldx M[1]\ntxa\nhere: jeq #1, out\nout: ret #0", "nr == write",
	 ABI_X86_64},
	{"ld nr\njeq #1, on\nld arch\non: jeq #5, out\nhere: jeq #1, out\nout: ret #0", "",
	 ABI_X86_64},
	{"ld nr\njeq #1, on\nld nr\non: jeq #5, out\nhere: jeq #1, out\nout: ret #0", "nr == write",
	 ABI_X86_64},
	{"ld nr\njeq #1, on\nand #7\non: jeq #5, out\nhere: jeq #1, out\nout: ret #0", "",
	 ABI_X86_64},
	{"ld nr\nadd #0\nhere: jeq #1, out\nout: ret #0", "", ABI_X86_64},
	{"ld nr\nor x\nhere: jeq #1, out\nout: ret #0", "", ABI_X86_64},
	{"ld nr\nldi 1\nhere: jeq #1, out\nout: ret #0", "", ABI_X86_64},
	{"ld nr\nand x\nhere: jeq #1, out\nout: ret #0", "", ABI_X86_64},
	{"ld nr\ntax\nldxi 1\nhere: jeq x, out\nout: ret #0", "nr == x", ABI_X86_64},
	{"ld nr\nand #7\nand #0xc\nhere: jeq #4, out\nout: ret #0", "(nr & 0x4) == 4", ABI_X86_64},
	/* halves of 64-bit fields */
	{"here: ld [8]\nret a", "ip.lo", ABI_X86_64},
	{"here: ld [8]\nret a", "ip.hi", ABI_S390X},
	{"here: ld [60]\nret a", "args[5].hi", ABI_AARCH64},
	{"here: ld [60]\nret a", "args[5].lo", ABI_PPC64},
	{"here: ld [60]\nret a", "args[5] bytes 4-7", ABI_ARCH_COUNT},
	{"ld arch\njeq #arch.x86_64, on\njne #arch.s390x, out\non: jeq #0, out\nhere: ld [16]\n"
	 "out: ret a",
	 "args[0] bytes 0-3", ABI_X86_64},
	/* returns */
	{"here: ret ERRNO(38)", "ENOSYS", ABI_ARCH_COUNT},
	{"here: ret ERRNO(38)", "EL2NSYNC", ABI_PARISC},
	{"here: ret ERRNO(89)", "ENOSYS", ABI_MIPS64EL},
	{"here: ret ERRNO(4000)", "", ABI_X86_64},
	{"here: ret ERRNO(0)", "", ABI_X86_64},
	{"here: ret #0x0005ffff", "ERRNO(4095)", ABI_X86_64},
	{"here: ret #0x7ffc0001", "LOG", ABI_X86_64},
	{"here: ret #0xffffffff", "KILL_PROCESS", ABI_X86_64},
	{"here: ret TRACE(1)", "", ABI_X86_64},
};

static void test_comments(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(comments); i++) {
		bool none = comments[i].arch == ABI_ARCH_COUNT;
		char *got =
			comment_at_here(comments[i].text, none ? NULL : abi_arch(comments[i].arch));

		if (strcmp(got, comments[i].comment) != 0)
			fail_msg("\"%s\", not \"%s\", beside\n%s", got, comments[i].comment,
				 comments[i].text);
		free(got);
	}
}

/* Without the architectures that we know, all that we do not know are left. */
static void test_a_foreign_architecture_is_never_tested_away(void **state)
{
	struct sg_buf text = {0};

	(void)state;
	sg_buf_adds(&text, "ld arch\njeq #0x12345678, out\n");
	for (int id = 0; id < ABI_ARCH_COUNT; id++)
		if (id != ABI_X86_64 && id != ABI_X32)
			sg_buf_addf(&text, "jeq #arch.%s, out\n", abi_arch(id)->name);
	sg_buf_adds(&text, "ld nr\nhere: jeq #0, out\nout: ret #0");

	char *comment = comment_at_here(sg_buf_text(&text), NULL);

	assert_string_equal(comment, "nr == 0");
	free(comment);
	sg_buf_release(&text);
}

/* Appends rather than replaces. */
static void test_text_is_appended(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_buf out = {0};

	(void)state;
	assemble("ret ALLOW", &prog);
	sg_buf_adds(&out, "; mine\n");
	cbpf_disassemble(&prog, NULL, &out);
	assert_string_equal(sg_buf_text(&out),
			    "; mine\n\tret ALLOW                               ;    0\n");
	cbpf_release(&prog);
	sg_buf_release(&out);
}

static void assert_insn_text(struct sock_filter insn, const char *want)
{
	struct sg_buf got = {0};

	cbpf_insn_text(&insn, &got);
	assert_string_equal(sg_buf_text(&got), want);
	sg_buf_release(&got);
}

static void test_the_text_of_one_instruction(void **state)
{
	(void)state;
	assert_insn_text((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), "ld arch");
	assert_insn_text((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16), "ld [16]");
	assert_insn_text((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 257, 3, 0),
			 "jeq #257, +3");
	assert_insn_text((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 257, 0, 3),
			 "jne #257, +3");
	assert_insn_text((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 16, 0, 3),
			 "jset #0x10, +0, +3");
	assert_insn_text((struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 300), "jmp +300");
	assert_insn_text((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0x00050001), "ret ERRNO(1)");
	assert_insn_text((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0x80000001),
			 "ret #0x80000001");
	assert_insn_text((struct sock_filter)BPF_JUMP(BPF_RET | BPF_A, 1, 2, 3),
			 ".insn 0x16, 2, 3, 0x1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_container_engines_filter),
		cmocka_unit_test(test_big_endian_and_mips),
		cmocka_unit_test(test_what_nobody_writes),
		cmocka_unit_test(test_no_architecture_tested_none_known),
		cmocka_unit_test(test_no_architecture_tested_one_known),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_a_foreign_architecture_is_never_tested_away),
		cmocka_unit_test(test_text_is_appended),
		cmocka_unit_test(test_the_text_of_one_instruction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
