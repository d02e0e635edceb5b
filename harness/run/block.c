/* SPDX-License-Identifier: MIT */
/*
 * A block: one fresh child for each configuration, slices in turn. The order in which the children
 * are forked, and with it the slot, the directory and the physical pages each of them gets, is
 * drawn anew for each block, the order of slices for each round.
 */
#include <stdlib.h>

#include "harness/run/session.h"

/* ns an operation, of configuration i in round r, at [i * rounds + r]. */
struct block {
	double *ns_per_op;
	unsigned rounds;
};

static bool has_child(const struct run_config *config)
{
	return config->in && config->process.pid;
}

static void start_all(struct run_session *session)
{
	sg_rng_permutation(session->rng, session->order, session->config_count);
	for (size_t place = 0; place < session->config_count; place++) {
		struct run_config *config = &session->configs[session->order[place]];

		if (config->in && !run_interrupted(session))
			run_child_start(session, config, place, session->ops);
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
			block->ns_per_op[index * block->rounds + round] =
				(double)config->process.slot->slice_ns / (double)session->ops;
	}
}

static double median_of(const struct block *block, size_t index)
{
	return stats_median(&block->ns_per_op[index * block->rounds], block->rounds);
}

static void add_samples(struct run_session *session, const struct block *block)
{
	double none = median_of(block, RUN_NONE);

	if (!has_child(&session->configs[RUN_NONE]))
		return; /* nothing to pair with */
	for (size_t i = 0; i < session->config_count; i++) {
		struct run_row *row = session->configs[i].row;

		if (!has_child(&session->configs[i]))
			continue;
		row->samples = sg_realloc_array(row->samples, row->sample_count + 1,
						sizeof(*row->samples));
		row->samples[row->sample_count++] = (struct run_sample){
			.ns_per_op = median_of(block, i),
			.iterations = session->ops * block->rounds,
			.none_ns_per_op = none,
		};
	}
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
