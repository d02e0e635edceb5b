/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filters/policy/policy.h"
#include "harness/base/alloc.h"
#include "harness/base/file.h"
#include "harness/run/cpus.h"
#include "harness/run/env_private.h"
#include "harness/run/facts.h"
#include "harness/run/tests/fake.h"

static void facts_are_this_machines(void **state)
{
	struct run_env env;
	struct utsname host;

	(void)state;
	uname(&host);
	run_env_read(&env);
	assert_string_equal(env.kernel, host.release);
	assert_string_equal(env.machine, host.machine);
	assert_string_equal(env.secgauge, SG_VERSION);
	assert_true(env.cpus_allowed >= 1 && env.cpus_online >= 1);
	assert_int_equal(strlen(env.date), strlen("2024-02-29T00:00:00Z"));
	assert_int_equal(env.date[strlen(env.date) - 1], 'Z');
}

/* "unknown" is allowed, nothing at all is not. */
static void no_fact_is_empty(void **state)
{
	struct run_env env;

	(void)state;
	run_env_read(&env);
	const char *const facts[] = {env.cpu,          env.virtualisation,
				     env.bpf_jit,      env.bpf_jit_harden,
				     env.clock_source, env.clock,
				     env.governor,     env.spec_store_bypass,
				     env.spectre_v2,   env.seccomp_implies_ssbd,
				     env.libseccomp,   env.workdir_fs};

	for (size_t i = 0; i < SG_COUNT(facts); i++)
		if (!*facts[i] || strchr(facts[i], '\n'))
			fail_msg("fact %zu: '%s'", i, facts[i]);
}

static void reading_facts_installs_nothing_here(void **state)
{
	struct run_env env;

	(void)state;
	run_env_read(&env);
	assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
}

/* What statfs(2) says of the same directory, for the file systems that have one name. */
static void file_system_is_what_statfs_says(void **state)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} known[] = {{TMPFS_MAGIC, "tmpfs"},
		     {OVERLAYFS_SUPER_MAGIC, "overlay"},
		     {XFS_SUPER_MAGIC, "xfs"},
		     {BTRFS_SUPER_MAGIC, "btrfs"},
		     {EXT4_SUPER_MAGIC, "ext4"}};
	const char *tmpdir = getenv("TMPDIR");
	struct statfs said;
	char fs[32];

	(void)state;
	assert_int_equal(statfs(tmpdir ? tmpdir : "/tmp", &said), 0);
	run_env_workdir_fs(fs, sizeof(fs));
	for (size_t i = 0; i < SG_COUNT(known); i++) {
		if ((unsigned long)said.f_type != known[i].magic)
			continue;
		assert_string_equal(fs, known[i].name);
		return;
	}
	print_message("SKIP: statfs: no name known for magic %lx\n", (unsigned long)said.f_type);
	skip();
}

static void kernel_versions_compare_by_number(void **state)
{
	struct utsname host;
	unsigned major, minor;

	(void)state;
	uname(&host);
	assert_int_equal(sscanf(host.release, "%u.%u", &major, &minor), 2);
	assert_true(run_env_kernel_at_least(major, minor));
	assert_true(run_env_kernel_at_least(major - 1, minor + 1));
	assert_false(run_env_kernel_at_least(major, minor + 1));
	assert_false(run_env_kernel_at_least(major + 1, 0));
}

static void own_filters_are_counted(void **state)
{
	const struct gen_filter allow = fake_filter(-1, ABI_RET_ALLOW);
	char known[8];
	int status;

	(void)state;
	run_fact_read_key("/proc/self/status", "Seccomp_filters", "", known, sizeof(known));
	if (!*known) {
		print_message("SKIP: kernel: no Seccomp_filters in /proc/self/status\n");
		skip();
	}
	unsigned before = run_env_own_filters();
	pid_t pid = fork();

	if (!pid) {
		run_install(&allow, 3, 0, NULL);
		_exit((int)(run_env_own_filters() - before));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 3);
	free(allow.prog.insns);
}

/* ---- files of facts */

static void write_text(const char *path, const char *text)
{
	struct sg_err err;

	if (sg_file_write(path, text, strlen(text), &err))
		fail_msg("%s", err.msg);
}

