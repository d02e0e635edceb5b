/* SPDX-License-Identifier: MIT */
/*
 * A result file read back: what `secgauge bench --json FILE` wrote (results/schema.json), checked,
 * so that whoever compares or shows results can rely on what is stated here.
 *
 * Versions. context.schema_version rises when a key changes its meaning or goes away. Within a
 * version keys may be added: what is not known is passed over. Every version from 1 up to
 * SAVED_SCHEMA_VERSION is read; a newer one is refused, in a line that says so.
 *
 * Refusals are SG_ERR_INPUT and one line, "FILE: $.benchmarks[3].real_time: expected ...". Refused
 * is whatever would mislead: no result file, a key that is missing, a number that is none or out of
 * range, text of more than a line where a line is meant, a row, filter or policy that is there
 * twice, a block that is missing, a filter that nobody listed or measured though unsupported, a
 * program that does not decode, that the kernel would refuse, or that is not the one its SHA-256 is
 * of.
 *
 * Numbers. Every double here lies within [-SAVED_NUMBER_MAX, SAVED_NUMBER_MAX], so that sums of
 * squares stay finite and whole numbers are exact; times and ratios are at least
 * SAVED_POSITIVE_MIN, so that they can be divided by. Where the comment says "NaN: not said" the
 * schema lets a file leave the number out.
 */
#ifndef SG_RUN_SAVED_H
#define SG_RUN_SAVED_H

#include "harness/run/run.h"

#define SAVED_SCHEMA_VERSION 2 /* the newest that is read; the one that is written */
#define SAVED_NUMBER_MAX     1e15
#define SAVED_POSITIVE_MIN   1e-6

/* A policy that was measured. */
struct saved_policy {
	char *profile;                    /* owned */
	char sha256[SG_SHA256_HEX_BYTES]; /* of .text; no other policy of the profile has it */
	char *text;                       /* policy_print(); owned */
	const struct abi_arch **arches; /* at least one; the first counts as native; owned array */
	size_t arch_count;
	/* The rules, as a policy that prints as .text. NULL: a file of version 1 has them as text
	 * for people only. Owned. */
	struct policy *rules;
};

/* A column. No other one has the same name and profile. */
struct saved_filter {
	char *name;                        /* "linear"; owned */
	char *profile;                     /* "-" for raw filters; owned */
	char *unsupported;                 /* why there is no filter: nothing below; owned */
	const struct saved_policy *policy; /* of the same profile; NULL: the file names none */
	/* As installed. The program has passed cbpf_verify() and is the one that .sha256 is of;
	 * foreign_action is read off it. Not in the file, so empty: warnings; in version 1 also
	 * unknown_calls, and .verify is GEN_UNVERIFIED. */
	struct gen_filter filter;
	struct gen_figures figures; /* as they were when it was measured */
	double install_ns;          /* median over the children; 0: never installed */
};

/*
 * A row, measured or not. Measured: at least one sample, no reason. Not measured: a reason, no
 * sample, every time 0, and the exact figures where the file says them: from version 2 on it does
 * wherever the calls of the workload were known.
 */
struct saved_row {
	char *name; /* WORKLOAD/PROFILE/FILTER: no other row has it; owned, as its three parts: */
	char *workload, *profile;
	char *filter;                      /* "none" and "none-aa" where .column is NULL */
	const struct saved_filter *column; /* never an unsupported one in a measured row */
	bool aa;                           /* the A/A control */
	enum run_status status;
	char *reason; /* may be ""; NULL when measured; owned */

	struct run_sample *samples; /* one a block, in the order measured; install_ns NaN: not
				     * said, as of none; owned */
	size_t sample_count, sample_cap;

	/* As they were written: low <= high in each. ns_per_op's and ratio's ends, and the
	 * estimate of ratio, are NaN: not said. */
	struct stats_interval ns_per_op, ratio, overhead_ns;
	double mean_ns, stddev_ns; /* of the samples' ns_per_op; NaN: not said */
	double aa_ns;              /* noise floor; NaN: not said, no control was measured */
	bool seen;                 /* the overhead lies outside the noise floor */

	/* The exact figures. NaN: not said; of a measured row the second and the last are. */
	double calls_per_op;
	double bpf_insns;      /* executed an operation, calls the bitmap serves executing none */
	double bpf_insns_full; /* if the bitmap served nothing */
	double bitmap_share;   /* of the calls, 0..1 */
	uint64_t faults;       /* wrong results of the workload; 0: none, or not said */
};

/* A filter in one number, as the result file has it. */
struct saved_summary {
	char *profile, *filter; /* owned */
	unsigned workloads;
	struct stats_interval ratio; /* to none: geometric mean over the workloads; low <= high */
};

struct saved_settings {
	double seconds; /* for each workload and profile */
	uint64_t seed;
	unsigned stack; /* installs of each filter; at least 1 */
	bool bitmap_off, allow_denied;
};

/* Valid when zeroed. Pointers between its parts stay valid when the struct is copied. */
struct saved_result {
	char *file;              /* what messages call it; owned */
	unsigned schema_version; /* 1..SAVED_SCHEMA_VERSION */
	bool interrupted;        /* ended early: the rows are what was measured until then */
	/* The machine, secgauge, libseccomp, and the date, "2024-05-17T09:30:00Z", which sorts as
	 * text. A fact that the file lacks is "unknown", a number 0, a load NaN, a processor -1. */
	struct run_env env;
	double wall_s;           /* NaN: not said */
	uint64_t peak_rss_bytes; /* 0: not said */
	struct saved_settings settings;
	struct mix mix; /* what the figures of the filters are of */
	struct saved_policy *policies;
	size_t policy_count;
	struct saved_filter *filters;
	size_t filter_count;
	struct saved_summary *summaries;
	size_t summary_count;
	struct sg_strv notes;   /* for people, one line each */
	struct saved_row *rows; /* the measured ones, then the others; each in the file's order */
	size_t row_count, row_cap;
};

/* @file is for messages. The caller releases. @ret is untouched on failure. */
int saved_parse(const char *text, size_t len, const char *file, struct saved_result *ret,
		struct sg_err *err);
/* The same from a file of at most 64 MiB, or "-": standard input. */
int saved_load(const char *path, struct saved_result *ret, struct sg_err *err);
void saved_release(struct saved_result *result);

/* NULL when there is none. */
const struct saved_row *saved_row_find(const struct saved_result *result, const char *name);
const struct saved_filter *saved_filter_find(const struct saved_result *result, const char *profile,
					     const char *name);
bool saved_policy_has_arch(const struct saved_policy *policy, const struct abi_arch *arch);

#endif
