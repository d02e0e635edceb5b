/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "filters/prove/answer.h"
#include "filters/prove/regions.h"
#include "harness/base/alloc.h"

#define BITS           64 /* of both verdicts */
#define FIRST_ARG_WORD (ABI_OFF_ARG(0) / 4)

/* Some of the inputs: what matters of them, as functions of the words that are still open. */
struct view {
	bdd differ;
	bdd bits[BITS]; /* of the verdicts, each function once and in place of its complement */
};

struct listing {
	const struct bdd_pool *pool;
	struct minimal *minimal;
	struct prove_answer *answer;

	/* Where in a view's bits a bit is: bit i of verdict a, bit 32 + i of verdict b. */
	struct {
		uint8_t at;
		bool complement;
	} source[BITS];
	size_t bit_count; /* of a view */

	uint32_t audit;      /* whose numbers are being listed */
	double inputs_by_nr; /* that differ, for each number of the last region */
	size_t runs;         /* of numbers, so far */
	bool ended;          /* before its time */
};

/* ---- views */

static void add_bit(struct listing *listing, struct view *view, size_t bit, bdd f)
{
	const bdd plain = f < bdd_not(f) ? f : bdd_not(f);
	size_t at = 0;

	while (at < listing->bit_count && view->bits[at] != plain)
		at++;
	if (at == listing->bit_count)
		view->bits[listing->bit_count++] = plain;
	listing->source[bit].at = (uint8_t)at;
	listing->source[bit].complement = f != plain;
}

/* Of all inputs that differ. */
static struct view whole_view(struct listing *listing, bdd differ, const struct sym *a,
			      const struct sym *b)
{
	struct view view = {.differ = differ};

	for (size_t bit = 0; bit < 32; bit++) {
		add_bit(listing, &view, bit, a->bits[bit]);
		add_bit(listing, &view, 32 + bit, b->bits[bit]);
	}
	return view;
}

/* Those whose word of rank @rank is @value. */
static struct view fix(const struct listing *listing, const struct view *view, unsigned rank,
		       uint32_t value)
{
	struct view fixed = {.differ = minimal_fix(listing->pool, view->differ, rank, value)};

	for (size_t i = 0; i < listing->bit_count; i++)
		fixed.bits[i] = minimal_fix(listing->pool, view->bits[i], rank, value);
	return fixed;
}

static bdd half_of(const struct bdd_pool *pool, bdd f, unsigned var, bool one)
{
	if (f == BDD_FALSE || f == BDD_TRUE || bdd_top(pool, f) != var)
		return f;
	return one ? bdd_high(pool, f) : bdd_low(pool, f);
}

/* Those whose variable @var, which none stands before, is @one. */
static struct view half(const struct listing *listing, const struct view *view, unsigned var,
			bool one)
{
	struct view halved = {.differ = half_of(listing->pool, view->differ, var, one)};

	for (size_t i = 0; i < listing->bit_count; i++)
		halved.bits[i] = half_of(listing->pool, view->bits[i], var, one);
	return halved;
}

static bool depends_on_nr(const struct listing *listing, const struct view *view)
{
	if (minimal_tests(listing->pool, view->differ, MINIMAL_NR))
		return true;
	for (size_t i = 0; i < listing->bit_count; i++)
		if (minimal_tests(listing->pool, view->bits[i], MINIMAL_NR))
			return true;
	return false;
}

/* @first: 0 for verdict a, 32 for verdict b. @holds: by bit of a view. */
static uint32_t verdict(const struct listing *listing, size_t first, const bool *holds)
{
	uint32_t value = 0;

	for (size_t bit = 0; bit < 32; bit++)
		if (holds[listing->source[first + bit].at] !=
		    listing->source[first + bit].complement)
			value |= 1u << bit;
	return value;
}

/* ---- regions */

static unsigned args_of(const struct listing *listing, const struct view *view)
{
	const unsigned ranks = minimal_words(listing->minimal, view->differ);
	unsigned args = 0;

	for (unsigned word = ABI_OFF_IP / 4; word < ABI_DATA_WORDS; word++)
		if (ranks & 1u << sym_rank(word))
			args |= word < FIRST_ARG_WORD ? PROVE_BY_IP
						      : 1u << (word - FIRST_ARG_WORD) / 2;
	return args;
}

/* For the numbers low..high what matters depends on the other words alone. */
static struct prove_region region_of(const struct listing *listing, const struct view *view,
				     uint32_t low, uint32_t high)
{
	uint32_t ranked[ABI_DATA_WORDS] = {[MINIMAL_ARCH] = listing->audit, [MINIMAL_NR] = low};
	bool holds[BITS] = {0};

	minimal_rest(listing->minimal, view->differ, MINIMAL_NR + 1, ranked);
	for (size_t i = 0; i < listing->bit_count; i++)
		holds[i] = minimal_holds(listing->pool, view->bits[i], ranked);
	return (struct prove_region){
		.audit = listing->audit,
		.low = low,
		.high = high,
		.a = verdict(listing, 0, holds),
		.b = verdict(listing, 32, holds),
		.args = args_of(listing, view),
		.tuple = answer_tuple_by_rank(ranked),
	};
}

static bool continues(const struct prove_region *last, const struct prove_region *next)
{
	return last->audit == next->audit && last->high + 1 == next->low && last->a == next->a &&
	       last->b == next->b && last->args == next->args;
}

