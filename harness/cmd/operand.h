/* SPDX-License-Identifier: MIT */
/*
 * FILTER operands: what they name, and the filter that comes of it.
 *
 *	PROFILE@GENERATOR	split at the last @
 *	PROFILE@raw:FILE	somebody else's filter for that profile
 *	FILE.bpf, FILE.bpfasm	a raw or an assembly file; no policy
 *	none, allow		filters that need no policy
 */
#ifndef SG_CMD_OPERAND_H
#define SG_CMD_OPERAND_H

#include "harness/cmd/options.h"

struct cmd_operand {
	char *profile;   /* NULL when there is none */
	char *generator; /* "raw" for files */
	char *file;      /* of raw; NULL otherwise */
};

/* Is it spelled like a FILTER, right or wrong? What is not may name a profile. */
bool cmd_operand_is_filter(const char *text);
/* Does it name a file: .bpf, .bpfasm? */
bool cmd_operand_is_file(const char *text);
int cmd_operand_parse(const char *text, struct cmd_operand *ret, struct sg_err *err);
void cmd_operand_release(struct cmd_operand *operand);

/* A filter that was built from an operand. */
struct cmd_filter {
	struct cmd_operand operand;
	bool has_policy;
	struct policy policy;        /* with has_policy */
	const struct abi_arch *arch; /* the policy's first, else this machine's */
	struct gen_filter filter;
};

int cmd_filter_load(const char *text, const struct cmd_policy_options *options,
		    struct cmd_filter *ret, struct sg_err *err);
void cmd_filter_release(struct cmd_filter *filter);
/* Adds what its author should know of a policy: the reader's warnings, names that are no calls. */
void cmd_policy_notes(const struct policy *policy, struct sg_strv *out);
/* Prints the policy's and the generator's warnings but for those in @said, which holds them then;
 * for commands that have no error to print. */
void cmd_filter_warn(const struct cmd_filter *filter, struct sg_strv *said);

/* "podman-default@bst" for messages and labels: the generator, or a raw file's base name. */
const char *cmd_operand_label(const struct cmd_operand *operand);

#endif
