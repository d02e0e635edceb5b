/* SPDX-License-Identifier: MIT */
#include "filters/prove/smt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filters/prove/smt_child.h"
#include "filters/prove/smt_z3.h"
#include "harness/base/child.h"

#define MEMORY_BYTES (1024u << 20)

static uint64_t two_words(const uint32_t words[ABI_DATA_WORDS], bool big_endian, int i)
{
	return (uint64_t)words[abi_off_half(big_endian, i, true) / 4] << 32 |
	       words[abi_off_half(big_endian, i, false) / 4];
}

/* The reverse of abi_tuple_words(). */
static struct abi_tuple tuple_of(const uint32_t words[ABI_DATA_WORDS])
{
	struct abi_tuple tuple = {.nr = words[ABI_OFF_NR / 4], .arch = words[ABI_OFF_ARCH / 4]};
	bool big_endian = abi_audit_big_endian(tuple.arch);

	tuple.ip = two_words(words, big_endian, -1);
	for (int i = 0; i < 6; i++)
		tuple.args[i] = two_words(words, big_endian, i);
	return tuple;
}

static int take_answer(const struct sg_buf *out, struct prove_answer *ret, struct sg_err *err)
{
	struct smt_found found;

	if (out->len != sizeof(found))
		return sg_err_internal(err, EPROTO, "Z3's child gave a short answer");
	memcpy(&found, out->data, sizeof(found));
	ret->result = found.result;
	memcpy(ret->reason, found.reason, sizeof(ret->reason));
	if (found.result == PROVE_DIFFERENT) {
		ret->tuple = tuple_of(found.words);
		ret->a = found.a;
		ret->b = found.b;
	}
	return 0;
}

/* The child did not get as far as to answer. */
static void explain(const struct sg_child_result *result, const struct sg_child_limits *child,
		    const struct smt_limits *limits, struct prove_answer *ret)
{
	struct sg_buf reason = {0};

	if (result->end == SG_CHILD_HUNG) {
		smt_say_deadline(limits, &reason);
	} else if (result->end == SG_CHILD_NO_MEMORY) {
		smt_say_memory(limits, &reason);
	} else {
		sg_buf_adds(&reason, "Z3 ");
		sg_child_describe(result, child, &reason);
	}
	ret->result = PROVE_UNKNOWN;
	snprintf(ret->reason, sizeof(ret->reason), "%s", sg_buf_text(&reason));
	sg_buf_release(&reason);
}

int smt_ask_within(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
		   const struct sg_strv *unknown_calls, const struct smt_limits *limits,
		   struct prove_answer *ret, struct sg_err *err)
{
	struct smt_job job = {*a, *b, under, unknown_calls, limits};
	struct sg_child_limits child = {.wall_s = limits->timeout_s,
					.memory_bytes = limits->memory_bytes};
	struct sg_child_result result;
	struct sg_buf out = {0};
	int r = sg_child_run(smt_child, &job, &child, &out, &result, err);

	if (r == 0 && result.end == SG_CHILD_OK)
		r = take_answer(&out, ret, err);
	else if (r == 0)
		explain(&result, &child, limits, ret);
	if (r == 0)
		ret->by_smt = true;
	sg_buf_release(&out);
	return r;
}

int smt_ask(const struct smt_side *a, const struct smt_side *b, const struct policy *under,
	    const struct sg_strv *unknown_calls, double timeout_s, struct prove_answer *ret,
	    struct sg_err *err)
{
	struct smt_limits limits = {.library = SMT_Z3_LIBRARY,
				    .timeout_s = timeout_s,
				    .memory_bytes = MEMORY_BYTES};

	return smt_ask_within(a, b, under, unknown_calls, &limits, ret, err);
}
