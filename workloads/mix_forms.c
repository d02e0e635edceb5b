/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "workloads/mix_forms.h"

#define PROTOCOL 9999 /* of no socket: refused without looking for a module */

/*
 * Flags that contradict each other are refused at once (copy_process(), kernel/fork.c). On x86-64
 * a thread's flags are refused late, but surely, for a thread pointer outside of user space
 * (do_arch_prctl_64(), arch/x86/kernel/process_64.c); new namespaces would be made before that.
 */
static bool clone_fails(const uint64_t args[6])
{
	uint64_t flags = args[WL_CLONE_FLAGS_ARG];

	if (WL_CLONE_FLAGS_ARG != 0)
		return false;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return true;
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return true;
#ifdef __x86_64__
	const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	return (flags & CLONE_SETTLS) && !(flags & namespaces);
#else
	return false;
#endif
}

/* Asked for, or set to what it is. */
static bool personality_stays(const uint64_t args[6])
{
	return args[0] == 0xffffffff || args[0] == (uint64_t)personality(0xffffffff);
}

/* Families that look at the protocol before they do anything. */
static bool socket_fails(const uint64_t args[6])
{
	uint64_t type = args[1] & ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK);

	return (args[0] == AF_UNIX || args[0] == AF_INET) &&
	       (type == SOCK_STREAM || type == SOCK_DGRAM);
}

#define VAL(number)                 \
	{                           \
		MIX_VALUE, (number) \
	}
#define ARG(index)                 \
	{                          \
		MIX_NAMED, (index) \
	}
#define NUM(thing)                                             \
	{                                                      \
		MIX_NUMBER, offsetof(struct mix_things, thing) \
	}
#define ADR(thing)                                              \
	{                                                       \
		MIX_ADDRESS, offsetof(struct mix_things, thing) \
	}

#define IS(result)        .min = (result), .max = (result), .other = (result)
#define OR(result, error) .min = (result), .max = (result), .other = (error)
#define ANY               .min = 0, .max = LONG_MAX

#define FORM(call, result, ...) {.name = #call, .args = {__VA_ARGS__}, result},
#define OPENS(call, ...)        {.name = #call, .kind = MIX_OPENS, .args = {__VA_ARGS__}, ANY},
/* The descriptor is put in when the call is made; here it stands for one that varies. */
#define CLOSES(call) {.name = #call, .kind = MIX_CLOSES, .args = {NUM(spare)}, IS(0)},
#define TAKES(call, what, check, ...) \
	{.name = #call, .kind = what, .takes = check, .args = {__VA_ARGS__}},

static const struct mix_form forms[] = {
#include "workloads/mix_forms.inc"
};

const struct mix_form *mix_form_of(const struct mix_call *call, int *ret_nr)
{
	if (call->arch && call->arch != abi_arch_native())
		return NULL;
	int nr = abi_nr(abi_arch_native(), call->name);
	if (nr == ABI_NR_NONE)
		return NULL;
	for (size_t i = 0; i < SG_COUNT(forms); i++) {
		if (strcmp(forms[i].name, call->name) != 0)
			continue;
		if (forms[i].takes && !forms[i].takes(call->args))
			return NULL;
		*ret_nr = nr;
		return &forms[i];
	}
	return NULL;
}

long mix_operand_value(const struct mix_operand *operand, const uint64_t named[6],
		       const struct mix_things *things)
{
	const char *base = (const char *)things;

	switch (operand->kind) {
	case MIX_VALUE: return operand->value;
	case MIX_NAMED: return (long)named[operand->value];
	case MIX_NUMBER: return *(const int *)(const void *)(base + operand->value);
	case MIX_ADDRESS: return (long)(base + operand->value);
	}
	return 0;
}
