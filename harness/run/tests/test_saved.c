/* SPDX-License-Identifier: MIT */
/* What a result file says is there when it is read back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "filters/cbpf/interp.h"
#include "harness/run/tests/saved_support.h"

#define PROFILE "tiny.json"
#define TUNED   "argcheck-personality/" PROFILE "/tuned"

static struct saved_result load(void)
{
	struct saved_result result;
	struct sg_err err = {0};

	if (saved_load(SAVED_FILE, &result, &err))
		fail_msg("%s", err.msg);
	return result;
}

static void an_old_file_is_still_read(void **state)
{
	struct saved_result result = load();

	(void)state;
	assert_string_equal(result.file, SAVED_FILE);
	assert_int_equal(result.schema_version, 1);
	assert_true(result.interrupted);
	assert_number(result.wall_s, 1.350129879);
	assert_int_equal(result.peak_rss_bytes, 3555328);
	assert_int_equal(result.notes.len, 1);
	assert_int_equal(strncmp(result.notes.items[0], "other processes took 35%", 24), 0);
	saved_release(&result);
}

static void the_machine_can_be_told_from_others(void **state)
{
	struct saved_result result = load();
	const struct run_env *env = &result.env;

	(void)state;
	assert_string_equal(env->date, "2024-05-17T09:30:00Z");
	assert_string_equal(env->secgauge, "0.1.0");
	assert_string_equal(env->libseccomp, "2.5.4");
	assert_string_equal(env->kernel, "6.1.0-18-amd64");
	assert_string_equal(env->machine, "x86_64");
	assert_string_equal(env->cpu, "Some Processor 3000");
	assert_string_equal(env->virtualisation, "kvm");
	assert_string_equal(env->bpf_jit, "1");
	assert_string_equal(env->bpf_jit_harden, "0");
	assert_string_equal(env->clock_source, "kvm-clock");
	assert_string_equal(env->clock, "vdso");
	assert_string_equal(env->governor, "none");
	assert_string_equal(env->spec_store_bypass,
			    "Mitigation: Speculative Store Bypass disabled via prctl");
	assert_string_equal(env->spectre_v2, "Mitigation: Retpolines");
	assert_string_equal(env->seccomp_implies_ssbd, "no");
	assert_string_equal(env->workdir_fs, "ext4");
	assert_true(env->bitmap);
	assert_int_equal(env->cpus_online, 2);
	assert_int_equal(env->cpus_allowed, 2);
	assert_int_equal(env->cpu_child, 1);
	assert_int_equal(env->cpu_parent, 0);
	assert_number(env->load_start, 0.25);
	assert_number(env->load_end, 1.5);
	saved_release(&result);
}

static void settings_and_mix_are_those_of_the_run(void **state)
{
	struct saved_result result = load();

	(void)state;
	assert_number(result.settings.seconds, 0.05);
	assert_true(result.settings.seed == 0xfedcba9876543210);
	assert_int_equal(result.settings.stack, 1);
	assert_false(result.settings.bitmap_off);
	assert_false(result.settings.allow_denied);
	assert_string_equal(result.mix.name, "small.mix");
	assert_int_equal(result.mix.len, 2);
	assert_string_equal(result.mix.calls[0].name, "read");
	assert_true(result.mix.calls[0].args[0] == 3);
	assert_ptr_equal(result.mix.calls[1].arch, abi_arch(ABI_X86_64));
	assert_number(result.mix.total_weight, 4);
	saved_release(&result);
}

static void policies_and_filters_belong_together(void **state)
{
	struct saved_result result = load();
	const struct saved_filter *tuned = saved_filter_find(&result, PROFILE, "tuned");
	const struct saved_filter *hand = saved_filter_find(&result, PROFILE, "hand");
	const struct saved_filter *raw = saved_filter_find(&result, "-", "one.bpf");

	(void)state;
	assert_int_equal(result.policy_count, 1);
	assert_string_equal(result.policies[0].profile, PROFILE);
	assert_int_equal(result.policies[0].arch_count, 1);
	assert_ptr_equal(result.policies[0].arches[0], abi_arch(ABI_X86_64));
	assert_non_null(strstr(result.policies[0].text, "\ngetppid ERRNO(1)\n"));
	assert_int_equal(result.filter_count, 3);
	assert_ptr_equal(tuned->policy, &result.policies[0]);
	assert_null(tuned->unsupported);
	assert_null(raw->policy);
	assert_int_equal(strncmp(hand->unsupported, "hand is written for", 19), 0);
	assert_null(saved_filter_find(&result, "-", "tuned"));
	saved_release(&result);
}

/* So that the gate gets the exact figures from the file alone. */
static void a_filter_is_the_program_itself(void **state)
{
	const struct abi_tuple getppid = {.nr = 110, .arch = abi_arch(ABI_X86_64)->audit};
	struct saved_result result = load();
	const struct saved_filter *tuned = saved_filter_find(&result, PROFILE, "tuned");
	struct gen_figures again;
	struct sg_err err = {0};

	(void)state;
	assert_false(tuned->filter.none);
	assert_int_equal(tuned->filter.prog.len, 10);
	assert_int_equal(cbpf_run(&tuned->filter.prog, &getppid).ret, ABI_RET_ERRNO | 1);
	assert_string_equal(tuned->filter.version, "secgauge 0.1.0");
	assert_int_equal(tuned->filter.compile_ns, 341449);
	assert_int_equal(tuned->filter.foreign_action, ABI_RET_KILL_PROCESS);
	assert_number(tuned->install_ns, 343593.5);
	assert_int_equal(gen_figures(&tuned->filter, tuned->policy->arches[0], &result.mix, &again,
				     &err),
			 0);
	assert_int_equal(tuned->figures.filter_insns, again.filter_insns);
	assert_number(tuned->figures.mix_insns, again.mix_insns);
	assert_number(tuned->figures.mix_denied, again.mix_denied);
	assert_number(tuned->figures.left_insns, again.left_insns);
	assert_true(fabs(tuned->figures.uniform_insns - again.uniform_insns) < 1e-9);
	assert_int_equal(tuned->figures.worst_insns, again.worst_insns);
	assert_int_equal(tuned->figures.longest_path_insns, again.longest_path_insns);
	assert_int_equal(tuned->figures.longest_path_exact, again.longest_path_exact);
	assert_number(tuned->figures.bitmap_share, again.bitmap_share);
	saved_release(&result);
}

