/* SPDX-License-Identifier: MIT */
/*
 * Reads batched through io_uring: many operations behind one system call, which no filter sees.
 * The library sets the ring up; run() fills and reaps it itself, for the one call to be ours.
 */
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/driver.h"

#define BATCH  8 /* reads, and slots of the ring */
#define BLOCKS 64

struct uring {
	struct io_uring ring;
	int fd;
	uint64_t next; /* block to read */
	char bufs[BATCH][WL_BLOCK];
};

static int supported(const struct wl_env *env, struct sg_err *err)
{
	(void)env;
	struct io_uring ring;
	int ret = io_uring_queue_init(BATCH, &ring, 0);

	if (ret)
		return wl_unsupported(err, "io_uring is not to be had here (io_uring_setup: %s)",
				      strerror(-ret));
	io_uring_queue_exit(&ring);
	return 0;
}

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	(void)env;
	struct wl_call *enter = wl_calls_add(out, SYS_io_uring_enter, 1);
	wl_call_fix(enter, 1, BATCH);
	wl_call_fix(enter, 2, BATCH);
	wl_call_fix(enter, 3, IORING_ENTER_GETEVENTS);
	wl_call_fix(enter, 4, 0);
	wl_call_fix(enter, 5, 0);
}

static void release(void *state)
{
	struct uring *s = state;

	io_uring_queue_exit(&s->ring);
	wl_close_all(&s->fd, 1);
	free(s);
}

/* Each slot of the ring has a buffer for life; the offset is what changes. */
static void fill(struct uring *s)
{
	struct io_uring_sq *sq = &s->ring.sq;
	unsigned tail = *sq->ktail;

	for (unsigned i = 0; i < BATCH; i++, s->next++) {
		unsigned slot = (tail + i) & sq->ring_mask;
		uint64_t block = s->next % BLOCKS;
		sq->sqes[slot].off = block * WL_BLOCK;
		sq->sqes[slot].user_data = block * BATCH + slot;
	}
	io_uring_smp_store_release(sq->ktail, tail + BATCH);
}

/* How many completed reads brought the block that they were to bring. */
static unsigned reap(struct uring *s)
{
	struct io_uring_cq *cq = &s->ring.cq;
	unsigned head = *cq->khead, tail = io_uring_smp_load_acquire(cq->ktail), right = 0;

	for (; head != tail; head++) {
		const struct io_uring_cqe *cqe = &cq->cqes[head & cq->ring_mask];
		uint64_t block = cqe->user_data / BATCH;
		right += cqe->res == WL_BLOCK &&
			 !memcmp(s->bufs[cqe->user_data % BATCH], &block, sizeof(block));
	}
	io_uring_smp_store_release(cq->khead, head);
	return right;
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct uring *s = state;
	struct io_uring_sq *sq = &s->ring.sq;

	for (uint64_t i = 0; i < ops; i++) {
		fill(s);
		wl_expect(fault, SYS_io_uring_enter,
			  wl_call6(SYS_io_uring_enter, s->ring.ring_fd, BATCH, BATCH,
				   IORING_ENTER_GETEVENTS, 0, 0),
			  BATCH);
		wl_expect(fault, SYS_io_uring_enter, reap(s), BATCH);
		/* What the kernel did not take (a denied call) is offered anew. */
		io_uring_smp_store_release(sq->ktail, io_uring_smp_load_acquire(sq->khead));
	}
}

static int prepare_ring(struct uring *s, struct sg_err *err)
{
	int ret = io_uring_queue_init(BATCH, &s->ring, 0);
	struct wl_fault fault = {0};

	if (ret)
		return sg_err_env(err, -ret, "io_uring_setup: %s", strerror(-ret));
	for (unsigned slot = 0; slot < BATCH; slot++) {
		s->ring.sq.array[slot] = slot;
		io_uring_prep_read(&s->ring.sq.sqes[slot], s->fd, s->bufs[slot], WL_BLOCK, 0);
	}
	run(s, 1, &fault);
	if (!fault.count)
		return 0;
	io_uring_queue_exit(&s->ring);
	return sg_err_env(err, ENOTSUP, "io_uring cannot read files here");
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	struct uring *s = sg_calloc(1, sizeof(*s));
	int ret = wl_file_create(env, "uring", BLOCKS * WL_BLOCK, 0, &s->fd, err);

	if (!ret) {
		ret = prepare_ring(s, err);
		if (ret)
			wl_close_all(&s->fd, 1);
	}
	if (ret) {
		free(s);
		return ret;
	}
	*ret_state = s;
	return 0;
}

const struct wl wl_driver_uring = {
	.name = "uring",
	.summary = "reads batched through io_uring",
	.op = "io_uring_enter of 8 reads of 4 KiB",
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
