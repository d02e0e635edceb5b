/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "fuzz/tuples_private.h"

struct fuzz_tuples *fuzz_tuples_new(const struct policy *policy,
				    const struct cbpf_prog *const *progs, size_t prog_count)
{
	struct fuzz_tuples *tuples = sg_calloc(1, sizeof(*tuples));
	struct fuzz_constants constants;

	fuzz_constants_read(progs, prog_count, &constants);
	struct fuzz_planner *planner = fuzz_planner_new(tuples, policy, &constants);
	fuzz_sites_make(tuples, policy, &constants, planner);
	fuzz_planner_free(planner);
	fuzz_constants_release(&constants);
	return tuples;
}

void fuzz_tuples_free(struct fuzz_tuples *tuples)
{
	if (!tuples)
		return;
	for (int kind = 0; kind < FUZZ_SITE_KINDS; kind++)
		free(tuples->sites[kind].items);
	fuzz_values_release(&tuples->values);
	free(tuples->plans);
	free(tuples);
}

/* ---- filling */

/* Sixteen random bits pick one of @count. */
static uint32_t pick(uint32_t count, uint64_t bits)
{
	return (count * (bits & 0xffff)) >> 16;
}

static uint64_t draw(const struct fuzz_tuples *tuples, const struct fuzz_span *span, uint64_t bits)
{
	return tuples->values.items[span->first + pick(span->len, bits)];
}

static inline void fill_one(const struct fuzz_tuples *tuples, const struct fuzz_site *site,
			    struct sg_rng *rng, struct abi_tuple *out)
{
	const uint64_t one = sg_rng_u64(rng), two = sg_rng_u64(rng);
	const struct fuzz_plan *plan =
		&tuples->plans[site->plans.first + pick(site->plans.count, one >> 48)];

	out->nr = site->nr;
	out->arch = site->arch;
	out->ip = draw(tuples, &plan->words[FUZZ_IP], one >> 32);
	out->args[0] = draw(tuples, &plan->words[0], one >> 16);
	out->args[1] = draw(tuples, &plan->words[1], one);
	out->args[2] = draw(tuples, &plan->words[2], two >> 48);
	out->args[3] = draw(tuples, &plan->words[3], two >> 32);
	out->args[4] = draw(tuples, &plan->words[4], two >> 16);
	out->args[5] = draw(tuples, &plan->words[5], two);
}

/* The lower half of @bits picks one of a kind. */
static const struct fuzz_site *draw_site(const struct fuzz_tuples *tuples, enum fuzz_site_kind kind,
					 uint64_t bits)
{
	const struct fuzz_sites *sites = &tuples->sites[kind];

	return &sites->items[(uint32_t)bits * sites->len >> 32];
}

/* A site, left alone, with a bit of the number or of the architecture changed, or any number. */
static struct fuzz_site noise_site(const struct fuzz_tuples *tuples, struct sg_rng *rng)
{
	const uint64_t bits = sg_rng_u64(rng);
	const enum fuzz_site_kind kind = tuples->kinds[bits % FUZZ_DRAWS];
	struct fuzz_site site =
		*draw_site(tuples, kind < FUZZ_SITE_KINDS ? kind : FUZZ_PLAIN, sg_rng_u64(rng));

	switch (bits >> 8 & 7) {
	case 0: site.arch ^= 1u << (bits >> 16 & 31); break;
	case 1: site.nr = bits >> 32; break;
	case 2:
	case 3:
	case 4: site.nr ^= 1u << (bits >> 16 & 31); break;
	default: break;
	}
	return site;
}

static void add_noise(struct sg_rng *rng, struct abi_tuple *out)
{
	const uint64_t which = sg_rng_u64(rng);

	if (which & 1)
		out->ip = sg_rng_u64(rng);
	for (int arg = 0; arg < 6; arg++)
		if (which >> 8 & 1u << arg)
			out->args[arg] = sg_rng_u64(rng);
}

static void fill_noise(const struct fuzz_tuples *tuples, struct sg_rng *rng, struct abi_tuple *out,
		       size_t count)
{
	const struct fuzz_site site = noise_site(tuples, rng);

	const bool arguments_too = sg_rng_u64(rng) & 1;

	for (size_t i = 0; i < count; i++) {
		fill_one(tuples, &site, rng, &out[i]);
		if (arguments_too)
			add_noise(rng, &out[i]);
	}
}

static void fill_run(const struct fuzz_tuples *tuples, struct sg_rng *rng, struct abi_tuple *out,
		     size_t count)
{
	const uint64_t bits = sg_rng_u64(rng);
	const enum fuzz_site_kind kind = tuples->kinds[bits >> 58];

	if (kind == FUZZ_SITE_KINDS) {
		fill_noise(tuples, rng, out, count);
		return;
	}
	const struct fuzz_site *site = draw_site(tuples, kind, bits);
	for (size_t i = 0; i < count; i++)
		fill_one(tuples, site, rng, &out[i]);
}

void fuzz_tuples_fill(const struct fuzz_tuples *tuples, struct sg_rng *rng, struct abi_tuple *out,
		      size_t count)
{
	for (size_t done = 0; done < count; done += FUZZ_TUPLES_RUN)
		fill_run(tuples, rng, out + done,
			 count - done < FUZZ_TUPLES_RUN ? count - done : FUZZ_TUPLES_RUN);
}