static unsigned zero_words(const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS];
	unsigned zeros = 0;

	abi_tuple_words(tuple, words);
	for (unsigned word = 0; word < ABI_DATA_WORDS; word++)
		zeros += words[word] == 0;
	return zeros;
}

/* Of numbers beside each other as many inputs may differ, but not the same ones. */
static void extend(struct prove_region *last, const struct prove_region *next)
{
	last->high = next->high;
	last->inputs += next->inputs;
	if (zero_words(&next->tuple) > zero_words(&last->tuple))
		last->tuple = next->tuple;
}

static void add_region(struct listing *listing, struct prove_region region, double inputs_by_nr)
{
	struct prove_answer *answer = listing->answer;
	struct prove_region *last =
		answer->region_count ? &answer->regions[answer->region_count - 1] : NULL;

	region.inputs = inputs_by_nr * ((double)region.high - region.low + 1);
	if (last && continues(last, &region) && listing->inputs_by_nr == inputs_by_nr) {
		extend(last, &region);
		return;
	}
	if (answer->region_count == PROVE_REGIONS_MAX) {
		listing->ended = true;
		return;
	}
	SG_GROW(answer->regions, answer->region_count, answer->region_cap);
	answer->regions[answer->region_count++] = region;
	listing->inputs_by_nr = inputs_by_nr;
}

static void add_run(struct listing *listing, const struct view *view, uint32_t low, uint32_t high)
{
	/* A number and an audit value are given: the rest of the words is open. */
	const double inputs_by_nr =
		ldexp(bdd_share(listing->pool, view->differ), 32 * (ABI_DATA_WORDS - 2));

	if (++listing->runs > RUNS_MAX)
		listing->ended = true;
	else
		add_region(listing, region_of(listing, view, low, high), inputs_by_nr);
}

/* Numbers from @low on that have its bits above the lowest @bits. */
static void list_numbers(struct listing *listing, const struct view *view, uint32_t low,
			 unsigned bits)
{
	if (view->differ == BDD_FALSE || listing->ended)
		return;
	if (!depends_on_nr(listing, view)) {
		add_run(listing, view, low, low + (uint32_t)((1ull << bits) - 1));
		return;
	}
	bits--;
	const unsigned var = 32 * MINIMAL_NR + 31 - bits;
	const struct view zero = half(listing, view, var, false);
	const struct view one = half(listing, view, var, true);
	list_numbers(listing, &zero, low, bits);
	list_numbers(listing, &one, low + (1u << bits), bits);
}

/* ---- audit values */

static void list_audit(struct listing *listing, const struct view *whole, uint32_t audit)
{
	const struct view view = fix(listing, whole, MINIMAL_ARCH, audit);

	listing->audit = audit;
	list_numbers(listing, &view, 0, 32);
}

static bool is_first_of_audit(const struct abi_arch *arch)
{
	return abi_arch_by_audit(arch->audit) == arch;
}

static void list_known(struct listing *listing, const struct view *whole)
{
	const uint32_t native = abi_arch_native()->audit;

	list_audit(listing, whole, native);
	for (unsigned id = 0; id < ABI_ARCH_COUNT; id++) {
		const struct abi_arch *arch = abi_arch((enum abi_arch_id)id);

		if (is_first_of_audit(arch) && arch->audit != native)
			list_audit(listing, whole, arch->audit);
	}
}

/* Audit values with differences that abi.h does not know: the lowest, and whether it is alone. */
struct others {
	uint32_t lowest;
	size_t count; /* stops at 2 */
};

static void count_others(const struct bdd_pool *pool, bdd differ, uint32_t low, unsigned bits,
			 struct others *others)
{
	if (differ == BDD_FALSE || others->count == 2)
		return;
	if (minimal_tests(pool, differ, MINIMAL_ARCH)) {
		bits--;
		const unsigned var = 32 * MINIMAL_ARCH + 31 - bits;

		count_others(pool, half_of(pool, differ, var, false), low, bits, others);
		count_others(pool, half_of(pool, differ, var, true), low + (1u << bits), bits,
			     others);
		return;
	}
	for (uint64_t i = 0; i < 1ull << bits && others->count < 2; i++) {
		const uint32_t audit = low + (uint32_t)i;

		if (abi_arch_by_audit(audit))
			continue;
		if (others->count++ == 0)
			others->lowest = audit;
	}
}

static void list_others(struct listing *listing, const struct view *whole)
{
	struct others others = {0};

	count_others(listing->pool, whole->differ, 0, 32, &others);
	if (others.count)
		list_audit(listing, whole, others.lowest);
	if (others.count > 1)
		listing->answer->more_regions = true;
}

static int compare_regions(const void *a, const void *b)
{
	const struct prove_region *one = a, *two = b;

	if (one->audit != two->audit)
		return one->audit > two->audit ? 1 : -1;
	return (one->low > two->low) - (one->low < two->low);
}

void regions_list(const struct bdd_pool *pool, struct minimal *minimal, bdd differ,
		  const struct sym *a, const struct sym *b, struct prove_answer *ret)
{
	struct listing listing = {.pool = pool, .minimal = minimal, .answer = ret};
	const struct view whole = whole_view(&listing, differ, a, b);

	list_known(&listing, &whole);
	list_others(&listing, &whole);
	ret->more_regions |= listing.ended;
	qsort(ret->regions, ret->region_count, sizeof(*ret->regions), compare_regions);
}
