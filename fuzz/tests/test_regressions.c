/* SPDX-License-Identifier: MIT */
/*
 * Every directory of fuzz/regressions, three times: does the policy still demand what it demanded?
 * Does our own generator do that? And does the generator that was wrong still go wrong as it was
 * written down, if it is the version that the finding names?
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/interp.h"
#include "fuzz/finding.h"

#define REGRESSIONS "fuzz/regressions"

static struct fuzz_finding read_finding(const char *name)
{
	struct fuzz_finding finding = {0};
	struct sg_err err = {0};
	char *path = sg_asprintf("%s/%s", REGRESSIONS, name);

	if (fuzz_finding_read(path, &finding, &err))
		fail_msg("%s", err.msg);
	free(path);
	return finding;
}

static struct policy policy_of(const struct fuzz_finding *finding)
{
	const struct abi_arch *arches[ABI_ARCH_COUNT];
	struct policy_options options = {.arches = arches};
	struct policy policy = {0};
	struct sg_err err = {0};

	assert_in_range(finding->arch_names.len, 1, ABI_ARCH_COUNT);
	for (; options.arch_count < finding->arch_names.len; options.arch_count++)
		arches[options.arch_count] =
			abi_arch_by_name(finding->arch_names.items[options.arch_count]);
	if (policy_parse(finding->profile, finding->profile_len, finding->directory, &options,
			 &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

/* The filter, or the error. */
static int build(const struct gen *gen, const struct policy *policy, struct gen_filter *filter,
		 struct sg_err *err)
{
	struct mix mix = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	int bad = mix_load(NULL, &mix, err);

	if (!bad)
		bad = gen_build(gen, &request, filter, err);
	mix_release(&mix);
	return bad;
}

static void the_policy_demands_the_same(void **state)
{
	struct fuzz_finding finding = read_finding(*state);
	struct policy policy = policy_of(&finding);

	if (finding.kind == FUZZ_MISMATCH) {
		struct policy_oracle *oracle = policy_oracle_new(&policy);
		const struct policy_verdict wanted = policy_eval(oracle, &finding.tuple);

		assert_int_equal(wanted.class, POLICY_SPECIFIED);
		assert_int_equal(wanted.ret, finding.wanted);
		assert_int_not_equal(abi_verdict_effect(finding.got),
				     abi_verdict_effect(finding.wanted));
		policy_oracle_free(oracle);
	}
	policy_release(&policy);
	fuzz_finding_release(&finding);
}

static void ours_is_right(void **state)
{
	struct fuzz_finding finding = read_finding(*state);
	struct policy policy = policy_of(&finding);
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (build(gen_find("tuned", NULL), &policy, &filter, &err))
		fail_msg("%s", err.msg);
	if (finding.kind == FUZZ_MISMATCH)
		assert_int_equal(abi_verdict_effect(cbpf_run(&filter.prog, &finding.tuple).ret),
				 abi_verdict_effect(finding.wanted));
	gen_filter_release(&filter);
	policy_release(&policy);
	fuzz_finding_release(&finding);
}

/* The version of a generator, as it says it of a filter that it can make. */
static void installed_version(const struct gen *gen, char ret[64])
{
	static const char easy[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": "
				   "[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\"}]}";
	static const struct policy_options options;
	struct policy policy = {0};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (policy_parse(easy, strlen(easy), "easy", &options, &policy, &err) ||
	    build(gen, &policy, &filter, &err))
		fail_msg("%s", err.msg);
	memcpy(ret, filter.version, 64);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static void the_recorded_state_holds(void **state)
{
	struct fuzz_finding finding = read_finding(*state);
	struct sg_err err = {0};
	char version[64];
	uint32_t got = 0;

	installed_version(finding.gen, version);
	if (strcmp(version, finding.version)) {
		print_message("SKIP: libseccomp: %s was recorded for %s, installed is %s\n",
			      (const char *)*state, finding.version, version);
		fuzz_finding_release(&finding);
		skip();
	}
	if (fuzz_finding_check(&finding, &got, &err) != 1)
		fail_msg("it does not happen any more %s", err.msg);
	if (finding.kind == FUZZ_MISMATCH)
		assert_int_equal(got, finding.got);
	fuzz_finding_release(&finding);
}

/* ---- one case a directory and question */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct sg_strv list_regressions(void)
{
	struct sg_strv names = {0};
	DIR *dir = opendir(REGRESSIONS);

	for (struct dirent *entry; dir && (entry = readdir(dir));)
		if (!strchr(entry->d_name, '.'))
			sg_strv_add(&names, entry->d_name);
	if (dir)
		closedir(dir);
	if (names.len)
		qsort(names.items, names.len, sizeof(*names.items), compare_names);
	return names;
}

static const struct question {
	const char *name;
	CMUnitTestFunction function;
} questions[] = {
	{"the_policy_demands_the_same", the_policy_demands_the_same},
	{"ours_is_right", ours_is_right},
	{"the_recorded_state_holds", the_recorded_state_holds},
};

int main(void)
{
	struct sg_strv names = list_regressions(), titles = {0};
	const size_t count = names.len * SG_COUNT(questions);
	struct CMUnitTest *tests = sg_calloc(count, sizeof(*tests));
	int failed;

	if (!count) {
		fprintf(stderr, "%s: no regressions found\n", REGRESSIONS);
		return 1;
	}
	for (size_t i = 0; i < count; i++)
		sg_strv_addf(&titles, "%s:%s", names.items[i / SG_COUNT(questions)],
			     questions[i % SG_COUNT(questions)].name);
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = titles.items[i],
			.test_func = questions[i % SG_COUNT(questions)].function,
			.initial_state = names.items[i / SG_COUNT(questions)],
		};
	failed = _cmocka_run_group_tests("regressions", tests, count, NULL, NULL);
	free(tests);
	sg_strv_release(&titles);
	sg_strv_release(&names);
	return failed;
}
