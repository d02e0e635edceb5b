/* SPDX-License-Identifier: MIT */
/*
 * Fuzz targets: one file a target, one row in registry.inc, and three drivers (drivers/) that hand
 * each the same bytes: libFuzzer, AFL++ in persistent mode, and a plain replay of files.
 *
 * A target returns 0 whatever the bytes are, releases all that it took, and does the same for the
 * same bytes whenever it is asked: what it draws, it draws from them. A property that does not hold
 * ends the process with one line and a signal, which every driver takes for a finding.
 */
#ifndef SG_FUZZ_TARGETS_H
#define SG_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"
#include "filters/prove/prove.h"
#include "fuzz/targets/mutate.h"
#include "harness/base/error.h"
#include "harness/base/rng.h"

struct fuzz_target {
	const char *name;
	const char *summary;
	int (*run)(const uint8_t *data, size_t len);
	fuzz_mutator *mutate; /* NULL: none */
};
extern const struct fuzz_target fuzz_targets[]; /* ends with name NULL */

#define TARGET(name, mutator, summary) int fuzz_target_##name(const uint8_t *data, size_t len);
#include "fuzz/targets/registry.inc"
#undef TARGET

/* What is too slow for each input is done for one in some, the same ones each time; set, it is done
 * for every input (replay). */
extern bool fuzz_thorough;

/* ---- what targets share */

/* "fuzz: TEXT" on standard error, and SIGABRT. */
void fuzz_fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
#define FUZZ_REQUIRE(holds, ...)                \
	do {                                    \
		if (!(holds))                   \
			fuzz_fail(__VA_ARGS__); \
	} while (0)

/* A random state that the bytes alone decide. */
struct sg_rng fuzz_rng_of(const uint8_t *data, size_t len);
/* Is this input the one in so many that gets a slow check? */
bool fuzz_is_sampled(struct sg_rng *rng, unsigned int one_in);
/* The bytes as instructions; what is left of them at the end is no part. @ret must be zeroed. */
void fuzz_prog_of(const uint8_t *data, size_t len, struct cbpf_prog *ret);
/* An input whose words are near what the program compares with, some of them. */
struct abi_tuple fuzz_input_near(const struct cbpf_prog *prog, struct sg_rng *rng);
/* A refusal is a negative errno, bad input, and one line for people. */
void fuzz_require_refusal(int code, const struct sg_err *err);

/* ---- parts, for tests that hand them what is wrong */

/* The kernel's own answer, without a filter being installed: 1 accepted, 0 refused, -errno. */
int fuzz_kernel_accepts(const struct cbpf_prog *prog);
/* Disassembled and assembled again, the program is the same. */
void fuzz_require_round_trip(const struct cbpf_prog *prog);
/* All that holds for a program which passed the verifier. */
void fuzz_require_sound(const struct cbpf_prog *prog, struct sg_rng *rng);
/* What the prover says of two programs holds for many inputs, and it says something where it must.
 */
void fuzz_require_proof(const struct cbpf_prog *a, const struct cbpf_prog *b,
			const struct prove_answer *answer, struct sg_rng *rng);
/* No input gets where the prover says that none does. */
void fuzz_require_dead(const struct cbpf_prog *prog, const struct prove_dead *dead,
		       struct sg_rng *rng);
/* The verdicts are what the program's machine code says of the tuples. */
void fuzz_require_compiled(const struct cbpf_prog *prog, const struct abi_tuple *tuples,
			   const uint32_t *verdicts, size_t count);
/* The program says what the policy demands, for each tuple. */
void fuzz_require_agreement(const struct policy *policy, const struct cbpf_prog *prog,
			    const struct abi_tuple *tuples, size_t count);

#endif
