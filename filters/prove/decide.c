/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/prove/decide.h"
#include "harness/base/alloc.h"

struct outcomes outcomes_new(struct bdd_pool *pool)
{
	struct outcomes outcomes = {.pool = pool};
	struct sym kill_thread = sym_const(0);

	decide_always(&outcomes, &kill_thread); /* gets the number 0 */
	return outcomes;
}

void outcomes_release(struct outcomes *outcomes)
{
	free(outcomes->verdicts);
	free(outcomes->effects);
	*outcomes = (struct outcomes){0};
}

static struct decision always(size_t number)
{
	return (struct decision){.yes = number, .no = number};
}

static bool is_always(struct decision decision)
{
	return decision.yes == decision.no;
}

static struct decision choice(bdd when, size_t yes, size_t no)
{
	if (when <= BDD_TRUE)
		return always(when == BDD_TRUE ? yes : no);
	return (struct decision){when, yes, no};
}

static struct decision add_outcome(struct outcomes *outcomes, const struct sym *verdict)
{
	SG_GROW(outcomes->verdicts, outcomes->count, outcomes->cap);
	outcomes->verdicts[outcomes->count] = *verdict;
	return always(outcomes->count++);
}

struct decision decide_always(struct outcomes *outcomes, const struct sym *effect)
{
	uint32_t value;

	if (!sym_is_const(effect, &value))
		return add_outcome(outcomes, effect);
	for (size_t i = 0; i < outcomes->effect_count; i++)
		if (sym_same(&outcomes->verdicts[outcomes->effects[i]], effect))
			return always(outcomes->effects[i]);
	SG_GROW(outcomes->effects, outcomes->effect_count, outcomes->effect_cap);
	outcomes->effects[outcomes->effect_count++] = outcomes->count;
	return add_outcome(outcomes, effect);
}

struct sym decided(struct outcomes *outcomes, struct decision decision)
{
	return sym_ite(outcomes->pool, decision.when, &outcomes->verdicts[decision.yes],
		       &outcomes->verdicts[decision.no]);
}

struct decision decide_now(struct outcomes *outcomes, struct decision decision)
{
	if (is_always(decision))
		return decision;
	struct sym verdict = decided(outcomes, decision);

	return add_outcome(outcomes, &verdict);
}

/* Puts it as a choice between these two outcomes, in this order, where it is one. */
static bool is_between(struct decision decision, size_t yes, size_t no, bdd *ret_when)
{
	if (is_always(decision) && (decision.yes == yes || decision.yes == no))
		*ret_when = decision.yes == yes ? BDD_TRUE : BDD_FALSE;
	else if (decision.yes == yes && decision.no == no)
		*ret_when = decision.when;
	else if (decision.yes == no && decision.no == yes)
		*ret_when = bdd_not(decision.when);
	else
		return false;
	return true;
}

struct decision decide(struct outcomes *outcomes, bdd cond, struct decision yes, struct decision no)
{
	struct decision pair = is_always(yes) ? no : yes;
	bdd when_yes, when_no;

	if (cond <= BDD_TRUE)
		return cond == BDD_TRUE ? yes : no;
	if (is_always(pair)) /* as both are */
		return choice(cond, yes.yes, no.yes);
	if (is_between(yes, pair.yes, pair.no, &when_yes) &&
	    is_between(no, pair.yes, pair.no, &when_no))
		return choice(bdd_ite(outcomes->pool, cond, when_yes, when_no), pair.yes, pair.no);
	yes = decide_now(outcomes, yes);
	no = decide_now(outcomes, no);
	return choice(cond, yes.yes, no.yes);
}
