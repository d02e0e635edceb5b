/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "harness/base/buf.h"
#include "harness/base/clock_tsc.h"
#include "harness/base/file.h"

static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word), end = strcspn(line, "\n");

	for (const char *at = line; (at = strstr(at, word)) && at < line + end; at += len)
		if (at > line && strchr(" \t", at[-1]) && strchr(" \n", at[len]))
			return true;
	return false;
}

bool sg_cpu_flags_have_constant_tsc(const char *flags)
{
	return has_word(flags, "constant_tsc") && has_word(flags, "nonstop_tsc");
}

#if defined(__x86_64__) || defined(__i386__)

#include <x86intrin.h>

#define CALIBRATION_NS   20000000
#define CPUINFO_MAX      (4 << 20)
#define NS_FRACTION_BITS 32

/* One for the process: a TSC does not differ between the clocks that read it. */
static struct tsc {
	uint64_t start_ticks, start_ns;
	uint64_t ns_per_tick; /* fixed point, NS_FRACTION_BITS */
} tsc;

/* The fence keeps the reading behind the work it times (Intel SDM, RDTSC). */
static uint64_t ticks_now(void)
{
	_mm_lfence();
	return __rdtsc();
}

static uint64_t tsc_now_ns(void *ctx)
{
	const struct tsc *t = ctx;
	uint64_t ticks = ticks_now() - t->start_ticks;

	return t->start_ns +
	       (uint64_t)((unsigned __int128)ticks * t->ns_per_tick >> NS_FRACTION_BITS);
}

static bool usable(void)
{
	struct sg_buf cpuinfo = {0};
	const char *flags = NULL;

	if (!sg_file_read("/proc/cpuinfo", CPUINFO_MAX, &cpuinfo, NULL))
		flags = strstr(sg_buf_text(&cpuinfo), "\nflags");
	bool answer = flags && sg_cpu_flags_have_constant_tsc(flags + 1);
	sg_buf_release(&cpuinfo);
	return answer;
}

static void calibrate(void)
{
	uint64_t ns, ticks;

	tsc.start_ns = sg_monotonic_ns();
	tsc.start_ticks = ticks_now();
	do {
		ns = sg_monotonic_ns() - tsc.start_ns;
		ticks = ticks_now() - tsc.start_ticks;
	} while (ns < CALIBRATION_NS);
	tsc.ns_per_tick = (uint64_t)(((unsigned __int128)ns << NS_FRACTION_BITS) / ticks);
}

int sg_clock_open_tsc(struct sg_clock *ret_clock, struct sg_err *err)
{
	if (!usable())
		return sg_err_env(err, ENOTSUP,
				  "no clock can be read without a system call: no vDSO clock, and "
				  "no TSC of constant rate");
	calibrate();
	*ret_clock = (struct sg_clock){.now_ns = tsc_now_ns, .ctx = &tsc, .name = "tsc"};
	return 0;
}

#else

int sg_clock_open_tsc(struct sg_clock *ret_clock, struct sg_err *err)
{
	(void)ret_clock;
	return sg_err_env(err, ENOTSUP,
			  "no clock can be read without a system call: no vDSO clock");
}

#endif
