/* SPDX-License-Identifier: MIT */
/*
 * Memory, strings and lists.
 *
 * The one failure that is not returned: when memory runs out no caller could do anything but give
 * up, so these functions write one line to standard error and end the process with exit code 3
 * (a generator's child, which runs under a memory limit, is reported by its parent). Everything
 * returned is released with free(), a list or buffer with its own release function.
 */
#ifndef SG_BASE_ALLOC_H
#define SG_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>

#define SG_COUNT(array) (sizeof(array) / sizeof((array)[0]))

void *sg_malloc(size_t bytes) __attribute__((malloc, returns_nonnull));
void *sg_calloc(size_t count, size_t bytes) __attribute__((malloc, returns_nonnull));
void *sg_realloc_array(void *old, size_t count, size_t bytes) __attribute__((returns_nonnull));
char *sg_strdup(const char *text) __attribute__((malloc, returns_nonnull));
char *sg_strndup(const char *text, size_t len) __attribute__((malloc, returns_nonnull));
char *sg_asprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
char *sg_vasprintf(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0), returns_nonnull));

/*
 * Makes room for one more element in a growing array:
 *	SG_GROW(list->items, list->len, list->cap);
 *	list->items[list->len++] = item;
 */
#define SG_GROW(items, len, cap)                                                      \
	do {                                                                          \
		if ((len) == (cap)) {                                                 \
			(cap) = (cap) ? (cap)*2 : 8;                                  \
			(items) = sg_realloc_array((items), (cap), sizeof(*(items))); \
		}                                                                     \
	} while (0)

/* A list of strings that it owns. Valid when zeroed. */
struct sg_strv {
	char **items;
	size_t len, cap;
};

void sg_strv_add(struct sg_strv *list, const char *text);
void sg_strv_addf(struct sg_strv *list, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds each part of a comma-separated list; empty parts are kept, so that callers can refuse. */
void sg_strv_split(struct sg_strv *list, const char *text);
int sg_strv_contains(const struct sg_strv *list, const char *text);
void sg_strv_release(struct sg_strv *list);

/* The entry of @names nearest to @word by edit distance, or NULL where none is near enough. */
const char *sg_nearest(const char *word, const char *const *names, size_t count);

/* The same as the end of a message, " (did you mean NAME?)", or "". Lives in @hint. */
struct sg_hint {
	char text[96];
};
const char *sg_hint(struct sg_hint *hint, const char *word, const char *const *names, size_t count);

#endif
