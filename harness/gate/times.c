/* SPDX-License-Identifier: MIT */
/*
 * Times: did a row become slower, beyond doubt and by enough to matter? "Times" in README.md of
 * this room says what the rule was found to do, on synthetic blocks and on real ones.
 *
 * What is compared is the ratio to `none` of each block, so that whatever slows `none` down as well
 * is divided out. It is divided out to a first order only: code that waits for other things than
 * `none` does is slowed by another factor. So a part of what was divided out comes on top of what
 * a slowdown must exceed.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/gate/gate.h"

#define DEFAULT_SHARE 0.03
#define DEFAULT_NS    10
#define FAMILY_ERROR  0.02 /* Holm's level for all rows of a run; slower is one half of it */
#define LEVEL         0.95 /* of the interval that has to agree */
#define POWER         0.8
#define DRIFT_LEFT    (1.0 / 3) /* of the drift of `none`, which the ratio may still hold */
#define DRIFT_NOTED   0.05
/* What a run may let pass in excess of what was asked for and still say that it looked. */
#define RAISED_AT_MOST 1.5

/* A row with blocks on both sides. */
struct row_pair {
	const struct saved_row *was, *is;
	double *was_ratios, *is_ratios; /* of each block; owned */
	struct gate_timing timing;
};

struct row_pairs {
	struct row_pair *items; /* owned */
	size_t count;
};

/* ---- which rows */

static double *ratios_of(const struct saved_row *row)
{
	double *ratios = sg_calloc(row->sample_count, sizeof(*ratios));

	for (size_t i = 0; i < row->sample_count; i++)
		ratios[i] = row->samples[i].ratio;
	return ratios;
}

/* Of none, in the blocks of the row. */
static double none_ns(const struct saved_row *row)
{
	double *times = sg_calloc(row->sample_count, sizeof(*times));

	for (size_t i = 0; i < row->sample_count; i++)
		times[i] = row->samples[i].none_ns_per_op;

	double median = stats_median(times, row->sample_count);

	free(times);
	return median;
}

/* @is may be NULL. */
static bool can_compare(const struct gate_request *request, const struct saved_row *was,
			const struct saved_row *is)
{
	return is && was->status == RUN_MEASURED && is->status == RUN_MEASURED &&
	       gate_row_same_work(request, was, is);
}

static struct row_pair pair_of(const struct saved_row *was, const struct saved_row *is)
{
	return (struct row_pair){
		.was = was,
		.is = is,
		.was_ratios = ratios_of(was),
		.is_ratios = ratios_of(is),
		.timing =
			{
				.drift = none_ns(is) / none_ns(was),
				.baseline_blocks = was->sample_count,
				.blocks = is->sample_count,
			},
	};
}

/* That a row has no time now, or does other work, is for other parts to say. */
static struct row_pairs find_pairs(const struct gate_request *request)
{
	const struct saved_result *was = request->baseline;
	struct row_pairs pairs = {.items = sg_calloc(was->row_count, sizeof(*pairs.items))};

	for (size_t i = 0; i < was->row_count; i++) {
		const struct saved_row *is = saved_row_find(request->result, was->rows[i].name);

		if (was->rows[i].column && can_compare(request, &was->rows[i], is))
			pairs.items[pairs.count++] = pair_of(&was->rows[i], is);
	}
	return pairs;
}

static void release_pairs(struct row_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		free(pairs->items[i].was_ratios);
		free(pairs->items[i].is_ratios);
	}
	free(pairs->items);
}

static bool has_enough_blocks(const struct row_pair *pair)
{
	return pair->was->sample_count >= STATS_MIN_VALUES &&
	       pair->is->sample_count >= STATS_MIN_VALUES;
}

/* ---- how it changed */

