/* SPDX-License-Identifier: MIT */
/*
 * Generators for fuzzing: the same as gen_build(), by a worker process that serves many requests
 * (a fork costs two milliseconds, a small filter a tenth of that), and is replaced when it hangs,
 * crashes, or runs out of memory. Limits are of processor time, so that a loaded machine makes no
 * findings; a generator that sleeps gets twenty times as much, by the clock on the wall. The
 * memory limit is off in a build with AddressSanitizer.
 *
 * The worker starts with the first build and is replaced with the next one. It dies with this
 * process.
 */
#ifndef SG_FUZZ_BUILDER_H
#define SG_FUZZ_BUILDER_H

#include "filters/gen/gen.h"

enum fuzz_built {
	FUZZ_BUILT,   /* a filter */
	FUZZ_REFUSED, /* a clean error; .message */
	FUZZ_CRASHED, /* a signal (somebody else's too), or exit(); .message */
	FUZZ_HUNG,    /* over the time limit */
	FUZZ_NO_MEMORY,
	FUZZ_SANITIZER,   /* a sanitizer's report on standard error, filter or not; .message its
			   * first line */
	FUZZ_TOO_LONG,    /* more than 4,096 instructions, or refused by the verifier: .message */
	FUZZ_UNSUPPORTED, /* the generator does not do such policies: no finding */
};
const char *fuzz_built_name(enum fuzz_built built); /* "built", "refusal", "crash", "hang" ... */

struct fuzz_build {
	enum fuzz_built outcome;
	struct gen_filter filter; /* with FUZZ_BUILT; owned */
	char message[256];        /* one line, mostly with the generator's name in front; "" with
				   * FUZZ_BUILT */
};
void fuzz_build_release(struct fuzz_build *build);

struct fuzz_builder;

/* @cpu_s: processor time of one build, 0 for the default of 0.5; memory 512 MiB. Cannot fail. */
int fuzz_builder_new(const struct gen *gen, double cpu_s, struct fuzz_builder **ret,
		     struct sg_err *err);
/*
 * The profile travels as text: a worker reads it itself. -errno only when no worker can be made
 * (SG_ERR_ENV), or when the input is no good, as policy_parse() sees it (SG_ERR_INPUT). A mix that
 * says something else than the one before costs a new worker.
 */
int fuzz_builder_build(struct fuzz_builder *builder, const char *profile, size_t profile_len,
		       const struct policy_options *options, const struct mix *mix,
		       enum gen_objective objective, struct fuzz_build *ret, struct sg_err *err);
void fuzz_builder_free(struct fuzz_builder *builder);

#endif
