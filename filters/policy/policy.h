/* SPDX-License-Identifier: MIT */
/*
 * A policy: what a profile means on given architectures, for a given bounding set and kernel,
 * and the oracle that evaluates it as written. "Meaning of a policy" in README.md of this room.
 *
 * The oracle (oracle.c) includes floors 0 and 1 and this room, nothing else: it shares no code
 * with what generates filters.
 */
#ifndef SG_POLICY_POLICY_H
#define SG_POLICY_POLICY_H

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"
#include "harness/base/hash.h"

#define POLICY_FLAG_SPEC_ALLOW   (1u << 2)          /* SECCOMP_FILTER_FLAG_SPEC_ALLOW */
#define POLICY_PROFILE_MAX_BYTES ((size_t)64 << 20) /* of a file or standard input */

enum policy_op {
	POLICY_NE,
	POLICY_LT,
	POLICY_LE,
	POLICY_EQ,
	POLICY_GE,
	POLICY_GT,
	POLICY_MASKED_EQ, /* (arg & value) == (value_two & value) */
};

/* "NE", "MASKED_EQ": what stands behind SCMP_CMP_ in a profile. */
const char *policy_op_name(enum policy_op op);

struct policy_cond {
	uint8_t arg; /* 0..5 */
	enum policy_op op;
	uint64_t value;     /* MASKED_EQ: the mask */
	uint64_t value_two; /* MASKED_EQ: the datum */
};

/* One action for one call name on one or all of the policy's architectures. */
struct policy_rule {
	char *name;      /* of the system call; owned */
	uint32_t action; /* with its data: ABI_RET_ERRNO | 1 */
	/* Podman's errno names are numbered per architecture: when set, the data on architecture i
	 * of the policy is errnos[i]; else NULL. Owned. */
	uint16_t *errnos;
	struct policy_cond conds[6];
	size_t cond_count; /* 0: unconditional; the conditions are a conjunction */
	size_t entry;      /* index in the profile's "syscalls" array, for messages */
};

struct policy {
	char *name;     /* the operand that named it; owned */
	bool no_filter; /* no default action and no rules: nothing to install */
	uint32_t default_action;
	uint16_t *default_errnos; /* as policy_rule.errnos, for defaultErrno */
	uint32_t foreign_action;  /* for architectures that are not listed: ours KILL_PROCESS */
	const struct abi_arch **arches; /* at least one; the first counts as native; owned array */
	size_t arch_count;
	struct policy_rule *rules; /* in profile order, explicit ones equal to the default included
				    * where dropping them would change a verdict */
	size_t rule_count, rule_cap;
	/* SECCOMP_FILTER_FLAG_* asked for by "flags"; without "flags" SPEC_ALLOW, which runc and
	 * crun then ask for. Old kernels may refuse one (crun then installs without any). */
	uint32_t seccomp_flags;
	struct sg_strv flag_names;
	struct sg_strv unknown_names;     /* call names that no architecture has, sorted */
	struct sg_strv warnings;          /* one line each, for people */
	char sha256[SG_SHA256_HEX_BYTES]; /* of the canonical print, policy_print() */
};

/* What decides how a profile reads beside its text. Zeroed is the default of each; never NULL. */
struct policy_options {
	const struct abi_arch *const *arches; /* --arch; NULL: the profile's own */
	size_t arch_count;
	const char *caps;   /* --cap: "none", "docker", "podman" or a comma list; NULL: none */
	const char *kernel; /* --kernel "5.4" for minKernel; NULL: the running kernel */
};

/*
 * Reads a PROFILE operand: a bundled name, podman-default or docker-default (the files that the
 * Debian packages install), a path, or "-". Docker and Podman profiles, the OCI runtime-spec's
 * linux.seccomp object, and a bundle's config.json are told apart by their content. Errors read
 * "FILE: $.syscalls[3].action: expected ...". The caller releases.
 */
int policy_load(const char *operand, const struct policy_options *options,
		struct policy *ret_policy, struct sg_err *err);
/* The same from text; @file is for messages. */
int policy_parse(const char *text, size_t len, const char *file,
		 const struct policy_options *options, struct policy *ret_policy,
		 struct sg_err *err);
/* The same of a part of a document, as a result file has it. */
struct sg_json;
int policy_read(const struct sg_json *at, const struct policy_options *options,
		struct policy *ret_policy, struct sg_err *err);
void policy_release(struct policy *policy);
void policy_copy(struct policy *to, const struct policy *from);

/* A profile that `list profiles` shows. */
struct policy_bundled {
	const char *name;
	const char *summary;
	const char *file; /* an embedded path, or an absolute one that a Debian package installs */
	const char *package; /* NULL for embedded ones */
};
extern const struct policy_bundled policy_bundled[]; /* ends with name NULL */

/* Canonical text: one line an architecture, the defaults, one line a rule. Hashed as sha256. */
void policy_print(const struct policy *policy, struct sg_buf *out);
/*
 * A policy as a profile that reads back as the same policy, with the same .sha256, for exactly its
 * architectures: for whoever carries a profile whose meaning hung on --cap or --kernel.
 */
void policy_profile_text(const struct policy *policy, struct sg_buf *out);
/* The action of a rule (or, with NULL, the default) on architecture number @arch_index. */
uint32_t policy_action_on(const struct policy *policy, const struct policy_rule *rule,
			  size_t arch_index);

/* ---- the oracle */

/* "Unspecified tuples" of README.md; where several fit, the order there decides. */
enum policy_class {
	POLICY_SPECIFIED, /* any other verdict of a generator is a bug */
	POLICY_CONFLICT,
	POLICY_X32,
	POLICY_MULTIPLEXED,
	POLICY_WIDE_CONSTANT,
	POLICY_FOREIGN_ARCH,
	/* A matter of the generator's own table of names, which no policy knows: policy_eval()
	 * never returns it. Whoever compares a generator relabels the tuples of calls it lacks. */
	POLICY_UNKNOWN_NAME,
	POLICY_CLASS_COUNT
};
const char *policy_class_name(enum policy_class class); /* "conflict", "x32" ... */

struct policy_verdict {
	uint32_t ret; /* what our generators choose; also for unspecified tuples */
	enum policy_class class;
};

/*
 * The policy, indexed for many evaluations of about 5 ns each. Immutable once made; it copies what
 * it needs, so the policy may be released first. The policy need not come from the reader: rules,
 * architectures and actions are all it looks at.
 */
struct policy_oracle;
struct policy_oracle *policy_oracle_new(const struct policy *policy);
void policy_oracle_free(struct policy_oracle *oracle);
struct policy_verdict policy_eval(const struct policy_oracle *oracle,
				  const struct abi_tuple *tuple);

#endif
