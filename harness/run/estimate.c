/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "harness/run/session.h"

static double time_of(const struct run_sample *sample)
{
	return sample->ns_per_op;
}

static double ratio_of(const struct run_sample *sample)
{
	return sample->ratio;
}

static double difference_of(const struct run_sample *sample)
{
	return sample->overhead_ns;
}

static struct stats_interval interval(struct run_session *session, const struct run_row *row,
				      double (*value_of)(const struct run_sample *))
{
	double *values = sg_calloc(row->sample_count, sizeof(*values));

	for (size_t i = 0; i < row->sample_count; i++)
		values[i] = value_of(&row->samples[i]);

	struct stats_interval it =
		stats_bootstrap_median(values, row->sample_count, STATS_RESAMPLES, session->rng);

	free(values);
	return it;
}

/* Too few blocks for an interval are no measurement; the samples stay in the row. */
static void conclude(struct run_session *session, struct run_config *config)
{
	struct run_row *row = config->row;

	if (row->sample_count < STATS_MIN_VALUES) {
		run_config_drop(config, run_interrupted(session) ? RUN_INTERRUPTED : RUN_FAILED,
				sg_asprintf("%zu of at least %d blocks", row->sample_count,
					    STATS_MIN_VALUES));
		return;
	}
	row->status = RUN_MEASURED;
	row->ns_per_op = interval(session, row, time_of);
	row->ratio = interval(session, row, ratio_of);
	row->overhead_ns = interval(session, row, difference_of);
}

/*
 * A difference is seen when its interval has no point in common with the noise floor: the A/A
 * control's interval, drawn out to zero where it lies beside it. So an interval that covers zero is
 * never seen, nor is anything that two processes without a filter showed in this run as well.
 */
static bool is_seen(const struct run_row *row, const struct run_row *aa)
{
	double floor_low = fmin(aa->overhead_ns.low, 0), floor_high = fmax(aa->overhead_ns.high, 0);

	return row->overhead_ns.low > floor_high || row->overhead_ns.high < floor_low;
}

void run_estimate(struct run_session *session)
{
	const struct run_config *aa = &session->configs[RUN_AA];

	for (size_t i = 0; i < session->config_count; i++)
		if (session->configs[i].in)
			conclude(session, &session->configs[i]);
	for (size_t i = RUN_FIRST_FILTER; i < session->config_count && aa->in; i++)
		if (session->configs[i].in)
			session->configs[i].row->seen = is_seen(session->configs[i].row, aa->row);
}
