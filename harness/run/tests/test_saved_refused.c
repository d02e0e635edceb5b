/* SPDX-License-Identifier: MIT */
/* Result files with one value that would mislead: each is refused, with where and why. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/run/tests/saved_support.h"

#define TIME      "expected a number from 1e-06 to 1e+15"
#define AMOUNT    "expected a number from 0 to 1e+15"
#define SIGNED    "expected a number from -1e+15 to 1e+15"
#define SHARE     "expected a number from 0 to 1"
#define COUNT     "expected an integer from 0 to 1000000000000000"
#define ONE_LINE  "expected text without line breaks and control characters"
#define NO_SCHEMA "context.schema_version: expected the version of " SAVED_EXPECTED

static void a_wrong_context_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"context.schema_version", NULL, NO_SCHEMA},
		{"context.schema_version", "0", NO_SCHEMA},
		{"context.schema_version", "-1", NO_SCHEMA},
		{"context.schema_version", "1.0", NO_SCHEMA},
		{"context.schema_version", "\"1\"", NO_SCHEMA},
		{"context.schema_version", "4294967297",
		 "context.schema_version: expected at most 2, not 4294967297: a newer secgauge "
		 "(version 0.1.0) wrote this"},
		{"context.date", NULL, "context.date: expected a string"},
		{"context.date", "\"2024-05-17\"",
		 "context.date: expected a date such as 2024-05-17T09:30:00Z"},
		{"context.date", "\"2024-05-17T09:30:00Zulu\"",
		 "context.date: expected a date such as 2024-05-17T09:30:00Z"},
		{"context.secgauge_version", NULL, "context.secgauge_version: expected a string"},
		{"context.libseccomp_version", "2",
		 "context.libseccomp_version: expected a string"},
		{"context.interrupted", NULL, "context.interrupted: expected true or false"},
		{"context.interrupted", "0", "context.interrupted: expected true or false"},
		{"context.wall_s", "-1", "context.wall_s: " AMOUNT},
		{"context.peak_rss_bytes", "1.5", "context.peak_rss_bytes: " COUNT},
		{"context.num_cpus", NULL,
		 "context.num_cpus: expected an integer from 1 to 1000000"},
		{"context.num_cpus", "4294967298",
		 "context.num_cpus: expected an integer from 1 to 1000000"},
		{"context.notes", NULL, "context.notes: expected an array"},
		{"context.notes.0", "\"a\\nb\"", "context.notes[0]: " ONE_LINE},
		{"context.summary.1.ratio", "0", "context.summary[1].ratio: " TIME},
		{"context.summary.1.ratio_low", "2",
		 "context.summary[1].ratio_low: expected at most the upper end, 1.22448801921"},
		{"context.summary.0.workloads", "4294967296",
		 "context.summary[0].workloads: expected an integer from 1 to 4294967295"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

static void a_wrong_machine_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"context.machine", NULL, "context.machine: expected an object"},
		{"context.machine.kernel", NULL, "context.machine.kernel: expected a string"},
		{"context.machine.kernel", "6.1", "context.machine.kernel: expected a string"},
		{"context.machine.cpu", "\"a\\u001b[31mb\"", "context.machine.cpu: " ONE_LINE},
		{"context.machine.cpu", "\"a\\u009b31mb\"", "context.machine.cpu: " ONE_LINE},
		{"context.machine.machine", "\"123456789012345678901234567890123\"",
		 "context.machine.machine: expected at most 31 bytes"},
		{"context.machine.bitmap", "\"yes\"",
		 "context.machine.bitmap: expected true or false"},
		{"context.machine.load_start", "\"low\"", "context.machine.load_start: " AMOUNT},
		{"context.machine.cpu_child", "-1",
		 "context.machine.cpu_child: expected an integer from 0 to 1000000"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

static void wrong_settings_are_refused(void **state)
{
	static const char seed[] =
		"context.settings.seed: expected a number of at most 64 bits such as \"0x1f\"";
	static const struct saved_change changes[] = {
		{"context.settings", NULL, "context.settings: expected an object"},
		{"context.settings.seconds", NULL, "context.settings.seconds: " AMOUNT},
		{"context.settings.seed", "7", "context.settings.seed: expected a string"},
		{"context.settings.seed", "\"7\"", seed},
		{"context.settings.seed", "\"0x\"", seed},
		{"context.settings.seed", "\"0x1g\"", seed},
		{"context.settings.seed", "\"0x10000000000000000\"", seed},
		{"context.settings.stack", "0",
		 "context.settings.stack: expected an integer from 1 to 32768"},
		{"context.settings.stack", "4294967297",
		 "context.settings.stack: expected an integer from 1 to 32768"},
		{"context.settings.bitmap_off", "null",
		 "context.settings.bitmap_off: expected true or false"},
		{"context.settings.allow_denied", NULL,
		 "context.settings.allow_denied: expected true or false"},
		{"context.mix", NULL, "context.mix: expected an object"},
		{"context.mix.name", "\"\"", "context.mix.name: expected a name"},
		{"context.mix.text", "\"\"", "context.mix.text:1: expected at least one call"},
		{"context.mix.text", "\"1 read\\n0 write\\n\"",
		 "context.mix.text:2: expected a weight above 0, not \"0\""},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

#define TINY_SHA256 "e8b2177e73be45b2fbca2ec8426b6ad2c98b7c72688f3ad694313391209ccb8a"
#define DIGITS      "expected 64 hexadecimal digits"

static void a_wrong_policy_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"context.policies", "{}", "context.policies: expected an array"},
		{"context.policies.0", "[]", "context.policies[0]: expected an object"},
		{"context.policies.0.profile", NULL,
		 "context.policies[0].profile: expected a string"},
		{"context.policies.0.sha256", "\"e8\"", "context.policies[0].sha256: " DIGITS},
		{"context.policies.0.text", "\"arch x86_64\\ndefault ALLOW\\n\"",
		 "context.policies[0].text: expected the text whose SHA-256 is " TINY_SHA256},
		{"context.policies.0.arches", "[]",
		 "context.policies[0].arches: expected at least one architecture"},
		{"context.policies.0.arches.0", "\"pdp11\"",
		 "context.policies[0].arches[0]: expected the name of an architecture"},
		{"context.policies.0.arches.0", "3",
		 "context.policies[0].arches[0]: expected the name of an architecture"},
		{"context.policies.0.arches.1", "\"x86_64\"",
		 "context.policies[0].arches[1]: expected each architecture once"},
		{"context.policies.1", "@context.policies.0",
		 "context.policies[1]: expected each policy once, not another one of tiny.json"},
		{"context.policies.0", NULL,
		 "context.filters[0].policy_sha256: expected the sha256 of a policy of tiny.json "
		 "in "
		 "$.context"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

#define INSNS "context.filters[2].insns_base64: "

static void a_wrong_filter_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"context.filters", NULL, "context.filters: expected an array"},
		{"context.filters.2.name", "\"\"", "context.filters[2].name: expected a name"},
		{"context.filters.2.profile", "\"a\\tb\"", "context.filters[2].profile: " ONE_LINE},
		{"context.filters.3", "@context.filters.2",
		 "context.filters[3]: expected each filter once, not another one named one.bpf for "
		 "-"},
		{"context.filters.1.unsupported", "true",
		 "context.filters[1].unsupported: expected a string"},
		{"context.filters.2.policy_sha256", NULL,
		 "context.filters[2].policy_sha256: expected a string"},
		/* The policy is one of another profile. */
		{"context.filters.2.policy_sha256", "\"" TINY_SHA256 "\"",
		 "context.filters[2].policy_sha256: expected the sha256 of a policy of - in "
		 "$.context"},
		{"context.filters.2.insns_base64", NULL, INSNS "expected a string"},
		{"context.filters.2.insns_base64", "\"BgAAAAAA?38=\"",
		 INSNS "expected a program: invalid base64 at character 9"},
		{"context.filters.2.insns_base64", "\"BgAAAAAA\"",
		 INSNS "expected a program: 6 bytes are no array of struct sock_filter: the size "
		       "must be a multiple of 8"},
		{"context.filters.2.insns_base64", "\"IAAAAAQAAAA=\"",
		 INSNS "expected a program: instruction 0: the last instruction must be a RET"},
		/* ERRNO(1) instead of ALLOW. */
		{"context.filters.2.insns_base64", "\"BgAAAAEABQA=\"",
		 "context.filters[2].sha256: expected "
		 "1bde2a6c7dd83869c073738f32ea5bf10e0c103b56143f69b3562e21b871f66e, which is that "
		 "of insns_base64"},
		{"context.filters.2.sha256", "@context.filters.0.sha256",
		 "context.filters[2].sha256: expected "
		 "40b2a31e1a78576bb4afdf1433867d0cc67b769635ef549fba81c7d37570520f, which is that "
		 "of insns_base64"},
		{"context.filters.2.sha256", NULL, "context.filters[2].sha256: expected a string"},
		{"context.filters.2.compile_ns", "-1", "context.filters[2].compile_ns: " COUNT},
		{"context.filters.2.install_ns", NULL, "context.filters[2].install_ns: " AMOUNT},
		{"context.filters.2.figures", NULL,
		 "context.filters[2].figures: expected an object"},
		{"context.filters.0.figures.filter_insns", "11",
		 "context.filters[0].figures.filter_insns: expected 10, the length of its filter"},
		{"context.filters.0.figures.worst_insns", "11",
		 "context.filters[0].figures.worst_insns: expected an integer from 0 to 10"},
		{"context.filters.0.figures.longest_path_insns", "4294967297",
		 "context.filters[0].figures.longest_path_insns: expected an integer from 0 to 10"},
		{"context.filters.0.figures.mix_denied", "1.01",
		 "context.filters[0].figures.mix_denied: " SHARE},
		{"context.filters.0.figures.longest_path_exact", "1",
		 "context.filters[0].figures.longest_path_exact: expected true or false"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

static void a_wrong_block_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"benchmarks", NULL, "benchmarks: expected an array"},
		{"benchmarks.3", "7", "benchmarks[3]: expected an object"},
		{"benchmarks.3.run_name", NULL, "benchmarks[3].run_name: expected a string"},
		{"benchmarks.3.run_name", "\"none\"",
		 "benchmarks[3].run_name: expected WORKLOAD/PROFILE/FILTER"},
		{"benchmarks.3.run_name", "\"null//none\"",
		 "benchmarks[3].run_name: expected WORKLOAD/PROFILE/FILTER"},
		{"benchmarks.3.run_name", "\"null/tiny.json/bst\"",
		 "benchmarks[3].run_name: expected a filter that is in $.context.filters"},
		{"benchmarks.3.run_name", "\"null/tiny.json/hand\"",
		 "benchmarks[3].run_name: expected a filter that is supported in "
		 "$.context.filters"},
		{"benchmarks.3.name", "\"other\"",
		 "benchmarks[3].name: expected \"argcheck-personality/tiny.json/none\""},
		{"benchmarks.3.run_type", NULL,
		 "benchmarks[3].run_type: expected \"iteration\" or \"aggregate\""},
		{"benchmarks.3.time_unit", "\"us\"", "benchmarks[3].time_unit: expected \"ns\""},
		{"benchmarks.3.real_time", NULL, "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.real_time", "\"NaN\"", "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.real_time", "-1.0", "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.real_time", "0", "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.real_time", "1e300", "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.real_time", "9223372036854775807", "benchmarks[3].real_time: " TIME},
		{"benchmarks.3.none_ns", "0.0", "benchmarks[3].none_ns: " TIME},
		{"benchmarks.3.ratio", "-0.5", "benchmarks[3].ratio: " TIME},
		{"benchmarks.3.overhead_ns", "-1e16", "benchmarks[3].overhead_ns: " SIGNED},
		{"benchmarks.3.iterations", "0",
		 "benchmarks[3].iterations: expected an integer from 1 to 1000000000000000"},
		{"benchmarks.3.iterations", "1.5",
		 "benchmarks[3].iterations: expected an integer from 1 to 1000000000000000"},
		/* Twice, or not at all. */
		{"benchmarks.3", "@benchmarks.2",
		 "benchmarks[3].repetition_index: expected 3, the next block of its row"},
		{"benchmarks.3", NULL,
		 "benchmarks[3].repetition_index: expected 3, the next block of its row"},
		{"benchmarks.3.repetition_index", "4294967299",
		 "benchmarks[3].repetition_index: expected 3, the next block of its row"},
		{"benchmarks.7", NULL,
		 "benchmarks[7].repetitions: expected 7, the number of blocks in front of it"},
		{"benchmarks.10", "@benchmarks.7",
		 "benchmarks[10]: expected no block behind the aggregates of its row"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

static void a_wrong_aggregate_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"benchmarks.31", NULL,
		 "benchmarks: expected a row named argcheck-personality/tiny.json/tuned_median"},
		{"benchmarks.32", "@benchmarks.31",
		 "benchmarks[32]: expected one median of argcheck-personality/tiny.json/tuned"},
		{"benchmarks.0", "@benchmarks.31",
		 "benchmarks[0]: expected the blocks of argcheck-personality/tiny.json/tuned in "
		 "front of it"},
		{"benchmarks.31.name", "@benchmarks.32.name",
		 "benchmarks[31].name: expected "
		 "\"argcheck-personality/tiny.json/tuned_median\""},
		{"benchmarks.31.aggregate_name", NULL,
		 "benchmarks[31].aggregate_name: expected a string"},
		{"benchmarks.31.repetitions", "9",
		 "benchmarks[31].repetitions: expected 8, the number of blocks in front of it"},
		{"benchmarks.31.real_time", "0", "benchmarks[31].real_time: " TIME},
		{"benchmarks.32.real_time", "-1", "benchmarks[32].real_time: " AMOUNT},
		{"benchmarks.31.ns_low", "2000",
		 "benchmarks[31].ns_low: expected at most the upper end, 1469.72189349"},
		{"benchmarks.31.ratio_low", "1.3",
		 "benchmarks[31].ratio_low: expected at most the upper end, 1.22448801921"},
		{"benchmarks.31.overhead_ns_low", "245",
		 "benchmarks[31].overhead_ns_low: expected at most the upper end, 244.964497041"},
		{"benchmarks.31.overhead_ns", NULL, "benchmarks[31].overhead_ns: " SIGNED},
		{"benchmarks.31.overhead_ns_high", "\"inf\"",
		 "benchmarks[31].overhead_ns_high: " SIGNED},
		{"benchmarks.31.aa_ns", "-1", "benchmarks[31].aa_ns: " AMOUNT},
		{"benchmarks.31.seen", NULL, "benchmarks[31].seen: expected true or false"},
		{"benchmarks.31.bpf_insns", NULL, "benchmarks[31].bpf_insns: " AMOUNT},
		{"benchmarks.31.bitmap_share", "1.5", "benchmarks[31].bitmap_share: " SHARE},
		{"benchmarks.31.faults", "-1", "benchmarks[31].faults: " COUNT},
		{"benchmarks.31.filter_insns", "9",
		 "benchmarks[31].filter_insns: expected 10, the length of its filter"},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