static void a_measured_row_has_its_blocks_and_counters(void **state)
{
	struct saved_result result = load();
	const struct saved_row *row = saved_row_find(&result, TUNED);

	(void)state;
	assert_string_equal(row->workload, "argcheck-personality");
	assert_string_equal(row->profile, PROFILE);
	assert_string_equal(row->filter, "tuned");
	assert_ptr_equal(row->column, saved_filter_find(&result, PROFILE, "tuned"));
	assert_false(row->aa);
	assert_int_equal(row->status, RUN_MEASURED);
	assert_null(row->reason);
	assert_int_equal(row->sample_count, 8);
	assert_number(row->samples[0].ns_per_op, 1240.82248521);
	assert_number(row->samples[0].none_ns_per_op, 1211.89349112);
	assert_int_equal(row->samples[0].iterations, 169);
	assert_number(row->mean_ns, 1302.66272189);
	assert_number(row->stddev_ns, 139.850616699);
	assert_number(row->ns_per_op.low, 1199.08579882);
	assert_number(row->ns_per_op.estimate, 1242.57100592);
	assert_number(row->ns_per_op.high, 1469.72189349);
	assert_number(row->ratio.low, 0.931984044673);
	assert_number(row->ratio.estimate, 1.035084755);
	assert_number(row->ratio.high, 1.22448801921);
	assert_number(row->overhead_ns.low, -92.8076923077);
	assert_number(row->overhead_ns.estimate, 41.7396449704);
	assert_number(row->overhead_ns.high, 244.964497041);
	assert_number(row->aa_ns, 131.162721893);
	assert_false(row->seen);
	assert_number(row->calls_per_op, 1);
	assert_number(row->bpf_insns, 0);
	assert_number(row->bpf_insns_full, 7);
	assert_number(row->bitmap_share, 1);
	assert_int_equal(row->faults, 0);
	saved_release(&result);
}

