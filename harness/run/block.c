/* SPDX-License-Identifier: MIT */
/*
 * A block: one fresh child for each configuration, slices in turn. The order in which the children
 * are forked, and with it the slot, the directory and the physical pages each of them gets, is
 * drawn anew for each block, the order of slices for each round.
 */
#include <stdlib.h>

#include "harness/run/session.h"

#define WARMUP_S 0.001

/* ns an operation, of configuration i in round r, at [i * rounds + r]. */
struct block {
	double *ns_per_op;
	unsigned rounds;
};

static double *times_of(const struct block *block, size_t index)
{
	return &block->ns_per_op[index * block->rounds];
}

static bool has_child(const struct run_config *config)
{
	return config->in && config->process.pid;
}

/* Until a fresh process has touched its pages and the kernel its caches: about four slices. At
 * least one operation. */
static uint64_t warmup_ops(const struct run_session *session)
{
	double ops = (double)session->ops * WARMUP_S / session->slice_s;

	return ops < 1 ? 1 : (uint64_t)ops;
}

static void start_all(struct run_session *session)
{
	sg_rng_permutation(session->rng, session->order, session->config_count);
	for (size_t place = 0; place < session->config_count; place++) {
		struct run_config *config = &session->configs[session->order[place]];

		if (config->in && !run_interrupted(session))
			run_child_start(session, config, place, warmup_ops(session));
	}
}

static void one_round(struct run_session *session, struct block *block, unsigned round)
{
	sg_rng_permutation(session->rng, session->order, session->config_count);
	for (size_t i = 0; i < session->config_count; i++) {
		size_t index = session->order[i];
		struct run_config *config = &session->configs[index];

		if (!has_child(config) || run_interrupted(session))
			continue;
		if (run_child_turn(session, config, session->ops))
			times_of(block, index)[round] =
				(double)config->process.slot->slice_ns / (double)session->ops;
	}
}

/*
 * What a configuration says in this block. What drifts or disturbs for longer than a round is in
 * both halves of a pair and cancels out; the ratio of the two medians would keep it.
 */
static struct run_sample sample_of(const struct block *block, size_t index, double *pairs)
{
	const double *times = times_of(block, index), *none = times_of(block, RUN_NONE);
	struct run_sample sample = {
		.ns_per_op = stats_median(times, block->rounds),
		.none_ns_per_op = stats_median(none, block->rounds),
	};

	for (unsigned i = 0; i < block->rounds; i++)
		pairs[i] = times[i] / none[i];
	sample.ratio = stats_median(pairs, block->rounds);
	for (unsigned i = 0; i < block->rounds; i++)
		pairs[i] = times[i] - none[i];
	sample.overhead_ns = stats_median(pairs, block->rounds);
	return sample;
}

static void add_samples(struct run_session *session, const struct block *block)
{
	double *pairs = sg_calloc(block->rounds, sizeof(*pairs));
	bool paired = has_child(&session->configs[RUN_NONE]);

	for (size_t i = 0; i < session->config_count && paired; i++) {
		struct run_row *row = session->configs[i].row;

		if (!has_child(&session->configs[i]))
			continue;
		row->samples = sg_realloc_array(row->samples, row->sample_count + 1,
						sizeof(*row->samples));
		row->samples[row->sample_count] = sample_of(block, i, pairs);
		row->samples[row->sample_count].install_ns = session->configs[i].install_ns;
		row->samples[row->sample_count++].iterations = session->ops * block->rounds;
	}
	free(pairs);
}

static double seconds_since(uint64_t start_ns)
{
	return 1e-9 * (double)(sg_monotonic_ns() - start_ns);
}

bool run_block(struct run_session *session, unsigned rounds, struct run_block_times *ret_times)
{
	struct block block = {
		.ns_per_op = sg_calloc(session->config_count * rounds, sizeof(double)),
		.rounds = rounds,
	};
	uint64_t start_ns = sg_monotonic_ns();

	start_all(session);
	uint64_t rounds_start_ns = sg_monotonic_ns();
	for (unsigned round = 0; round < rounds; round++)
		one_round(session, &block, round);
	ret_times->rounds_s = seconds_since(rounds_start_ns);

	bool whole = !run_interrupted(session);

	if (whole)
		add_samples(session, &block);
	run_children_end(session);
	ret_times->overhead_s = seconds_since(start_ns) - ret_times->rounds_s;
	free(block.ns_per_op);
	return whole;
}
