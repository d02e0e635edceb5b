/* SPDX-License-Identifier: MIT */
#include "filters/prove/sym.h"
#include "harness/base/alloc.h"

/* Whatever abi_verdict_effect() leaves as it is. */
static const uint32_t actions[] = {
	ABI_RET_KILL_PROCESS, ABI_RET_KILL_THREAD, ABI_RET_TRAP, ABI_RET_ERRNO,
	ABI_RET_USER_NOTIF,   ABI_RET_TRACE,       ABI_RET_LOG,  ABI_RET_ALLOW,
};

/* The value where it has the high half of @action, else something else. */
static bdd has_action(struct bdd_pool *pool, const struct sym *a, uint32_t action)
{
	struct sym high = sym_const(ABI_RET_ACTION_FULL), wanted = sym_const(action);

	high = sym_and(pool, a, &high);
	return sym_eq(pool, &high, &wanted);
}

/* The effect of a value with the high half of @action. */
static struct sym effect_of(struct bdd_pool *pool, const struct sym *a, uint32_t action)
{
	uint32_t most = abi_verdict_effect(action | ABI_RET_DATA);
	struct sym ret = sym_const(most);

	if (most == action) /* the kernel does not look at the data */
		return ret;
	bdd capped = BDD_FALSE;

	for (int i = 0; i < 16; i++)
		if (!(most >> i & 1))
			capped = bdd_or(pool, capped, a->bits[i]);
	for (int i = 0; i < 16; i++)
		if (most >> i & 1)
			ret.bits[i] = bdd_or(pool, capped, a->bits[i]);
	return ret;
}

struct sym sym_effect(struct bdd_pool *pool, const struct sym *a)
{
	uint32_t value;
	struct sym ret = sym_const(ABI_RET_KILL_PROCESS); /* of unknown actions */

	if (sym_is_const(a, &value))
		return sym_const(abi_verdict_effect(value));
	for (size_t i = 0; i < SG_COUNT(actions); i++) {
		bdd has = has_action(pool, a, actions[i]);
		struct sym effect = effect_of(pool, a, actions[i]);

		if (has != BDD_FALSE)
			ret = sym_ite(pool, has, &effect, &ret);
	}
	return ret;
}
