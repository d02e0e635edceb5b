/* SPDX-License-Identifier: MIT */
/*
 * Generators: a policy becomes a filter. One file a generator, one row in registry.inc.
 *
 * A generator that is somebody else's code runs in a child with a deadline and a memory limit;
 * its hang, crash or refusal is SG_ERR_FINDING. What leaves here has passed cbpf_verify(); what
 * does not is SG_ERR_FINDING too, with -E2BIG where it is longer than the kernel takes, -ENOEXEC
 * where the kernel refuses an instruction.
 *
 * What our own generators make is proved equal to its policy before it leaves.
 */
#ifndef SG_GEN_GEN_H
#define SG_GEN_GEN_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"
#include "filters/prove/prove.h"
#include "workloads/mix.h"

enum gen_objective { GEN_MIX, GEN_LEFT, GEN_UNIFORM, GEN_WORST, GEN_INSTALL };
/* "mix", "left" ...; -EINVAL with the nearest name. */
int gen_objective_parse(const char *text, enum gen_objective *ret, struct sg_err *err);
const char *gen_objective_name(enum gen_objective objective);

/* Passes of the tuned generator: what --without can switch off, a bit each. */
enum gen_pass_index {
#define GEN_PASS(id, name, summary) GEN_PASS_INDEX_##id,
#include "filters/gen/passes.inc"
#undef GEN_PASS
	GEN_PASS_COUNT
};
enum gen_pass_bit {
#define GEN_PASS(id, name, summary) GEN_PASS_##id = 1 << GEN_PASS_INDEX_##id,
#include "filters/gen/passes.inc"
#undef GEN_PASS
};
struct gen_pass {
	unsigned int bit;
	const char *name, *summary;
};
extern const struct gen_pass gen_passes[]; /* in the order of their work; ends with name NULL */
/* Adds the bit of the pass; -EINVAL with the nearest name. */
int gen_pass_parse(const char *name, unsigned int *passes, struct sg_err *err);

struct gen_request {
	const struct policy *policy; /* may be NULL for a generator with needs_policy false */
	const struct mix *mix;       /* weights; never NULL */
	enum gen_objective objective;
	double timeout_s;        /* 0: the default of 10 */
	const char *raw_file;    /* for `raw`: an array of struct sock_filter, or NAME.bpfasm */
	bool no_verify;          /* no proof, for timing, and for whoever proves by himself */
	unsigned int passes_off; /* GEN_PASS_* bits; for `tuned` */
};

/* What the proof of a filter against its policy came to. One that differs never leaves. */
enum gen_verify {
	GEN_UNVERIFIED, /* nobody asked: the generator is not ours, no_verify, no policy */
	GEN_EQUAL,
	GEN_UNKNOWN, /* a warning of the filter says why */
};
const char *gen_verify_name(enum gen_verify verify); /* "skipped", "equal", "unknown" */

/* A generated filter. Valid when zeroed; owned. */
struct gen_filter {
	bool none;               /* no filter at all: nothing to install, every verdict ALLOW */
	struct cbpf_prog prog;   /* empty when none */
	uint64_t compile_ns;     /* time in the generator alone, without child's start and proof */
	char version[64];        /* of the generator: "libseccomp 2.5.4", "secgauge 0.1.0" */
	uint32_t foreign_action; /* the generator's own choice, read off its output */
	enum gen_verify verify;
	/* Calls of the policy that the generator's own table lacks, so that it has no rule for
	 * them: "ARCH:NAME". There a verdict other than the policy's is of class unknown-name. */
	struct sg_strv unknown_calls;
	struct sg_strv warnings;
	char sha256[SG_SHA256_HEX_BYTES]; /* of the instructions */
};
void gen_filter_release(struct gen_filter *filter);
/* The instructions that give the filter's verdicts: its own, or for `none` one that allows. Borrows
 * from the filter; not to be released. */
struct cbpf_prog gen_prog(const struct gen_filter *filter);
/* The verdict for an architecture that nobody has. */
uint32_t gen_foreign_action(const struct gen_filter *filter);
/* The class of a tuple for this filter: the policy's own, or unknown-name. */
enum policy_class gen_class(const struct gen_filter *filter, const struct abi_tuple *tuple,
			    enum policy_class policy_class);
