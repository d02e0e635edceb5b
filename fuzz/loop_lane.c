/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

int fuzz_lane_open(const struct sg_buf *text, const char *file,
		   const struct policy_options *options, struct fuzz_lane **ret, struct sg_err *err)
{
	struct fuzz_lane *lane = sg_calloc(1, sizeof(*lane));
	int bad = policy_parse(sg_buf_text(text), text->len, file, options, &lane->policy, err);

	if (bad) {
		free(lane);
		return bad;
	}
	lane->oracle = policy_oracle_new(&lane->policy);
	lane->text = text;
	lane->options = options;
	*ret = lane;
	return 0;
}

int fuzz_lane_add(struct fuzz_loop *loop, struct fuzz_lane *lane, const struct gen *gen,
		  const char *raw_file, struct gen_filter *filter, struct sg_err *err)
{
	struct fuzz_subject *subject = sg_calloc(1, sizeof(*subject));

	subject->gen = gen;
	subject->raw_file = raw_file;
	subject->filter = *filter;
	*filter = (struct gen_filter){0};
	subject->chain = &subject->filter;
	subject->subject = (struct oracle_subject){
		.filters = &subject->chain,
		.filter_count = subject->filter.none ? 0 : 1,
		.policy = &lane->policy,
	};
	lane->subjects =
		sg_realloc_array(lane->subjects, lane->subject_count + 1, sizeof(*lane->subjects));
	lane->subjects[lane->subject_count++] = subject;
	return loop->judges[FUZZ_COMPILED]->open(&subject->subject,
						 &subject->sessions[FUZZ_COMPILED], err);
}

static void free_subject(const struct fuzz_loop *loop, struct fuzz_subject *subject)
{
	for (int i = 0; i < FUZZ_JUDGE_COUNT; i++)
		if (subject->sessions[i])
			loop->judges[i]->close(subject->sessions[i]);
	fuzz_coverage_release(&subject->coverage);
	gen_filter_release(&subject->filter);
	free(subject);
}

void fuzz_lane_close(struct fuzz_loop *loop, struct fuzz_lane *lane)
{
	if (!lane)
		return;
	for (size_t i = 0; i < lane->subject_count; i++)
		free_subject(loop, lane->subjects[i]);
	free(lane->subjects);
	policy_oracle_free(lane->oracle);
	policy_release(&lane->policy);
	free(lane);
}

const char *fuzz_subject_name(const struct fuzz_subject *subject)
{
	return subject->raw_file ? subject->raw_file : subject->gen->name;
}

struct fuzz_tuples *fuzz_lane_tuples(const struct fuzz_lane *lane)
{
	const struct cbpf_prog **progs = sg_calloc(lane->subject_count, sizeof(*progs));
	size_t count = 0;

	for (size_t i = 0; i < lane->subject_count; i++)
		if (!lane->subjects[i]->filter.none)
			progs[count++] = &lane->subjects[i]->filter.prog;

	struct fuzz_tuples *tuples = fuzz_tuples_new(&lane->policy, progs, count);

	free(progs);
	return tuples;
}
