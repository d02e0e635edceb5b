/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/oracle/oracles.h"

struct oracle_session {
	struct policy_oracle *policy;
};

static int policy_supported(const struct oracle_subject *subject, struct sg_err *err)
{
	if (subject->policy)
		return 0;
	return sg_err_env(err, ENOTSUP, "the filter comes without a profile to hold it against");
}

static int policy_open(const struct oracle_subject *subject, struct oracle_session **ret,
		       struct sg_err *err)
{
	int r = policy_supported(subject, err);

	if (r)
		return r;
	*ret = sg_calloc(1, sizeof(**ret));
	(*ret)->policy = policy_oracle_new(subject->policy);
	return 0;
}

static int policy_judge(struct oracle_session *session, const struct abi_tuple *tuples,
			size_t count, uint32_t *ret_verdicts, bool *ret_known, struct sg_err *err)
{
	(void)err;
	for (size_t i = 0; i < count; i++)
		ret_verdicts[i] = policy_eval(session->policy, &tuples[i]).ret;
	if (ret_known)
		memset(ret_known, true, count);
	return 0;
}

static void policy_close(struct oracle_session *session)
{
	policy_oracle_free(session->policy);
	free(session);
}

const struct oracle oracle_policy = {
	.name = "policy",
	.summary = "the profile's rules as written, without any filter",
	.supported = policy_supported,
	.open = policy_open,
	.judge = policy_judge,
	.close = policy_close,
};
