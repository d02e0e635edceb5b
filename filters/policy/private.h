/* SPDX-License-Identifier: MIT */
/*
 * Between the files of this room: the reader's parts. Reading goes
 *	load.c (operand to text) -> reader.c (the document) -> entry.c (one element of "syscalls")
 *	-> select.c (does it apply here?) -> normalize.c (what the rules mean together).
 */
#ifndef SG_POLICY_PRIVATE_H
#define SG_POLICY_PRIVATE_H

#include "filters/policy/policy.h"
#include "harness/base/json.h"

/* ---- words.c: the strings of the OCI runtime-spec; an unknown one names the nearest */

/* The action without data: SCMP_ACT_ERRNO is ABI_RET_ERRNO. Names are static. */
int policy_action_word(const struct sg_json *at, const char **ret_name, uint32_t *ret_action,
		       struct sg_err *err);
/* The reverse, of an action that a profile can have. */
const char *policy_action_name(uint32_t action);
int policy_op_word(const struct sg_json *at, enum policy_op *ret_op, struct sg_err *err);
/* SECCOMP_FILTER_FLAG_*, as seccomp(2) takes it. */
int policy_flag_word(const struct sg_json *at, const char **ret_name, uint32_t *ret_flag,
		     struct sg_err *err);
/* SCMP_ARCH_*; @native for SCMP_ARCH_NATIVE. */
int policy_arch_word(const struct sg_json *at, const struct abi_arch *native,
		     const struct abi_arch **ret, struct sg_err *err);

/* ---- select.c: what Docker's and Podman's conditional rules ask about */

struct policy_selector {
	const struct abi_arch *native;
	struct sg_strv caps;    /* the bounding set, "CAP_SYS_ADMIN"; owned */
	unsigned kernel, major; /* Docker's words: 5 and 4 of "5.4" */
};

int policy_selector_init(struct policy_selector *selector, const struct abi_arch *native,
			 const struct policy_options *options, struct sg_err *err);
void policy_selector_release(struct policy_selector *selector);
/* Do "includes" and "excludes" (each may be absent) let the entry in? */
int policy_selected(const struct policy_selector *selector, const struct sg_json *includes,
		    const struct sg_json *excludes, bool *ret, struct sg_err *err);

/* ---- caps.c */

/* "none", "docker", "podman" or names by comma, with or without CAP_, in any letter case. */
int policy_caps_parse(const char *text, struct sg_strv *caps, struct sg_err *err);

/* ---- reader.c */

struct policy_reader {
	struct policy *policy; /* being filled */
	struct policy_selector selector;
	/* A bundle's config.json: what only Docker and Podman know is no part of it. */
	bool bundle;
	struct sg_strv ignored; /* such keys that were met and warned of; owned */
	bool quiet;             /* within an entry that does not apply: no warnings */
};

/* The spelling of @key in the object: exact, else in any letter case, as Go's encoding/json. */
const char *policy_key(const struct sg_json *at, const char *key);
/* sg_json_member() of that spelling. */
int policy_member(const struct sg_json *at, const char *key, struct sg_json *ret,
		  struct sg_err *err);
/* The length of an array; one that is absent counts as empty. */
int policy_array(const struct sg_json *at, size_t *ret_count, struct sg_err *err);
/* A member that only the engines' profiles have; a bundle's is ignored, with one warning a key. */
int policy_engine_member(struct policy_reader *reader, const struct sg_json *at, const char *key,
			 struct sg_json *ret, struct sg_err *err);
/* A line of the policy's warnings, "$.syscalls[3]: ..." */
void policy_warn(struct policy_reader *reader, const struct sg_json *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- arches.c */

int policy_arches_read(struct policy_reader *reader, const struct sg_json *at,
		       const struct policy_options *options, struct sg_err *err);

/* ---- action.c: an action with its errno, and the same by architecture */

struct policy_action {
	uint32_t action;  /* with the data */
	uint16_t *errnos; /* as policy_rule.errnos; owned */
};

/* Reads "action" (or "defaultAction") and the keys of its errno from the object @at. */
struct policy_action_keys {
	const char *action, *errno_number, *errno_name;
};
int policy_action_read(struct policy_reader *reader, const struct sg_json *at,
		       const struct policy_action_keys *keys, struct policy_action *ret,
		       struct sg_err *err);

/* ---- entry.c */

/* Appends the rules of element @index of "syscalls". */
int policy_entry_read(struct policy_reader *reader, const struct sg_json *at, size_t index,
		      struct sg_err *err);

/* ---- overlap.c */

/* Is there a call for which the conditions of both rules hold? Exact for 64-bit arguments. */
bool policy_rules_overlap(const struct policy_rule *a, const struct policy_rule *b);

/* ---- normalize.c */

/*
 * Once all rules are read: drops rules that say what the default says and change nothing, lists
 * the names that no architecture has, and warns of rules that disagree.
 */
void policy_normalize(struct policy *policy);

/* ---- policy.c */

uint16_t *policy_errnos_dup(const struct policy *policy, const uint16_t *errnos);
void policy_rule_release(struct policy_rule *rule);
/* The hash of the canonical print. */
void policy_seal(struct policy *policy);

#endif
