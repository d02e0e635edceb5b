/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: system calls as bare instructions, for children that share memory and
 * errno with their parent, and whose filter refuses every call but those of one place.
 */
#ifndef SG_ORACLE_KERNEL_CALL_H
#define SG_ORACLE_KERNEL_CALL_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

/* What a call is asked with. Arguments are whole registers. */
struct kernel_call {
	uint64_t nr;
	uint64_t args[6];
};

/* Functions that run in such a child: no shadow memory, no reports. */
#define KERNEL_CHILD_CODE __attribute__((no_sanitize("address"), no_sanitize("undefined")))

#ifdef __x86_64__

#define KERNEL_CALL_HERE true

/* The kernel's own return value: -errno, or the result. */
static inline KERNEL_CHILD_CODE long kernel_call(const struct kernel_call *call)
{
	long result;

	__asm__ volatile("movq 24(%[args]), %%r10\n\t"
			 "movq 32(%[args]), %%r8\n\t"
			 "movq 40(%[args]), %%r9\n\t"
			 "syscall"
			 : "=a"(result)
			 : "0"(call->nr), "D"(call->args[0]), "S"(call->args[1]),
			   "d"(call->args[2]), [args] "r"(call->args)
			 : "rcx", "r8", "r9", "r10", "r11", "memory");
	return result;
}

#else

#define KERNEL_CALL_HERE false

static inline long kernel_call(const struct kernel_call *call)
{
	(void)call;
	return -ENOSYS;
}

#endif

/* A call from the one place that filters with an escape let through: seccomp_data then has
 * kernel_escape_ip() as instruction pointer, the address after the instruction. */
long kernel_escape(long nr, long a, long b, long c);
uint64_t kernel_escape_ip(void);

/* A call with up to four arguments, from anywhere. */
static inline KERNEL_CHILD_CODE long kernel_call4(long nr, long a, long b, long c, long d)
{
	const struct kernel_call call = {
		.nr = (uint64_t)nr,
		.args = {(uint64_t)a, (uint64_t)b, (uint64_t)c, (uint64_t)d},
	};

	return kernel_call(&call);
}

/* The end of a child, without a word to the C library. */
static inline KERNEL_CHILD_CODE void kernel_exit(long code)
{
	for (;;)
		kernel_call4(SYS_exit_group, code, 0, 0, 0);
}

#endif
