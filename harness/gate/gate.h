/* SPDX-License-Identifier: MIT */
/*
 * The gate: a result held against a baseline, both of them files that `secgauge bench --json`
 * wrote. Hard on what is exact, soft and with statistics on time.
 *
 * Parts. Each kind of check is a part of its own: one file, one row in registry.inc. A part looks
 * at both files and adds checks; it decides what is worse, and leaves what that means for the whole
 * to gate_run(). Exact parts recompute what they compare with today's code, on both sides, from the
 * filters and rules that the files carry, so that an old baseline is as good as a new one and two
 * versions of secgauge can be compared. Parts that are not exact compare times, and run only where
 * both files come from the same machine class.
 *
 * Results. "fail": worse than allowed. "inconclusive": it could not be told (nothing to compare
 * with, a proof without an answer, a change that this run could not have seen). Everything else
 * passes, improvements too. The whole fails if one check does; else it is inconclusive if one is,
 * and when it was interrupted.
 *
 * Library code: nothing here prints or exits.
 */
#ifndef SG_GATE_GATE_H
#define SG_GATE_GATE_H

#include "harness/report/report.h"

enum gate_result { GATE_PASS, GATE_INCONCLUSIVE, GATE_FAIL }; /* by weight */
const char *gate_result_name(enum gate_result result);        /* "pass", "inconclusive", "fail" */

/* What is checked; kinds.inc says for each what stands in .baseline and .value. */
enum gate_kind {
#define GATE_KIND(id, name, better, unit, summary) GATE_##id,
#include "harness/gate/kinds.inc"
#undef GATE_KIND
	GATE_KIND_COUNT
};
enum gate_better { GATE_LOWER, GATE_HIGHER };
struct gate_kind_facts {
	const char *name; /* "filter_insns"; what --allow and the outputs call it */
	enum gate_better better;
	const char *unit; /* of .baseline and .value: "insns"; "" for a count or a share */
	const char *summary;
};
extern const struct gate_kind_facts gate_kinds[GATE_KIND_COUNT];
/* -EINVAL with the nearest name. */
int gate_kind_parse(const char *name, enum gate_kind *ret, struct sg_err *err);

/* An input on which a verdict changed, or is not what its policy says. Owned by its check. */
struct gate_finding {
	struct abi_tuple tuple; /* the smallest one */
	uint32_t was, is;       /* verdicts (effects): in the baseline or as the policy says; now */
	/* Bit i: whether the verdict is another one hangs on argument i; bit 6: on the instruction
	 * pointer. With .inputs 0 it is not known what it hangs on. */
	unsigned int args;
	bool against_policy; /* .was is what the policy of the result says */
	double inputs;       /* that are concerned, of the call; 0: not counted */
	char *text; /* "x86_64 clone (56) by a0, as with a0=0x2000000: ALLOW, was ERRNO(1)" */
};

/* How a time changed: ratios of RESULT to baseline, of what is paired with `none` in each. */
struct gate_timing {
	struct stats_interval ratio; /* change of the row's time against none: 1.05 is 5% slower */
	double change_ns;            /* the same, an operation */
	double p, p_holm;  /* Mann-Whitney, two-sided; corrected for all rows of the run */
	double threshold;  /* the ratio - 1 that counts: of options, noise floor and drift */
	double detectable; /* ratio - 1 that these blocks show in 8 of 10 runs */
	double drift;      /* of `none`: its time now over its time then; divided out */
	size_t baseline_blocks, blocks;
};

/* Owned by the report. */
struct gate_check {
	enum gate_kind kind;
	enum gate_result result;
	/* Of what: "PROFILE", "PROFILE/FILTER" or "WORKLOAD/PROFILE/FILTER"; with ", mix NAME" or
	 * ", ARCH" behind it where there are several. No other check of the kind has it. Owned. */
	char *name;
	double baseline, value; /* NaN: there is none */
	bool better;            /* than the baseline, beyond any doubt */
	char *message;          /* one line for people, without the name; owned */
	struct gate_finding *findings;
	size_t finding_count, finding_cap;
	struct gate_timing *timing; /* GATE_TIME where both were measured; owned; else NULL */
};

/* What may get worse, on top of nothing: a share of the baseline and an amount, the larger counts.
 */
struct gate_allowance {
	double share, amount;
	bool all; /* the kind is shown, and never fails */
};

