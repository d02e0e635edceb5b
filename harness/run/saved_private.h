/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/run: the parts of a result file's reader, and how they read members of
 * objects. All return 0 or a negative errno with the one line of saved.h.
 */
#ifndef SG_RUN_SAVED_PRIVATE_H
#define SG_RUN_SAVED_PRIVATE_H

#include "harness/base/json.h"
#include "harness/run/saved.h"

/* For what is no such file at all. */
#define SAVED_WANTED "a result file, as secgauge bench --json writes it"

/* From this version on a file has the rules of its policies as a profile, and of each filter what
 * its generator does not know and what its proof came to. */
#define SAVED_SINCE_RULES 2

/* ---- the parts: each into a result that saved_release() takes back, whatever came of it. The
 * context's lists before the rows, which point into them. */
int saved_read_version(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err);
int saved_read_context(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err);
int saved_read_notes(const struct sg_json *context, struct saved_result *result,
		     struct sg_err *err);
int saved_read_summaries(const struct sg_json *context, struct saved_result *result,
			 struct sg_err *err);
void saved_release_summaries(struct saved_result *result);
int saved_read_policies(const struct sg_json *context, struct saved_result *result,
			struct sg_err *err);
/* NULL when there is none. */
const struct saved_policy *saved_policy_find(const struct saved_result *result, const char *profile,
					     const char *sha256);
void saved_release_policies(struct saved_result *result);
int saved_read_filters(const struct sg_json *context, struct saved_result *result,
		       struct sg_err *err);
void saved_release_filters(struct saved_result *result);

/* The rows while they are read, and where each one is. */
struct saved_rows {
	struct saved_result *result;
	json_t *places; /* an object: the index of each row, by its name */
};
/* NULL when there is none by that name yet. Valid until the next one is added. */
struct saved_row *saved_rows_find(const struct saved_rows *rows, const char *name);
/* @at is where the name stands; no row has it yet. */
int saved_rows_add(struct saved_rows *rows, const struct sg_json *at, const char *name,
		   struct saved_row **ret, struct sg_err *err);
int saved_read_benchmarks(struct saved_rows *rows, const struct sg_json *root, struct sg_err *err);
int saved_read_rows(const struct sg_json *root, struct saved_result *result, struct sg_err *err);
void saved_release_rows(struct saved_result *result);

/* ---- saved_values.c: a member of an object. It must be there unless the name says "opt". */

int saved_list(const struct sg_json *object, const char *key, struct sg_json *ret, size_t *ret_len,
	       struct sg_err *err);
/* At most a line, maybe "". Borrowed from the document. */
int saved_line_of(const struct sg_json *at, const char **ret, struct sg_err *err);
int saved_line(const struct sg_json *object, const char *key, const char **ret, struct sg_err *err);
/* A line that is not empty. The caller frees. */
int saved_name(const struct sg_json *object, const char *key, char **ret, struct sg_err *err);
/* A line that fits into an array; without one (opt) "unknown". */
int saved_word(const struct sg_json *object, const char *key, char *ret, size_t size,
	       struct sg_err *err);
int saved_opt_word(const struct sg_json *object, const char *key, char *ret, size_t size,
		   struct sg_err *err);
int saved_sha256(const struct sg_json *object, const char *key, char ret[SG_SHA256_HEX_BYTES],
		 struct sg_err *err);
int saved_flag(const struct sg_json *object, const char *key, bool *ret, struct sg_err *err);
/* An integer from @min to @max; without one (opt) @ret stays. */
int saved_whole(const struct sg_json *object, const char *key, uint64_t min, uint64_t max,
		uint64_t *ret, struct sg_err *err);
int saved_opt_whole(const struct sg_json *object, const char *key, uint64_t min, uint64_t max,
		    uint64_t *ret, struct sg_err *err);

/* A count that the rest of the file decides; @what says of what. */
int saved_exactly(const struct sg_json *object, const char *key, uint64_t value, const char *what,
		  struct sg_err *err);

/* A member that is a number, and the double in a struct that it goes into. */
struct saved_number {
	const char *key;
	size_t offset;
	enum {
		SAVED_SHARE,    /* 0..1 */
		SAVED_AMOUNT,   /* from 0 */
		SAVED_POSITIVE, /* from SAVED_POSITIVE_MIN */
		SAVED_SIGNED,
	} range;
	bool optional; /* NaN when it is not there */
};
int saved_numbers(const struct sg_json *object, const struct saved_number *numbers, size_t count,
		  void *into, struct sg_err *err);
/* The ends of an interval must not be the wrong way round; @low_key is for the message. */
int saved_check_interval(const struct sg_json *object, const char *low_key,
			 const struct stats_interval *it, struct sg_err *err);

#endif
