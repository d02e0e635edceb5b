/* SPDX-License-Identifier: MIT */
#include "filters/gen/lower_by_call.h"

#include <stdlib.h>

#include "harness/base/alloc.h"

void by_call_init(struct by_call *by_call, const struct abi_arch *arch, size_t things)
{
	size_t calls;

	abi_calls(arch, &calls);
	by_call->arch = arch;
	by_call->first = sg_calloc(calls, sizeof(*by_call->first));
	by_call->next = sg_malloc((things + 1) * sizeof(*by_call->next));
}

void by_call_release(struct by_call *by_call)
{
	free(by_call->first);
	free(by_call->next);
}

/* The place of the call with number @nr, which there is. */
static size_t find_call(const struct abi_arch *arch, uint32_t nr)
{
	size_t from = 0, count;
	const struct abi_call *calls = abi_calls(arch, &count);

	while (count > 1) {
		size_t half = count / 2;

		if (calls[from + half].nr <= nr)
			from += half;
		count -= half;
	}
	return from;
}

void by_call_put(struct by_call *by_call, int nr, size_t thing)
{
	uint32_t *first;

	if (nr == ABI_NR_NONE)
		return;
	first = &by_call->first[find_call(by_call->arch, (uint32_t)nr)];
	by_call->next[thing] = *first;
	*first = (uint32_t)thing + 1;
}
