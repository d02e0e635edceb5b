/* SPDX-License-Identifier: MIT */
/*
 * A finding: what a generator got wrong, with all that is needed to see it again. It becomes a
 * directory of its own, named by its signature:
 *
 *	profile.json	the policy, minimised
 *	tuple.txt	"arch nr a0 .. a5" in hex, as eval --batch reads it (of kinds that have a
 *			tuple); the instruction pointer, where not 0, as a comment "# ip 0x..."
 *	verdicts.json	of every oracle that runs here, and the one that the policy demands
 *	filter.bpfasm	the filter; the instructions on the tuple's path have a * in their comment
 *	filter.bpf
 *	finding.json	schema version, generator and its version, kind, signature, shape, seed,
 *			architectures, objective, verdicts
 *	mix.txt		the weights, where they were not those of the bundled IO mix
 *	replay.sh	one line
 *
 * finding.json, profile.json and, with a tuple, tuple.txt are what a replay reads (and mix.txt
 * where there is one; filter.bpf for a filter that came from a file); the rest is for people.
 *
 * The signature says what kind of defect it is, so that a thousand of one kind are one: generator,
 * kind, direction, and the shape of the minimised policy (actions, operators, how many conditions,
 * width and byte order of the architecture), without names and constants. The shape in full stands
 * in finding.json; the signature ends with its hash.
 */
#ifndef SG_FUZZ_FINDING_H
#define SG_FUZZ_FINDING_H

#include "fuzz/builder.h"

enum fuzz_kind {
	FUZZ_MISMATCH,
	FUZZ_KIND_REFUSAL,
	FUZZ_KIND_CRASH,
	FUZZ_KIND_HANG,
	FUZZ_KIND_SANITIZER,
	FUZZ_KIND_TOO_LONG,
	FUZZ_KIND_PROVER, /* of ours: it calls a wrong filter equal, contradicts itself, crashes */
	FUZZ_KIND_COUNT
};
const char *fuzz_kind_name(enum fuzz_kind kind); /* "mismatch", "refusal", ... as in --json */
/* Is it about a tuple and two verdicts? A mismatch is; so is what the prover says of one. */
bool fuzz_kind_has_tuple(enum fuzz_kind kind);
/* The kind that an outcome other than a filter is; running out of memory counts as a crash. False
 * for FUZZ_BUILT and FUZZ_UNSUPPORTED. */
bool fuzz_kind_of(enum fuzz_built outcome, enum fuzz_kind *ret);

/* Valid when zeroed but for .gen and .profile. */
struct fuzz_finding {
	enum fuzz_kind kind;
	const struct gen *gen;
	char version[64]; /* of the generator that it was found in; "" before it is written */
	char *profile;    /* JSON text; owned */
	size_t profile_len;
	struct sg_strv arch_names; /* --arch, when given */
	enum gen_objective objective;
	char *mix;              /* text; owned; NULL: the bundled IO mix */
	char *raw_file;         /* the filter, for the generator raw; owned or NULL */
	struct abi_tuple tuple; /* where the kind has one */
	uint32_t wanted, got;   /* raw verdicts: the policy's and the filter's */
	char *message;          /* of a refusal, crash ..., of the prover; owned or NULL */
	uint64_t seed;
	char signature[96];
	char *directory; /* where it was written or read; owned; NULL before */
};

void fuzz_finding_release(struct fuzz_finding *finding);
/* Fills .signature from kind, generator, verdicts, tuple and profile. */
void fuzz_finding_sign(struct fuzz_finding *finding);

/*
 * Writes the directory below @dir (made when missing, with its parents) and sets .directory. It is
 * filled under a name that starts with a dot and then renamed, so that a half-written one is never
 * taken for a finding. Where one of this name is there already, it is kept: the same finding is not
 * written again, another one of the same signature gets a number behind its name.
 *
 * A finding is never lost: when the disk is full or @dir cannot be written, -errno is returned,
 * nothing is left behind, and the caller prints the finding instead (fuzz_finding_text()).
 */
int fuzz_finding_write(struct fuzz_finding *finding, const char *dir, struct sg_err *err);
/* Everything that a replay needs, as text. */
void fuzz_finding_text(const struct fuzz_finding *finding, struct sg_buf *out);
/* Reads such a directory; also one of an older run. Corrupt: SG_ERR_INPUT, one line. */
int fuzz_finding_read(const char *directory, struct fuzz_finding *ret, struct sg_err *err);

/*
 * Builds the filter again in a worker: does it still happen? 1 yes, 0 no, -errno where that cannot
 * be asked. Yes is: for a mismatch, the tuple is specified and the filter's verdict has another
 * effect than the policy's; for the prover, it calls this filter equal all the same, or fails on
 * it; else the same kind of outcome. @ret_got (may be NULL): the verdict now, untouched where there
 * is no filter.
 */
int fuzz_finding_check(const struct fuzz_finding *finding, uint32_t *ret_got, struct sg_err *err);

/*
 * Makes it small while it stays the same defect, and signs it: rules and architectures, then
 * conditions, actions and operators, then constants together with the tuple (smaller numbers, fewer
 * bits, zero words), then names. Repeated until nothing gets smaller, bounded by @seconds. Every
 * step is checked by a build. The profile becomes policy_profile_text()'s.
 *
 * The same defect is: the same kind; for a mismatch also the same direction (the filter permits
 * what the policy denies, denies what it permits, or takes another action on the same side), while
 * the verdicts themselves may change; for a refusal, a crash or a sanitizer's report also the same
 * message but for numbers and the names of calls, architectures and actions.
 *
 * Deterministic unless the time runs out. For a filter from a file only the tuple is made smaller,
 * since the file is for that policy and no other. SG_ERR_FINDING when it does not happen at all
 * (any more): the finding is then untouched.
 */
int fuzz_minimize(struct fuzz_finding *finding, double seconds, struct sg_err *err);

/*
 * ---- known findings: a file of lines "GENERATOR SIGNATURE", # starts a comment. A finding in one
 * of our own generators is never known: such a line is refused (SG_ERR_INPUT). Nor is one in the
 * prover.
 */
struct fuzz_known {
	struct sg_strv lines; /* with one blank between the two words */
};
int fuzz_known_load(const char *path, struct fuzz_known *ret, struct sg_err *err);
bool fuzz_known_has(const struct fuzz_known *known, const struct fuzz_finding *finding);
void fuzz_known_release(struct fuzz_known *known);

#endif
