/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "harness/gate/gate.h"

static struct gate_pair pair_of(const struct saved_filter *baseline,
				const struct saved_filter *result)
{
	const struct saved_filter *named = baseline ? baseline : result;

	return (struct gate_pair){
		.baseline = baseline,
		.result = result,
		.name = sg_asprintf("%s/%s", named->profile, named->name),
	};
}

size_t gate_pairs(const struct gate_request *request, struct gate_pair **ret)
{
	const struct saved_result *was = request->baseline, *is = request->result;
	struct gate_pair *pairs = sg_calloc(was->filter_count + is->filter_count, sizeof(*pairs));
	size_t count = 0;

	for (size_t i = 0; i < was->filter_count; i++) {
		const struct saved_filter *filter = &was->filters[i];

		pairs[count++] =
			pair_of(filter, saved_filter_find(is, filter->profile, filter->name));
	}
	for (size_t i = 0; i < is->filter_count; i++) {
		const struct saved_filter *filter = &is->filters[i];

		if (!saved_filter_find(was, filter->profile, filter->name))
			pairs[count++] = pair_of(NULL, filter);
	}
	*ret = pairs;
	return count;
}

void gate_pairs_free(struct gate_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(pairs[i].name);
	free(pairs);
}

bool gate_pair_both(const struct gate_pair *pair)
{
	return pair->baseline && !pair->baseline->unsupported && pair->result &&
	       !pair->result->unsupported;
}

bool gate_pair_same(const struct gate_pair *pair)
{
	return gate_pair_both(pair) &&
	       !strcmp(pair->baseline->filter.sha256, pair->result->filter.sha256);
}
