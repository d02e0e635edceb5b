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

#define TRIES            8
#define CALIBRATION_NS   20000000
#define CPUINFO_MAX      (4 << 20)
#define NS_FRACTION_BITS 32

struct moment {
	uint64_t ticks, ns;
};

/* One for the process: a TSC does not differ between the clocks that read it. */
static struct tsc {
	struct moment start;
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
	uint64_t ticks = ticks_now() - t->start.ticks;

	return t->start.ns +
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

/* Both clocks at one moment: of several tries the one that least came between them. */
static struct moment now_on_both(void)
{
	struct moment best = {0};
	uint64_t best_gap = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = ticks_now(), ns = sg_monotonic_ns(), after = ticks_now();

		if (after - before < best_gap) {
			best_gap = after - before;
			best = (struct moment){.ticks = before + best_gap / 2, .ns = ns};
		}
	}
	return best;
}

static void calibrate(void)
{
	struct moment start = now_on_both(), end;

	do
		end = now_on_both();
	while (end.ns - start.ns < CALIBRATION_NS);
	tsc.start = start;
	tsc.ns_per_tick = (uint64_t)(((unsigned __int128)(end.ns - start.ns) << NS_FRACTION_BITS) /
				     (end.ticks - start.ticks));
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
