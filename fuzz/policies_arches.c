/* SPDX-License-Identifier: MIT */
/*
 * The architectures of a random profile. Mostly those that stand together in real ones: libseccomp
 * takes one byte order in a filter, and does not know the youngest of ours, so that it refuses most
 * lists of any.
 */
#include <string.h>

#include "fuzz/policies_private.h"

struct arches {
	const struct abi_arch *items[ABI_ARCH_COUNT];
	size_t len;
};

static bool is_x86(const struct abi_arch *arch)
{
	return arch->id == ABI_X86_64 || arch->id == ABI_I386 || arch->id == ABI_X32;
}

static bool is_little(const struct abi_arch *arch)
{
	return !arch->big_endian && arch->id != ABI_LOONGARCH64 && arch->id != ABI_SH;
}

static bool is_big(const struct abi_arch *arch)
{
	return arch->big_endian && arch->id != ABI_M68K && arch->id != ABI_SHEB;
}

static bool is_any(const struct abi_arch *arch)
{
	(void)arch;
	return true;
}

/* Those that fit, in any order, at most @limit. */
static void draw(struct sg_rng *rng, bool (*fits)(const struct abi_arch *), size_t limit,
		 struct arches *ret)
{
	size_t order[ABI_ARCH_COUNT], i;

	ret->len = 0;
	sg_rng_permutation(rng, order, ABI_ARCH_COUNT);
	for (i = 0; i < ABI_ARCH_COUNT && ret->len < limit; i++) {
		const struct abi_arch *arch = abi_arch((enum abi_arch_id)order[i]);

		if (fits(arch))
			ret->items[ret->len++] = arch;
	}
}

/* None for half of all profiles. */
static void choose(struct sg_rng *rng, struct arches *ret)
{
	uint64_t share = sg_rng_below(rng, 100);

	ret->len = 0;
	if (share < 52)
		return;
	if (share < 78)
		draw(rng, is_x86, 1 + sg_rng_below(rng, 3), ret);
	else if (share < 92)
		draw(rng, is_little, 1 + sg_rng_below(rng, 4), ret);
	else if (share < 94)
		draw(rng, is_big, 1 + sg_rng_below(rng, 3), ret);
	else if (share < 98)
		draw(rng, is_any, 1 + sg_rng_below(rng, ABI_ARCH_COUNT), ret);
	else
		draw(rng, is_any, ABI_ARCH_COUNT, ret);
}

static void write_list(const struct arches *arches, struct sg_buf *out)
{
	size_t i;

	sg_buf_adds(out, "[");
	for (i = 0; i < arches->len; i++)
		sg_buf_addf(out, "%s\"%s\"", i ? ", " : "", arches->items[i]->scmp_name);
	sg_buf_adds(out, "]");
}

void sketch_write_arches(const struct sketch *sketch)
{
	struct arches arches;

	choose(sketch->rng, &arches);
	if (arches.len == 0)
		return;
	if (sketch_one_in(sketch, 8)) {
		sg_buf_addf(sketch->out,
			    ",\n\"archMap\": [{\"architecture\": \"%s\", \"subArchitectures\": ",
			    abi_arch_native()->scmp_name);
		write_list(&arches, sketch->out);
		sg_buf_adds(sketch->out, "}]");
		return;
	}
	sg_buf_adds(sketch->out, ",\n\"architectures\": ");
	write_list(&arches, sketch->out);
}

size_t fuzz_policy_arches(struct sg_rng *rng, const struct abi_arch *ret[ABI_ARCH_COUNT])
{
	struct arches arches;
	size_t limit = 1 + sg_rng_below(rng, 4);

	if (sg_rng_below(rng, 8))
		return 0;
	draw(rng, sg_rng_below(rng, 3) ? is_big : is_little, limit, &arches);
	memcpy(ret, arches.items, arches.len * sizeof(*ret));
	return arches.len;
}
