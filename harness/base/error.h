/* SPDX-License-Identifier: MIT */
/*
 * What went wrong, in one line that a person can act on.
 *
 * Every library function that can fail returns 0 or a negative errno and fills the error object
 * that is its last argument. The kind says who has to act, and alone decides the exit code of a
 * command. The object is plain memory: nothing to release, may live on the stack, is valid when
 * zeroed. An out-parameter is untouched when the function fails.
 */
#ifndef SG_BASE_ERROR_H
#define SG_BASE_ERROR_H

enum sg_err_kind {
	SG_ERR_NONE = 0,
	SG_ERR_INPUT,    /* the user gave something wrong: exit 2 */
	SG_ERR_ENV,      /* this machine lacks something: exit 3 */
	SG_ERR_FINDING,  /* a generator hung, crashed or refused; a filter is wrong: exit 1 */
	SG_ERR_INTERNAL, /* ours to mend: exit 3, and the message says so */
};

struct sg_err {
	enum sg_err_kind kind;
	int code;      /* negative errno, as returned */
	char msg[768]; /* one line, no newline at its end */
};

/* Each fills @err (may be NULL) and returns -@errnum. */
int sg_err_input(struct sg_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int sg_err_env(struct sg_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int sg_err_finding(struct sg_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int sg_err_internal(struct sg_err *err, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of the message; kind and code stay. Returns the code. */
int sg_err_wrap(struct sg_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit code that belongs to a kind: 0, 1, 2 or 3. */
int sg_err_exit_code(const struct sg_err *err);

#endif
