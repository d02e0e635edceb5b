/* SPDX-License-Identifier: MIT */
/* A policy written as a profile reads back as itself: the same hash, whatever it was read from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <unistd.h>

#include "filters/policy/tests/support.h"
#include "harness/base/file.h"

#define FOLDER "filters/policy/tests/profiles/"

static const char *const arch_lists[] = {
	"x86_64",
	"x86_64,i386,x32",
	"x32",
	"aarch64,arm",
	"s390x,s390",
	"mips64el,mipsel,mips64eln32",
	"x86_64,mips,parisc,ppc64",
};
static const char *const cap_lists[] = {"none", "docker", "podman", "CAP_SYS_ADMIN,CAP_BPF"};
static const char *const kernels[] = {"4.7", "4.8", "6.1"};

/* Nothing but the architectures is said when it is read again. */
static void assert_reads_back(const struct policy *policy, const char *what)
{
	const struct policy_options options = {.arches = policy->arches,
					       .arch_count = policy->arch_count};
	struct sg_buf text = {0}, wanted = {0}, got = {0};
	struct policy again = {0};
	struct sg_err err = {0};

	policy_profile_text(policy, &text);
	if (policy_parse(text.data, text.len, what, &options, &again, &err))
		fail_msg("%s\n%s", err.msg, sg_buf_text(&text));
	policy_print(policy, &wanted);
	policy_print(&again, &got);
	if (strcmp(policy->sha256, again.sha256))
		fail_msg("%s:\n%sreads back as\n%s", what, sg_buf_text(&wanted), sg_buf_text(&got));
	assert_string_equal(sg_buf_text(&wanted), sg_buf_text(&got));
	assert_int_equal(again.no_filter, policy->no_filter);
	assert_int_equal(again.seccomp_flags, policy->seccomp_flags);
	assert_int_equal(again.unknown_names.len, policy->unknown_names.len);
	policy_release(&again);
	sg_buf_release(&text);
	sg_buf_release(&wanted);
	sg_buf_release(&got);
}

static void assert_operand_reads_back(const char *operand, const struct policy_options *options)
{
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_load(operand, options, &policy, &err))
		fail_msg("%s", err.msg);
	assert_reads_back(&policy, operand);
	policy_release(&policy);
}

/* On each list of architectures, with each bounding set, for each kernel. */
static void assert_all_read_back(const char *operand)
{
	for (size_t a = 0; a < SG_COUNT(arch_lists); a++) {
		const struct arch_list list = arch_list(arch_lists[a]);

		for (size_t c = 0; c < SG_COUNT(cap_lists); c++)
			for (size_t k = 0; k < SG_COUNT(kernels); k++)
				assert_operand_reads_back(
					operand, &(struct policy_options){.arches = list.arches,
									  .arch_count = list.count,
									  .caps = cap_lists[c],
									  .kernel = kernels[k]});
	}
	assert_operand_reads_back(operand, &(struct policy_options){0});
}

static void a_bundled_profile(void **state)
{
	const struct policy_bundled *b = *state;

	if (b->package && access(b->file, R_OK)) {
		print_message("SKIP: package: %s is missing (Debian package %s)\n", b->file,
			      b->package);
		skip();
	}
	assert_all_read_back(b->name);
}

/* What the reader's own tests read: flags, errno names, unknown names, no filter, conflicts ... */
static void every_profile_of_the_readers_tests(void **state)
{
	DIR *folder = opendir(FOLDER);
	size_t count = 0;

	(void)state;
	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder));) {
		const char *end = strrchr(entry->d_name, '.');
		char *path = sg_asprintf(FOLDER "%s", entry->d_name);

		if (end && !strcmp(end, ".json")) {
			assert_all_read_back(path);
			count++;
		}
		free(path);
	}
	closedir(folder);
	assert_true(count >= 20);
}

static bool known_everywhere(const char *name)
{
	for (int i = 0; i < ABI_ARCH_COUNT; i++)
		if (!abi_errno(abi_arch(i), name))
			return false;
	return true;
}