/* Fills p and p_holm of all pairs; returns how many questions were asked. */
static size_t test_all(struct row_pairs *pairs)
{
	double *p = sg_calloc(pairs->count, sizeof(*p));
	size_t questions = 0, i = 0;

	for (struct row_pair *pair = pairs->items; pair < pairs->items + pairs->count; pair++)
		if (has_enough_blocks(pair))
			p[questions++] = pair->timing.p =
				stats_mann_whitney(pair->was_ratios, pair->was->sample_count,
						   pair->is_ratios, pair->is->sample_count);
	stats_holm(p, questions, p);
	for (struct row_pair *pair = pairs->items; pair < pairs->items + pairs->count; pair++)
		if (has_enough_blocks(pair))
			pair->timing.p_holm = p[i++];
	free(p);
	return questions;
}

/* Of an operation, the share that was asked for. */
static double asked_for(const struct gate_request *request, const struct row_pair *pair)
{
	const struct gate_allowance *allow = &request->allow[GATE_TIME];
	double share = request->time_share > 0 ? request->time_share : DEFAULT_SHARE;
	double ns = request->time_ns > 0 ? request->time_ns : DEFAULT_NS;

	return fmax(fmax(share, allow->share),
		    fmax(ns, allow->amount) / pair->was->ns_per_op.estimate);
}

/* A row whose A/A control was not measured has no noise floor: NaN, which fmax() passes over. */
static double noise_floor(const struct row_pair *pair)
{
	return fmax(pair->was->aa_ns / pair->was->ns_per_op.estimate,
		    pair->is->aa_ns / pair->is->ns_per_op.estimate);
}

static void measure(const struct gate_request *request, struct row_pair *pair, size_t questions,
		    struct sg_rng *rng)
{
	const size_t was = pair->was->sample_count, is = pair->is->sample_count;
	struct gate_timing *timing = &pair->timing;

	timing->ratio = stats_ratio_of_medians(pair->was_ratios, was, pair->is_ratios, is, LEVEL,
					       STATS_RESAMPLES, rng);
	timing->change_ns = (timing->ratio.estimate - 1) * pair->was->ns_per_op.estimate;
	timing->threshold = fmax(asked_for(request, pair), noise_floor(pair)) +
			    DRIFT_LEFT * fabs(log(timing->drift));
	/* Holm's first step: what is found alone among all. */
	timing->detectable = stats_detectable_ratio(pair->was_ratios, was, pair->is_ratios, is,
						    FAMILY_ERROR / questions, POWER, rng);
}

/* ---- what that means */

/* Both ways of looking agree that there is a change, and it counts. */
static bool is_slower(const struct gate_timing *timing)
{
	return timing->p_holm < FAMILY_ERROR && timing->ratio.low > 1 &&
	       timing->ratio.estimate - 1 > timing->threshold;
}

static bool is_faster(const struct gate_timing *timing)
{
	return timing->p_holm < FAMILY_ERROR && timing->ratio.high < 1 &&
	       1 - timing->ratio.estimate > timing->threshold;
}

/* What counts and could have been there unseen, or is there and may be chance. */
static bool is_open(const struct gate_timing *timing, double asked)
{
	return timing->detectable > timing->threshold ||
	       timing->threshold > RAISED_AT_MOST * asked ||
	       timing->ratio.estimate - 1 > timing->threshold;
}

/* "+5.21% [+4.60%, +5.80%], +55.3 ns an operation". */
static char *change_text(const struct gate_timing *timing)
{
	return sg_asprintf("%+.2f%% [%+.2f%%, %+.2f%%], %+.1f ns an operation",
			   100 * (timing->ratio.estimate - 1), 100 * (timing->ratio.low - 1),
			   100 * (timing->ratio.high - 1), timing->change_ns);
}

static void say_open(struct gate_check *check, const struct gate_timing *timing, const char *change,
		     double asked)
{
	if (isinf(timing->detectable))
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "%s: cannot be told; %zu blocks against %zu are too few among so "
			       "many rows",
			       change, timing->blocks, timing->baseline_blocks);
	else
		gate_check_say(check, GATE_INCONCLUSIVE,
			       "%s: cannot be told; these runs would show %+.2f%%, and %+.2f%% "
			       "matters",
			       change, 100 * fmax(timing->detectable, timing->threshold),
			       100 * asked);
}

