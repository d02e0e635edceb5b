/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: the real, harmless form in which the mix workload makes each call it knows.
 *
 * A form uses the things that mix_things_make() has made, never an address that a mix names. The
 * arguments of a mix are used in clone, personality and socket alone, since those are what
 * profiles decide by, and only where the call does nothing with them: a clone or a socket that
 * fails after the filter, a personality that is asked for or is the present one. With other
 * arguments these three are not known.
 */
#ifndef SG_WORKLOADS_MIX_FORMS_H
#define SG_WORKLOADS_MIX_FORMS_H

#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "workloads/driver.h"

#define MIX_BYTES       WL_BLOCK /* of a read or write */
#define MIX_MESSAGE     64       /* bytes of what goes through a socket */
#define MIX_PAGE        65536    /* the largest page size there is */
#define MIX_FILE_BLOCKS 16

/* Kernel objects, names and memory that the forms refer to. */
struct mix_things {
	/* Descriptors: a file, /dev/zero, /dev/null, the directory, a socket that listens, both
	 * ends of a pair, an epoll that watches a ready eventfd, a file in memory, one for dup2 to
	 * replace. */
	int file, zero, sink, dir, listener, left, right, epoll, event, memory, spare;
	int pid, tid;
	/* Names: in the directory, and whole. */
	char name[16], link[16], missing[16];
	char file_path[PATH_MAX], dir_path[PATH_MAX], link_path[PATH_MAX], missing_path[PATH_MAX];
	uint32_t word; /* of a futex, and whatever number a call wants to write */
	socklen_t len;
	struct epoll_event watch;
	struct pollfd poll;
	uint64_t zero_time[2];
	struct iovec iov, message_iov;
	struct msghdr message;
	uint64_t buf[MIX_BYTES / sizeof(uint64_t)];
	char page[MIX_PAGE] __attribute__((aligned(MIX_PAGE)));
};

int mix_things_make(const struct wl_env *env, struct mix_things **ret_things, struct sg_err *err);
void mix_things_release(struct mix_things *things);

/* An argument of a form. */
struct mix_operand {
	enum {
		MIX_VALUE,   /* value */
		MIX_NAMED,   /* what the mix says for argument `value` */
		MIX_NUMBER,  /* the int at offset `value` of the things */
		MIX_ADDRESS, /* the address of what is at offset `value` of the things */
	} kind;
	long value;
};

enum mix_kind {
	MIX_PLAIN,
	MIX_OPENS, /* gives a descriptor, to be closed by MIX_CLOSES */
	MIX_CLOSES,
	MIX_QUERY,   /* the right result is what it gave before the filter */
	MIX_REFUSED, /* the same, and it must be an error */
};

struct mix_form {
	const char *name;
	enum mix_kind kind;
	struct mix_operand args[6];
	long min, max, other; /* right results: min..max, or `other` */
	/* Whether the mix's own arguments may be used; NULL: they are not. */
	bool (*takes)(const uint64_t args[6]);
};

/* The form of a call and its native number; NULL for a call that is not known here. */
const struct mix_form *mix_form_of(const struct mix_call *call, int *ret_nr);
/* @named: the arguments in the mix. */
long mix_operand_value(const struct mix_operand *operand, const uint64_t named[6],
		       const struct mix_things *things);
/* Is the argument the same wherever and whenever the call is made? Then @things is not needed. */
static inline bool mix_operand_fixed(const struct mix_operand *operand)
{
	return operand->kind == MIX_VALUE || operand->kind == MIX_NAMED;
}

#endif
