/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness/base/sandbox.h"

pid_t sg_sandbox_fork(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid) {
		if (pid > 0)
			setpgid(pid, pid); /* both sides do: whoever comes first */
		return pid;
	}
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(127);
	return 0;
}

int sg_sandbox_stderr_file(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 &&
	    (ftruncate(fd, SG_SANDBOX_STDERR_BYTES) || fcntl(fd, F_ADD_SEALS, F_SEAL_GROW))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* 0 without /proc. */
static uint64_t address_space_bytes(void)
{
	uint64_t pages = 0;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (statm) {
		if (fscanf(statm, "%" SCNu64, &pages) != 1)
			pages = 0;
		fclose(statm);
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void sg_sandbox_limit(uint64_t memory_bytes)
{
	struct rlimit none = {0, 0}, memory;
	uint64_t present = address_space_bytes();

	setrlimit(RLIMIT_CORE, &none);
	/* A core_pattern that is a pipe takes no notice of the limit (core(5)). */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (!SG_SANDBOX_LIMITS_MEMORY || !memory_bytes || !present)
		return;
	memory.rlim_cur = memory.rlim_max = present + memory_bytes;
	setrlimit(RLIMIT_AS, &memory);
}
