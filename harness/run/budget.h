/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: how a given time is divided into blocks and rounds. Pure.
 *
 * A block costs its overhead (forking, preparing, installing, ending) and its rounds. What a block
 * says varies by what every fresh process brings with it, which more rounds do not cure, and by the
 * noise of its slices, which they do. In a given time the estimate is best when the rounds take
 * about as long as the overhead (README.md, "Blocks and rounds"); so that decides how many blocks
 * there are, within limits, and the rounds fill what is left.
 */
#ifndef SG_RUN_BUDGET_H
#define SG_RUN_BUDGET_H

#include <stdbool.h>

#define RUN_BLOCKS_MIN 8 /* whatever they take: fewer say too little (harness/stats/stats.h) */
/* Every sample of every configuration ends up in the result file: so many a workload, */
#define RUN_SAMPLES_MAX   600
#define RUN_BLOCKS_ALWAYS 60 /* but these blocks for any number of configurations. */
#define RUN_ROUNDS_MAX    200
/* Of the first block, which is planned by guesses: a wrong one should not eat the time of all. */
#define RUN_ROUNDS_FIRST 8

struct run_budget {
	double total_s; /* for everything, blocks and what came before */
	unsigned configs;
	unsigned min_blocks; /* whatever they take; 0: RUN_BLOCKS_MIN */
	/* What is known of blocks: first estimated, then seen. */
	double overhead_s, round_s;
	double spent_s;  /* of total_s */
	unsigned blocks; /* done */
};

/* Is there time for another block? */
bool run_budget_more(const struct run_budget *budget);
/* Rounds of the next block; at least 1. */
unsigned run_budget_rounds(const struct run_budget *budget);

#endif
