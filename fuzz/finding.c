/* SPDX-License-Identifier: MIT */
#include "fuzz/finding.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "fuzz/finding_private.h"

const char *fuzz_kind_name(enum fuzz_kind kind)
{
	static const char *const names[] = {
		[FUZZ_MISMATCH] = "mismatch",        [FUZZ_KIND_REFUSAL] = "refusal",
		[FUZZ_KIND_CRASH] = "crash",         [FUZZ_KIND_HANG] = "hang",
		[FUZZ_KIND_SANITIZER] = "sanitizer", [FUZZ_KIND_TOO_LONG] = "too_long",
		[FUZZ_KIND_PROVER] = "prover",
	};

	return names[kind];
}

bool fuzz_kind_has_tuple(enum fuzz_kind kind)
{
	return kind == FUZZ_MISMATCH || kind == FUZZ_KIND_PROVER;
}

bool fuzz_kind_of(enum fuzz_built outcome, enum fuzz_kind *ret)
{
	switch (outcome) {
	case FUZZ_BUILT:
	case FUZZ_UNSUPPORTED: return false;
	case FUZZ_REFUSED: *ret = FUZZ_KIND_REFUSAL; break;
	case FUZZ_CRASHED:
	case FUZZ_NO_MEMORY: *ret = FUZZ_KIND_CRASH; break;
	case FUZZ_HUNG: *ret = FUZZ_KIND_HANG; break;
	case FUZZ_SANITIZER: *ret = FUZZ_KIND_SANITIZER; break;
	case FUZZ_TOO_LONG: *ret = FUZZ_KIND_TOO_LONG; break;
	}
	return true;
}

enum finding_direction finding_direction(uint32_t wanted, uint32_t got)
{
	if (abi_verdict_allows(wanted) == abi_verdict_allows(got))
		return FINDING_OTHER_ACTION;
	return abi_verdict_allows(got) ? FINDING_PERMITS : FINDING_DENIES;
}

const char *finding_direction_name(enum finding_direction direction)
{
	static const char *const names[] = {
		[FINDING_PERMITS] = "permits",
		[FINDING_DENIES] = "denies",
		[FINDING_OTHER_ACTION] = "other-action",
	};

	return names[direction];
}

void fuzz_finding_release(struct fuzz_finding *finding)
{
	free(finding->profile);
	free(finding->mix);
	free(finding->raw_file);
	free(finding->message);
	free(finding->directory);
	sg_strv_release(&finding->arch_names);
	*finding = (struct fuzz_finding){0};
}

int finding_policy(const char *profile, size_t len, const struct sg_strv *arch_names,
		   struct policy *ret, struct sg_err *err)
{
	const struct abi_arch *arches[ABI_ARCH_COUNT];
	const size_t count = arch_names->len;

	if (count > ABI_ARCH_COUNT)
		return sg_err_input(err, E2BIG, "expected at most %d architectures, found %zu",
				    ABI_ARCH_COUNT, count);
	for (size_t i = 0; i < count; i++) {
		int bad = abi_arch_parse(arch_names->items[i], &arches[i], err);

		if (bad)
			return bad;
	}
	const struct policy_options options = {.arches = count ? arches : NULL,
					       .arch_count = count};
	return policy_parse(profile, len, "profile.json", &options, ret, err);
}

void finding_tuple_text(const struct abi_tuple *tuple, struct sg_buf *out)
{
	sg_buf_addf(out, "%" PRIx32 " %" PRIx32, tuple->arch, tuple->nr);
	for (int i = 0; i < 6; i++)
		sg_buf_addf(out, " %" PRIx64, tuple->args[i]);
}

static void add_verdicts(const struct fuzz_finding *finding, struct sg_buf *out)
{
	sg_buf_adds(out, "tuple: ");
	finding_tuple_text(&finding->tuple, out);
	sg_buf_addf(out, " (ip 0x%" PRIx64 ")\nwanted: ", finding->tuple.ip);
	abi_verdict_text(finding->wanted, out);
	sg_buf_adds(out, "\ngot: ");
	abi_verdict_text(finding->got, out);
	sg_buf_adds(out, "\n");
}

void fuzz_finding_text(const struct fuzz_finding *finding, struct sg_buf *out)
{
	sg_buf_addf(out, "%s of %s: %s\n", fuzz_kind_name(finding->kind), finding->gen->name,
		    finding->signature);
	if (finding->message)
		sg_buf_addf(out, "message: %s\n", finding->message);
	if (fuzz_kind_has_tuple(finding->kind))
		add_verdicts(finding, out);
	sg_buf_addf(out, "seed: 0x%" PRIx64 ", objective: %s\n", finding->seed,
		    gen_objective_name(finding->objective));
	for (size_t i = 0; i < finding->arch_names.len; i++)
		sg_buf_addf(out, "%s%s%s",
			    i ? "," : "architectures: ", finding->arch_names.items[i],
			    i + 1 == finding->arch_names.len ? "\n" : "");
	if (finding->mix)
		sg_buf_addf(out, "mix:\n%s", finding->mix);
	if (finding->raw_file)
		sg_buf_addf(out, "filter: %s\n", finding->raw_file);
	sg_buf_addf(out, "profile:\n%s", finding->profile);
	if (finding->profile_len && finding->profile[finding->profile_len - 1] != '\n')
		sg_buf_adds(out, "\n");
}
