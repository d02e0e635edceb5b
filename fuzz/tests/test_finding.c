/* SPDX-License-Identifier: MIT */
/* Directories of findings, written and read. The generator that is wrong for sure is `allow`. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/interp.h"
#include "fuzz/finding.h"
#include "harness/base/file.h"

static const char profile[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], "
	"\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", "
	"\"value\": 18446744073709551615}]}]}";

static char *folder;

static int set_up(void **state)
{
	struct sg_err err = {0};

	(void)state;
	return sg_tempdir_create(&folder, &err);
}

static int tear_down(void **state)
{
	(void)state;
	sg_tempdir_remove(folder);
	return 0;
}

static struct fuzz_finding wrong_for_sure(const char *generator)
{
	struct fuzz_finding finding = {
		.gen = gen_find(generator, NULL),
		.profile = sg_strdup(profile),
		.profile_len = strlen(profile),
		.tuple = {.arch = abi_arch(ABI_X86_64)->audit,
			  .args = {1, 2, 3, UINT64_MAX, 0x8000000000000000}},
		.wanted = ABI_RET_ERRNO | EPERM,
		.got = ABI_RET_ALLOW,
		.seed = 0xfeedfacecafebeef,
	};

	assert_non_null(finding.gen);
	sg_strv_add(&finding.arch_names, "x86_64");
	fuzz_finding_sign(&finding);
	return finding;
}

static void write_finding(struct fuzz_finding *finding, const char *dir)
{
	struct sg_err err = {0};

	if (fuzz_finding_write(finding, dir, &err))
		fail_msg("%s", err.msg);
	assert_non_null(finding->directory);
}

static struct fuzz_finding read_finding(const char *directory)
{
	struct fuzz_finding finding = {0};
	struct sg_err err = {0};

	if (fuzz_finding_read(directory, &finding, &err))
		fail_msg("%s", err.msg);
	return finding;
}

static int check(const struct fuzz_finding *finding, uint32_t *ret_got)
{
	struct sg_err err = {0};
	int ret = fuzz_finding_check(finding, ret_got, &err);

	if (ret < 0)
		fail_msg("%s", err.msg);
	return ret;
}

static char *file_of(const char *directory, const char *name)
{
	return sg_asprintf("%s/%s", directory, name);
}

static char *content_of(const char *directory, const char *name)
{
	char *path = file_of(directory, name);
	struct sg_buf text = {0};
	struct sg_err err = {0};

	if (sg_file_read(path, 1 << 20, &text, &err))
		fail_msg("%s", err.msg);
	free(path);
	return text.data ? text.data : sg_strdup("");
}

static void assert_contains(const char *directory, const char *name, const char *what)
{
	char *text = content_of(directory, name);

	if (!strstr(text, what))
		fail_msg("%s lacks '%s': %s", name, what, text);
	free(text);
}

static int entries_of(const char *dir, bool hidden)
{
	DIR *list = opendir(dir);
	int count = 0;

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list));)
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			count += (entry->d_name[0] == '.') == hidden;
	closedir(list);
	return count;
}

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

/* ---- where it cannot be written */

static void assert_nothing_left(const char *dir)
{
	assert_int_equal(entries_of(dir, false), 0);
	assert_int_equal(entries_of(dir, true), 0);
}

