/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/run/run.h"

/* kernel/seccomp.c, MAX_INSNS_PER_PATH, and the 4 that seccomp_attach_filter() adds for each
 * filter that is there already. */
#define CHAIN_MAX_INSNS      32768
#define CHAIN_INSNS_A_FILTER 4

static int refused(const struct gen_filter *filter, unsigned nth, struct sg_err *err)
{
	size_t each = cbpf_kernel_insns(&filter->prog);
	size_t chain = nth * each + (nth - 1) * CHAIN_INSNS_A_FILTER;

	if (errno == ENOMEM && chain > CHAIN_MAX_INSNS)
		return sg_err_env(err, ENOMEM,
				  "the kernel refuses filter %u of the stack: %u times %zu "
				  "instructions as it counts them, and %u for each earlier filter, "
				  "are %zu, more than %u",
				  nth, nth, each, CHAIN_INSNS_A_FILTER, chain, CHAIN_MAX_INSNS);
	return sg_err_env(err, errno, "the kernel refuses filter %u of %zu instructions: %m", nth,
			  filter->prog.len);
}

int run_install(const struct gen_filter *filter, unsigned times, uint32_t seccomp_flags,
		struct sg_err *err)
{
	struct sock_fprog prog = {.len = filter->prog.len, .filter = filter->prog.insns};

	if (filter->none)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return sg_err_env(err, errno, "cannot set no_new_privs: %m");
	for (unsigned nth = 1; nth <= times; nth++)
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, seccomp_flags, &prog))
			return refused(filter, nth, err);
	return 0;
}
