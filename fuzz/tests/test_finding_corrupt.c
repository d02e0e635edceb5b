/* SPDX-License-Identifier: MIT */
/* Directories that are no findings: one line says what is wrong with which file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/finding_support.h"

/* One file of a good directory is replaced (or removed, text NULL). */
struct corruption {
	const char *file, *text, *message;
};

#define JSON(version, generator, kind, signature, seed, arches, rest)                           \
	"{\"schema_version\": " version ", \"generator\": \"" generator "\", \"kind\": \"" kind \
	"\", \"signature\": \"" signature "\", \"seed\": \"" seed                               \
	"\", \"architectures\": [" arches "]" rest "}"
#define VERDICTS ", \"wanted\": \"0x50001\", \"got\": \"0x7fff0000\""

static const struct corruption corruptions[] = {
	{"finding.json", NULL, "/finding.json: No such file or directory"},
	{"finding.json", "", "/finding.json: is empty"},
	{"finding.json", "{\"schema_version\": 1",
	 "/finding.json:1:21: '}' expected near end of file"},
	{"finding.json", "[]", "/finding.json: $: expected an object"},
	{"finding.json", JSON("2", "allow", "mismatch", "s", "0x1", "", VERDICTS),
	 "/finding.json: $.schema_version: expected a version of at most 1, which this secgauge "
	 "can "
	 "read"},
	{"finding.json", JSON("1", "alow", "mismatch", "s", "0x1", "", VERDICTS),
	 "/finding.json: unknown generator \"alow\" (did you mean allow?)"},
	{"finding.json", JSON("1", "allow", "mishap", "s", "0x1", "", VERDICTS),
	 "/finding.json: $.kind: expected a kind such as mismatch, not \"mishap\""},
	{"finding.json", JSON("1", "allow", "mismatch", "../s", "0x1", "", VERDICTS),
	 "/finding.json: $: expected a signature of letters, digits and hyphens"},
	{"finding.json", JSON("1", "allow", "mismatch", "s", "1", "", VERDICTS),
	 "/finding.json: $.seed: expected a number in hex of at most 0xffffffffffffffff"},
	{"finding.json", JSON("1", "allow", "mismatch", "s", "0x1", "7", VERDICTS),
	 "/finding.json: $.architectures[0]: expected a string"},
	{"finding.json", JSON("1", "allow", "mismatch", "s", "0x1", "", ""),
	 "/finding.json: $.wanted: expected a string"},
	{"finding.json",
	 JSON("1", "allow", "mismatch", "s", "0x1", "",
	      ", \"wanted\": \"0x100000000\", \"got\": \"0x0\""),
	 "/finding.json: $.wanted: expected a number in hex of at most 0xffffffff"},
	{"finding.json", JSON("1", "allow", "mismatch", "s", "0x1", "\"x86-64\"", VERDICTS), NULL},
	{"profile.json", NULL, "/profile.json: No such file or directory"},
	{"profile.json", "{\"defaultAction\": 7}",
	 ": profile.json: $.defaultAction: expected a string"},
	{"tuple.txt", NULL, "/tuple.txt: No such file or directory"},
	{"tuple.txt", "# nothing\n",
	 "/tuple.txt: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found 'nothing'"},
	{"tuple.txt", "c000003e 0 0 0 0 0 0\n",
	 "/tuple.txt: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found 'c000003e 0 0 0 "
	 "0 "
	 "0 0'"},
	{"tuple.txt", "1c000003e 0 0 0 0 0 0 0\n",
	 "/tuple.txt: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found '1c000003e 0 0 0 "
	 "0 0 0 0'"},
	{"tuple.txt", "c000003e 0 0 0 0 0 0 -1\n",
	 "/tuple.txt: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found 'c000003e 0 0 0 "
	 "0 "
	 "0 0 -1'"},
	{"tuple.txt", "c000003e 0 0 0 0 0 0 0\nc000003e 0 0 0 0 0 0 0\n",
	 "/tuple.txt: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found 'c000003e 0 0 0 "
	 "0 "
	 "0 0 0'"},
	{"mix.txt", "many read\n", NULL},
};

static void corrupt_directories_are_said_in_one_line(void **state)
{
	struct fuzz_finding good = wrong_for_sure("allow");

	(void)state;
	for (size_t i = 0; i < SG_COUNT(corruptions); i++) {
		const struct corruption *row = &corruptions[i];
		char *dir = sg_asprintf("%s/corrupt-%zu", folder, i), *path;
		struct fuzz_finding finding = {0};
		struct sg_err err = {0};

		write_finding(&good, dir);
		path = file_of(good.directory, row->file);
		if (row->text)
			assert_int_equal(sg_file_write(path, row->text, strlen(row->text), &err),
					 0);
		else
			assert_int_equal(unlink(path), 0);
		assert_true(fuzz_finding_read(good.directory, &finding, &err) < 0);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		assert_null(strchr(err.msg, '\n'));
		assert_int_equal(strncmp(err.msg, good.directory, strlen(good.directory)), 0);
		if (row->message)
			assert_string_equal(err.msg + strlen(good.directory), row->message);
		assert_null(finding.profile);
		free(path);
		free(dir);
	}
	fuzz_finding_release(&good);
}

static void no_directory_at_all(void **state)
{
	struct fuzz_finding finding = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(fuzz_finding_read("/nonexistent", &finding, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_string_equal(err.msg, "/nonexistent/finding.json: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corrupt_directories_are_said_in_one_line),
		cmocka_unit_test(no_directory_at_all),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
