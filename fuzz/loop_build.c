/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

int fuzz_makers_open(struct fuzz_loop *loop, double cpu_s, const struct fuzz_proof_limits *proofs,
		     struct sg_err *err)
{
	fuzz_makers_close(loop);
	if (!loop->request->no_verify)
		loop->prover = fuzz_prover_new(proofs, loop->request->prove);
	for (size_t i = 0; i < loop->request->gen_count; i++) {
		const int ret = fuzz_builder_new(loop->request->gens[i], cpu_s,
						 &loop->makers[i].builder, err);

		if (ret)
			return ret;
	}
	return 0;
}

void fuzz_makers_close(struct fuzz_loop *loop)
{
	for (size_t i = 0; i < loop->request->gen_count; i++) {
		fuzz_builder_free(loop->makers[i].builder);
		loop->makers[i] = (struct fuzz_maker){0};
	}
	fuzz_prover_free(loop->prover);
	loop->prover = NULL;
	loop->prove_s = 0;
}

static int build_all(struct fuzz_loop *loop, const struct fuzz_lane *lane, const bool *wanted,
		     struct fuzz_build *builds, struct sg_err *err)
{
	const struct fuzz_request *request = loop->request;
	int ret = 0;

	for (size_t i = 0; i < request->gen_count && !ret; i++) {
		const uint64_t start_ns = sg_monotonic_ns();

		if (!wanted[i])
			continue;
		ret = fuzz_builder_build(loop->makers[i].builder, sg_buf_text(lane->text),
					 lane->text->len, lane->options, request->mix,
					 request->objective, &builds[i], err);
		loop->makers[i].spent_s += fuzz_seconds_since(start_ns);
	}
	return ret;
}

static bool any_built(const struct fuzz_loop *loop, const bool *wanted,
		      const struct fuzz_build *builds)
{
	for (size_t i = 0; i < loop->request->gen_count; i++)
		if (wanted[i] && builds[i].outcome == FUZZ_BUILT)
			return true;
	return false;
}

/* What no generator fits is the policy's fault; what a peer fits is a defect. */
static void report(struct fuzz_loop *loop, const struct fuzz_lane *lane, const struct gen *gen,
		   const struct fuzz_build *build, bool peer_fits)
{
	enum fuzz_kind kind;

	if (build->outcome == FUZZ_UNSUPPORTED && !loop->request->where_supported)
		sg_strv_addf(&loop->result->warnings, "%s left out: %s", gen->name, build->message);
	loop->hangs += build->outcome == FUZZ_HUNG;
	if (!fuzz_kind_of(build->outcome, &kind))
		return;
	if (peer_fits || (kind != FUZZ_KIND_REFUSAL && kind != FUZZ_KIND_TOO_LONG))
		fuzz_note_failure(loop, lane, gen, kind, build->message);
}

static int take(struct fuzz_loop *loop, struct fuzz_lane *lane, const bool *wanted,
		struct fuzz_build *builds, struct sg_err *err)
{
	const bool peer_fits = any_built(loop, wanted, builds);
	int ret = 0;

	for (size_t i = 0; i < loop->request->gen_count && !ret; i++) {
		const struct gen *gen = loop->request->gens[i];

		if (!wanted[i])
			continue;
		report(loop, lane, gen, &builds[i], peer_fits);
		if (builds[i].outcome == FUZZ_BUILT)
			ret = fuzz_lane_add(loop, lane, gen, NULL, &builds[i].filter, err);
	}
	return ret;
}

int fuzz_lane_build(struct fuzz_loop *loop, struct fuzz_lane *lane, const bool *wanted,
		    struct sg_err *err)
{
	struct fuzz_build *builds = sg_calloc(loop->request->gen_count, sizeof(*builds));
	int ret = build_all(loop, lane, wanted, builds, err);

	if (!ret)
		ret = take(loop, lane, wanted, builds, err);
	for (size_t i = 0; i < loop->request->gen_count; i++)
		fuzz_build_release(&builds[i]);
	free(builds);
	return ret;
}