static void rows_without_a_filter_are_known_as_such(void **state)
{
	struct saved_result result = load();
	const struct saved_row *none = saved_row_find(&result, "null/-/none");
	const struct saved_row *aa = saved_row_find(&result, "null/-/none-aa");

	(void)state;
	assert_int_equal(result.row_count, 11);
	assert_null(none->column);
	assert_false(none->aa);
	assert_null(aa->column);
	assert_true(aa->aa);
	assert_null(saved_row_find(&result, "null/-/linear"));
	saved_release(&result);
}

static void a_skipped_row_has_its_reason(void **state)
{
	static const struct {
		const char *name;
		enum run_status status;
		const char *reason;
	} rows[] = {
		{"null/tiny.json/tuned", RUN_DENIED, "getppid"},
		{"wal/tiny.json/tuned", RUN_KILLED, "futex (202) by SIGSYS"},
		{"wal/tiny.json/none", RUN_FAILED, "3 of at least 6 blocks"},
		{"start/-/none", RUN_INTERRUPTED, ""},
	};
	struct saved_result result = load();

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		const struct saved_row *row = saved_row_find(&result, rows[i].name);

		assert_non_null(row);
		assert_int_equal(row->status, rows[i].status);
		assert_string_equal(row->reason, rows[i].reason);
		assert_int_equal(row->sample_count, 0);
	}
	assert_int_equal(saved_row_find(&result, "argcheck-personality/tiny.json/hand")->status,
			 RUN_UNSUPPORTED);
	saved_release(&result);
}

/* Rules, what a generator does not know, proofs, and figures without a measurement came later. */
static void what_version_1_lacks_is_not_made_up(void **state)
{
	struct saved_result result = load();
	const struct saved_filter *tuned = saved_filter_find(&result, PROFILE, "tuned");
	const struct saved_row *denied = saved_row_find(&result, "null/tiny.json/tuned");

	(void)state;
	assert_null(result.policies[0].rules);
	assert_int_equal(tuned->filter.verify, GEN_UNVERIFIED);
	assert_int_equal(tuned->filter.unknown_calls.len, 0);
	assert_true(isnan(denied->calls_per_op) && isnan(denied->bpf_insns));
	assert_true(isnan(denied->bpf_insns_full) && isnan(denied->bitmap_share));
	saved_release(&result);
}

static void the_summary_is_there(void **state)
{
	struct saved_result result = load();

	(void)state;
	assert_int_equal(result.summary_count, 2);
	assert_string_equal(result.summaries[1].profile, PROFILE);
	assert_string_equal(result.summaries[1].filter, "tuned");
	assert_int_equal(result.summaries[1].workloads, 1);
	assert_number(result.summaries[1].ratio.estimate, 1.035084755);
	saved_release(&result);
}

static void a_release_leaves_nothing_behind(void **state)
{
	static const struct saved_result zeroed;
	struct saved_result result = load();

	(void)state;
	saved_release(&result);
	assert_memory_equal(&result, &zeroed, sizeof(result));
	saved_release(&result);
}

static void standard_input_is_read_and_named(void **state)
{
	int before = dup(STDIN_FILENO), file = open(SAVED_FILE, O_RDONLY);
	struct saved_result result;
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
	int bad = saved_load("-", &result, &err);

	dup2(before, STDIN_FILENO);
	close(before);
	close(file);
	assert_int_equal(bad, 0);
	assert_string_equal(result.file, "standard input");
	saved_release(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_file_is_still_read),
		cmocka_unit_test(the_machine_can_be_told_from_others),
		cmocka_unit_test(settings_and_mix_are_those_of_the_run),
		cmocka_unit_test(policies_and_filters_belong_together),
		cmocka_unit_test(a_filter_is_the_program_itself),
		cmocka_unit_test(a_measured_row_has_its_blocks_and_counters),
		cmocka_unit_test(rows_without_a_filter_are_known_as_such),
		cmocka_unit_test(a_skipped_row_has_its_reason),
		cmocka_unit_test(what_version_1_lacks_is_not_made_up),
		cmocka_unit_test(the_summary_is_there),
		cmocka_unit_test(a_release_leaves_nothing_behind),
		cmocka_unit_test(standard_input_is_read_and_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
