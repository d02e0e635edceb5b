/* SPDX-License-Identifier: MIT */
/*
 * How commands speak. Data goes to standard output, everything else to standard error, one line
 * an item, with "secgauge: " in front.
 */
#ifndef SG_CMD_PRINT_H
#define SG_CMD_PRINT_H

#include "harness/base/alloc.h"
#include "harness/base/buf.h"
#include "harness/base/error.h"
#include "harness/base/json.h"

/* Prints the error and returns the exit code of its kind. */
int cmd_fail(const struct sg_err *err);
void cmd_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void cmd_warn_all(const struct sg_strv *warnings);
/* Those that @said does not hold yet; it holds them then. Filters of one policy have much the same
 * to say. */
void cmd_warn_new(const struct sg_strv *warnings, struct sg_strv *said);

/*
 * Writes all of @out to standard output and releases it. @code is what the command wants to exit
 * with; a failed write (a full disk, a closed pipe) turns that into CMD_ENV and one line.
 */
int cmd_put(struct sg_buf *out, int code);
/* The same for JSON, indented, keys in the order they were set; takes the reference. */
int cmd_put_json(json_t *value, int code);

#endif
