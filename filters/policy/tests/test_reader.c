/* SPDX-License-Identifier: MIT */
/*
 * What a profile reads as: profiles/NAME.json against profiles/EXPECTED, which holds the canonical
 * print, the warnings and the unknown names. Every row says whose rule it holds us to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"
#include "harness/base/file.h"

#define FOLDER    "filters/policy/tests/profiles/"
#define MAX_BYTES 65536

struct row {
	const char *profile, *expected;
	const char *arches, *caps, *kernel;
	const char *source;
};

#define MOBY   "moby profiles/seccomp/seccomp_linux.go, setupSeccomp"
#define PODMAN "containers/common pkg/seccomp/seccomp_linux.go, setupSeccomp"
#define RUNC   "runc libcontainer/seccomp/seccomp_linux.go, "
#define CRUN   "crun src/libcrun/seccomp.c, libcrun_generate_seccomp"

static const struct row rows[] = {
	{"old-names", "old-names", "x86_64", NULL, NULL, MOBY ": name, else names"},
	{"podman-errno", "podman-errno", "x86_64,mips", NULL, NULL,
	 "containers/common pkg/seccomp/seccomp_linux.go, getErrno"},
	{"podman-errno", "podman-errno-x86", "x86_64,i386", NULL, NULL,
	 "the same; numbers that agree need no list"},
	{"default-errno", "default-errno", "x86_64", NULL, NULL,
	 RUNC "getAction: EPERM by default"},
	{"actions", "actions", "x86_64", NULL, NULL, RUNC "getAction"},
	{"operators", "operators", "x86_64", NULL, NULL, RUNC "getOperator"},
	{"repeated-index", "repeated-index", "x86_64", NULL, NULL, RUNC "matchCall; " CRUN},
	{"errno-on-allow", "errno-on-allow", "x86_64", NULL, NULL,
	 CRUN ", seccomp_action_supports_errno"},
	{"by-caps", "by-caps-none", "x86_64", NULL, NULL, MOBY "; " PODMAN},
	{"by-caps", "by-caps-none", "x86_64", "none", NULL,
	 "the command line: none is the default"},
	{"by-caps", "by-caps-docker", "x86_64", "docker", NULL,
	 "moby daemon/pkg/oci/caps/defaults.go"},
	{"by-caps", "by-caps-podman", "x86_64", "podman", NULL,
	 "containers/common pkg/config/default.go"},
	{"by-caps", "by-caps-all", "x86_64", "CAP_SYS_ADMIN,bpf,Sys_Chroot,cap_audit_write", NULL,
	 MOBY ": all of includes, any of excludes"},
	{"by-caps", "by-caps-one", "x86_64", "bpf", NULL,
	 MOBY ": all of includes, any of excludes"},
	{"by-arch", "by-arch-x86_64", "x86_64,s390x", NULL, NULL, MOBY ": the native one alone"},
	{"by-arch", "by-arch-s390x", "s390x", NULL, NULL, MOBY ": the native one alone"},
	{"by-arch", "by-arch-n32", "mips64eln32", NULL, NULL,
	 "goToNative in moby; ScmpArch.String in libseccomp-golang"},
	{"by-arch", "by-arch-loongarch64", "loongarch64", NULL, NULL,
	 "goToNative in moby; ScmpArch.String in libseccomp-golang"},
	{"by-kernel", "by-kernel-old", "x86_64", NULL, "4.7", MOBY},
	{"by-kernel", "by-kernel-middle", "x86_64", NULL, "4.8.17-rc1-generic",
	 "moby kernel_linux.go, parseRelease"},
	{"by-kernel", "by-kernel-middle", "x86_64", NULL, "5.9", "moby kernelGreaterEqualThan"},
	{"by-kernel", "by-kernel-new", "x86_64", NULL, "5.10", "moby kernelGreaterEqualThan"},
	{"by-kernel", "by-kernel-new", "x86_64", NULL, "6.1", "moby kernelGreaterEqualThan"},
	{"bundle", "bundle", "x86_64", NULL, NULL, "runtime-spec config.md, config-linux.md"},
	{"bundle-with-engine-keys", "bundle-with-engine-keys", "x86_64", NULL, NULL,
	 "runtime-spec specs-go/config.go, LinuxSeccomp: it has no such fields"},
	{"flags", "flags", "x86_64", NULL, NULL, "runc libcontainer/specconv, SetupSeccomp"},
	{"flags-empty", "flags-empty", "x86_64", NULL, NULL,
	 "runc libcontainer/specconv, SetupSeccomp: an empty list is no flag"},
	{"unknown-names", "unknown-names", "x86_64", NULL, NULL, RUNC "matchCall; " CRUN},
	{"loose-spelling", "loose-spelling", "x86_64", NULL, NULL,
	 "Go's encoding/json, Unmarshal: any letter case"},
	{"switched-off", "switched-off", "x86_64", NULL, NULL, MOBY "; runc SetupSeccomp"},
	{"default-alone", "default-alone", "x86_64", NULL, NULL,
	 "runtime-spec config-linux.md: syscalls are optional"},
	{"conflict", "conflict", "x86_64", NULL, NULL,
	 "Debian's Podman profile says both of setns; libseccomp takes the first"},
	{"redundant", "redundant", "x86_64", NULL, NULL, RUNC "matchCall; " CRUN},
	{"redundant-but-needed", "redundant-but-needed", "x86_64", NULL, NULL,
	 "runc: a dropped rule let an implicit allow win"},
	{"redundant-on-one-arch", "redundant-on-one-arch", "x86_64,mips", NULL, NULL,
	 "ENOSYS is 89 on mips (arch/mips/include/uapi/asm/errno.h)"},
	{"redundant-multiplexer", "redundant-multiplexer", "i386", NULL, NULL,
	 "libseccomp src/arch-x86.c, x86_rule_add"},
	{"redundant-with-what-it-carries", "redundant-with-what-it-carries", "i386", NULL, NULL,
	 "fuzzing: read again, the policy had a rule less"},
};

static void describe(const struct policy *policy, struct sg_buf *out)
{
	policy_print(policy, out);
	for (size_t i = 0; i < policy->warnings.len; i++)
		sg_buf_addf(out, "warning: %s\n", policy->warnings.items[i]);
	for (size_t i = 0; i < policy->unknown_names.len; i++)
		sg_buf_addf(out, "unknown: %s\n", policy->unknown_names.items[i]);
}

static void reads_as_expected(void **state)
{
	const struct row *row = *state;
	const struct arch_list list = arch_list(row->arches);
	const struct policy_options options = {.arches = list.arches,
					       .arch_count = list.count,
					       .caps = row->caps,
					       .kernel = row->kernel};
	struct policy policy = {0};
	struct sg_err err = {0};
	struct sg_buf actual = {0}, expected = {0};
	char *profile = sg_asprintf(FOLDER "%s.json", row->profile);
	char *file = sg_asprintf(FOLDER "%s.expected", row->expected);

	if (policy_load(profile, &options, &policy, &err))
		fail_msg("%s (%s)", err.msg, row->source);
	describe(&policy, &actual);
	if (sg_file_read(file, MAX_BYTES, &expected, &err))
		fail_msg("%s\nwould be:\n%s", err.msg, sg_buf_text(&actual));
	if (strcmp(sg_buf_text(&actual), sg_buf_text(&expected)))
		fail_msg("%s is not\n%sbut\n%s(%s)", profile, sg_buf_text(&expected),
			 sg_buf_text(&actual), row->source);
	assert_string_equal(policy.name, profile);
	policy_release(&policy);
	sg_buf_release(&actual);
	sg_buf_release(&expected);
	free(profile);
	free(file);
}

int main(void)
{
	struct CMUnitTest tests[SG_COUNT(rows)] = {0};

	for (size_t i = 0; i < SG_COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].expected,
					       .test_func = reads_as_expected,
					       .initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
