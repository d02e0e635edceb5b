/* SPDX-License-Identifier: MIT */
#include "harness/kernel/microscope.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "filters/cbpf/interp.h"
#include "harness/base/alloc.h"
#include "harness/kernel/jit_packet.h"
#include "harness/kernel/microscope_samples.h"

/* Short enough to fit between what disturbs, on a busy machine too. */
#define SAMPLE_NS 10000.0

/* Runs a sample: enough to outweigh the call around them, which takes some microseconds. */
#define MIN_REPEAT 64
#define MAX_REPEAT 512
#define TRY_REPEAT 256

static struct sock_filter allow_all = BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW);
static const struct cbpf_prog empty = {.insns = &allow_all, .len = 1};

struct scope {
	const struct microscope_plan *plan;
	int filters[MICROSCOPE_LOADS], empties[MICROSCOPE_LOADS];
	size_t loads; /* that are open */
	uint32_t code_bytes;
	struct jit_packet *packets; /* by call; owned */
	uint32_t repeat;
	struct sg_rng rng;
	struct microscope_samples samples;
};

static bool is_interrupted(const struct scope *scope)
{
	return scope->plan->interrupted && *scope->plan->interrupted;
}

/* ---- loading */

static int load_pair(struct scope *scope, const struct jit_code *filter,
		     const struct jit_code *nothing, struct sg_err *err)
{
	uint32_t bytes, empty_bytes;
	const int fd = jit_packet_load(filter, &bytes, err);
	int empty_fd;

	if (fd < 0)
		return fd;
	empty_fd = jit_packet_load(nothing, &empty_bytes, err);
	if (empty_fd < 0) {
		close(fd);
		return empty_fd;
	}
	scope->filters[scope->loads] = fd;
	scope->empties[scope->loads++] = empty_fd;
	scope->code_bytes = bytes - empty_bytes;
	return 0;
}

/* The empty program has as many entries as the filter, for the sake of their bytes. */
static int load_all(struct scope *scope, struct sg_err *err)
{
	struct jit_code filter = {0}, nothing = {0};
	const size_t wanted = scope->plan->loads ? scope->plan->loads : MICROSCOPE_LOADS;
	const size_t entries = jit_packet_program(scope->plan->prog, 0, &filter);
	int r = 0;

	jit_packet_program(&empty, entries, &nothing);
	while (!r && scope->loads < wanted)
		r = load_pair(scope, &filter, &nothing, err);
	jit_code_release(&filter);
	jit_code_release(&nothing);
	return r;
}

static void make_packets(struct scope *scope)
{
	const struct microscope_plan *plan = scope->plan;

	scope->packets = sg_calloc(plan->call_count, sizeof(*scope->packets));
	for (size_t i = 0; i < plan->call_count; i++)
		abi_tuple_words(&plan->calls[i].tuple, scope->packets[i].words);
}

static void close_all(struct scope *scope)
{
	for (size_t i = 0; i < scope->loads; i++) {
		close(scope->filters[i]);
		close(scope->empties[i]);
	}
	free(scope->packets);
	microscope_samples_release(&scope->samples);
}

/* ---- running */

/* In nanoseconds a run; again when a signal came that is not for us. */
static int run(const struct scope *scope, size_t load, size_t item, uint32_t repeat,
	       uint32_t *ret_verdict, double *ret_ns, struct sg_err *err)
{
	const bool is_empty = item == scope->plan->call_count;
	const int fd = is_empty ? scope->empties[load] : scope->filters[load];
	uint64_t ns;
	int r;

	do
		r = jit_packet_run(fd, &scope->packets[is_empty ? 0 : item], repeat, ret_verdict,
				   &ns, err);
	while (r == -EINTR && !is_interrupted(scope));
	if (!r)
		*ret_ns = (double)ns / repeat;
	return r;
}

static int check_verdict(const struct scope *scope, size_t item, uint32_t verdict,
			 struct sg_err *err)
{
	const uint32_t wanted =
		cbpf_run_words(scope->plan->prog->insns, scope->packets[item].words).ret;

	if (verdict == wanted)
		return 0;
	return sg_err_internal(err, EBADMSG,
			       "the kernel's JIT says 0x%08x of call %zu, the interpreter 0x%08x",
			       verdict, item, wanted);
}

/* The fastest of the loads, each of which must give the right verdict. */
static int try_item(struct scope *scope, size_t item, double *ret_ns, struct sg_err *err)
{
	double fastest = 0, ns;
	uint32_t verdict;

	for (size_t load = 0; load < scope->loads; load++) {
		int r = run(scope, load, item, TRY_REPEAT, &verdict, &ns, err);

		if (!r)
			r = check_verdict(scope, item, verdict, err);
		if (r)
			return r;
		if (load == 0 || ns < fastest)
			fastest = ns;
	}
	*ret_ns = fastest;
	return 0;
}

