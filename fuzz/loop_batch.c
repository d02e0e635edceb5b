/* SPDX-License-Identifier: MIT */
/*
 * The inner loop. The compiled filters judge everything and carry the rate; verdicts are compared
 * raw first, and only what differs there is looked at more closely.
 */
#include <string.h>

#include "fuzz/loop_private.h"

#define DISAGREEMENTS_TOLD 5

static void prepare(struct fuzz_batch *batch, const struct fuzz_course *course)
{
	fuzz_tuples_fill(course->source, course->rng, batch->tuples, batch->count);
	memset(batch->seen, 0, sizeof(batch->seen));
	for (size_t i = 0; i < course->lane_count; i++) {
		struct fuzz_lane *lane = course->lanes[i];

		for (size_t t = 0; t < batch->count; t++) {
			const struct policy_verdict verdict =
				policy_eval(lane->oracle, &batch->tuples[t]);

			lane->wanted[t] = verdict.ret;
			lane->classes[t] = verdict.class;
		}
	}
}

/* Raw verdicts differ; do effects? Counts the tuple once a class. */
static void weigh(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		  struct fuzz_subject *subject, size_t t)
{
	struct fuzz_batch *batch = &loop->batch;
	const uint32_t wanted = lane->wanted[t], got = batch->verdicts[t];

	if (abi_verdict_effect(wanted) == abi_verdict_effect(got))
		return;

	const enum policy_class class =
		gen_class(&subject->filter, &batch->tuples[t], lane->classes[t]);
	const bool first = !(batch->seen[t] & 1u << class);

	batch->seen[t] |= 1u << class;
	if (class != POLICY_SPECIFIED) {
		loop->result->divergences[class] += first;
		return;
	}
	loop->result->mismatches += first;
	fuzz_note_mismatch(loop, lane, subject, &batch->tuples[t], wanted, got);
	fuzz_wrong_tuple(loop, lane, subject, &batch->tuples[t], wanted, got);
}

static int judge(const struct fuzz_loop *loop, const struct fuzz_subject *subject,
		 enum fuzz_judge who, uint32_t *verdicts, bool *known, struct sg_err *err)
{
	const struct fuzz_batch *batch = &loop->batch;
	const int ret = loop->judges[who]->judge(subject->sessions[who], batch->tuples,
						 batch->count, verdicts, known, err);

	return ret ? sg_err_wrap(err, "%s, oracle %s", fuzz_subject_name(subject),
				 loop->judges[who]->name)
		   : 0;
}

static int judge_lane(struct fuzz_loop *loop, const struct fuzz_lane *lane, struct sg_err *err)
{
	struct fuzz_batch *batch = &loop->batch;

	for (size_t i = 0; i < lane->subject_count; i++) {
		struct fuzz_subject *subject = lane->subjects[i];
		const int ret = judge(loop, subject, FUZZ_COMPILED, batch->verdicts, NULL, err);

		if (ret)
			return ret;
		for (size_t t = 0; t < batch->count; t++)
			if (batch->verdicts[t] != lane->wanted[t])
				weigh(loop, lane, subject, t);
	}
	return 0;
}

/* ---- witnesses */

static void tell_disagreement(struct fuzz_loop *loop, const struct fuzz_subject *subject,
			      enum fuzz_judge who, size_t t)
{
	const struct fuzz_batch *batch = &loop->batch;
	const struct abi_tuple *tuple = &batch->tuples[t];

	if (loop->result->disagreements++ >= DISAGREEMENTS_TOLD)
		return;
	sg_strv_addf(&loop->result->warnings,
		     "%s: oracle %s says 0x%x, compiled 0x%x for arch 0x%x nr 0x%x ip 0x%llx args "
		     "0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx",
		     fuzz_subject_name(subject), loop->judges[who]->name, batch->witnessed[t],
		     batch->verdicts[t], tuple->arch, tuple->nr, (unsigned long long)tuple->ip,
		     (unsigned long long)tuple->args[0], (unsigned long long)tuple->args[1],
		     (unsigned long long)tuple->args[2], (unsigned long long)tuple->args[3],
		     (unsigned long long)tuple->args[4], (unsigned long long)tuple->args[5]);
}

