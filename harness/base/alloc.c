/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/alloc_private.h"

#define EXIT_NO_MEMORY 3

static void say_so(void)
{
	static const char line[] = "secgauge: out of memory\n";

	(void)!write(STDERR_FILENO, line, sizeof(line) - 1);
}

void (*sg_out_of_memory)(void) = say_so;

static void *checked(void *memory)
{
	if (memory)
		return memory;
	sg_out_of_memory();
	_exit(EXIT_NO_MEMORY);
}

void *sg_malloc(size_t bytes)
{
	return checked(malloc(bytes ? bytes : 1));
}

void *sg_calloc(size_t count, size_t bytes)
{
	return checked(calloc(count ? count : 1, bytes ? bytes : 1));
}

void *sg_realloc_array(void *old, size_t count, size_t bytes)
{
	return checked(reallocarray(old, count ? count : 1, bytes ? bytes : 1));
}

char *sg_strdup(const char *text)
{
	return checked(strdup(text));
}

char *sg_strndup(const char *text, size_t len)
{
	return checked(strndup(text, len));
}

char *sg_vasprintf(const char *fmt, va_list ap)
{
	char *text = NULL;

	return vasprintf(&text, fmt, ap) < 0 ? checked(NULL) : text;
}

char *sg_asprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = sg_vasprintf(fmt, ap);
	va_end(ap);
	return text;
}

static void add_owned(struct sg_strv *list, char *text)
{
	SG_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = text;
}

void sg_strv_add(struct sg_strv *list, const char *text)
{
	add_owned(list, sg_strdup(text));
}

void sg_strv_addf(struct sg_strv *list, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_owned(list, sg_vasprintf(fmt, ap));
	va_end(ap);
}

void sg_strv_split(struct sg_strv *list, const char *text)
{
	for (;;) {
		size_t len = strcspn(text, ",");

		add_owned(list, sg_strndup(text, len));
		if (!text[len])
			return;
		text += len + 1;
	}
}

int sg_strv_contains(const struct sg_strv *list, const char *text)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i], text))
			return 1;
	return 0;
}

void sg_strv_release(struct sg_strv *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct sg_strv){0};
}

#define NEAREST_MAX_LEN 64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * Edit distance in which two neighbours that changed places count once (optimal string alignment),
 * as far as it is below @limit. rows[i] holds the distances of a's first i letters; of three rows
 * at a time, one is the next. Nothing falls below what two rows have as their least.
 */
static size_t distance(const char *a, const char *b, size_t limit)
{
	size_t rows[3][NEAREST_MAX_LEN + 1], len = strlen(b), least = 0, least_above, i;

	for (size_t j = 0; j <= len; j++)
		rows[0][j] = j;
	for (i = 1; a[i - 1]; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3],
		       *two_above = rows[(i + 1) % 3];

		least_above = least;
		least = row[0] = i;
		for (size_t j = 1; j <= len; j++) {
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = min3(row[j], two_above[j - 2] + 1, SIZE_MAX);
			least = row[j] < least ? row[j] : least;
		}
		if (least >= limit && least_above >= limit)
			return limit;
	}
	return rows[(i - 1) % 3][len];
}

/* The distance is no less than what one of them is longer by: most names need no closer look. */
static bool may_be_near(size_t len, size_t name_len, size_t limit)
{
	size_t more = len > name_len ? len - name_len : name_len - len;

	return name_len <= NEAREST_MAX_LEN && more < limit;
}

const char *sg_nearest(const char *word, const char *const *names, size_t count)
{
	size_t len = strlen(word), best = len / 2 + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t d = best;

		if (may_be_near(len, strlen(names[i]), best))
			d = distance(word, names[i], best);
		if (d < best) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}

const char *sg_hint(struct sg_hint *hint, const char *word, const char *const *names, size_t count)
{
	const char *nearest = sg_nearest(word, names, count);

	hint->text[0] = '\0';
	if (nearest)
		snprintf(hint->text, sizeof(hint->text), " (did you mean %s?)", nearest);
	return hint->text;
}
