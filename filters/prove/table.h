/* SPDX-License-Identifier: MIT */
/*
 * Private to the room: memory for tables of a few KB that may grow to hundreds of MB and are
 * touched all over. Large ones ask for huge pages: page by page, first touching a table takes far
 * longer than filling it, above all in a virtual machine.
 */
#ifndef SG_PROVE_TABLE_H
#define SG_PROVE_TABLE_H

#include <stddef.h>

/* Not cleared; free(). */
void *table_new(size_t bytes) __attribute__((malloc, returns_nonnull));
/* The same with room for @bytes; what is beyond @old_bytes is not cleared. @old may be NULL. */
void *table_grow(void *old, size_t old_bytes, size_t bytes) __attribute__((returns_nonnull));

#endif