/* How many verdicts the witness gave; it agrees with the compiled filter about each, or is told. */
static size_t compare_witness(struct fuzz_loop *loop, const struct fuzz_subject *subject,
			      enum fuzz_judge who)
{
	const struct fuzz_batch *batch = &loop->batch;
	size_t known = 0;

	for (size_t t = 0; t < batch->count; t++) {
		known += batch->known[t];
		if (batch->known[t] && abi_verdict_effect(batch->witnessed[t]) !=
					       abi_verdict_effect(batch->verdicts[t]))
			tell_disagreement(loop, subject, who, t);
	}
	return known;
}

static int open_witness(const struct fuzz_loop *loop, struct fuzz_subject *subject,
			enum fuzz_judge who, struct sg_err *err)
{
	if (subject->sessions[who])
		return 0;
	return loop->judges[who]->open(&subject->subject, &subject->sessions[who], err);
}

static int witness_subject(struct fuzz_loop *loop, struct fuzz_subject *subject,
			   enum fuzz_judge who, size_t *ret_known, struct sg_err *err)
{
	struct fuzz_batch *batch = &loop->batch;
	int ret = open_witness(loop, subject, who, err);

	if (!ret)
		ret = judge(loop, subject, FUZZ_COMPILED, batch->verdicts, NULL, err);
	if (ret)
		return ret;
	memset(batch->known, true, sizeof(batch->known));

	const uint64_t start_ns = sg_monotonic_ns();

	ret = judge(loop, subject, who, batch->witnessed, batch->known, err);
	loop->witnessed[who].ns += sg_monotonic_ns() - start_ns;
	if (!ret)
		*ret_known = compare_witness(loop, subject, who);
	return ret;
}

/* *most: how many of the tuples it judged under one filter. */
static int witness_lane(struct fuzz_loop *loop, struct fuzz_lane *lane, enum fuzz_judge who,
			size_t *most, struct sg_err *err)
{
	for (size_t i = 0; i < lane->subject_count; i++) {
		size_t known = 0;
		const int ret = witness_subject(loop, lane->subjects[i], who, &known, err);

		if (ret)
			return ret;
		loop->witnessed[who].verdicts += known;
		if (known > *most)
			*most = known;
	}
	return 0;
}

static int witness_course(struct fuzz_loop *loop, const struct fuzz_course *course,
			  enum fuzz_judge who, struct sg_err *err)
{
	size_t most = 0;

	for (size_t i = 0; i < course->lane_count; i++) {
		const int ret = witness_lane(loop, course->lanes[i], who, &most, err);

		if (ret)
			return ret;
	}
	loop->witnessed[who].tuples += most;
	return 0;
}

static int witness_all(struct fuzz_loop *loop, const struct fuzz_course *course, struct sg_err *err)
{
	for (int who = FUZZ_INTERP; who < FUZZ_JUDGE_COUNT; who++) {
		const int ret = loop->judges[who] ? witness_course(loop, course, who, err) : 0;

		if (ret)
			return ret;
	}
	return 0;
}

/* ---- one batch */

static void cover(const struct fuzz_batch *batch, struct fuzz_lane *lane)
{
	for (size_t i = 0; i < lane->subject_count; i++)
		if (lane->subjects[i]->coverage.prog)
			fuzz_coverage_add(&lane->subjects[i]->coverage, batch->tuples,
					  batch->count);
}

int fuzz_batch_run(struct fuzz_loop *loop, const struct fuzz_course *course, size_t count,
		   bool witness, struct sg_err *err)
{
	const uint64_t start_ns = sg_monotonic_ns();
	int ret = 0;

	loop->batch.count = count;
	prepare(&loop->batch, course);
	loop->prepare_ns += sg_monotonic_ns() - start_ns;
	for (size_t i = 0; i < course->lane_count && !ret; i++)
		ret = judge_lane(loop, course->lanes[i], err);
	loop->result->tuples_s += fuzz_seconds_since(start_ns);
	loop->result->tuples += count;
	for (size_t i = 0; i < course->lane_count; i++)
		cover(&loop->batch, course->lanes[i]);
	if (!ret && witness)
		ret = witness_all(loop, course, err);
	return ret;
}
