/* SPDX-License-Identifier: MIT */
/*
 * The system call as the architecture makes it (syscall(2), "Architecture calling conventions").
 * libc stays out of it: its wrappers may make other calls than the one they are named after, set
 * errno, and are points of cancellation.
 */
#include <errno.h>
#include <unistd.h>

#include "workloads/workload.h"

#if defined(__x86_64__)

long wl_syscall(long nr, long a0, long a1, long a2, long a3, long a4, long a5)
{
	register long r10 __asm__("r10") = a3;
	register long r8 __asm__("r8") = a4;
	register long r9 __asm__("r9") = a5;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(nr), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "cc", "memory");
	return result;
}

#elif defined(__aarch64__)

long wl_syscall(long nr, long a0, long a1, long a2, long a3, long a4, long a5)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a0;
	register long x1 __asm__("x1") = a1;
	register long x2 __asm__("x2") = a2;
	register long x3 __asm__("x3") = a3;
	register long x4 __asm__("x4") = a4;
	register long x5 __asm__("x5") = a5;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "cc", "memory");
	return x0;
}

#else

/* syscall(3) is a bare trap with the result taken apart, which we put together again. */
long wl_syscall(long nr, long a0, long a1, long a2, long a3, long a4, long a5)
{
	long result = syscall(nr, a0, a1, a2, a3, a4, a5);

	return result == -1 ? -errno : result;
}

#endif
