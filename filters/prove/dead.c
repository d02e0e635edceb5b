/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/prove.h"
#include "filters/prove/run.h"
#include "harness/base/alloc.h"

static void read_off(const struct prove_reach *reach, size_t len, struct prove_dead *ret)
{
	ret->known = true;
	for (size_t pc = 0; pc < len; pc++) {
		bool never_taken = reach->taken[pc] == BDD_FALSE;
		bool never_fell = reach->fell[pc] == BDD_FALSE;

		ret->insn[pc] = reach->here[pc] == BDD_FALSE;
		ret->insns += ret->insn[pc];
		if (never_taken == never_fell) /* both edges live, or no jump that is reached */
			continue;
		ret->taken[pc] = never_taken;
		ret->fell[pc] = never_fell;
		ret->edges++;
	}
}

void prove_dead(const struct cbpf_prog *prog, const struct prove_options *options,
		struct prove_dead *ret)
{
	struct bdd_pool *pool = bdd_pool_new(options->node_limit);
	struct prove_reach reach;

	*ret = (struct prove_dead){
		.insn = sg_calloc(prog->len, sizeof(bool)),
		.taken = sg_calloc(prog->len, sizeof(bool)),
		.fell = sg_calloc(prog->len, sizeof(bool)),
	};
	prove_run(pool, prog, &reach);
	if (!bdd_exhausted(pool))
		read_off(&reach, prog->len, ret);
	prove_reach_release(&reach);
	bdd_pool_free(pool);
}

void prove_dead_release(struct prove_dead *dead)
{
	free(dead->insn);
	free(dead->taken);
	free(dead->fell);
	*dead = (struct prove_dead){0};
}
