/* SPDX-License-Identifier: MIT */
/* The conditions of a random profile, and the values that they compare with. */
#include "fuzz/policies_private.h"

#define LOW_HALF 0xffffffffu

/* ---- values */

/* What the others are near to. */
static uint64_t base_value(const struct sketch *sketch)
{
	/* Namespaces of clone, the mask that Docker has; AF_VSOCK; PER_LINUX32; O_TMPFILE. */
	static const uint64_t known[] = {0x7e020000, 0x02000000, 40, 8, 0x20008, 0x410000};

	switch (sg_rng_below(sketch->rng, 5)) {
	case 0: return sg_rng_below(sketch->rng, 16);
	case 1: return SKETCH_PICK(sketch, known);
	case 2: return sg_rng_u64(sketch->rng) & 0x0000000700000007;
	case 3: return 1ull << sg_rng_below(sketch->rng, 64);
	default: return sg_rng_u64(sketch->rng) & sg_rng_u64(sketch->rng);
	}
}

void sketch_make_values(struct sketch *sketch)
{
	size_t count = 1 + sg_rng_below(sketch->rng, 3), i;

	for (i = 0; i < count; i++)
		fuzz_values_near(&sketch->values, base_value(sketch));
	fuzz_values_generic(&sketch->values);
}

static uint64_t value(const struct sketch *sketch)
{
	const struct fuzz_values *values = &sketch->values;
	uint64_t drawn = sketch_one_in(sketch, 12)
				 ? base_value(sketch)
				 : values->items[sg_rng_below(sketch->rng, values->len)];

	return sketch->narrow ? drawn & LOW_HALF : drawn;
}

/* ---- conditions */

/* One that few values meet. */
static struct policy_cond distinct_condition(const struct sketch *sketch, size_t arg)
{
	struct policy_cond cond = {.arg = (uint8_t)arg, .op = POLICY_EQ};

	cond.value = sg_rng_u64(sketch->rng);
	cond.value >>= sg_rng_below(sketch->rng, 48);
	if (sketch->narrow)
		cond.value &= LOW_HALF;
	return cond;
}

static struct policy_cond condition(const struct sketch *sketch, size_t arg)
{
	struct policy_cond cond = {.arg = (uint8_t)arg};

	if (sketch->distinct && !sketch_one_in(sketch, 20))
		return distinct_condition(sketch, arg);
	cond.op = (enum policy_op)sg_rng_below(sketch->rng, POLICY_MASKED_EQ + 1);
	cond.value = value(sketch);
	if (cond.op != POLICY_MASKED_EQ)
		return cond;
	cond.value_two = value(sketch);
	/* Bits outside the mask say nothing, and are there in real profiles. */
	if (!sketch_one_in(sketch, 4))
		cond.value_two &= cond.value;
	return cond;
}

/* Of each number of conditions, how many entries in a hundred. */
static size_t condition_count(const struct sketch *sketch)
{
	static const uint8_t shares[] = {34, 32, 14, 7, 5, 4, 4};
	uint64_t left = sg_rng_below(sketch->rng, 100);
	size_t count = 0;

	while (left >= shares[count])
		left -= shares[count++];
	return count || !sketch->distinct ? count : 1;
}

void sketch_conds(const struct sketch *sketch, struct sketch_entry *entry)
{
	size_t order[6], i;

	sg_rng_permutation(sketch->rng, order, SG_COUNT(order));
	entry->cond_count = condition_count(sketch);
	for (i = 0; i < entry->cond_count; i++)
		entry->conds[i] = condition(sketch, order[i]);
	/* An index twice: runc and crun make a rule of each condition. */
	while (entry->cond_count && entry->cond_count < SKETCH_CONDS && sketch_one_in(sketch, 16))
		entry->conds[entry->cond_count++] =
			condition(sketch, sg_rng_below(sketch->rng, SG_COUNT(order)));
}

/* ---- entries beside an entry */

/* What holds exactly where the other does not; MASKED_EQ has none. */
static enum policy_op opposite(enum policy_op op)
{
	static const enum policy_op opposites[] = {
		[POLICY_NE] = POLICY_EQ,
		[POLICY_LT] = POLICY_GE,
		[POLICY_LE] = POLICY_GT,
		[POLICY_EQ] = POLICY_NE,
		[POLICY_GE] = POLICY_LT,
		[POLICY_GT] = POLICY_LE,
		[POLICY_MASKED_EQ] = POLICY_MASKED_EQ,
	};

	return opposites[op];
}

static uint64_t beside(const struct sketch *sketch, uint64_t old)
{
	switch (sg_rng_below(sketch->rng, 6)) {
	case 0: return old + 1;
	case 1: return old - 1;
	case 2: return old ^ 1ull << sg_rng_below(sketch->rng, 64);
	case 3: return (old & LOW_HALF) | (value(sketch) & ~(uint64_t)LOW_HALF);
	case 4: return (old & ~(uint64_t)LOW_HALF) | (value(sketch) & LOW_HALF);
	default: return value(sketch);
	}
}

static void vary(const struct sketch *sketch, struct policy_cond *cond)
{
	uint64_t *word = cond->op == POLICY_MASKED_EQ ? &cond->value_two : &cond->value;
	uint64_t old = *word;

	if (cond->op == POLICY_MASKED_EQ || !sketch_one_in(sketch, 3))
		*word = beside(sketch, old);
	if (sketch->narrow)
		*word &= LOW_HALF;
	/* With the same value a division in two, else ranges that overlap or leave a gap. */
	if (*word == old || sketch_one_in(sketch, 2))
		cond->op = opposite(cond->op);
}

void sketch_vary_conds(const struct sketch *sketch, struct sketch_entry *entry)
{
	size_t at;

	if (entry->cond_count == 0) {
		sketch_conds(sketch, entry);
		return;
	}
	at = sg_rng_below(sketch->rng, entry->cond_count);
	/* Rare, as libseccomp 2.5 may run for ever on a rule that is a part of another one. */
	if (sketch_one_in(sketch, 16))
		entry->conds[at] = entry->conds[--entry->cond_count];
	else
		vary(sketch, &entry->conds[at]);
}

/* ---- text */

static void write_cond(const struct policy_cond *cond, struct sg_buf *out)
{
	sg_buf_addf(out, "{\"index\": %u, \"op\": \"SCMP_CMP_%s\", \"value\": %llu", cond->arg,
		    policy_op_name(cond->op), (unsigned long long)cond->value);
	if (cond->op == POLICY_MASKED_EQ)
		sg_buf_addf(out, ", \"valueTwo\": %llu", (unsigned long long)cond->value_two);
	sg_buf_adds(out, "}");
}

void sketch_write_conds(const struct sketch *sketch, const struct sketch_entry *entry)
{
	size_t i;

	if (entry->cond_count == 0)
		return;
	sg_buf_adds(sketch->out, ", \"args\": [");
	for (i = 0; i < entry->cond_count; i++) {
		sg_buf_adds(sketch->out, i ? ", " : "");
		write_cond(&entry->conds[i], sketch->out);
	}
	sg_buf_adds(sketch->out, "]");
}