static void decide(const struct gate_request *request, struct gate_check *check,
		   const struct gate_timing *timing, double asked)
{
	char *change = change_text(timing);

	if (is_slower(timing) && request->allow[GATE_TIME].all)
		gate_check_say(check, GATE_PASS, "%s: slower, which is allowed", change);
	else if (is_slower(timing))
		gate_check_say(check, GATE_FAIL,
			       "%s: slower (p %.2g among all rows, fails above %+.2f%%)", change,
			       timing->p_holm, 100 * timing->threshold);
	else if (is_faster(timing))
		gate_check_say(check, GATE_PASS, "%s: faster (p %.2g among all rows)", change,
			       timing->p_holm);
	else if (is_open(timing, asked))
		say_open(check, timing, change, asked);
	else
		gate_check_say(check, GATE_PASS, "%s; fails above %+.2f%%", change,
			       100 * timing->threshold);
	check->better = is_faster(timing);
	free(change);
}

static void say_too_few(struct gate_check *check, const struct gate_timing *timing)
{
	gate_check_say(check, GATE_INCONCLUSIVE,
		       "%zu blocks against %zu: at least %d of each are needed", timing->blocks,
		       timing->baseline_blocks, STATS_MIN_VALUES);
}

static void check_pair(const struct gate_request *request, struct gate_report *report,
		       struct row_pair *pair, size_t questions, struct sg_rng *rng)
{
	struct gate_check *check = gate_check_add(report, GATE_TIME, pair->was->name);

	check->baseline = pair->was->ns_per_op.estimate;
	if (!has_enough_blocks(pair)) {
		say_too_few(check, &pair->timing);
		return;
	}
	measure(request, pair, questions, rng);
	check->value = check->baseline + pair->timing.change_ns;
	check->timing = sg_malloc(sizeof(*check->timing));
	*check->timing = pair->timing;
	decide(request, check, &pair->timing, asked_for(request, pair));
}

/* ---- drift of none */

struct drift {
	const struct saved_row *most;
	double ratio; /* of that one */
	size_t drifted, compared;
};

static struct drift find_drift(const struct gate_request *request)
{
	const struct saved_result *was = request->baseline;
	struct drift drift = {.ratio = 1};

	for (size_t i = 0; i < was->row_count; i++) {
		const struct saved_row *row = &was->rows[i];
		const struct saved_row *is = saved_row_find(request->result, row->name);

		if (row->column || row->aa || !can_compare(request, row, is))
			continue;

		double ratio = none_ns(is) / none_ns(row);

		drift.compared++;
		drift.drifted += fabs(ratio - 1) > DRIFT_NOTED;
		if (fabs(log(ratio)) > fabs(log(drift.ratio))) {
			drift.most = row;
			drift.ratio = ratio;
		}
	}
	return drift;
}

static void note_drift(const struct gate_request *request, struct gate_report *report)
{
	struct drift drift = find_drift(request);

	if (!drift.drifted)
		return;
	sg_strv_addf(&report->notes,
		     "without a filter %zu of %zu workloads took another time than in the "
		     "baseline, %s by %+.1f%%: divided out, but a slowdown must exceed a third of "
		     "it on top",
		     drift.drifted, drift.compared, drift.most->workload, 100 * (drift.ratio - 1));
}

static int run(const struct gate_request *request, struct gate_report *report, struct sg_err *err)
{
	struct row_pairs pairs = find_pairs(request);
	size_t questions = test_all(&pairs);
	struct sg_rng rng;

	(void)err;
	sg_rng_seed(&rng, request->seed);
	for (size_t i = 0; i < pairs.count && !gate_is_interrupted(request); i++) {
		gate_progress(request, "times", i, pairs.count);
		check_pair(request, report, &pairs.items[i], questions, &rng);
	}
	note_drift(request, report);
	release_pairs(&pairs);
	return 0;
}

const struct gate_part gate_part_times = {
	"times", "what each row takes against none, in the blocks of both runs", false, run};
