/* SPDX-License-Identifier: MIT */
/* Directories of findings, written and read again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "fuzz/tests/finding_support.h"

/* ---- written and read */

static void what_is_written_reads_back(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("allow"), again;
	uint32_t got = 0;

	(void)state;
	finding.objective = GEN_WORST;
	finding.mix = sg_strdup("3 read a0=0x1\n");
	finding.tuple.ip = 0xffffffff81000000;
	write_finding(&finding, folder);
	assert_true(strncmp(finding.version, "secgauge", 8) == 0);
	again = read_finding(finding.directory);
	assert_int_equal(again.kind, FUZZ_MISMATCH);
	assert_ptr_equal(again.gen, finding.gen);
	assert_string_equal(again.version, finding.version);
	assert_string_equal(again.profile, finding.profile);
	assert_int_equal(again.arch_names.len, 1);
	assert_string_equal(again.arch_names.items[0], "x86_64");
	assert_int_equal(again.objective, GEN_WORST);
	assert_string_equal(again.mix, finding.mix);
	assert_memory_equal(&again.tuple, &finding.tuple, sizeof(again.tuple));
	assert_int_equal(again.wanted, finding.wanted);
	assert_int_equal(again.got, finding.got);
	assert_true(again.seed == finding.seed);
	assert_string_equal(again.signature, finding.signature);
	assert_string_equal(again.directory, finding.directory);
	assert_int_equal(check(&again, &got), 1);
	assert_int_equal(got, ABI_RET_ALLOW);
	fuzz_finding_release(&again);
	fuzz_finding_release(&finding);
}

static void a_refusal_has_no_tuple(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("linear"), again;

	(void)state;
	finding.kind = FUZZ_KIND_REFUSAL;
	finding.message = sg_strdup("refuses: \xff \"quoted\"");
	fuzz_finding_sign(&finding);
	write_finding(&finding, folder);
	again = read_finding(finding.directory);
	assert_int_equal(again.kind, FUZZ_KIND_REFUSAL);
	assert_string_equal(again.message, "refuses: ? \"quoted\"");
	/* It is none: libseccomp takes this policy. */
	assert_int_equal(check(&again, NULL), 0);
	fuzz_finding_release(&again);
	fuzz_finding_release(&finding);
}

/* It has a tuple and a message; the prover is right, so that it does not happen. */
static void a_defect_of_the_prover_has_both(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("tuned");

	(void)state;
	finding.kind = FUZZ_KIND_PROVER;
	finding.message = sg_strdup("the prover calls the filter equal to its policy");
	fuzz_finding_sign(&finding);
	assert_int_equal(strncmp(finding.signature, "tuned-prover-64le-", 18), 0);
	write_finding(&finding, folder);
	assert_contains(finding.directory, "verdicts.json", "\"policy\"");
	struct fuzz_finding again = read_finding(finding.directory);
	assert_int_equal(again.kind, FUZZ_KIND_PROVER);
	assert_string_equal(again.message, finding.message);
	assert_memory_equal(&again.tuple, &finding.tuple, sizeof(again.tuple));
	assert_int_equal(again.wanted, finding.wanted);
	assert_int_equal(again.got, finding.got);
	assert_int_equal(check(&again, &again.got), 0);
	assert_int_equal(fuzz_minimize(&again, 1, NULL), -ENOENT);
	fuzz_finding_release(&again);
	fuzz_finding_release(&finding);
}

