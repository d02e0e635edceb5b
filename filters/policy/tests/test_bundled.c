/* SPDX-License-Identifier: MIT */
/* The bundled profiles keep the promises of filters/profiles/README.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "filters/policy/tests/support.h"

#define ALLOW    ABI_RET_ALLOW
#define ERRNO(n) (ABI_RET_ERRNO | (n))

static const char *const arch_lists[] = {
	"x86_64",
	"x86_64,i386,x32",
	"aarch64,arm",
	"riscv64",
	"ppc64le",
	"s390x,s390",
	"mips64el,mipsel,mips64eln32",
};
/* Every capability that a bundled profile asks about, each alone and all together. */
static const char *const cap_lists[] = {
	"none",
	"docker",
	"podman",
	"CAP_SYS_ADMIN",
	"CAP_DAC_READ_SEARCH",
	"CAP_SYS_BOOT",
	"CAP_SYS_CHROOT",
	"CAP_SYS_MODULE",
	"CAP_SYS_PACCT",
	"CAP_SYS_PTRACE",
	"CAP_SYS_RAWIO",
	"CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",
	"CAP_SYS_NICE",
	"CAP_SYSLOG",
	"CAP_BPF",
	"CAP_PERFMON",
	"docker,CAP_SYS_ADMIN,CAP_DAC_READ_SEARCH,CAP_SYS_BOOT,CAP_SYS_CHROOT,CAP_SYS_MODULE,"
	"CAP_SYS_PACCT,CAP_SYS_PTRACE,CAP_SYS_RAWIO,CAP_SYS_TIME,CAP_SYS_TTY_CONFIG,CAP_SYS_NICE,"
	"CAP_SYSLOG,CAP_BPF,CAP_PERFMON",
};
static const char *const kernels[] = {"4.7", "6.1"};