/* As the errno of the default and of rules, on all architectures there are. */
static void every_errno_name_of_podman(void **state)
{
	static const char *const names[] = {
#define ABI_ERRNO(name, ...) #name,
#include "filters/abi/errnos.inc"
#undef ABI_ERRNO
	};
	const struct abi_arch *arches[ABI_ARCH_COUNT];
	const struct policy_options options = {.arches = arches, .arch_count = ABI_ARCH_COUNT};
	size_t by_arch = 0;

	(void)state;
	for (int i = 0; i < ABI_ARCH_COUNT; i++)
		arches[i] = abi_arch(i);
	for (size_t i = 0; i < SG_COUNT(names); i++) {
		char *json = sg_asprintf(
			"{\"defaultAction\": \"SCMP_ACT_TRACE\", \"defaultErrno\": \"%s\","
			"\"syscalls\": [{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\","
			"\"errno\": \"%s\"}]}",
			names[i], names[i]);
		struct policy policy = {0};
		struct sg_err err = {0};

		if (known_everywhere(names[i])) {
			if (policy_parse(json, strlen(json), names[i], &options, &policy, &err))
				fail_msg("%s", err.msg);
			by_arch += policy.default_errnos && policy.rules[0].errnos;
			assert_reads_back(&policy, names[i]);
			policy_release(&policy);
		}
		free(json);
	}
	assert_true(by_arch >= 10);
}

static const struct {
	const char *what, *json;
} odd_ones[] = {
	{"no filter", "{}"},
	{"a default alone", "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}"},
	{"a number for the default",
	 "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}"},
	{"a number in quotes", "{\"defaultAction\": \"SCMP_ACT_TRACE\", \"defaultErrno\": \"77\"}"},
	{"every action",
	 "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": ["
	 "{\"name\": \"read\", \"action\": \"SCMP_ACT_KILL_PROCESS\"},"
	 "{\"name\": \"write\", \"action\": \"SCMP_ACT_LOG\"},"
	 "{\"name\": \"open\", \"action\": \"SCMP_ACT_NOTIFY\"},"
	 "{\"name\": \"close\", \"action\": \"SCMP_ACT_TRAP\"},"
	 "{\"name\": \"stat\", \"action\": \"SCMP_ACT_TRACE\", \"errnoRet\": 65535},"
	 "{\"name\": \"fstat\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 0},"
	 "{\"name\": \"lstat\", \"action\": \"SCMP_ACT_KILL_THREAD\", \"args\": [{\"index\": 0,"
	 "\"op\": \"SCMP_CMP_EQ\", \"value\": 1}]},"
	 "{\"name\": \"lstat\", \"action\": \"SCMP_ACT_ALLOW\"}]}"},
	{"all flags", "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": ["
		      "\"SECCOMP_FILTER_FLAG_TSYNC\", \"SECCOMP_FILTER_FLAG_LOG\","
		      "\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\", \"SECCOMP_FILTER_FLAG_LOG\","
		      "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]}"},
	{"no flag", "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": []}"},
	{"names that are no calls",
	 "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
	 "[\"no\\\"such\\\\call\", \"%s\", \"read\", \"{}\"], \"action\": \"SCMP_ACT_ERRNO\"}]}"},
	{"wide constants",
	 "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": [{\"names\": [\"read\"], "
	 "\"action\": \"SCMP_ACT_NOTIFY\", \"args\": [{\"index\": 0, \"op\": "
	 "\"SCMP_CMP_MASKED_EQ\", \"value\": 18446744073709551615, \"valueTwo\": "
	 "9223372036854775809}, {\"index\": 4, \"op\": \"SCMP_CMP_NE\", \"value\": 0}]}]}"},
	{"a repeated index, which are two rules",
	 "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\", "
	 "\"write\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 1, \"op\": "
	 "\"SCMP_CMP_GE\", \"value\": 3}, {\"index\": 1, \"op\": \"SCMP_CMP_LT\", \"value\": "
	 "9}]}]}"},
	{"an entry without a name",
	 "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"action\": "
	 "\"SCMP_ACT_ALLOW\"}]}"},
};

static void odd_policies(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(odd_ones); i++) {
		for (size_t a = 0; a < SG_COUNT(arch_lists); a++) {
			struct policy policy = parse_ok(odd_ones[i].json, arch_lists[a]);

			assert_reads_back(&policy, odd_ones[i].what);
			policy_release(&policy);
		}
	}
}

int main(void)
{
	struct CMUnitTest tests[16] = {
		cmocka_unit_test(every_profile_of_the_readers_tests),
		cmocka_unit_test(every_errno_name_of_podman),
		cmocka_unit_test(odd_policies),
	};
	size_t count = 3;

	for (const struct policy_bundled *b = policy_bundled; b->name; b++) {
		assert_true(count < SG_COUNT(tests));
		tests[count++] = (struct CMUnitTest){.name = b->name,
						     .test_func = a_bundled_profile,
						     .initial_state = (void *)b};
	}
	return _cmocka_run_group_tests("a policy as a profile", tests, count, NULL, NULL);
}
