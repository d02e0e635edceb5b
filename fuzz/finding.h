/* SPDX-License-Identifier: MIT */
/*
 * A finding: what a generator got wrong, with all that is needed to see it again. It becomes a
 * directory of its own:
 *
 *	profile.json	the policy, minimised
 *	tuple.txt	"arch nr a0 .. a5 ip" in hex, as eval --batch reads it (mismatches only)
 *	verdicts.json	of every oracle; the one that the policy demands
 *	filter.bpfasm	the filter, the path taken marked in comments
 *	filter.bpf
 *	finding.json	generator, version, kind, signature, seed, options
 *	replay.sh	one line
 *
 * The signature says what kind of defect it is, so that a thousand of one kind are one: generator,
 * kind, and the shape of the minimised policy (actions, operators, how many conditions, width of
 *the architecture), without names and constants.
 */
#ifndef SG_FUZZ_FINDING_H
#define SG_FUZZ_FINDING_H

#include "filters/gen/gen.h"
#include "fuzz/builder.h"

enum fuzz_kind {
	FUZZ_MISMATCH,
	FUZZ_KIND_REFUSAL,
	FUZZ_KIND_CRASH,
	FUZZ_KIND_HANG,
	FUZZ_KIND_SANITIZER,
	FUZZ_KIND_TOO_LONG,
	FUZZ_KIND_COUNT
};
const char *fuzz_kind_name(enum fuzz_kind kind); /* "mismatch", "refusal", ... as in --json */

struct fuzz_finding {
	enum fuzz_kind kind;
	const struct gen *gen;
	char *profile; /* JSON text; owned */
	size_t profile_len;
	struct sg_strv arch_names; /* --arch, when given */
	struct abi_tuple tuple;    /* mismatches */
	uint32_t wanted, got;      /* raw verdicts: the policy's and the filter's */
	char *message;             /* of a refusal, crash ...; owned or NULL */
	uint64_t seed;
	char signature[96];
	char *directory; /* where it was written; owned; NULL before */
};

void fuzz_finding_release(struct fuzz_finding *finding);
void fuzz_finding_sign(struct fuzz_finding *finding);

/*
 * Writes the directory below @dir (made when missing). A finding is never lost: when the disk is
 * full or @dir cannot be written, -errno is returned and the caller prints the finding instead
 * (fuzz_finding_text()).
 */
int fuzz_finding_write(struct fuzz_finding *finding, const char *dir, struct sg_err *err);
void fuzz_finding_text(const struct fuzz_finding *finding, struct sg_buf *out);
/* Reads such a directory; also one of an older run. Corrupt: SG_ERR_INPUT, one line. */
int fuzz_finding_read(const char *directory, struct fuzz_finding *ret, struct sg_err *err);

/* Does it still happen? 1 yes, 0 no, -errno. @ret_got (may be NULL): the verdict now. */
int fuzz_finding_check(const struct fuzz_finding *finding, uint32_t *ret_got, struct sg_err *err);

/*
 * Makes it small while it stays the same defect: rules, then conditions, then constants, then the
 * tuple (as many zero words as possible), then architectures. Bounded by @seconds.
 */
int fuzz_minimize(struct fuzz_finding *finding, double seconds, struct sg_err *err);

/* ---- known findings: a file of lines "GENERATOR SIGNATURE # comment" */
struct fuzz_known {
	struct sg_strv lines;
};
int fuzz_known_load(const char *path, struct fuzz_known *ret, struct sg_err *err);
bool fuzz_known_has(const struct fuzz_known *known, const struct fuzz_finding *finding);
void fuzz_known_release(struct fuzz_known *known);

#endif
