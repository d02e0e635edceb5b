/* SPDX-License-Identifier: MIT */
/* The words of a random profile: names of calls, actions, flags. */
#include <string.h>

#include "fuzz/policies_private.h"

/* Calls that profiles test the arguments of, that socketcall and ipc carry on i386, that some
 * architectures lack, and that the kernel treats in a way of its own. */
static const char *const odd_names[] = {
	"clone",        "clone3",
	"socket",       "personality",
	"ioctl",        "fcntl",
	"fcntl64",      "mmap",
	"mmap2",        "openat",
	"read",         "write",
	"futex",        "prctl",
	"execve",       "setpriority",
	"unshare",      "copy_file_range",
	"socketcall",   "ipc",
	"semop",        "semtimedop",
	"shmat",        "msgsnd",
	"recv",         "accept",
	"accept4",      "connect",
	"arch_prctl",   "_llseek",
	"stat64",       "clock_gettime64",
	"futex_time64", "uretprobe",
	"uprobe",       "restart_syscall",
	"cachectl",     "riscv_flush_icache",
	"time",         "getpid",
};

static const char *const nobodys_names[] = {"no_such_call", "frobnicate", "Read", "sys_read", "0"};

const char *sketch_name(const struct sketch *sketch)
{
	const char *const *all;
	size_t count;

	if (sketch_one_in(sketch, 40))
		return SKETCH_PICK(sketch, nobodys_names);
	if (sketch_one_in(sketch, 2))
		return SKETCH_PICK(sketch, odd_names);
	all = abi_names(&count);
	return all[sg_rng_below(sketch->rng, count)];
}

static const char *const action_words[] = {
	"SCMP_ACT_ALLOW",  "SCMP_ACT_ALLOW", "SCMP_ACT_ALLOW",       "SCMP_ACT_ERRNO",
	"SCMP_ACT_ERRNO",  "SCMP_ACT_ERRNO", "SCMP_ACT_TRACE",       "SCMP_ACT_TRAP",
	"SCMP_ACT_LOG",    "SCMP_ACT_KILL",  "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_NOTIFY",
};

/* 4095 is the kernel's largest errno, 65535 the largest that a verdict has room for. */
static const unsigned numbers[] = {0, 1, 1, 2, 13, 38, 38, 4095, 4096, 65535};
/* Those that some architectures number otherwise, and EPERM. */
static const char *const errno_names[] = {"EPERM", "ENOSYS", "EDEADLK", "ELOOP", "ENOTSUP"};

struct sketch_action sketch_action(const struct sketch *sketch)
{
	struct sketch_action action = {.word = SKETCH_PICK(sketch, action_words)};

	if (strcmp(action.word, "SCMP_ACT_ERRNO") != 0 &&
	    strcmp(action.word, "SCMP_ACT_TRACE") != 0)
		return action;
	if (sketch_one_in(sketch, 8)) {
		action.kind = SKETCH_NAME;
		action.name = SKETCH_PICK(sketch, errno_names);
	} else if (!sketch_one_in(sketch, 4)) {
		action.kind = SKETCH_NUMBER;
		action.number = sketch_one_in(sketch, 8) ? (unsigned)sg_rng_below(sketch->rng, 4096)
							 : SKETCH_PICK(sketch, numbers);
	}
	return action;
}

void sketch_write_action(const struct sketch *sketch, const struct sketch_action *action,
			 bool is_default)
{
	struct sg_buf *out = sketch->out;

	sg_buf_addf(out, "\"%s\": \"%s\"", is_default ? "defaultAction" : "action", action->word);
	if (action->kind == SKETCH_NUMBER)
		sg_buf_addf(out, ", \"%s\": %u", is_default ? "defaultErrnoRet" : "errnoRet",
			    action->number);
	else if (action->kind == SKETCH_NAME)
		sg_buf_addf(out, ", \"%s\": \"%s\"", is_default ? "defaultErrno" : "errno",
			    action->name);
}

void sketch_write_flags(const struct sketch *sketch)
{
	static const char *const flags[] = {
		"",
		"\"SECCOMP_FILTER_FLAG_LOG\"",
		"\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"",
		"\"SECCOMP_FILTER_FLAG_TSYNC\"",
		"\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"",
		"\"SECCOMP_FILTER_FLAG_LOG\", \"SECCOMP_FILTER_FLAG_TSYNC\"",
	};

	if (sketch_one_in(sketch, 6))
		sg_buf_addf(sketch->out, ",\n\"flags\": [%s]", SKETCH_PICK(sketch, flags));
}
