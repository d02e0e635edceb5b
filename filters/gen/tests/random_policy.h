/* SPDX-License-Identifier: MIT */
/*
 * Random profiles: a few calls with many rules, all operators, values that meet in one half,
 * several architectures. Include after support.h.
 */
#ifndef SG_GEN_TESTS_RANDOM_POLICY_H
#define SG_GEN_TESTS_RANDOM_POLICY_H

#include "harness/base/rng.h"

static const char *const random_names[] = {
	"read",  "write",  "openat", "close",   "clone",   "socket",      "personality",
	"ioctl", "futex",  "fcntl",  "mmap",    "clone3",  "getpid",      "_llseek",
	"prctl", "execve", "statx",  "pread64", "unshare", "setpriority", "socketcall",
};
static const char *const random_ops[] = {"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"};
static const char *const random_actions[] = {
	"\"SCMP_ACT_ALLOW\"",        "\"SCMP_ACT_ERRNO\"", "\"SCMP_ACT_ERRNO\", \"errnoRet\": 38",
	"\"SCMP_ACT_KILL_PROCESS\"", "\"SCMP_ACT_LOG\"",   "\"SCMP_ACT_TRAP\"",
	"\"SCMP_ACT_ALLOW\"",
};
static const char *const random_arches[] = {
	"x86_64", "x86_64,i386,x32", "s390x,s390",    "aarch64,arm",
	"x32",    "i386,x86_64",     "mips,mips64el", "ppc64,x86_64,riscv64",
};

#define PICK(rng, array) ((array)[sg_rng_below((rng), SG_COUNT(array))])

static inline uint64_t random_value(struct sg_rng *rng)
{
	static const uint64_t values[] = {0,           1,
					  2,           8,
					  0x7fffffff,  0x80000000,
					  0xffffffff,  0x100000000,
					  0x100000001, 0x8000000000000000,
					  UINT64_MAX,  0xffffffff00000000};

	switch (sg_rng_below(rng, 4)) {
	case 0: return sg_rng_below(rng, 6);
	case 1: return 1ull << sg_rng_below(rng, 64);
	case 2: return sg_rng_u64(rng) & 0x0000000300000003;
	default: return PICK(rng, values);
	}
}

static inline void random_conds(struct sg_rng *rng, struct sg_buf *out)
{
	size_t order[6], count = sg_rng_below(rng, 8), i;

	if (count > 6)
		count = 1;
	sg_rng_permutation(rng, order, 6);
	if (count == 0)
		return;
	sg_buf_adds(out, ", \"args\": [");
	for (i = 0; i < count; i++)
		sg_buf_addf(out,
			    "%s{\"index\": %zu, \"op\": \"SCMP_CMP_%s\", \"value\": %lu, "
			    "\"valueTwo\": %lu}",
			    i ? ", " : "", order[i], PICK(rng, random_ops), random_value(rng),
			    random_value(rng));
	sg_buf_adds(out, "]");
}

/* Appends the text of a profile. */
static inline void random_profile(struct sg_rng *rng, struct sg_buf *out)
{
	size_t i, rules = 1 + sg_rng_below(rng, sg_rng_below(rng, 4) ? 6 : 60);
	size_t names = 1 + sg_rng_below(rng, SG_COUNT(random_names));

	sg_buf_addf(out, "{\"defaultAction\": %s, \"syscalls\": [", PICK(rng, random_actions));
	for (i = 0; i < rules; i++) {
		sg_buf_addf(out, "%s\n{\"names\": [\"%s\"]", i ? "," : "",
			    random_names[sg_rng_below(rng, names)]);
		random_conds(rng, out);
		sg_buf_addf(out, ", \"action\": %s}", PICK(rng, random_actions));
	}
	sg_buf_adds(out, "]}");
}

static inline const char *random_arch_list(struct sg_rng *rng)
{
	return PICK(rng, random_arches);
}

#endif
