/* SPDX-License-Identifier: MIT */
#include "harness/oracle/kernel_call.h"

#ifdef __x86_64__

/* In the C calling convention: rdi nr, then the call's arguments. */
__asm__(".text\n"
	".globl kernel_escape\n"
	".hidden kernel_escape\n"
	".type kernel_escape, @function\n"
	"kernel_escape:\n"
	"	movq %rdi, %rax\n"
	"	movq %rsi, %rdi\n"
	"	movq %rdx, %rsi\n"
	"	movq %rcx, %rdx\n"
	"	syscall\n"
	".globl kernel_escape_after\n"
	".hidden kernel_escape_after\n"
	"kernel_escape_after:\n"
	"	ret\n"
	".size kernel_escape, . - kernel_escape\n");

extern const char kernel_escape_after[];

uint64_t kernel_escape_ip(void)
{
	return (uint64_t)kernel_escape_after;
}

#else

long kernel_escape(long nr, long a, long b, long c)
{
	return kernel_call4(nr, a, b, c, 0);
}

uint64_t kernel_escape_ip(void)
{
	return 0;
}

#endif