static void a_wrong_skipped_row_is_refused(void **state)
{
	static const struct saved_change changes[] = {
		{"skipped", NULL, "skipped: expected an array"},
		{"skipped.0.name", NULL, "skipped[0].name: expected a string"},
		{"skipped.0.name", "\"/tiny.json/none\"",
		 "skipped[0].name: expected WORKLOAD/PROFILE/FILTER"},
		{"skipped.0.name", "\"null/tiny.json/\"",
		 "skipped[0].name: expected WORKLOAD/PROFILE/FILTER"},
		{"skipped.0.name", "\"null/tiny.json/bst\"",
		 "skipped[0].name: expected a filter that is in $.context.filters"},
		{"skipped.1", "@skipped.0",
		 "skipped[1].name: expected each row once, not null/tiny.json/tuned again"},
		/* Measured, and not measured. */
		{"skipped.0.name", "@benchmarks.0.name",
		 "skipped[0].name: expected each row once, not argcheck-personality/tiny.json/none "
		 "again"},
		{"skipped.0.status", NULL,
		 "skipped[0].status: expected the status of a row that was not measured"},
		{"skipped.0.status", "\"measured\"",
		 "skipped[0].status: expected the status of a row that was not measured"},
		{"skipped.0.reason", NULL, "skipped[0].reason: expected a string"},
		{"skipped.0.reason", "\"one\\ntwo\"", "skipped[0].reason: " ONE_LINE},
	};

	(void)state;
	saved_refuse_each(SAVED_FILE, changes, SG_COUNT(changes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_context_is_refused),
		cmocka_unit_test(a_wrong_machine_is_refused),
		cmocka_unit_test(wrong_settings_are_refused),
		cmocka_unit_test(a_wrong_policy_is_refused),
		cmocka_unit_test(a_wrong_filter_is_refused),
		cmocka_unit_test(a_wrong_block_is_refused),
		cmocka_unit_test(a_wrong_aggregate_is_refused),
		cmocka_unit_test(a_wrong_skipped_row_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
