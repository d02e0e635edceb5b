/* SPDX-License-Identifier: MIT */
/* Filters proved beside the tuples, and the two held against each other. */
#include <stdlib.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

/* Nothing is taken from the prover that the oracle and the interpreter do not see as well. */
static void take_counterexample(struct fuzz_loop *loop, const struct fuzz_lane *lane,
				struct fuzz_subject *subject)
{
	const struct abi_tuple *tuple = &subject->proof.tuple;
	uint32_t wanted, got;

	if (!gen_is_mismatch(&subject->filter, lane->oracle, tuple, &wanted, &got)) {
		fuzz_note_prover(loop, lane, subject, tuple, wanted, got,
				 "the prover's counterexample is none");
		return;
	}
	loop->result->mismatches++;
	fuzz_note_mismatch(loop, lane, subject, tuple, wanted, got);
}

static void take_proof(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		       struct fuzz_subject *subject, const struct fuzz_proof *proof)
{
	static const struct abi_tuple none;
	struct fuzz_proved *proved = &loop->result->proved;

	subject->proved = true;
	subject->proof = *proof;
	proved->equal += proof->result == PROVE_EQUAL;
	proved->different += proof->result == PROVE_DIFFERENT;
	proved->unknown += proof->result == PROVE_UNKNOWN;
	if (proof->defect)
		fuzz_note_prover(loop, lane, subject, &none, 0, 0, proof->reason);
	else if (proof->result == PROVE_DIFFERENT)
		take_counterexample(loop, lane, subject);
}

int fuzz_lane_prove(struct fuzz_loop *loop, struct fuzz_lane *lane, struct sg_err *err)
{
	const size_t count = lane->subject_count;

	if (!loop->prover || !count)
		return 0;

	const struct gen_filter **filters = sg_calloc(count, sizeof(*filters));
	struct fuzz_proof *proofs = sg_calloc(count, sizeof(*proofs));
	const uint64_t start_ns = sg_monotonic_ns();

	for (size_t i = 0; i < count; i++)
		filters[i] = &lane->subjects[i]->filter;
	const int bad = fuzz_prove(loop->prover, sg_buf_text(lane->text), lane->text->len,
				   lane->options, filters, count, proofs, err);
	loop->prove_s += fuzz_seconds_since(start_ns);
	for (size_t i = 0; i < count && !bad; i++)
		take_proof(loop, lane, lane->subjects[i], &proofs[i]);
	free(proofs);
	free(filters);
	return bad;
}

void fuzz_wrong_tuple(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		      struct fuzz_subject *subject, const struct abi_tuple *tuple, uint32_t wanted,
		      uint32_t got)
{
	if (subject->wrong_tuples++ == 0 && subject->proved && subject->proof.result == PROVE_EQUAL)
		fuzz_note_prover(loop, lane, subject, tuple, wanted, got, FINDING_CALLED_EQUAL);
}

void fuzz_lane_compare_proofs(struct fuzz_loop *loop, const struct fuzz_lane *lane)
{
	struct fuzz_proved *proved = &loop->result->proved;

	for (size_t i = 0; i < lane->subject_count; i++) {
		const struct fuzz_subject *subject = lane->subjects[i];
		const bool by_proof = subject->proof.result == PROVE_DIFFERENT;
		const bool by_tuples = subject->wrong_tuples != 0;

		proved->only_by_proof += subject->proved && by_proof && !by_tuples;
		proved->only_by_tuples += subject->proved && !by_proof && by_tuples;
	}
}
