/* SPDX-License-Identifier: MIT */
/*
 * JSON with the two things that jansson lacks here: integers up to 2^64-1 (seccomp arguments need
 * them), and errors that say where in the document ("profile.json: $.syscalls[3].args[0].op:
 * expected a string").
 *
 * A struct sg_json is a value and the path to it; it borrows the document, which must outlive it.
 * Getters return 0, or -EINVAL with SG_ERR_INPUT. "opt" getters leave *ret as it was when the key
 * is absent or null. A repeated key: the last one counts, as in Go's encoding/json. Read strings
 * and numbers through the getters alone: an integer above 2^63-1 is no jansson integer inside.
 */
#ifndef SG_BASE_JSON_H
#define SG_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "harness/base/error.h"

struct sg_json {
	const json_t *value;
	const struct sg_json *parent; /* NULL at the root */
	const char *file;             /* for messages */
	const char *key;              /* within an object parent */
	size_t index;                 /* within an array parent, when key is NULL */
};

/* Parses text; errors name @file, line and column. The caller releases with json_decref(). */
int sg_json_parse(const char *text, size_t len, const char *file, json_t **ret_root,
		  struct sg_err *err);
/* The reverse: appends the document, with JSON_INDENT() and the like as jansson has them. Integers
 * above 2^63-1 come out as they were read. */
struct sg_buf;
void sg_json_write(const json_t *root, size_t flags, struct sg_buf *out);
/* Reads "-" (standard input in messages, here and in sg_json_root()) or a file of at most 64 MiB.
 */
int sg_json_load(const char *path, json_t **ret_root, struct sg_err *err);

struct sg_json sg_json_root(const json_t *root, const char *file);
/* "expected WHAT", with file and path in front. Returns -EINVAL. */
int sg_json_expected(const struct sg_json *at, struct sg_err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Appends "$.a[1].b". */
void sg_json_path(const struct sg_json *at, struct sg_buf *out);

/* The member @key of an object; value NULL when absent or null. Not an object: -EINVAL. */
int sg_json_member(const struct sg_json *at, const char *key, struct sg_json *ret,
		   struct sg_err *err);
/* Element @index of an array known to be long enough. */
struct sg_json sg_json_element(const struct sg_json *at, size_t index);

int sg_json_string(const struct sg_json *at, const char **ret, struct sg_err *err);
int sg_json_u64(const struct sg_json *at, uint64_t *ret, struct sg_err *err);
/* Any number, as the double nearest to it. */
int sg_json_number(const struct sg_json *at, double *ret, struct sg_err *err);
/* Length of an array. */
int sg_json_array(const struct sg_json *at, size_t *ret_len, struct sg_err *err);

int sg_json_opt_string(const struct sg_json *at, const char *key, const char **ret,
		       struct sg_err *err);
int sg_json_opt_u64(const struct sg_json *at, const char *key, uint64_t *ret, bool *ret_present,
		    struct sg_err *err);
/* An array member: *ret_len is 0 and ret->value NULL when absent. */
int sg_json_opt_array(const struct sg_json *at, const char *key, struct sg_json *ret,
		      size_t *ret_len, struct sg_err *err);

/* "0x..." as our machine formats write 64-bit values. New reference. */
json_t *sg_json_hex(uint64_t value);
json_t *sg_json_hex_list(const uint64_t *values, size_t count);

#endif
