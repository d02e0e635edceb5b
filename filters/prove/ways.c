/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/prove/ways.h"
#include "harness/base/alloc.h"

struct ways ways_from(struct bdd_pool *pool, const struct cbpf_prog *prog, const bdd *on,
		      size_t from)
{
	struct ways ways = {.pool = pool, .prog = prog, .on = on};

	ways.reach.here = sg_calloc(prog->len, sizeof(bdd));
	ways.reach.taken = sg_calloc(prog->len, sizeof(bdd));
	ways.reach.fell = sg_calloc(prog->len, sizeof(bdd));
	ways_restart(&ways, from);
	return ways;
}

void ways_restart(struct ways *ways, size_t from)
{
	ways->from = from;
	ways->known = from;
	memset(ways->reach.here, 0, ways->prog->len * sizeof(*ways->reach.here));
	ways->reach.here[from] = BDD_TRUE;
}

void ways_release(struct ways *ways)
{
	prove_reach_release(&ways->reach);
}

void prove_reach_release(struct prove_reach *reach)
{
	free(reach->here);
	free(reach->taken);
	free(reach->fell);
	*reach = (struct prove_reach){0};
}

static void lead(struct ways *ways, size_t to, bdd inputs)
{
	ways->reach.here[to] = bdd_or(ways->pool, ways->reach.here[to], inputs);
}

static void branch(struct ways *ways, size_t pc)
{
	const struct sock_filter *insn = &ways->prog->insns[pc];
	bdd here = ways->reach.here[pc], on = ways->on[pc];
	bool both = insn->jt == insn->jf;

	ways->reach.taken[pc] = both ? here : bdd_and(ways->pool, here, on);
	ways->reach.fell[pc] = both ? here : bdd_and(ways->pool, here, bdd_not(on));
	lead(ways, pc + 1 + insn->jt, ways->reach.taken[pc]);
	lead(ways, pc + 1 + insn->jf, ways->reach.fell[pc]);
}

static void follow(struct ways *ways, size_t pc)
{
	const struct sock_filter *insn = &ways->prog->insns[pc];
	bdd here = ways->reach.here[pc];

	if (here == BDD_FALSE || BPF_CLASS(insn->code) == BPF_RET)
		return;
	if (insn->code == (BPF_JMP | BPF_JA))
		lead(ways, pc + 1 + insn->k, here);
	else if (BPF_CLASS(insn->code) == BPF_JMP)
		branch(ways, pc);
	else
		lead(ways, pc + 1, bdd_and(ways->pool, here, ways->on[pc]));
}

static void know_before(struct ways *ways, size_t pc)
{
	while (ways->known < pc)
		follow(ways, ways->known++);
}

bdd ways_on(struct ways *ways, size_t pc)
{
	know_before(ways, pc);
	return bdd_and(ways->pool, ways->reach.here[pc], ways->on[pc]);
}

bdd ways_fell(struct ways *ways, size_t pc)
{
	know_before(ways, pc);
	return bdd_and(ways->pool, ways->reach.here[pc], bdd_not(ways->on[pc]));
}

bool ways_lead(struct ways *ways, size_t pc, size_t to)
{
	know_before(ways, pc);
	return ways->reach.here[to] != BDD_FALSE;
}

struct prove_reach ways_reach(struct ways *ways)
{
	struct prove_reach reach;

	know_before(ways, ways->prog->len);
	reach = ways->reach;
	ways->reach = (struct prove_reach){0};
	return reach;
}
