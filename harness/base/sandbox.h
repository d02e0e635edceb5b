/* SPDX-License-Identifier: MIT */
/*
 * The parts of a protected child, for sg_child_run() and for processes that serve longer than one
 * call. All of them are for code that may hang, crash or eat memory.
 */
#ifndef SG_BASE_SANDBOX_H
#define SG_BASE_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

/* RLIMIT_AS cannot work under AddressSanitizer, which reserves terabytes. */
#if defined(__SANITIZE_ADDRESS__)
#define SG_SANDBOX_LIMITS_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SG_SANDBOX_LIMITS_MEMORY 0
#endif
#endif
#ifndef SG_SANDBOX_LIMITS_MEMORY
#define SG_SANDBOX_LIMITS_MEMORY 1
#endif

/* fork(2); the child leads a process group of its own and dies with its parent (prctl(2)). */
pid_t sg_sandbox_fork(void);

/* A file in memory of fixed size, so that who writes without end fills nothing; or -1. */
int sg_sandbox_stderr_file(void);
#define SG_SANDBOX_STDERR_BYTES (1 << 20)

/*
 * In the child: no core, and an address space of at most @memory_bytes more than it has now
 * (0, or no /proc: no limit).
 */
void sg_sandbox_limit(uint64_t memory_bytes);

#endif
