/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

static const struct errno_row {
	const char *name;
	uint16_t numbers[ABI_ERRNO_FAMILY_COUNT];
} rows[] = {
#define ABI_ERRNO(name, generic, mips, parisc, powerpc) \
	{#name,                                         \
	 {[ABI_ERRNO_GENERIC] = generic,                \
	  [ABI_ERRNO_MIPS] = mips,                      \
	  [ABI_ERRNO_PARISC] = parisc,                  \
	  [ABI_ERRNO_POWERPC] = powerpc}},
#include "filters/abi/errnos.inc"
};

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct errno_row *)element)->name);
}

int abi_errno(const struct abi_arch *arch, const char *name)
{
	const struct errno_row *row =
		bsearch(name, rows, SG_COUNT(rows), sizeof(rows[0]), compare_name);

	return row ? row->numbers[arch->errnos] : 0;
}
