/* SPDX-License-Identifier: MIT */
/* Private to the room: what several drivers need in prepare() and run(). */
#ifndef SG_WORKLOADS_DRIVER_H
#define SG_WORKLOADS_DRIVER_H

#include <sys/syscall.h>

#include "harness/base/alloc.h"
#include "workloads/workload.h"

/* Calls of fewer arguments. */
#define wl_call0(nr)             wl_syscall(nr, 0, 0, 0, 0, 0, 0)
#define wl_call1(nr, a)          wl_syscall(nr, (long)(a), 0, 0, 0, 0, 0)
#define wl_call2(nr, a, b)       wl_syscall(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define wl_call3(nr, a, b, c)    wl_syscall(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define wl_call4(nr, a, b, c, d) wl_syscall(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define wl_call6(nr, a, b, c, d, e, f) \
	wl_syscall(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* clone(2) with flags alone; s390x takes them second (CONFIG_CLONE_BACKWARDS2). */
#ifdef __s390x__
#define WL_CLONE_FLAGS_ARG 1
#define wl_clone(flags)    wl_call2(SYS_clone, 0, flags)
#else
#define WL_CLONE_FLAGS_ARG 0
#define wl_clone(flags)    wl_call1(SYS_clone, flags)
#endif

/* Younger architectures have epoll_pwait(2) alone; with a NULL mask it is the same call. */
#ifdef SYS_epoll_wait
#define WL_NR_EPOLL_WAIT SYS_epoll_wait
#else
#define WL_NR_EPOLL_WAIT SYS_epoll_pwait
#endif
/* riscv64 has renameat2(2) alone. */
#ifdef SYS_renameat
#define WL_NR_RENAMEAT SYS_renameat
#else
#define WL_NR_RENAMEAT SYS_renameat2
#endif

/* SG_ERR_ENV: "WHAT: strerror(errno)". Returns -errno. */
int wl_fail(struct sg_err *err, const char *what);
/* -ENOTSUP with SG_ERR_ENV: for supported(). */
int wl_unsupported(struct sg_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * A new file of @bytes in the private directory, open for reading and writing with @flags. Every
 * WL_BLOCK bytes begin with their block's number as a uint64_t, the rest is zero.
 */
#define WL_BLOCK 4096
int wl_file_create(const struct wl_env *env, const char *name, size_t bytes, int flags, int *ret_fd,
		   struct sg_err *err);

/* close(2) of each that is not negative. */
void wl_close_all(const int *fds, size_t count);

/* A call that should fail by itself, whoever makes it: it reaches the filter and does nothing. */
struct wl_refused {
	int nr;
	long args[6];
};
static inline long wl_try(const struct wl_refused *call)
{
	const long *a = call->args;

	return wl_syscall(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
/*
 * Do all these calls fail on this machine? Tried in a child, so that nothing stays if they do not;
 * for supported(), after which prepare() and run() may make them. -ENOTSUP names the first that
 * succeeds.
 */
int wl_check_refused(const struct wl_refused *calls, size_t count, struct sg_err *err);

/* Counts a fault of @nr when the effect is not what it should be; the result says 0. */
static inline void wl_expect_effect(struct wl_fault *fault, int nr, bool right)
{
	wl_expect(fault, nr, right, true);
}

#endif