static void every_file_is_there(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	struct cbpf_prog from_text = {0}, from_file = {0};
	struct sg_err err = {0};
	char *text, *path;

	(void)state;
	write_finding(&finding, folder);
	assert_contains(finding.directory, "profile.json", profile);
	assert_contains(finding.directory, "tuple.txt",
			"\nc000003e 0 1 2 3 ffffffffffffffff 8000000000000000 0\n");
	assert_contains(finding.directory, "finding.json", "\"schema_version\": 1");
	assert_contains(finding.directory, "finding.json", "\"seed\": \"0xfeedfacecafebeef\"");
	assert_contains(finding.directory, "finding.json", "\"generator_version\": \"libseccomp");
	assert_contains(finding.directory, "finding.json", finding.signature);
	assert_contains(finding.directory, "verdicts.json", "\"policy\": {");
	assert_contains(finding.directory, "verdicts.json", "\"interp\": {");
	assert_contains(finding.directory, "verdicts.json", "\"verdict\": \"ERRNO(1)\"");
	assert_contains(finding.directory, "replay.sh", "fuzz --replay \"$(dirname \"$0\")\"\n");
	/* The marked text is the filter still, bit for bit. */
	text = content_of(finding.directory, "filter.bpfasm");
	path = file_of(finding.directory, "filter.bpf");
	if (cbpf_assemble(text, strlen(text), "filter.bpfasm", &from_text, &err) ||
	    cbpf_load(path, &from_file, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(from_text.len, from_file.len);
	assert_memory_equal(from_text.insns, from_file.insns,
			    from_file.len * sizeof(*from_file.insns));
	cbpf_release(&from_text);
	cbpf_release(&from_file);
	free(path);
	free(text);
	fuzz_finding_release(&finding);
}

/* As many marks as instructions that run, on the lines of those. */
static void the_path_is_marked(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};
	uint32_t marks = 0;

	(void)state;
	write_finding(&finding, folder);

	char *text = content_of(finding.directory, "filter.bpfasm");
	char *path = file_of(finding.directory, "filter.bpf");

	assert_int_equal(cbpf_load(path, &prog, &err), 0);
	for (char *line = text; (line = strstr(line, "  *\n")); line++)
		marks++;
	assert_int_equal(marks, cbpf_run(&prog, &finding.tuple).insns);
	for (char *line = strstr(text, "ret ALLOW"); *line != '\n'; line++)
		assert_int_not_equal(*line, '*');
	cbpf_release(&prog);
	free(path);
	free(text);
	fuzz_finding_release(&finding);
}

static void the_text_has_all_of_it(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("allow");
	struct sg_buf text = {0};

	(void)state;
	fuzz_finding_text(&finding, &text);
	assert_non_null(strstr(text.data, finding.signature));
	assert_non_null(strstr(text.data, profile));
	assert_non_null(strstr(text.data, "c000003e 0 1 2 3 ffffffffffffffff 8000000000000000 0"));
	assert_non_null(strstr(text.data, "wanted: ERRNO(1)\ngot: ALLOW\n"));
	assert_non_null(strstr(text.data, "0xfeedfacecafebeef"));
	sg_buf_release(&text);
	fuzz_finding_release(&finding);
}

/* ---- names */

static void the_same_finding_is_written_once(void **state)
{
	struct fuzz_finding one = wrong_for_sure("allow"), two = wrong_for_sure("allow");
	struct fuzz_finding other = wrong_for_sure("allow");
	char *dir = file_of(folder, "deep/er/names"), *twin;

	(void)state;
	write_finding(&one, dir);
	write_finding(&two, dir);
	assert_string_equal(one.directory, two.directory);
	other.tuple.args[0] = 7;
	write_finding(&other, dir);
	twin = sg_asprintf("%s-2", one.directory);
	assert_string_equal(other.directory, twin);
	assert_int_equal(entries_of(dir, false), 2);
	assert_int_equal(entries_of(dir, true), 0);
	free(twin);
	free(dir);
	fuzz_finding_release(&one);
	fuzz_finding_release(&two);
	fuzz_finding_release(&other);
}

/* ---- of an older run */

/* As the first version wrote it, with less in it and with a key that nobody knows. */
static void a_directory_of_an_older_run_replays(void **state)
{
	struct fuzz_finding finding = read_finding("fuzz/tests/findings/oldest");
	uint32_t got = 0;

	(void)state;
	assert_string_equal(finding.gen->name, "allow");
	assert_string_equal(finding.signature, "allow-mismatch-of-old");
	assert_int_equal(finding.wanted, ABI_RET_ERRNO | EPERM);
	assert_int_equal(check(&finding, &got), 1);
	assert_int_equal(got, ABI_RET_ALLOW);
	fuzz_finding_release(&finding);
}

/* ---- a filter from a file */

static void a_raw_filter_goes_with_its_finding(void **state)
{
	static const char text[] = "ld nr\njeq #7, no\nret ALLOW\nno: ret ERRNO(1)\n";
	struct fuzz_finding finding = wrong_for_sure("raw"), again;
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};
	char *path = file_of(folder, "some.bpf");

	(void)state;
	assert_int_equal(cbpf_assemble(text, strlen(text), "text", &prog, &err), 0);
	assert_int_equal(cbpf_save(path, &prog, &err), 0);
	finding.raw_file = path;
	finding.tuple.nr = 8;
	assert_int_equal(check(&finding, NULL), 1);
	assert_int_equal(fuzz_minimize(&finding, 60, &err), 0);
	/* The filter is for that policy, so only the tuple is smaller. */
	assert_int_equal(finding.tuple.args[4], 0);
	assert_non_null(strstr(finding.profile, "18446744073709551615"));
	write_finding(&finding, folder);
	unlink(path);
	again = read_finding(finding.directory);
	assert_int_equal(check(&again, NULL), 1);
	cbpf_release(&prog);
	fuzz_finding_release(&again);
	fuzz_finding_release(&finding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(a_refusal_has_no_tuple),
		cmocka_unit_test(a_defect_of_the_prover_has_both),
		cmocka_unit_test(every_file_is_there),
		cmocka_unit_test(the_path_is_marked),
		cmocka_unit_test(the_text_has_all_of_it),
		cmocka_unit_test(the_same_finding_is_written_once),
		cmocka_unit_test(a_directory_of_an_older_run_replays),
		cmocka_unit_test(a_raw_filter_goes_with_its_finding),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
