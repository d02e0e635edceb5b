/* SPDX-License-Identifier: MIT */
/*
 * Generators: a policy becomes a filter. One file a generator, one row in registry.inc.
 *
 * A generator that is somebody else's code runs in a child with a deadline and a memory limit;
 * its hang, crash or refusal is SG_ERR_FINDING. What leaves here has passed cbpf_verify(); what
 * does not is SG_ERR_FINDING too, with -E2BIG where it is longer than the kernel takes, -ENOEXEC
 * where the kernel refuses an instruction.
 */
#ifndef SG_GEN_GEN_H
#define SG_GEN_GEN_H

#include "filters/cbpf/prog.h"
#include "filters/policy/policy.h"
#include "workloads/mix.h"

enum gen_objective { GEN_MIX, GEN_LEFT, GEN_UNIFORM, GEN_WORST, GEN_INSTALL };
/* "mix", "left" ...; -EINVAL with the nearest name. */
int gen_objective_parse(const char *text, enum gen_objective *ret, struct sg_err *err);

struct gen_request {
	const struct policy *policy; /* may be NULL for a generator with needs_policy false */
	const struct mix *mix;       /* weights; never NULL */
	enum gen_objective objective;
	double timeout_s;     /* 0: the default of 10 */
	const char *raw_file; /* for `raw` */
};

/* A generated filter. Valid when zeroed; owned. */
struct gen_filter {
	bool none;               /* no filter at all: nothing to install, every verdict ALLOW */
	struct cbpf_prog prog;   /* empty when none */
	uint64_t compile_ns;     /* time in the generator alone, without the child's start */
	char version[64];        /* of the generator: "libseccomp 2.5.4", "secgauge 0.1.0" */
	uint32_t foreign_action; /* the generator's own choice, read off its output */
	/* Calls of the policy that the generator's own table lacks, so that it has no rule for
	 * them: "ARCH:NAME". There a verdict other than the policy's is of class unknown-name. */
	struct sg_strv unknown_calls;
	struct sg_strv warnings;
	char sha256[SG_SHA256_HEX_BYTES]; /* of the instructions */
};
void gen_filter_release(struct gen_filter *filter);
/* The class of a tuple for this filter: the policy's own, or unknown-name. */
enum policy_class gen_class(const struct gen_filter *filter, const struct abi_tuple *tuple,
			    enum policy_class policy_class);

struct gen {
	const char *name;    /* "linear" */
	const char *summary; /* one line for `list` */
	bool needs_policy;
	bool in_default_bench; /* a column of `bench` without options */
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
/* supported() and build(), then verification and the hash. */
int gen_build(const struct gen *gen, const struct gen_request *request,
	      struct gen_filter *ret_filter, struct sg_err *err);
/* The same without protection: for a process that may hang, crash or eat memory, since its parent
 * watches it (fuzz/worker.c). timeout_s does not count. */
int gen_build_here(const struct gen *gen, const struct gen_request *request,
		   struct gen_filter *ret_filter, struct sg_err *err);

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
