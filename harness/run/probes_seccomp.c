/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/run/env_private.h"
#include "harness/run/facts.h"
#include "harness/run/probes.h"
#include "harness/run/run.h"

static struct sock_filter allow_all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};

static int install(struct sock_filter *insns, size_t len, uint32_t flags, struct sg_buf *why)
{
	const struct gen_filter filter = {.prog = {.insns = insns, .len = len}};
	struct sg_err err;

	if (!run_install(&filter, 1, flags, &err))
		return 0;
	sg_buf_adds(why, err.msg);
	return 1;
}

int run_probe_seccomp(struct sg_buf *why)
{
	return install(allow_all, SG_COUNT(allow_all), 0, why);
}

int run_probe_user_notif(struct sg_buf *why)
{
	struct sock_fprog prog = {SG_COUNT(allow_all), allow_all};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
		    &prog) >= 0)
		return 0;
	sg_buf_addf(why, "a filter with a listener is refused: %s", strerror(errno));
	return 1;
}

#ifdef __x86_64__

/* The entry for i386 calls may be missing from the kernel (CONFIG_IA32_EMULATION, ia32_emulation=)
 * or from the hypervisor; then the trap is a SIGSEGV, which the parent of the probe sees. */
int run_probe_i386_calls(struct sg_buf *why)
{
	const long i386_getpid = 20;
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(i386_getpid)
			 : "memory", "r8", "r9", "r10", "r11");
	if (result == getpid())
		return 0;
	sg_buf_addf(why, "int 0x80 answers %ld to getpid", result);
	return 1;
}

/* Whether the kernel runs x32 calls or not (CONFIG_X86_X32_ABI), a filter should see them first. */
int run_probe_x32_numbers(struct sg_buf *why)
{
	enum { SIGNAL = 123 };
	struct sock_filter answer_x32[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, ABI_X32_BIT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | SIGNAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	if (install(answer_x32, SG_COUNT(answer_x32), 0, why))
		return 1;
	if (syscall(ABI_X32_BIT | SYS_getppid) == -1 && errno == SIGNAL)
		return 0;
	sg_buf_adds(why, "calls with bit 30 set do not reach a filter");
	return 1;
}

#else

static int not_x86_64(struct sg_buf *why)
{
	sg_buf_adds(why, "not an x86-64 machine");
	return 1;
}

int run_probe_i386_calls(struct sg_buf *why)
{
	return not_x86_64(why);
}

int run_probe_x32_numbers(struct sg_buf *why)
{
	return not_x86_64(why);
}

#endif

int run_probe_bitmap(struct sg_buf *why)
{
	if (run_env_has_bitmap())
		return 0;
	sg_buf_adds(why, run_env_kernel_at_least(5, 11) ? "not on this architecture"
							: "Linux before 5.11");
	return 1;
}

int run_probe_bpf_jit(struct sg_buf *why)
{
	char enabled[16];

	run_fact_read("/proc/sys/net/core/bpf_jit_enable", "", enabled, sizeof(enabled));
	if (*enabled && strcmp(enabled, "0"))
		return 0;
	sg_buf_addf(why, "net.core.bpf_jit_enable is %s", *enabled ? enabled : "not readable");
	return 1;
}