/* Is the tuple specified, and the filter's verdict of another effect than the policy's? */
bool gen_is_mismatch(const struct gen_filter *filter, const struct policy_oracle *oracle,
		     const struct abi_tuple *tuple, uint32_t *ret_wanted, uint32_t *ret_got);
/* Whose call a tuple is: x86_64's audit value is x32's too, the number tells which. NULL: foreign.
 */
const struct abi_arch *gen_call_arch(const struct abi_tuple *tuple);

struct gen {
	const char *name;    /* "linear" */
	const char *summary; /* one line for `list` */
	bool needs_policy;
	bool in_default_bench; /* a column of `bench` without options */
	bool verified;         /* ours: its filters are proved before they leave */
	/* 0, or -ENOTSUP with SG_ERR_ENV and the reason (hand for other profiles). NULL: always. */
	int (*supported)(const struct gen_request *request, struct sg_err *err);
	int (*build)(const struct gen_request *request, struct gen_filter *ret_filter,
		     struct sg_err *err);
	/* The same in the caller's process, where build() would start a child. NULL: build() does
	 * not. */
	int (*build_here)(const struct gen_request *request, struct gen_filter *ret_filter,
			  struct sg_err *err);
};

extern const struct gen *const gen_registry[]; /* sorted as `list` prints them; ends with NULL */
/* NULL when unknown; @err then names the nearest. */
const struct gen *gen_find(const char *name, struct sg_err *err);
/*
 * supported() and build(), then the kernel's checks, the hash, and of our own generators the proof.
 * A filter of ours that differs from its policy is SG_ERR_FINDING with the counterexample, and
 * -EBADMSG.
 */
int gen_build(const struct gen *gen, const struct gen_request *request,
	      struct gen_filter *ret_filter, struct sg_err *err);
/* The same without protection: for a process that may hang, crash or eat memory, since its parent
 * watches it (fuzz/worker.c). timeout_s does not count. */
int gen_build_here(const struct gen *gen, const struct gen_request *request,
		   struct gen_filter *ret_filter, struct sg_err *err);

/*
 * Is the filter what the policy says? Side a of the answer is the policy, calls that the
 * generator's tables lack take no part (filters/prove/prove.h: prove_policy()); where the prover
 * cannot be asked, that is unknown. The caller releases the answer.
 */
void gen_prove(const struct gen_filter *filter, const struct policy *policy,
	       const struct prove_options *options, struct prove_answer *ret_answer);
/* Of an answer that is "different": "x86_64 clone (56) a0=0x2: ERRNO(1) wanted, ALLOW got". */
void gen_counterexample_text(const struct prove_answer *answer, struct sg_buf *out);
/* "x86_64 clone (56) a0=0x2 ip=0x1", words that are 0 left out. */
void gen_tuple_text(const struct abi_tuple *tuple, struct sg_buf *out);
/* A run of numbers of an architecture (NULL: unknown): "clone (56)", "clone (56) to vfork (58)",
 * "0x270f" where the number is no call's. */
void gen_numbers_text(const struct abi_arch *arch, uint32_t low, uint32_t high, struct sg_buf *out);
/* What a difference hangs on, prove_region.args: "a0, a2, ip"; nothing for 0. */
void gen_args_text(unsigned int args, struct sg_buf *out);

/* The harmless load of `--bitmap off`: "ld [16]" in front, so that no call is constant-allow. */
void gen_defeat_bitmap(struct gen_filter *filter);

/*
 * The figures of a filter over a mix, as "Mix files and expected instructions" of the README
 * defines them; deterministic. With a policy of several architectures the first one counts.
 */
struct gen_figures {
	size_t filter_insns;
	double mix_insns, mix_denied, left_insns;
	double uniform_insns;
	uint32_t worst_insns;
	uint32_t longest_path_insns;
	bool longest_path_exact;
	double bitmap_share; /* of the mix's weight */
};
int gen_figures(const struct gen_filter *filter, const struct abi_arch *arch, const struct mix *mix,
		struct gen_figures *ret, struct sg_err *err);

#endif
