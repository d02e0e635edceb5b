/* SPDX-License-Identifier: MIT */
/*
 * Private to fuzz: between the files that make, read, check, sign and minimise findings.
 */
#ifndef SG_FUZZ_FINDING_PRIVATE_H
#define SG_FUZZ_FINDING_PRIVATE_H

#include "fuzz/finding.h"
#include "fuzz/proof.h"
#include "harness/base/json.h"

/* ---- finding.c */

/* In which direction a filter is wrong: part of what makes two mismatches one defect. */
enum finding_direction { FINDING_PERMITS, FINDING_DENIES, FINDING_OTHER_ACTION };
enum finding_direction finding_direction(uint32_t wanted, uint32_t got);
const char *finding_direction_name(enum finding_direction direction); /* "permits" ... */

/* The policy of a profile, on these architectures (none: its own). The caller releases. */
int finding_policy(const char *profile, size_t len, const struct sg_strv *arch_names,
		   struct policy *ret, struct sg_err *err);
/* "c000003e 0 0 0 0 0 0 0", without the instruction pointer. */
void finding_tuple_text(const struct abi_tuple *tuple, struct sg_buf *out);

/* ---- finding_sign.c */

/* What the signature's hash is made of. */
void finding_shape(const struct fuzz_finding *finding, struct sg_buf *out);
/* What makes two refusals (or crashes ...) one: the message, without examples. "" where the
 * kind says all. */
void finding_reason(enum fuzz_kind kind, const char *message, struct sg_buf *out);

/* ---- finding_check.c: one generator asked again and again about one defect */

struct finding_probe {
	const struct gen *gen;
	struct fuzz_builder *builder; /* NULL for raw */
	struct fuzz_prover *prover;   /* NULL but for defects of the prover */
	struct cbpf_prog raw;
	struct mix mix;
	enum gen_objective objective;
};

/* @cpu_s as for fuzz_builder_new(). */
int finding_probe_open(const struct fuzz_finding *finding, double cpu_s, struct finding_probe *ret,
		       struct sg_err *err);
void finding_probe_close(struct finding_probe *probe);

/* What came of one profile. Valid when zeroed; owned. */
struct finding_trial {
	struct policy policy; /* as it reads */
	struct fuzz_build build;
	struct fuzz_proof proof; /* where there is a prover, of a filter */
};
/* -errno when the profile cannot be read or no worker can be made. */
int finding_probe_run(struct finding_probe *probe, const char *profile, size_t len,
		      const struct sg_strv *arch_names, struct finding_trial *ret,
		      struct sg_err *err);
void finding_trial_release(struct finding_trial *trial);

/* Is this outcome one of @kind? With a tuple it decides, too, and both verdicts are set. */
bool finding_trial_shows(const struct finding_trial *trial, enum fuzz_kind kind,
			 const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got);
/* What is to be said of it; "" where verdicts say all. */
const char *finding_trial_message(const struct finding_trial *trial, enum fuzz_kind kind);
#define FINDING_CALLED_EQUAL "the prover calls the filter equal to its policy"

/* ---- finding_files.c: the content of a directory's files */

void finding_tuple_file(const struct fuzz_finding *finding, struct sg_buf *out);
void finding_json_file(const struct fuzz_finding *finding, struct sg_buf *out);
void finding_verdicts_file(const struct fuzz_finding *finding, const struct finding_trial *trial,
			   struct sg_buf *out);
/* With the path of the tuple marked, for a mismatch. */
void finding_asm_file(const struct fuzz_finding *finding, const struct gen_filter *filter,
		      struct sg_buf *out);

#define FINDING_SCHEMA_VERSION 1

#endif
