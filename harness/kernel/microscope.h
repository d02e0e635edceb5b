/* SPDX-License-Identifier: MIT */
/*
 * The microscope: what a verdict of a filter costs in the kernel's own JIT, without the system call
 * around it, which is a hundred times as long.
 *
 * What is run. The filter, translated as the kernel translates it, as the body of a program that
 * BPF_PROG_TEST_RUN runs a few hundred times over one input. What the verifier made of it is read
 * back and must be the same, instruction by instruction (jit_frame.h says how that is had). The
 * cost of an empty program, the same frame around `ret ALLOW`, is subtracted: a filter of that one
 * instruction costs 0, give or take the noise.
 *
 * How it is timed. A call of about 10 us is one sample, timed by our clock (the kernel's own figure
 * is whole nanoseconds). Where the JIT puts a program moves its time by some tenths of a nanosecond
 * to a few, so the filter and the empty program are loaded several times; a load is the unit of the
 * statistics, as a block is elsewhere. In every round each load runs each input and its empty
 * program once, loads and inputs in an order drawn anew. The thread is pinned to the processor that
 * it is on.
 *
 * What is made of it. A load's figure is the minimum of its samples over the rounds, minus that of
 * its empty program. What disturbs a sample only ever adds time, and a neighbour on the same core
 * does so for seconds on end: then there are two states, the quiet one rare (354 compares took 31
 * ns in one sample of a hundred, 42 ns in the others, whose medians over the rounds are as steady
 * as they are wrong). In twelve runs on such a machine the minimum spread by 0.8 ns; quantiles of
 * 0.5% and 2% by 9, and so did medians of the rounds that were the quietest as a whole. Then the
 * median over the loads, with the 95% interval of stats_bootstrap_median() over the loads; for the
 * whole mix each load's weighted mean is formed first. A processor that is never quiet shows in no
 * interval; `disturbed` tells how far the median sample is above the least one.
 *
 * What it leaves out. The input is in the cache and every branch is predicted, since the same input
 * is judged over and over; a real call finds neither. A real filter that was installed without
 * CAP_SYS_ADMIN ends, on processors that need it, with a barrier against branch history injection.
 * A division by X is tested twice (jit_convert.h).
 */
#ifndef SG_KERNEL_MICROSCOPE_H
#define SG_KERNEL_MICROSCOPE_H

#include <stdbool.h>

#include "filters/abi/abi.h"
#include "filters/cbpf/prog.h"
#include "harness/stats/stats.h"

#define MICROSCOPE_LOADS      12
#define MICROSCOPE_MIN_ROUNDS 8
#define MICROSCOPE_SECONDS    2.0

struct microscope_call {
	struct abi_tuple tuple;
	double weight; /* > 0 */
};

/* All borrowed. */
struct microscope_plan {
	const struct cbpf_prog *prog; /* has passed cbpf_verify() */
	const struct microscope_call *calls;
	size_t call_count; /* at least one */
	/* Of rounds, in processor time: a busy machine makes it longer, not worse. Loading is not
	 * counted; there are at least MICROSCOPE_MIN_ROUNDS. */
	double seconds;
	size_t loads;                    /* 1 to MICROSCOPE_LOADS; 0: as many as that */
	uint64_t seed;                   /* of the orders drawn */
	const volatile int *interrupted; /* NULL: never. Ends the rounds early */
};

struct microscope_result {
	struct stats_interval ns;     /* a verdict, weighted over the calls */
	struct stats_interval *calls; /* ns a verdict by call; owned */
	/* Machine code, without what `ret ALLOW` has. Of a kernel that has no JIT there is none,
	 * and no result. */
	uint32_t code_bytes;
	size_t rounds;
	double disturbed; /* how far the median sample is above the least one, as a ratio - 1 */
	bool interrupted;
};

/* Can it be used here? -EPERM, -ENOTSUP: SG_ERR_ENV with the reason. */
int microscope_usable(struct sg_err *err);

/*
 * Measures. -E2BIG, -EINVAL, -ENOTSUP ... with SG_ERR_ENV and the reason where the verifier refuses
 * this filter or changed it; -EINTR when interrupted before the first round was through. A verdict
 * that is not the interpreter's is SG_ERR_INTERNAL.
 */
int microscope_run(const struct microscope_plan *plan, struct microscope_result *ret,
		   struct sg_err *err);
void microscope_result_release(struct microscope_result *result); /* back to zeroed */

#endif
