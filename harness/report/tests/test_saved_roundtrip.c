/* SPDX-License-Identifier: MIT */
/*
 * What the JSON reporter writes, the reader of result files gives back: every figure, to the twelve
 * digits that are written.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/json_report.h"
#include "harness/report/tests/saved_same.h"

/* ---- a result with something of everything */

#define BLOCKS  7
#define FILTERS 5

static const struct wl fast = {.name = "fast"}, slow = {.name = "slow-one"};

struct fixture {
	struct policy policy, narrow, unused; /* the same profile for other architectures */
	struct mix mix;
	struct run_filter filters[FILTERS], raw;
	struct run_group groups[2];
	struct run_plan plan;
	struct run_sample samples[BLOCKS];
	struct run_row rows[16];
	struct run_result result;
	struct sg_rng rng;
};

static const char profile[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\","
	"\"SCMP_ARCH_X86\"],\"syscalls\":[{\"names\":[\"read\",\"write\"],\"action\":"
	"\"SCMP_ACT_ALLOW\"},{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":"
	"[{\"index\":0,\"value\":18446744073709551615,\"op\":\"SCMP_CMP_EQ\"}]}]}";

/* A number of any size from 1e-3 to 1e9, with more digits than are written. */
static double some_number(struct fixture *f)
{
	double digits = 1 + (double)(sg_rng_u64(&f->rng) >> 11) / 0x1p53;

	return digits * pow(10, (double)sg_rng_below(&f->rng, 12) - 3);
}

static struct stats_interval some_interval(struct fixture *f)
{
	double low = some_number(f), width = some_number(f);

	return (struct stats_interval){low + width / 3, low, low + width};
}

static void build(struct fixture *f, struct run_filter *column, const char *name,
		  const char *generator, const struct policy *policy)
{
	const struct gen_request request = {.policy = policy, .mix = &f->mix};
	struct sg_err err = {0};

	column->name = sg_strdup(name);
	if (gen_build(gen_find(generator, &err), &request, &column->filter, &err) ||
	    gen_figures(&column->filter, abi_arch(ABI_X86_64), &f->mix, &column->figures, &err))
		fail_msg("%s", err.msg);
	column->install_ns = some_number(f);
}

static void fill_filters(struct fixture *f)
{
	build(f, &f->filters[0], "tuned", "tuned", &f->policy);
	build(f, &f->filters[1], "empty", "none", &f->policy); /* where the profile asks for none */
	f->filters[2] = (struct run_filter){.name = sg_strdup("hand"),
					    .policy = &f->unused,
					    .unsupported = sg_strdup("not for \"this\" one")};
	build(f, &f->raw, "allow.bpf", "allow", NULL);
	/* Two that were made of another policy than their group's, the same one. */
	build(f, &f->filters[3], "linear-x86_64", "linear", &f->narrow);
	build(f, &f->filters[4], "hand-x86_64", "tuned", &f->narrow);
	f->filters[3].policy = f->filters[4].policy = &f->narrow;
	f->filters[1].policy = &f->policy;
	sg_strv_add(&f->filters[3].filter.unknown_calls, "x86_64:brand_new");
	sg_strv_add(&f->filters[3].filter.unknown_calls, "x86_64:newer");
	f->filters[1].filter.verify = GEN_UNKNOWN;
	f->groups[0] = (struct run_group){(char *)"./a/b.json", &f->policy, f->filters, FILTERS};
	f->groups[1] = (struct run_group){(char *)"-", NULL, &f->raw, 1};
}

static struct run_row *add_row(struct fixture *f, const struct wl *workload, int group,
			       const struct run_filter *filter, bool aa)
{
	struct run_row *row = &f->rows[f->result.row_count++];

	assert_true(f->result.row_count <= SG_COUNT(f->rows));
	*row = (struct run_row){.workload = workload,
				.group = &f->groups[group],
				.filter = filter,
				.aa = aa,
				.samples = f->samples,
				.sample_count = BLOCKS,
				.ns_per_op = some_interval(f),
				.ratio = some_interval(f),
				.overhead_ns = some_interval(f),
				.seen = filter != NULL,
				.calls_per_op = some_number(f),
				.bpf_insns = some_number(f),
				.bpf_insns_full = some_number(f),
				.bitmap_share = 1 / 3.0,
				.faults = sg_rng_below(&f->rng, 5)};
	return row;
}

static void add_skipped(struct fixture *f, const struct run_filter *filter, enum run_status status,
			const char *reason)
{
	struct run_row *row = add_row(f, &slow, 0, filter, false);

	row->status = status;
	row->reason = (char *)reason;
	row->sample_count = 0;
}

static void forget_exact(struct run_row *row)
{
	row->calls_per_op = row->bpf_insns = row->bpf_insns_full = row->bitmap_share = NAN;
}

static void fill_rows(struct fixture *f)
{
	for (int i = 0; i < BLOCKS; i++)
		f->samples[i] = (struct run_sample){some_number(f),
						    some_number(f),
						    some_number(f),
						    -some_number(f),
						    1 + (uint64_t)i * 1000000007,
						    some_number(f)};
	f->result.rows = f->rows;
	add_row(f, &fast, 0, NULL, false);
	add_row(f, &fast, 0, NULL, true);
	add_row(f, &fast, 0, &f->filters[0], false);
	add_row(f, &fast, 0, &f->filters[1], false);
	add_row(f, &fast, 1, NULL, false); /* whose control was not measured: no noise floor */
	add_row(f, &fast, 1, &f->raw, false);
	add_skipped(f, &f->filters[0], RUN_DENIED, "openat, close");
	add_skipped(f, &f->filters[1], RUN_KILLED, "futex (202) by SIGSYS");
	add_skipped(f, &f->filters[2], RUN_UNSUPPORTED, "not for \"this\" one");
	add_skipped(f, &f->filters[3], RUN_UNTIMED, "--no-time");
	add_skipped(f, NULL, RUN_INTERRUPTED, NULL);
	forget_exact(&f->rows[f->result.row_count - 1]);
}

static struct run_env some_env(void)
{
	return (struct run_env){
		.kernel = "6.1.0",
		.machine = "x86_64",
		.cpu = "A CPU @ 2.00GHz",
		.cpus_online = 8,
		.cpus_allowed = 2,
		.virtualisation = "kvm",
		.bpf_jit = "1",
		.bpf_jit_harden = "2",
		.clock_source = "tsc",
		.clock = "vdso",
		.governor = "performance",
		.spec_store_bypass = "Vulnerable",
		.spectre_v2 = "Mitigation: Retpolines",
		.seccomp_implies_ssbd = "no",
		.bitmap = true,
		.load_start = 0.123456789,
		.load_end = 17.5,
		.libseccomp = "2.5.4",
		.secgauge = SG_VERSION,
		.workdir_fs = "tmpfs",
		.cpu_child = 7,
		.cpu_parent = 3,
		.date = "2024-05-17T09:30:00Z",
	};
}

static struct fixture *make(void)
{
	const struct abi_arch *one = abi_arch(ABI_X86_64), *other = abi_arch(ABI_ARM);
	const struct policy_options options = {0}, narrow = {.arches = &one, .arch_count = 1},
				    unused = {.arches = &other, .arch_count = 1};
	struct fixture *f = sg_calloc(1, sizeof(*f));
	struct sg_err err = {0};

	sg_rng_seed(&f->rng, 5);
	if (mix_parse("0.1 read a0=0x3\n3 i386:write\n", 29, "t.mix", &f->mix, &err) ||
	    policy_parse(profile, strlen(profile), "p", &options, &f->policy, &err) ||
	    policy_parse(profile, strlen(profile), "p", &narrow, &f->narrow, &err) ||
	    policy_parse(profile, strlen(profile), "p", &unused, &f->unused, &err))
		fail_msg("%s", err.msg);
	fill_filters(f);
	fill_rows(f);
	f->plan = (struct run_plan){.groups = f->groups,
				    .group_count = 2,
				    .mix = &f->mix,
				    .seconds = 0.7,
				    .stack = 3,
				    .bitmap_off = true,
				    .allow_denied = true,
				    .seed = UINT64_MAX};
	f->result.plan = &f->plan;
	f->result.env = some_env();
	f->result.interrupted = true;
	f->result.wall_s = some_number(f);
	f->result.peak_rss_bytes = 123456789;
	sg_strv_add(&f->result.warnings, "one processor");
	return f;
}

static void drop_filter(struct run_filter *column)
{
	free(column->name);
	free(column->unsupported);
	gen_filter_release(&column->filter);
}

static void drop(struct fixture *f)
{
	for (int i = 0; i < FILTERS; i++)
		drop_filter(&f->filters[i]);
	drop_filter(&f->raw);
	policy_release(&f->policy);
	policy_release(&f->narrow);
	policy_release(&f->unused);
	mix_release(&f->mix);
	sg_strv_release(&f->result.warnings);
	free(f);
}

static struct saved_result written_and_read(const struct run_result *result)
{
	struct report_options look = {0};
	struct saved_result saved = {0};
	struct sg_buf text = {0};
	struct sg_err err = {0};

	if (report_find("json", &err)->write(result, &look, &text, &err) ||
	    saved_parse(text.data, text.len, "r.json", &saved, &err))
		fail_msg("%s", err.msg);
	sg_buf_release(&text);
	return saved;
}

/* ---- the tests */

static void every_row_and_filter_comes_back(void **state)
{
	struct fixture *f = make();
	struct saved_result saved = written_and_read(&f->result);

	(void)state;
	assert_same_lists(&saved, &f->result);
	assert_near(saved_row_find(&saved, "fast/./a/b.json/tuned")->aa_ns,
		    fmax(fabs(f->rows[1].overhead_ns.low), fabs(f->rows[1].overhead_ns.high)));
	assert_true(isnan(saved_row_find(&saved, "fast/-/allow.bpf")->aa_ns));
	saved_release(&saved);
	drop(f);
}

static void what_stands_around_them_comes_back(void **state)
{
	struct fixture *f = make();
	struct saved_result saved = written_and_read(&f->result);

	(void)state;
	assert_same_env(&saved.env, &f->result.env);
	assert_true(saved.interrupted);
	assert_near(saved.wall_s, f->result.wall_s);
	assert_int_equal(saved.peak_rss_bytes, f->result.peak_rss_bytes);
	assert_near(saved.settings.seconds, f->plan.seconds);
	assert_true(saved.settings.seed == UINT64_MAX);
	assert_int_equal(saved.settings.stack, 3);
	assert_true(saved.settings.bitmap_off);
	assert_true(saved.settings.allow_denied);
	assert_same_mix(&saved.mix, &f->mix);
	assert_int_equal(saved.policy_count, 2); /* nothing was made of the third */
	assert_string_equal(saved.policies[0].profile, "./a/b.json");
	assert_same_policy(&saved.policies[0], &f->policy);
	assert_string_equal(saved.policies[1].profile, "./a/b.json");
	assert_same_policy(&saved.policies[1], &f->narrow);
	saved_release(&saved);
	drop(f);
}

/* A profile is called by its path, and a path is any bytes. */
static void names_that_are_no_utf8_come_back_readable(void **state)
{
	struct fixture *f = make();
	struct saved_result saved;

	(void)state;
	f->groups[0].profile = (char *)"./\xff.json";
	f->rows[f->result.row_count - 1].reason = (char *)"no \xc3";
	saved = written_and_read(&f->result);
	assert_int_equal(saved.row_count, f->result.row_count);
	assert_int_equal(saved.policy_count, 2);
	assert_string_equal(saved.policies[0].profile, "./\ufffd.json");
	assert_non_null(saved_filter_find(&saved, "./\ufffd.json", "tuned"));
	assert_non_null(saved_row_find(&saved, "fast/./\ufffd.json/tuned"));
	assert_non_null(saved_row_find(&saved, "fast/./\ufffd.json/tuned")->column);
	assert_string_equal(saved.rows[saved.row_count - 1].reason, "no \ufffd");
	saved_release(&saved);
	drop(f);
}

static void the_version_that_is_written_is_the_one_that_is_read(void **state)
{
	struct fixture *f = make();
	struct saved_result saved = written_and_read(&f->result);

	(void)state;
	assert_int_equal(saved.schema_version, SAVED_SCHEMA_VERSION);
	saved_release(&saved);
	drop(f);
}

/* A real run, as short as they come: what the machine says of itself is accepted too. */
static void a_real_run_comes_back(void **state)
{
	static volatile int never;
	struct fixture *f = make();
	const struct wl *found[WL_MAX];
	struct run_result result = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(wl_find("null", found, &err), 1);
	f->plan.workloads = found;
	f->plan.workload_count = 1;
	f->plan.seconds = 1e-6;
	f->plan.stack = 1;
	f->plan.interrupted = &never;
	if (run_execute(&f->plan, &result, &err)) {
		drop(f);
		printf("SKIP: run: %s\n", err.msg);
		skip();
	}
	struct saved_result saved = written_and_read(&result);

	assert_same_lists(&saved, &result);
	assert_same_env(&saved.env, &result.env);
	saved_release(&saved);
	run_result_release(&result);
	drop(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_and_filter_comes_back),
		cmocka_unit_test(what_stands_around_them_comes_back),
		cmocka_unit_test(names_that_are_no_utf8_come_back_readable),
		cmocka_unit_test(the_version_that_is_written_is_the_one_that_is_read),
		cmocka_unit_test(a_real_run_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
