/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

/* SYS_SOCKET ... SYS_SENDMMSG of include/uapi/linux/net.h. */
static const char *const by_socketcall[] = {
	"accept",  "accept4", "bind",       "connect",  "getpeername", "getsockname", "getsockopt",
	"listen",  "recv",    "recvfrom",   "recvmmsg", "recvmsg",     "send",        "sendmmsg",
	"sendmsg", "sendto",  "setsockopt", "shutdown", "socket",      "socketpair",
};

/* SEMOP ... SHMCTL of include/uapi/linux/ipc.h. */
static const char *const by_ipc[] = {
	"msgctl", "msgget",     "msgrcv", "msgsnd", "semctl", "semget",
	"semop",  "semtimedop", "shmat",  "shmctl", "shmdt",  "shmget",
};

static bool contains(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

const char *abi_multiplexer(const struct abi_arch *arch, const char *name)
{
	const char *multiplexer = NULL;

	if (contains(by_socketcall, SG_COUNT(by_socketcall), name))
		multiplexer = "socketcall";
	else if (contains(by_ipc, SG_COUNT(by_ipc), name))
		multiplexer = "ipc";
	return multiplexer && abi_nr(arch, multiplexer) != ABI_NR_NONE ? multiplexer : NULL;
}