struct gate_request {
	const struct saved_result *baseline, *result;
	struct gate_allowance allow[GATE_KIND_COUNT];
	double time_share; /* a slowdown below this share of an operation does not count; 0: 3% */
	double time_ns;    /* nor one below so many ns of an operation; 0: 10 */
	bool exact;        /* no times, whatever the machine */
	uint64_t tuples;   /* of the fuzz, for each filter; 0: 200,000 */
	uint64_t seed;     /* of it, and of the intervals of times */
	const volatile int *interrupted; /* becomes non-zero on Ctrl-C; NULL: never */
	void (*progress)(void *ctx, const char *what, double done, double total);
	void *progress_ctx;
};

/* Owned by the caller; gate_report_release(). Pointers go into the request's results. */
struct gate_report {
	const struct saved_result *baseline, *result;
	enum gate_result outcome;
	bool timed;                       /* times were compared */
	bool interrupted;                 /* Ctrl-C: the checks are what was done until then */
	struct sg_strv class_differences; /* why not: "kernel 6.1, was 6.18"; sorted as machine.h */
	struct sg_strv notes;      /* for people, one line each: a half-way result, no rules ... */
	struct gate_check *checks; /* by part, then in the order of the files */
	size_t check_count, check_cap;
	size_t counts[3]; /* by gate_result */
};

/*
 * 0 whatever the outcome. SG_ERR_INPUT where the two cannot be compared at all: no filter and no
 * row in common, or measured under different settings (--stack, --bitmap).
 */
int gate_run(const struct gate_request *request, struct gate_report *ret, struct sg_err *err);
void gate_report_release(struct gate_report *report);

/* ---- formats: one file each, one row in formats.inc */

struct gate_format {
	const char *name; /* "junit": also the option that writes it */
	const char *summary;
	int (*write)(const struct gate_report *report, const struct report_options *look,
		     struct sg_buf *out, struct sg_err *err);
};
extern const struct gate_format *const gate_formats[]; /* sorted; ends with NULL */

/* ---- parts: private to the room, but for the list of them */

struct gate_part {
	const char *name;
	const char *summary;
	bool exact;
	/* Adds its checks. -errno only for what is no matter of the files (SG_ERR_ENV, _INTERNAL).
	 */
	int (*run)(const struct gate_request *request, struct gate_report *report,
		   struct sg_err *err);
};
extern const struct gate_part *const gate_parts[]; /* in the order they run; ends with NULL */

/* A check of the kind, passed so far, with no numbers. Valid until the next one is added. */
struct gate_check *gate_check_add(struct gate_report *report, enum gate_kind kind,
				  const char *name);
void gate_check_say(struct gate_check *check, enum gate_result result, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Decides by two numbers (none is NaN) and the allowance, and says so in the message: fail, pass,
 * better. */
void gate_check_numbers(const struct gate_request *request, struct gate_check *check,
			double baseline, double value);
/* But for the order in which sums were added up: to a billionth. */
bool gate_same_number(double a, double b);
/* Room for one more; zeroed. Valid until the next one. */
struct gate_finding *gate_finding_add(struct gate_check *check);

/* A filter that both files have; or one of them (the other NULL). */
struct gate_pair {
	const struct saved_filter *baseline, *result;
	char *name; /* "PROFILE/FILTER"; owned */
};
/* All filters of both files, those of the baseline first. The caller frees with the latter. */
size_t gate_pairs(const struct gate_request *request, struct gate_pair **ret);
void gate_pairs_free(struct gate_pair *pairs, size_t count);
/* Both have a program: neither is missing nor unsupported. */
bool gate_pair_both(const struct gate_pair *pair);
/* The same one, too: what holds for one side holds for the other. */
bool gate_pair_same(const struct gate_pair *pair);

/* Executed instructions and share of the bitmap; rows that were not measured may have them too. */
bool gate_row_has_figures(const struct saved_row *row);

/* The same calls with the same weights, whatever the name. */
bool gate_same_mix(const struct mix *a, const struct mix *b);
/* Does an operation make as many calls as it did, and where it is a mix, the same ones? With
 * another secgauge, other programs to run or another --mix, it may not: then nothing is to be
 * compared. */
bool gate_row_same_work(const struct gate_request *request, const struct saved_row *was,
			const struct saved_row *is);

/* For parts, between pieces of work of a second or so. */
bool gate_is_interrupted(const struct gate_request *request);
void gate_progress(const struct gate_request *request, const char *what, double done, double total);

#endif
