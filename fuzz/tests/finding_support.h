/* SPDX-License-Identifier: MIT */
/*
 * A finding that is wrong for sure, in a folder of the test's own. Include after cmocka's own
 * headers.
 */
#ifndef SG_FUZZ_TESTS_FINDING_SUPPORT_H
#define SG_FUZZ_TESTS_FINDING_SUPPORT_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/finding.h"
#include "harness/base/file.h"

static const char profile[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\"], "
	"\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"op\": \"SCMP_CMP_EQ\", "
	"\"value\": 18446744073709551615}]}]}";

static char *folder;

static inline int set_up(void **state)
{
	struct sg_err err = {0};

	(void)state;
	return sg_tempdir_create(&folder, &err);
}

static inline int tear_down(void **state)
{
	(void)state;
	sg_tempdir_remove(folder);
	return 0;
}

static inline struct fuzz_finding wrong_for_sure(const char *generator)
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

static inline void write_finding(struct fuzz_finding *finding, const char *dir)
{
	struct sg_err err = {0};

	if (fuzz_finding_write(finding, dir, &err))
		fail_msg("%s", err.msg);
	assert_non_null(finding->directory);
}

static inline struct fuzz_finding read_finding(const char *directory)
{
	struct fuzz_finding finding = {0};
	struct sg_err err = {0};

	if (fuzz_finding_read(directory, &finding, &err))
		fail_msg("%s", err.msg);
	return finding;
}

static inline int check(const struct fuzz_finding *finding, uint32_t *ret_got)
{
	struct sg_err err = {0};
	int ret = fuzz_finding_check(finding, ret_got, &err);

	if (ret < 0)
		fail_msg("%s", err.msg);
	return ret;
}

static inline char *file_of(const char *directory, const char *name)
{
	return sg_asprintf("%s/%s", directory, name);
}

static inline char *content_of(const char *directory, const char *name)
{
	char *path = file_of(directory, name);
	struct sg_buf text = {0};
	struct sg_err err = {0};

	if (sg_file_read(path, 1 << 20, &text, &err))
		fail_msg("%s", err.msg);
	free(path);
	return text.data ? text.data : sg_strdup("");
}

static inline void assert_contains(const char *directory, const char *name, const char *what)
{
	char *text = content_of(directory, name);

	if (!strstr(text, what))
		fail_msg("%s lacks '%s': %s", name, what, text);
	free(text);
}

static inline int entries_of(const char *dir, bool hidden)
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

#endif
