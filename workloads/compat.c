/* SPDX-License-Identifier: MIT */
/*
 * i386 calls from a 64-bit process (int $0x80): another architecture to the filter, with numbers
 * and a bitmap of its own. Addresses are cut to 32 bits, so the buffers lie below 4 GiB.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/driver.h"

#define BYTES 64

/* arch/x86/entry/syscalls/syscall_32.tbl */
enum { I386_READ = 3, I386_WRITE = 4, I386_GETPPID = 64 };

struct compat {
	int fds[2];
	int32_t parent;
	uint64_t ops;
	char out[BYTES], in[BYTES];
};

#ifdef __x86_64__

static int32_t i386_call(int nr, uint32_t a0, uint32_t a1, uint32_t a2)
{
	int32_t result;

	/* Kernels before 4.17 do not bring r8 to r11 back. */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "0"(nr), "b"(a0), "c"(a1), "d"(a2)
			 : "r8", "r9", "r10", "r11", "cc", "memory");
	return result;
}

/* In a child: where the kernel does not serve it, int $0x80 is a fault. */
static int supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	const struct rlimit none = {0};
	pid_t self = getpid(), pid = fork();
	int status;

	if (pid < 0)
		return wl_fail(err, "fork");
	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		_exit(i386_call(I386_GETPPID, 0, 0, 0) == self ? 0 : 1);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return wl_fail(err, "waitpid");
	if (WIFSIGNALED(status))
		return wl_unsupported(err, "no i386 calls here (int $0x80: %s)",
				      strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status))
		return wl_unsupported(err, "no i386 calls here (int $0x80 gives a wrong answer)");
	return 0;
}

#else

#define MAP_32BIT 0

static int32_t i386_call(int nr, uint32_t a0, uint32_t a1, uint32_t a2)
{
	(void)nr, (void)a0, (void)a1, (void)a2;
	return -ENOSYS;
}

static int supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	return wl_unsupported(err, "no i386 calls on this architecture");
}

#endif

static struct wl_call *declare_call(struct wl_calls *out, int nr)
{
	struct wl_call *call = wl_calls_add(out, nr, 1);

	call->arch = abi_arch(ABI_I386);
	return call;
}

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	declare_call(out, I386_GETPPID);
	wl_call_fix(declare_call(out, I386_WRITE), 2, BYTES);
	wl_call_fix(declare_call(out, I386_READ), 2, BYTES);
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	(void)env;
	struct compat *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (s == MAP_FAILED)
		return wl_fail(err, "memory below 4 GiB");
	if (pipe2(s->fds, O_CLOEXEC | O_NONBLOCK)) {
		int ret = wl_fail(err, "pipe2");
		munmap(s, sizeof(*s));
		return ret;
	}
	s->parent = getppid();
	*ret_state = s;
	return 0;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct compat *s = state;
	uint32_t out = (uint32_t)(uintptr_t)s->out, in = (uint32_t)(uintptr_t)s->in;

	for (uint64_t i = 0; i < ops; i++) {
		memcpy(s->out, &s->ops, sizeof(s->ops));
		wl_expect(fault, I386_GETPPID, i386_call(I386_GETPPID, 0, 0, 0), s->parent);
		wl_expect(fault, I386_WRITE, i386_call(I386_WRITE, s->fds[1], out, BYTES), BYTES);
		wl_expect(fault, I386_READ, i386_call(I386_READ, s->fds[0], in, BYTES), BYTES);
		wl_expect_effect(fault, I386_READ, !memcmp(s->in, &s->ops, sizeof(s->ops)));
		s->ops++;
	}
}

static void release(void *state)
{
	struct compat *s = state;

	wl_close_all(s->fds, 2);
	munmap(s, sizeof(*s));
}

const struct wl wl_driver_compat = {
	.name = "compat",
	.summary = "i386 calls from a 64-bit process",
	.op = "getppid, write and read of 64 bytes by int $0x80",
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
