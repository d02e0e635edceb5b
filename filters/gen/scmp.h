/* SPDX-License-Identifier: MIT */
/*
 * libseccomp, driven as runc and crun drive it (libcontainer/seccomp/seccomp_linux.go, matchCall;
 * src/libcrun/seccomp.c, libcrun_generate_seccomp): seccomp_init() with the default action, one
 * seccomp_rule_add_array() a rule for all architectures, rules equal to the default left out, as
 * libseccomp would refuse them, and names it does not know skipped with a warning. Numbers come
 * from its own resolver. The action for foreign architectures is libseccomp's own.
 *
 * It runs in a child with a deadline and a memory limit; that it hangs, crashes or refuses is a
 * finding.
 */
#ifndef SG_GEN_SCMP_H
#define SG_GEN_SCMP_H

#include "filters/gen/gen.h"

/* @optimize: SCMP_FLTATR_CTL_OPTIMIZE. */
int scmp_build(const struct gen_request *request, uint32_t optimize, struct gen_filter *ret_filter,
	       struct sg_err *err);
/* The same without the child. */
int scmp_build_here(const struct gen_request *request, uint32_t optimize,
		    struct gen_filter *ret_filter, struct sg_err *err);

#endif
