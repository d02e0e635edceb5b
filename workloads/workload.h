/* SPDX-License-Identifier: MIT */
/*
 * A workload: an IO-heavy loop over real kernel objects, single-threaded, to be run with and
 * without a filter. One file a driver, one row in registry.inc.
 *
 * Life of a driver, in one child process:
 *
 * - prepare(), before the filter: opens, creates, maps, allocates all it will need.
 * - The filter is installed.
 * - run(ops), any number of times. Makes only the system calls that declare() lists, raw
 *   (wl_syscall(), no libc: libc may call others), allocates nothing, reads no clock, has no
 *   time-outs, never exits. Checks every result; a wrong one is counted in struct wl_fault and the
 *   loop goes on.
 * - The child is killed by SIGKILL. Its kernel objects die with it, its files with the directory
 *   that the parent made and removes.
 *
 * Both ends of a pipe or a socket sit in the one thread. Only a driver with `spawns` set makes
 * processes.
 */
#ifndef SG_WORKLOADS_WORKLOAD_H
#define SG_WORKLOADS_WORKLOAD_H

#include "filters/abi/abi.h"
#include "workloads/mix.h"

/* A call of one operation. Arguments that vary (addresses, descriptors) are 0 and not `fixed`. */
struct wl_call {
	const struct abi_arch *arch; /* NULL: native */
	int nr;                      /* as seccomp_data.nr has it */
	uint64_t args[6];
	uint8_t fixed; /* bit i: argument i always has this value */
	double per_op; /* how often in one operation, on average */
};

struct wl_calls {
	struct wl_call *items;
	size_t len, cap;
};
/* Appends a native call by its number, no fixed arguments. Returns it for fixing some. */
struct wl_call *wl_calls_add(struct wl_calls *calls, int nr, double per_op);
void wl_call_fix(struct wl_call *call, int arg, uint64_t value);
void wl_calls_release(struct wl_calls *calls);

/* The first wrong result of run(), and how many there were. In memory shared with the parent. */
struct wl_fault {
	uint64_t count;
	int nr;      /* of the call */
	long result; /* what it returned: -errno or a short count */
};

/* What the surroundings give a driver. */
struct wl_env {
	const char *dir;       /* private directory, exists before prepare() */
	const struct mix *mix; /* what the mix workload replays; not NULL for it */
	/* What the policy under test says of a native call, for `denied`. NULL: it allows all. */
	uint32_t (*verdict)(void *ctx, const struct abi_tuple *tuple);
	void *verdict_ctx;
};

struct wl {
	const char *name;       /* "file-rw" */
	const char *group;      /* what --workload may also say for it ("argcheck"), or NULL */
	const char *summary;    /* one line for `list` */
	const char *op;         /* what one operation is: "pread64 + pwrite64 of 4 KiB" */
	bool denied_on_purpose; /* exempt from the preflight */
	bool spawns;            /* its whole process group is stopped and continued */

	/* 0, or -ENOTSUP with SG_ERR_ENV and the reason. NULL: always. Has no side effects that
	 * stay, needs no env->dir, and is asked before prepare(): what is tried there in a child
	 * process is relied on here. */
	int (*supported)(const struct wl_env *env, struct sg_err *err);
	/* The calls of one operation under this env. Where a driver cannot know them (the calls of
	 * a program it executes), it lists its own; the runner traces the rest. */
	void (*declare)(const struct wl_env *env, struct wl_calls *out);
	/* *ret_state may be anything, NULL included. Errors are SG_ERR_ENV. */
	int (*prepare)(const struct wl_env *env, void **ret_state, struct sg_err *err);
	void (*run)(void *state, uint64_t ops, struct wl_fault *fault);
	/* For tests, which do not end by SIGKILL: closes and frees what prepare() made. */
	void (*release)(void *state);
};

/* Sorted as `list` prints them; ends with NULL. */
extern const struct wl *const wl_registry[];
/* The workloads that @name means, one or the members of a group, into @ret, which has room for
 * WL_MAX. Returns how many; -EINVAL when there is none, and the error names the nearest. */
int wl_find(const char *name, const struct wl **ret, struct sg_err *err);
#define WL_MAX 64

/* The share (0..1) of the mix's weight that the mix workload does not replay here: calls that it
 * has no harmless form of, or of another architecture. */
double wl_mix_unknown_share(const struct mix *mix);

/* A raw system call that libc has no part in: -errno in the result. */
long wl_syscall(long nr, long a0, long a1, long a2, long a3, long a4, long a5);
/* Counts a fault when @result differs from @want. */
static inline void wl_expect(struct wl_fault *fault, int nr, long result, long want)
{
	if (__builtin_expect(result == want, 1))
		return;
	if (!fault->count++) {
		fault->nr = nr;
		fault->result = result;
	}
}

#endif
