/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "filters/prove/table.h"
#include "harness/base/alloc.h"

#define LARGE_BYTES     ((size_t)128 << 10)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

/* What is allocated for a table. */
static size_t rounded(size_t bytes)
{
	if (bytes < LARGE_BYTES)
		return bytes;
	return (bytes + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
}

void *table_new(size_t bytes)
{
	void *table = NULL;

	if (bytes >= LARGE_BYTES)
		table = aligned_alloc(HUGE_PAGE_BYTES, rounded(bytes));
	if (!table)
		return sg_malloc(rounded(bytes));      /* which knows what to do without memory */
	madvise(table, rounded(bytes), MADV_HUGEPAGE); /* where there are none, so be it */
	return table;
}

void *table_grow(void *old, size_t old_bytes, size_t bytes)
{
	if (old_bytes >= LARGE_BYTES && rounded(bytes) == rounded(old_bytes))
		return old;
	void *table = table_new(bytes);

	if (old)
		memcpy(table, old, old_bytes);
	free(old);
	return table;
}
