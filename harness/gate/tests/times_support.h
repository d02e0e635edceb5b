/* SPDX-License-Identifier: MIT */
/*
 * Results made by hand, with blocks drawn from a stream: nothing here looks at a clock. Each row is
 * of workload wN under the filter "linear" of the profile "p", with its `none` beside it.
 */
#ifndef SG_GATE_TESTS_TIMES_SUPPORT_H
#define SG_GATE_TESTS_TIMES_SUPPORT_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gate/gate.h"

extern const struct gate_part gate_part_times;

/* One side of a row. */
struct blocks {
	size_t count;
	double ratio;   /* to none, true */
	double noise;   /* sd of a block's ratio, as a share */
	double none_ns; /* true */
	double aa_ns;   /* the noise floor as the file has it */
};
/* On a quiet machine: 40 blocks of which each varies by 0.6%. */
#define QUIET ((struct blocks){40, 1.1, 0.006, 1000, 3})

static inline double bell(struct sg_rng *rng)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (sg_rng_u64(rng) >> 11) * 0x1p-53;
	return sum;
}

static inline struct saved_row *add_row(struct saved_result *result, const char *workload,
					const char *filter, const struct blocks *blocks,
					struct sg_rng *rng)
{
	struct saved_row *row;

	SG_GROW(result->rows, result->row_count, result->row_cap);
	row = &result->rows[result->row_count++];
	*row = (struct saved_row){
		.name = sg_asprintf("%s/p/%s", workload, filter),
		.workload = sg_strdup(workload),
		.profile = sg_strdup("p"),
		.filter = sg_strdup(filter),
		.status = RUN_MEASURED,
		.samples = sg_calloc(blocks->count, sizeof(*row->samples)),
		.sample_count = blocks->count,
		.ns_per_op.estimate = blocks->none_ns * blocks->ratio,
		.aa_ns = blocks->aa_ns,
	};
	for (size_t i = 0; i < blocks->count; i++) {
		struct run_sample *sample = &row->samples[i];

		sample->none_ns_per_op = blocks->none_ns * (1 + 0.001 * bell(rng));
		sample->ratio = blocks->ratio * (1 + blocks->noise * bell(rng));
		sample->ns_per_op = sample->ratio * sample->none_ns_per_op;
	}
	return row;
}

/* Rows w0.. of both files, of which each has the blocks that @kinds says. The caller releases. */
static inline struct saved_result result_of(const struct blocks *kinds, size_t count, uint64_t seed)
{
	struct saved_result result = {.filters = sg_calloc(1, sizeof(*result.filters)),
				      .filter_count = 1};
	struct sg_rng rng;

	sg_rng_seed(&rng, seed);
	result.filters[0].name = sg_strdup("linear");
	result.filters[0].profile = sg_strdup("p");
	for (size_t i = 0; i < count; i++) {
		struct blocks none = kinds[i];
		char *workload = sg_asprintf("w%zu", i);

		none.ratio = 1;
		none.noise = 0;
		add_row(&result, workload, "none", &none, &rng);
		add_row(&result, workload, "linear", &kinds[i], &rng)->column = result.filters;
		free(workload);
	}
	return result;
}

/* A run of the part over the two, with the request's other options; the caller releases both. */
struct judged {
	struct saved_result baseline, result;
	struct gate_report report;
};

static inline void judge_results(const struct gate_request *options, struct judged *of)
{
	struct gate_request request = options ? *options : (struct gate_request){0};
	struct sg_err err = {0};

	request.baseline = &of->baseline;
	request.result = &of->result;
	if (gate_part_times.run(&request, &of->report, &err))
		fail_msg("%s", err.msg);
}

static inline struct judged judge(const struct gate_request *options, const struct blocks *was,
				  const struct blocks *is, size_t count, uint64_t seed)
{
	struct judged of = {
		.baseline = result_of(was, count, 2 * seed),
		.result = result_of(is, count, 2 * seed + 1),
	};

	judge_results(options, &of);
	return of;
}

static inline void judged_release(struct judged *of)
{
	gate_report_release(&of->report);
	saved_release(&of->baseline);
	saved_release(&of->result);
}

#endif