static void facts_are_read_from_lines_and_keys(void **state)
{
	char *dir, value[16];
	struct sg_err err;

	(void)state;
	assert_int_equal(sg_tempdir_create(&dir, &err), 0);
	char *path = sg_asprintf("%s/facts", dir);

	write_text(path, "model\t\t: 2\nmodel name\t: Fast One\nmodel name\t: Other\nempty:\n");
	run_fact_read(path, "none", value, sizeof(value));
	assert_string_equal(value, "model\t\t: 2");
	run_fact_read_key(path, "model name", "none", value, sizeof(value));
	assert_string_equal(value, "Fast One");
	run_fact_read_key(path, "model", "none", value, sizeof(value));
	assert_string_equal(value, "2");
	run_fact_read_key(path, "mode", "none", value, sizeof(value));
	assert_string_equal(value, "none");
	run_fact_read_key(path, "empty", "none", value, sizeof(value));
	assert_string_equal(value, "");
	run_fact_read("/nowhere/at/all", "none", value, sizeof(value));
	assert_string_equal(value, "none");
	write_text(path, "a line that is longer than its place\n");
	run_fact_read(path, "none", value, sizeof(value));
	assert_string_equal(value, "a line that is ");
	free(path);
	sg_tempdir_remove(dir);
}

/* ---- processors */

static void processors_are_two_allowed_ones(void **state)
{
	struct run_cpus cpus;

	(void)state;
	run_cpus_choose(&cpus);
	assert_true(CPU_ISSET(cpus.child, &cpus.before));
	assert_true(CPU_ISSET(cpus.harness, &cpus.before));
	assert_int_equal(cpus.child != cpus.harness, CPU_COUNT(&cpus.before) > 1);
}

/* ---- capabilities */

static const struct run_capability *find(const struct run_capability *list, int count,
					 const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(list[i].name, name))
			return &list[i];
	fail_msg("no capability %s", name);
	return NULL;
}

static void every_missing_capability_has_reason_and_cost(void **state)
{
	struct run_capability list[RUN_CAPABILITY_MAX];
	int count = run_capabilities(list);

	(void)state;
	assert_in_range(count, 10, RUN_CAPABILITY_MAX);
	for (int i = 0; i < count; i++) {
		assert_true(list[i].cost && *list[i].cost);
		assert_int_equal(*list[i].reason != '\0', !list[i].usable);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(list[i].name, list[j].name);
	}
}

static void capabilities_agree_with_what_works_here(void **state)
{
	struct run_capability list[RUN_CAPABILITY_MAX];
	int count = run_capabilities(list);
	struct run_env env;
	struct wl_calls calls = {0};
	struct wl_env wl_env = {0};

	(void)state;
	run_env_read(&env);
	assert_true(find(list, count, "seccomp")->usable); /* or no test here would run */
	assert_int_equal(find(list, count, "bitmap")->usable, env.bitmap);
	assert_int_equal(find(list, count, "vdso-clock")->usable, !strcmp(env.clock, "vdso"));
	assert_int_equal(find(list, count, "second-processor")->usable, env.cpus_allowed > 1);
	assert_int_equal(find(list, count, "ptrace")->usable,
			 !run_trace(&fake_workload, &wl_env, 1, &calls, NULL));
	wl_calls_release(&calls);
	for (const struct policy_bundled *p = policy_bundled; p->name; p++)
		if (p->package)
			assert_int_equal(find(list, count, p->name)->usable,
					 !access(p->file, R_OK));
	assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_this_machines),
		cmocka_unit_test(no_fact_is_empty),
		cmocka_unit_test(reading_facts_installs_nothing_here),
		cmocka_unit_test(file_system_is_what_statfs_says),
		cmocka_unit_test(kernel_versions_compare_by_number),
		cmocka_unit_test(own_filters_are_counted),
		cmocka_unit_test(facts_are_read_from_lines_and_keys),
		cmocka_unit_test(processors_are_two_allowed_ones),
		cmocka_unit_test(every_missing_capability_has_reason_and_cost),
		cmocka_unit_test(capabilities_agree_with_what_works_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
