/* SPDX-License-Identifier: MIT */
/*
 * A mix: what a program calls, with weights. Text, one call a line:
 *	WEIGHT [ARCH:]SYSCALL [aN=HEX]...	# comment
 * Arguments that are not named are zero. Lines without ARCH: belong to no architecture in
 * particular: they count for the first one of whatever is evaluated.
 */
#ifndef SG_WORKLOADS_MIX_H
#define SG_WORKLOADS_MIX_H

#include "filters/abi/abi.h"

struct mix_call {
	double weight;               /* > 0 */
	const struct abi_arch *arch; /* NULL: unnamed */
	char *name;                  /* owned */
	uint64_t args[6];
	uint8_t named_args; /* bit i: aN was given */
};

struct mix {
	char *name; /* file name or "io"; owned */
	struct mix_call *calls;
	size_t len, cap;
	double total_weight;
};

/* NULL or "io": the bundled IO mix; a path, or "-". Errors read "FILE:LINE: expected ...". */
int mix_load(const char *path, struct mix *ret_mix, struct sg_err *err);
int mix_parse(const char *text, size_t len, const char *file, struct mix *ret_mix,
	      struct sg_err *err);
void mix_release(struct mix *mix);
/* The call's number where its line counts for @arch, else ABI_NR_NONE: the line belongs to another
 * architecture, or this one lacks the call. */
int mix_call_nr(const struct mix_call *call, const struct abi_arch *arch);
/* The mix as such a file: the output of `record`. */
void mix_print(const struct mix *mix, struct sg_buf *out);
/* " aN=HEX" for each argument that was named. */
void mix_print_args(const struct mix_call *call, struct sg_buf *out);

#endif