/* Every verdict once, and from the slowest how many make a sample. */
static int try_all(struct scope *scope, struct sg_err *err)
{
	double slowest = 1, ns;

	for (size_t item = 0; item < scope->plan->call_count; item++) {
		int r = try_item(scope, item, &ns, err);

		if (r)
			return r;
		if (ns > slowest)
			slowest = ns;
	}
	if (slowest < SAMPLE_NS / MAX_REPEAT)
		scope->repeat = MAX_REPEAT;
	else if (slowest > SAMPLE_NS / MIN_REPEAT)
		scope->repeat = MIN_REPEAT;
	else
		scope->repeat = (uint32_t)(SAMPLE_NS / slowest);
	return 0;
}

static int run_load(struct scope *scope, size_t load, size_t *order, struct sg_err *err)
{
	struct microscope_samples *samples = &scope->samples;
	uint32_t verdict;

	sg_rng_permutation(&scope->rng, order, samples->items);
	for (size_t i = 0; i < samples->items; i++) {
		double *ns = microscope_sample(samples, load, order[i], samples->rounds);
		int r = run(scope, load, order[i], scope->repeat, &verdict, ns, err);

		if (r)
			return r;
	}
	return 0;
}

static int run_round(struct scope *scope, size_t *order, struct sg_err *err)
{
	size_t loads[MICROSCOPE_LOADS];
	int r = 0;

	sg_rng_permutation(&scope->rng, loads, scope->loads);
	for (size_t i = 0; i < scope->loads && !r; i++)
		r = run_load(scope, loads[i], order, err);
	if (!r)
		scope->samples.rounds++;
	return r;
}

/* What this thread had of the processor. */
static double spent_s(void)
{
	struct timespec spent;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
	return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

static bool is_enough(const struct scope *scope, double start_s)
{
	const size_t rounds = scope->samples.rounds;

	if (rounds < MICROSCOPE_MIN_ROUNDS)
		return false;
	return rounds == MICROSCOPE_MAX_ROUNDS || spent_s() - start_s >= scope->plan->seconds;
}

/* Interrupted, what there is counts, if there is any. */
static int run_rounds(struct scope *scope, struct sg_err *err)
{
	const double start_s = spent_s();
	size_t *order = sg_calloc(scope->plan->call_count + 1, sizeof(*order));
	int r = 0;

	microscope_samples_init(&scope->samples, scope->loads, scope->plan->call_count,
				MICROSCOPE_MAX_ROUNDS);
	while (!r && !is_interrupted(scope) && !is_enough(scope, start_s))
		r = run_round(scope, order, err);
	free(order);
	if (is_interrupted(scope) && scope->samples.rounds)
		return 0;
	return is_interrupted(scope) ? sg_err_env(err, EINTR, "interrupted") : r;
}

static int measure(struct scope *scope, struct microscope_result *ret, struct sg_err *err)
{
	int r = load_all(scope, err);

	make_packets(scope);
	if (!r)
		r = try_all(scope, err);
	if (!r)
		r = run_rounds(scope, err);
	if (r)
		return r;
	*ret = (struct microscope_result){.code_bytes = scope->code_bytes,
					  .interrupted = is_interrupted(scope)};
	microscope_samples_read(&scope->samples, scope->plan->calls, &scope->rng, ret);
	return 0;
}

/* To the processor that we are on; not where there would be no way back. */
static bool pin(cpu_set_t *ret_before)
{
	cpu_set_t here;

	if (sched_getaffinity(0, sizeof(*ret_before), ret_before))
		return false;
	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	return !sched_setaffinity(0, sizeof(here), &here);
}

int microscope_run(const struct microscope_plan *plan, struct microscope_result *ret,
		   struct sg_err *err)
{
	struct scope scope = {.plan = plan};
	cpu_set_t before;
	const bool is_pinned = pin(&before);
	int r;

	sg_rng_seed(&scope.rng, plan->seed);
	r = measure(&scope, ret, err);
	close_all(&scope);
	if (is_pinned)
		sched_setaffinity(0, sizeof(before), &before);
	return r;
}

void microscope_result_release(struct microscope_result *result)
{
	free(result->calls);
	*result = (struct microscope_result){0};
}

int microscope_usable(struct sg_err *err)
{
	struct jit_code code = {0};
	uint32_t bytes;
	int fd;

	jit_packet_program(&empty, 0, &code);
	fd = jit_packet_load(&code, &bytes, err);
	jit_code_release(&code);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}