static void a_folder_that_cannot_be(void **state)
{
	struct fuzz_finding finding = wrong_for_sure("allow");
	char *file = file_of(folder, "file"), *below = file_of(file, "below");
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(sg_file_write(file, "x", 1, &err), 0);
	assert_true(fuzz_finding_write(&finding, below, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_null(strchr(err.msg, '\n'));
	assert_null(finding.directory);
	free(below);
	free(file);
	fuzz_finding_release(&finding);
}

/* In a child: every file that grows beyond so many bytes fails. 0: as it should. */
static int write_with_limit(const char *dir, rlim_t bytes)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	const struct rlimit limit = {bytes, bytes};
	struct sg_err err = {0};

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	return fuzz_finding_write(&finding, dir, &err) == 0         ? 1
	       : finding.directory || !*err.msg || !finding.profile ? 2
								    : 0;
}

static int in_child(int (*function)(const char *dir, rlim_t bytes), const char *dir, rlim_t bytes)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(function(dir, bytes));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* Wherever the writing stops, nothing is left that looks like a finding. */
static void writing_that_fails_leaves_nothing(void **state)
{
	char *dir = file_of(folder, "limited");

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	for (rlim_t bytes = 0; bytes <= 150; bytes += 50) {
		assert_int_equal(in_child(write_with_limit, dir, bytes), 0);
		assert_nothing_left(dir);
	}
	free(dir);
}

#define NO_MOUNT 77

static int write_on_full_disk(const char *dir, rlim_t bytes)
{
	struct fuzz_finding finding = wrong_for_sure("linear");
	struct sg_err err = {0};
	char *filling = file_of(dir, "filling");
	static const char block[4096];
	int fd, r;

	(void)bytes;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", dir, "tmpfs", 0, "size=16k"))
		return NO_MOUNT;
	fd = open(filling, O_WRONLY | O_CREAT, 0600);
	for (int i = 0; i < 2; i++) /* leaves room for a file or two */
		if (write(fd, block, sizeof(block)) < 0)
			return 4;
	close(fd);
	r = fuzz_finding_write(&finding, dir, &err);
	if (r != -ENOSPC || err.kind != SG_ERR_ENV || strchr(err.msg, '\n'))
		return 1;
	unlink(filling);
	free(filling);
	return entries_of(dir, false) || entries_of(dir, true) || finding.directory ? 2 : 0;
}

static void a_full_disk_is_said_and_nothing_lost(void **state)
{
	char *dir = file_of(folder, "full");
	int result;

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	result = in_child(write_on_full_disk, dir, 0);
	free(dir);
	if (result == NO_MOUNT) {
		print_message("SKIP: mount: no small file system can be mounted here\n");
		skip();
	}
	assert_int_equal(result, 0);
}

/* Without end. */
static void write_many(const char *dir, uint64_t round)
{
	for (uint64_t i = 0;; i++) {
		struct fuzz_finding finding = wrong_for_sure("allow");

		finding.tuple.args[0] = round << 32 | i;
		write_finding(&finding, dir);
		fuzz_finding_release(&finding);
	}
}

/* Kills it when it has written another one, and a while later. */
static void kill_after(pid_t pid, const char *dir, int before, useconds_t later_us)
{
	while (entries_of(dir, false) <= before)
		usleep(1000);
	usleep(later_us);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static size_t count_whole(const char *dir)
{
	DIR *list = opendir(dir);
	size_t whole = 0;

	assert_non_null(list);
	for (struct dirent *entry; (entry = readdir(list));) {
		char *path = file_of(dir, entry->d_name);

		if (entry->d_name[0] != '.') {
			struct fuzz_finding finding = read_finding(path);

			assert_int_equal(finding.got, ABI_RET_ALLOW);
			fuzz_finding_release(&finding);
			whole++;
		}
		free(path);
	}
	closedir(list);
	return whole;
}

/* Killed at any moment: what has a name can be read. */
static void killed_while_writing(void **state)
{
	char *dir = file_of(folder, "killed");

	(void)state;
	assert_int_equal(mkdir(dir, 0777), 0);
	for (int round = 0; round < 12; round++) {
		const int before = entries_of(dir, false);
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			write_many(dir, round);
		kill_after(pid, dir, before, 3001 * round);
	}
	assert_true(count_whole(dir) >= 12);
	free(dir);
}

/* ---- what cannot be read */

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
		cmocka_unit_test(every_file_is_there),
		cmocka_unit_test(the_path_is_marked),
		cmocka_unit_test(the_text_has_all_of_it),
		cmocka_unit_test(the_same_finding_is_written_once),
		cmocka_unit_test(a_folder_that_cannot_be),
		cmocka_unit_test(writing_that_fails_leaves_nothing),
		cmocka_unit_test(a_full_disk_is_said_and_nothing_lost),
		cmocka_unit_test(killed_while_writing),
		cmocka_unit_test(corrupt_directories_are_said_in_one_line),
		cmocka_unit_test(no_directory_at_all),
		cmocka_unit_test(a_directory_of_an_older_run_replays),
		cmocka_unit_test(a_raw_filter_goes_with_its_finding),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