static struct policy load(const char *name, const char *arches, const char *caps,
			  const char *kernel)
{
	const struct arch_list list = arch_list(arches);
	const struct policy_options options = {.arches = list.arches,
					       .arch_count = list.count,
					       .caps = caps,
					       .kernel = kernel};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_load(name, &options, &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

static void expect_no_warning(const char *name, const char *arches, const char *caps,
			      const char *kernel)
{
	struct policy policy = load(name, arches, caps, kernel);

	if (policy.warnings.len)
		fail_msg("%s --arch %s --cap %s: %s", name, arches, caps, policy.warnings.items[0]);
	if (policy.unknown_names.len)
		fail_msg("%s: %s is no system call", name, policy.unknown_names.items[0]);
	policy_release(&policy);
}

/* Nothing to warn of is nothing contradictory: policy_normalize() warns of conflicts. */
static void none_contradicts_itself(void **state)
{
	(void)state;
	for (const struct policy_bundled *b = policy_bundled; b->name; b++)
		for (size_t a = 0; !b->package && a < SG_COUNT(arch_lists); a++)
			for (size_t c = 0; c < SG_COUNT(cap_lists); c++)
				for (size_t k = 0; k < SG_COUNT(kernels); k++)
					expect_no_warning(b->name, arch_lists[a], cap_lists[c],
							  kernels[k]);
}

static struct policy_verdict eval(const struct policy *policy, const char *arch_name,
				  const char *call, uint64_t a0, uint64_t a1, uint64_t a2)
{
	const struct abi_arch *arch = abi_arch_by_name(arch_name);
	const struct abi_tuple tuple = {.arch = arch->audit,
					.nr = abi_nr(arch, call),
					.args = {a0, a1, a2}};
	struct policy_oracle *oracle = policy_oracle_new(policy);
	const struct policy_verdict verdict = policy_eval(oracle, &tuple);

	assert_int_not_equal(abi_nr(arch, call), ABI_NR_NONE);
	policy_oracle_free(oracle);
	return verdict;
}

struct row {
	const char *profile, *arch, *call;
	uint64_t a0, a1, a2;
	uint32_t ret;
};

#define CONTAINER(arch, call, a0, ret)                         \
	{                                                      \
		"container-default", arch, call, a0, 0, 0, ret \
	}
#define X86_64(call) CONTAINER("x86_64", call, 0, ALLOW)

static const struct row rows[] = {
	/* What the IO workloads and a starting program call. */
	X86_64("getppid"),
	X86_64("pread64"),
	X86_64("pwrite64"),
	X86_64("read"),
	X86_64("write"),
	X86_64("openat"),
	X86_64("newfstatat"),
	X86_64("close"),
	X86_64("unlinkat"),
	X86_64("renameat"),
	X86_64("fdatasync"),
	X86_64("getdents64"),
	X86_64("mmap"),
	X86_64("munmap"),
	X86_64("pipe"),
	X86_64("pipe2"),
	X86_64("socketpair"),
	X86_64("epoll_create1"),
	X86_64("epoll_ctl"),
	X86_64("epoll_wait"),
	X86_64("accept4"),
	X86_64("recvfrom"),
	X86_64("sendto"),
	X86_64("futex"),
	X86_64("fork"),
	X86_64("vfork"),
	X86_64("execve"),
	X86_64("wait4"),
	X86_64("brk"),
	X86_64("access"),
	X86_64("arch_prctl"),
	X86_64("set_tid_address"),
	X86_64("set_robust_list"),
	X86_64("rseq"),
	X86_64("mprotect"),
	X86_64("prlimit64"),
	X86_64("getrandom"),
	X86_64("exit_group"),
	X86_64("statfs"),
	X86_64("ioctl"),
	X86_64("clock_gettime"),
	/* io_uring as in Docker since 2023. */
	CONTAINER("x86_64", "io_uring_setup", 0, ERRNO(1)),
	CONTAINER("x86_64", "io_uring_enter", 0, ERRNO(1)),
	/* What Docker's profile had to learn: clone3 answered ENOSYS (moby#42681), */
	CONTAINER("x86_64", "clone3", 0, ERRNO(38)),
	CONTAINER("i386", "clone3", 0, ERRNO(38)),
	/* time64 on 32-bit architectures, */
	CONTAINER("i386", "clock_gettime64", 0, ALLOW),
	CONTAINER("i386", "utimensat_time64", 0, ALLOW),
	CONTAINER("arm", "futex_time64", 0, ALLOW),
	/* the direct socket calls beside socketcall, */
	CONTAINER("i386", "socketcall", 1, ALLOW),
	CONTAINER("i386", "socket", 2, ALLOW),
	CONTAINER("i386", "sendmsg", 0, ALLOW),
	/* and CLONE_NEWCGROUP in the mask of clone. */
	CONTAINER("x86_64", "clone", 0x02000000, ERRNO(1)),
	CONTAINER("x86_64", "clone", 0x40000000, ERRNO(1)),
	CONTAINER("x86_64", "clone", 0x003d0f00, ALLOW),
	/* On s390 the flags are the second argument. */
	{"container-default", "s390x", "clone", 0x02000000, 0, 0, ALLOW},
	{"container-default", "s390x", "clone", 0, 0x02000000, 0, ERRNO(1)},
	CONTAINER("x86_64", "personality", 0, ALLOW),
	CONTAINER("x86_64", "personality", 8, ALLOW),
	CONTAINER("x86_64", "personality", 0x20000, ALLOW),
	CONTAINER("x86_64", "personality", 0x20008, ALLOW),
	CONTAINER("x86_64", "personality", 0xffffffff, ALLOW),
	CONTAINER("x86_64", "personality", 0x40000, ERRNO(1)),
	CONTAINER("x86_64", "personality", UINT64_MAX, ERRNO(1)),
	CONTAINER("x86_64", "socket", 2, ALLOW),
	CONTAINER("x86_64", "socket", 37, ALLOW),
	CONTAINER("x86_64", "socket", 38, ERRNO(1)),
	CONTAINER("x86_64", "socket", 39, ALLOW),
	CONTAINER("x86_64", "socket", 40, ERRNO(1)),
	CONTAINER("x86_64", "socket", 41, ALLOW),
	CONTAINER("x86_64", "bpf", 0, ERRNO(1)),
	CONTAINER("x86_64", "unshare", 0, ERRNO(1)),

	{"small-blocklist", "x86_64", "bpf", 0, 0, 0, ERRNO(1)},
	{"small-blocklist", "x32", "bpf", 0, 0, 0, ERRNO(1)},
	{"small-blocklist", "i386", "keyctl", 0, 0, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "unshare", 0x10000000, 0, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "unshare", 0x20000000, 0, 0, ALLOW},
	{"small-blocklist", "x86_64", "clone", 0x10000011, 0, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "clone", 0x00000011, 0, 0, ALLOW},
	{"small-blocklist", "s390x", "clone", 0, 0x10000011, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "clone3", 0, 0, 0, ERRNO(38)},
	{"small-blocklist", "mipsel", "clone3", 0, 0, 0, ERRNO(89)},
	{"small-blocklist", "x86_64", "personality", 0x40000, 0, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "personality", 0xffffffff, 0, 0, ALLOW},
	/* The kernel reads an unsigned int: the upper half must not hide the value. */
	{"small-blocklist", "x86_64", "personality", 0x100040000, 0, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "ioctl", 0, 0xffffffff00005412, 0, ERRNO(1)},
	{"small-blocklist", "x86_64", "ioctl", 0, 0x5413, 0, ALLOW},
	{"small-blocklist", "x86_64", "io_uring_enter", 0, 0, 0, ALLOW},

	{"strict-2005", "x86_64", "read", 0, 0, 0, ALLOW},
	{"strict-2005", "x86_64", "rt_sigreturn", 0, 0, 0, ALLOW},
	{"strict-2005", "x86_64", "exit_group", 0, 0, 0, ABI_RET_KILL_THREAD},

	{"io-server", "x86_64", "epoll_wait", 0, 0, 0, ALLOW},
	{"io-server", "x86_64", "mmap", 0, 4096, 3, ALLOW},
	{"io-server", "x86_64", "mmap", 0, 4096, 7, ABI_RET_KILL_PROCESS},
	{"io-server", "x86_64", "socket", 2, 1, 0, ALLOW},
	{"io-server", "x86_64", "socket", 17, 3, 0, ABI_RET_KILL_PROCESS},
	{"io-server", "x86_64", "clone", 0x003d0f00, 0, 0, ALLOW},
	{"io-server", "x86_64", "clone", 0x00000011, 0, 0, ABI_RET_KILL_PROCESS},
	{"io-server", "x86_64", "execve", 0, 0, 0, ABI_RET_KILL_PROCESS},
	{"io-server", "x86_64", "io_uring_setup", 0, 0, 0, ERRNO(38)},
};

/* The list of architectures that has @arch in it, in the order in which profiles have them. */
static const char *list_with(const char *arch)
{
	for (size_t i = 1; i < SG_COUNT(arch_lists); i++)
		if (strstr(arch_lists[i], arch))
			return arch_lists[i];
	return NULL;
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct policy policy = load(r->profile, list_with(r->arch), "none", "6.1");
		const struct policy_verdict verdict =
			eval(&policy, r->arch, r->call, r->a0, r->a1, r->a2);

		if (verdict.ret != r->ret || verdict.class != POLICY_SPECIFIED)
			fail_msg("%s %s %s(0x%lx, 0x%lx, 0x%lx): 0x%08x %s, not 0x%08x", r->profile,
				 r->arch, r->call, r->a0, r->a1, r->a2, verdict.ret,
				 policy_class_name(verdict.class), r->ret);
		policy_release(&policy);
	}
}

static void container_default_has_the_size_of_an_engines(void **state)
{
	struct policy policy = load("container-default", "x86_64,i386,x32", "none", "6.1");
	size_t plain = 0;

	(void)state;
	for (size_t i = 0; i < policy.rule_count; i++)
		plain += policy.rules[i].action == ALLOW && !policy.rules[i].cond_count;
	assert_in_range(plain, 340, 360);
	assert_int_equal(policy.default_action, ERRNO(1));
	policy_release(&policy);
}

static void tracing_needs_linux_4_8(void **state)
{
	struct policy old = load("container-default", "x86_64", "none", "4.7");
	struct policy new = load("container-default", "x86_64", "none", "4.8");

	(void)state;
	assert_int_equal(eval(&old, "x86_64", "ptrace", 0, 0, 0).ret, ERRNO(1));
	assert_int_equal(eval(&new, "x86_64", "ptrace", 0, 0, 0).ret, ALLOW);
	policy_release(&old);
	policy_release(&new);
}

/* What their own consumers would say of these is the point of reading them at all. */
static void packaged(const char *name, const char *arches, uint32_t default_action)
{
	const struct policy_bundled *b = policy_bundled;

	while (strcmp(b->name, name))
		b++;
	if (access(b->file, R_OK)) {
		printf("SKIP: package: %s is missing (Debian package %s)\n", b->file, b->package);
		skip();
	}
	struct policy policy = load(name, arches, "none", "6.1");
	assert_int_equal(policy.default_action, default_action);
	assert_int_equal(eval(&policy, "x86_64", "personality", 0xffffffff, 0, 0).ret, ALLOW);
	assert_int_equal(eval(&policy, "x86_64", "personality", 1, 0, 0).ret, default_action);
	assert_int_equal(eval(&policy, "i386", "read", 1, 0, 0).ret, ALLOW);
	policy_release(&policy);
}

static void podman_default_reads(void **state)
{
	(void)state;
	packaged("podman-default", "x86_64,i386,x32", ERRNO(38));
}

static void docker_default_reads(void **state)
{
	(void)state;
	packaged("docker-default", "x86_64,i386,x32", ERRNO(1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_contradicts_itself),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(container_default_has_the_size_of_an_engines),
		cmocka_unit_test(tracing_needs_linux_4_8),
		cmocka_unit_test(podman_default_reads),
		cmocka_unit_test(docker_default_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
