/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "filters/prove/answer.h"
#include "filters/prove/minimal.h"
#include "filters/prove/regions.h"

double answer_inputs(const struct bdd_pool *pool, bdd f)
{
	return ldexp(bdd_share(pool, f), 8 * ABI_DATA_BYTES);
}

/* ---- a tuple */

static uint64_t halves(const uint32_t words[ABI_DATA_WORDS], bool big_endian, int i)
{
	const uint64_t high = words[abi_off_half(big_endian, i, true) / 4];

	return high << 32 | words[abi_off_half(big_endian, i, false) / 4];
}

struct abi_tuple answer_tuple(const uint32_t words[ABI_DATA_WORDS])
{
	struct abi_tuple tuple = {
		.nr = words[ABI_OFF_NR / 4],
		.arch = words[ABI_OFF_ARCH / 4],
	};
	const bool big_endian = abi_audit_big_endian(tuple.arch);

	tuple.ip = halves(words, big_endian, -1);
	for (int i = 0; i < 6; i++)
		tuple.args[i] = halves(words, big_endian, i);
	return tuple;
}

struct abi_tuple answer_tuple_by_rank(const uint32_t ranked[ABI_DATA_WORDS])
{
	uint32_t words[ABI_DATA_WORDS];

	for (unsigned word = 0; word < ABI_DATA_WORDS; word++)
		words[word] = ranked[sym_rank(word)];
	return answer_tuple(words);
}

/* ---- the smallest input */

/* As many zeros as ever when the word of rank @rank is @value? */
static bool is_best(struct minimal *minimal, const struct bdd_pool *pool, bdd f, unsigned rank,
		    uint32_t value)
{
	const int rest = minimal_zeros(minimal, minimal_fix(pool, f, rank, value), rank + 1);

	return rest + (value == 0) == minimal_zeros(minimal, f, rank);
}

static uint32_t best_arch(struct minimal *minimal, const struct bdd_pool *pool, bdd f)
{
	const uint32_t native = abi_arch_native()->audit;

	if (is_best(minimal, pool, f, MINIMAL_ARCH, native))
		return native;
	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++)
		if (is_best(minimal, pool, f, MINIMAL_ARCH, abi_arch(id)->audit))
			return abi_arch(id)->audit;
	return minimal_value(minimal, f, MINIMAL_ARCH);
}

static bool best_call(struct minimal *minimal, const struct bdd_pool *pool, bdd f,
		      const struct abi_arch *arch, uint32_t *ret_nr)
{
	size_t count;
	const struct abi_call *calls = abi_calls(arch, &count);

	for (size_t i = 0; i < count; i++) {
		if (is_best(minimal, pool, f, MINIMAL_NR, calls[i].nr)) {
			*ret_nr = calls[i].nr;
			return true;
		}
	}
	return false;
}

static uint32_t best_nr(struct minimal *minimal, const struct bdd_pool *pool, bdd f, uint32_t audit)
{
	uint32_t nr;

	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++)
		if (abi_arch(id)->audit == audit && best_call(minimal, pool, f, abi_arch(id), &nr))
			return nr;
	return minimal_value(minimal, f, MINIMAL_NR);
}

/* By rank. */
static void find_smallest(const struct bdd_pool *pool, bdd f, struct minimal *minimal,
			  uint32_t ranked[ABI_DATA_WORDS])
{
	ranked[MINIMAL_ARCH] = best_arch(minimal, pool, f);
	f = minimal_fix(pool, f, MINIMAL_ARCH, ranked[MINIMAL_ARCH]);
	ranked[MINIMAL_NR] = best_nr(minimal, pool, f, ranked[MINIMAL_ARCH]);
	f = minimal_fix(pool, f, MINIMAL_NR, ranked[MINIMAL_NR]);
	minimal_rest(minimal, f, MINIMAL_NR + 1, ranked);
}

static uint32_t value_at(const struct bdd_pool *pool, const struct sym *sym,
			 const uint32_t ranked[ABI_DATA_WORDS])
{
	uint32_t value = 0;

	for (unsigned bit = 0; bit < 32; bit++)
		if (minimal_holds(pool, sym->bits[bit], ranked))
			value |= 1u << bit;
	return value;
}

void answer_fill(const struct bdd_pool *pool, bdd differ, const struct sym *a, const struct sym *b,
		 struct prove_answer *ret)
{
	struct minimal *minimal = minimal_new(pool);
	uint32_t ranked[ABI_DATA_WORDS];

	find_smallest(pool, differ, minimal, ranked);
	ret->result = PROVE_DIFFERENT;
	ret->tuple = answer_tuple_by_rank(ranked);
	ret->a = value_at(pool, a, ranked);
	ret->b = value_at(pool, b, ranked);
	ret->inputs = answer_inputs(pool, differ);
	regions_list(pool, minimal, differ, a, b, ret);
	minimal_free(minimal);
}
