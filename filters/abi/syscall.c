/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

/* What the generated tables are written in. */
enum {
#define ABI_ARCH(id, name, audit, word_bits, order, nr_offset, ...) OFFSET_##id = nr_offset,
#include "filters/abi/arches.inc"
};
#define NR(id, nr) (OFFSET_##id + (nr))
#define CALL(id, nr, name)       \
	{                        \
		NR(id, nr), name \
	}
#include "syscalls.inc"

static const struct table {
	const int32_t *nrs; /* by index of the name */
	const struct abi_call *calls;
	size_t call_count;
} tables[] = {
#define ABI_ARCH(id, name, audit, word_bits, order, nr_offset, bitmap, errnos, table) \
	[ABI_##id] = {nrs_##table, calls_##table, SG_COUNT(calls_##table)},
#include "filters/abi/arches.inc"
};

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

int abi_name_index(const char *name)
{
	const char *const *found =
		bsearch(name, names, SG_COUNT(names), sizeof(names[0]), compare_name);

	return found ? (int)(found - names) : -1;
}

int abi_nr_of(const struct abi_arch *arch, int name_index)
{
	return name_index < 0 ? ABI_NR_NONE : tables[arch->id].nrs[name_index];
}

int abi_nr(const struct abi_arch *arch, const char *name)
{
	return abi_nr_of(arch, abi_name_index(name));
}

static int compare_nr(const void *key, const void *element)
{
	uint32_t nr = *(const uint32_t *)key, other = ((const struct abi_call *)element)->nr;

	return nr < other ? -1 : nr > other;
}

const char *abi_name(const struct abi_arch *arch, uint32_t nr)
{
	const struct table *table = &tables[arch->id];
	const struct abi_call *call =
		bsearch(&nr, table->calls, table->call_count, sizeof(table->calls[0]), compare_nr);

	return call ? call->name : NULL;
}

bool abi_name_known(const char *name)
{
	return abi_name_index(name) >= 0;
}

const char *const *abi_names(size_t *ret_count)
{
	*ret_count = SG_COUNT(names);
	return names;
}

const struct abi_call *abi_calls(const struct abi_arch *arch, size_t *ret_count)
{
	*ret_count = tables[arch->id].call_count;
	return tables[arch->id].calls;
}

/* arm's private calls (__ARM_NR_BASE) are outside the kernel's table and so of its bitmap. */
#define PRIVATE_BASE 0xf0000u

uint32_t abi_nr_limit(const struct abi_arch *arch)
{
	const struct table *table = &tables[arch->id];
	size_t last = table->call_count - 1;

	if (!arch->has_bitmap)
		return 0;
	while (table->calls[last].nr >= PRIVATE_BASE)
		last--;
	return table->calls[last].nr + 1;
}
