/* SPDX-License-Identifier: MIT */
/* PROFILE operands: bundled names, files, and what is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"
#include "harness/base/file.h"

static const struct policy_options native;

static void expect_error(const char *operand, enum sg_err_kind kind, const char *message)
{
	struct policy policy = {0};
	struct sg_err err = {0};

	assert_true(policy_load(operand, &native, &policy, &err) < 0);
	assert_int_equal(err.kind, kind);
	assert_string_equal(err.msg, message);
}

static void a_slip_in_a_bundled_name_is_named(void **state)
{
	(void)state;
	expect_error("container-defualt", SG_ERR_INPUT,
		     "container-defualt: no such profile or file (did you mean "
		     "container-default?)");
	expect_error("xyzzy", SG_ERR_INPUT, "xyzzy: no such profile or file");
	expect_error("", SG_ERR_INPUT, ": no such profile or file");
}

static void a_folder_is_no_profile(void **state)
{
	(void)state;
	expect_error("filters/policy", SG_ERR_INPUT, "filters/policy: is a directory");
}

/* There is something of that name, so "no such file" would send its owner astray. */
static void a_file_out_of_reach_says_why(void **state)
{
	struct sg_err err = {0};
	char *folder = NULL;

	(void)state;
	assert_int_equal(sg_tempdir_create(&folder, &err), 0);
	char *path = sg_asprintf("%s/loop.json", folder);
	char *message = sg_asprintf("%s: Too many levels of symbolic links", path);
	assert_int_equal(symlink("loop.json", path), 0);
	expect_error(path, SG_ERR_INPUT, message);
	free(message);
	free(path);
	sg_tempdir_remove(folder);
	expect_error("Makefile/seccomp.json", SG_ERR_INPUT,
		     "Makefile/seccomp.json: Not a directory");
}

static void an_empty_file_is_no_profile(void **state)
{
	struct sg_err err = {0};
	char *folder = NULL;

	(void)state;
	assert_int_equal(sg_tempdir_create(&folder, &err), 0);
	char *path = sg_asprintf("%s/empty.json", folder);
	char *message = sg_asprintf("%s: is empty", path);
	assert_int_equal(sg_file_write(path, "", 0, &err), 0);
	expect_error(path, SG_ERR_INPUT, message);
	free(message);
	free(path);
	sg_tempdir_remove(folder);
}

static void every_embedded_profile_loads(void **state)
{
	(void)state;
	for (const struct policy_bundled *b = policy_bundled; b->name; b++) {
		struct policy policy = {0};
		struct sg_err err = {0};

		if (b->package)
			continue;
		if (policy_load(b->name, &native, &policy, &err))
			fail_msg("%s", err.msg);
		assert_string_equal(policy.name, b->name);
		assert_ptr_equal(policy.arches[0], abi_arch_native());
		policy_release(&policy);
	}
}

/* A bundled name wins over a file; names that a package installs say so when it is missing. */
static void a_packaged_profile_names_its_package(void **state)
{
	size_t seen = 0;

	(void)state;
	for (const struct policy_bundled *b = policy_bundled; b->name; b++) {
		struct policy policy = {0};
		struct sg_err err = {0};

		if (!b->package)
			continue;
		seen++;
		int bad = policy_load(b->name, &native, &policy, &err);
		if (access(b->file, F_OK)) {
			assert_int_equal(err.kind, SG_ERR_ENV);
			assert_non_null(strstr(err.msg, b->package));
		} else if (bad) {
			fail_msg("%s", err.msg);
		}
		policy_release(&policy);
	}
	assert_int_equal(seen, 2);
}

static void bundled_names_are_sorted(void **state)
{
	(void)state;
	for (const struct policy_bundled *b = policy_bundled; b->name && b[1].name; b++)
		assert_true(strcmp(b->name, b[1].name) < 0);
}

/* The working directory holds a file of a bundled name: the bundled profile is meant. */
static void a_bundled_name_wins_over_a_file(void **state)
{
	struct policy policy = {0};
	struct sg_err err = {0};
	char *folder = NULL, *back = getcwd(NULL, 0);

	(void)state;
	assert_int_equal(sg_tempdir_create(&folder, &err), 0);
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(sg_file_write("strict-2005", "{", 1, &err), 0);
	int bad = policy_load("strict-2005", &native, &policy, &err);
	assert_int_equal(chdir(back), 0);
	if (bad)
		fail_msg("%s", err.msg);
	assert_int_equal(policy.rule_count, 4);
	policy_release(&policy);
	sg_tempdir_remove(folder);
	free(back);
}

static void standard_input_is_read(void **state)
{
	static const char profile[] = "{\"defaultAction\": \"SCMP_ACT_LOG\"}";
	struct policy policy = {0};
	struct sg_err err = {0};
	int ends[2], kept = dup(STDIN_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], profile, strlen(profile)), (long)strlen(profile));
	close(ends[1]);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	int bad = policy_load("-", &native, &policy, &err);
	if (kept >= 0)
		dup2(kept, STDIN_FILENO);
	close(kept);
	close(ends[0]);
	if (bad)
		fail_msg("%s", err.msg);
	assert_string_equal(policy.name, "-");
	assert_int_equal(policy.default_action, ABI_RET_LOG);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_in_a_bundled_name_is_named),
		cmocka_unit_test(a_folder_is_no_profile),
		cmocka_unit_test(a_file_out_of_reach_says_why),
		cmocka_unit_test(an_empty_file_is_no_profile),
		cmocka_unit_test(every_embedded_profile_loads),
		cmocka_unit_test(a_packaged_profile_names_its_package),
		cmocka_unit_test(bundled_names_are_sorted),
		cmocka_unit_test(a_bundled_name_wins_over_a_file),
		cmocka_unit_test(standard_input_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
