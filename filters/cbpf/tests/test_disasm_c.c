/* SPDX-License-Identifier: MIT */
/* The C text: what a compiler makes of it is the program. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/cbpf/tests/asm_fixture.h"
#include "filters/cbpf/tests/random_prog.h"
#include "harness/base/file.h"

static char *dir;

static int make_dir(void **state)
{
	(void)state;
	return sg_tempdir_create(&dir, NULL);
}

static int remove_dir(void **state)
{
	(void)state;
	sg_tempdir_remove(dir);
	return 0;
}

/* The exit status of a program, or 127 when there is none of that name. */
static int run(char *const argv[])
{
	pid_t pid;
	int status;

	if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ))
		return 127;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void require_compiler(void)
{
	if (run((char *const[]){"cc", "-dumpversion", NULL}) == 127) {
		printf("SKIP: cc: there is no C compiler of that name\n");
		skip();
	}
}

/* A program that writes the array to @output, compiled and run. */
static void compile_and_run(const struct cbpf_prog *prog, const char *output)
{
	char *source = sg_asprintf("%s/filter.c", dir), *binary = sg_asprintf("%s/filter", dir);
	struct sg_buf text = {0};

	sg_buf_adds(&text, "#include <linux/filter.h>\n#include <stdio.h>\n");
	cbpf_c_text(prog, "the_filter", abi_arch(ABI_X86_64), &text);
	sg_buf_addf(&text,
		    "int main(void)\n{\n\tFILE *out = fopen(\"%s\", \"w\");\n"
		    "\treturn !out || !fwrite(the_filter, sizeof(the_filter), 1, out) || "
		    "fclose(out);\n}\n",
		    output);
	assert_int_equal(sg_file_write(source, text.data, text.len, NULL), 0);
	assert_int_equal(run((char *const[]){"cc", "-Wall", "-Wextra", "-Werror", "-o", binary,
					     source, NULL}),
			 0);
	assert_int_equal(run((char *const[]){binary, NULL}), 0);
	sg_buf_release(&text);
	free(source);
	free(binary);
}

static void assert_compiles_to_itself(const struct cbpf_prog *prog)
{
	char *output = sg_asprintf("%s/filter.bpf", dir);
	struct sg_buf bytes = {0};

	compile_and_run(prog, output);
	assert_int_equal(sg_file_read(output, 1 << 20, &bytes, NULL), 0);
	assert_int_equal(bytes.len, prog->len * sizeof(*prog->insns));
	assert_memory_equal(bytes.data, prog->insns, bytes.len);
	sg_buf_release(&bytes);
	free(output);
}

static void test_a_compiler_gives_the_program_back(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	(void)state;
	require_compiler();
	sg_rng_seed(&rng, 20);
	do
		random_prog(&rng, CBPF_MAX_INSNS, &prog);
	while (prog.len < 2000 || cbpf_verify(&prog, NULL));
	assert_compiles_to_itself(&prog);
	cbpf_release(&prog);
}

static void test_the_text(void **state)
{
	struct cbpf_prog prog = {0};
	struct sg_buf text = {0};

	(void)state;
	assemble("ld arch jne #arch.x86_64, +2 ld nr jeq #257, +0 .insn 6, 9, 8, 0x50026", &prog);
	cbpf_c_text(&prog, "name", NULL, &text);
	assert_string_equal(
		sg_buf_text(&text),
		"static const struct sock_filter name[] = {\n"
		"\t{0x20,   0,   0, 0x00000004}, /*    0: ld arch */\n"
		"\t{0x15,   0,   2, 0xc000003e}, /*    1: jne #0xc000003e, +2; "
		"arch != x86_64 */\n"
		"\t{0x20,   0,   0, 0x00000000}, /*    2: ld nr */\n"
		"\t{0x15,   0,   0, 0x00000101}, /*    3: jeq #257, +0; nr == openat */\n"
		"\t{0x06,   9,   8, 0x00050026}, /*    4: .insn 0x06, 9, 8, 0x50026; "
		"ENOSYS, as ret ERRNO(38) */\n"
		"};\n");
	cbpf_release(&prog);
	sg_buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_compiler_gives_the_program_back),
		cmocka_unit_test(test_the_text),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
