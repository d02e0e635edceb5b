/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "harness/run/run.h"

const char *run_status_name(enum run_status status)
{
	switch (status) {
	case RUN_MEASURED: return "measured";
	case RUN_DENIED: return "denied";
	case RUN_KILLED: return "killed";
	case RUN_UNSUPPORTED: return "unsupported";
	case RUN_FAILED: return "failed";
	case RUN_INTERRUPTED: return "interrupted";
	case RUN_UNTIMED: return "untimed";
	}
	return "unknown";
}

const struct policy *run_filter_policy(const struct run_group *group,
				       const struct run_filter *filter)
{
	return filter->policy ? filter->policy : group->policy;
}

const struct run_row *run_aa_of(const struct run_result *result, const struct run_row *row)
{
	for (size_t i = 0; i < result->row_count; i++) {
		const struct run_row *aa = &result->rows[i];

		if (aa->aa && aa->workload == row->workload && aa->group == row->group)
			return aa->status == RUN_MEASURED ? aa : NULL;
	}
	return NULL;
}

void run_result_release(struct run_result *result)
{
	for (size_t i = 0; i < result->row_count; i++) {
		free(result->rows[i].reason);
		free(result->rows[i].samples);
	}
	free(result->rows);
	sg_strv_release(&result->warnings);
	*result = (struct run_result){0};
}
