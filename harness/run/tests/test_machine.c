/* SPDX-License-Identifier: MIT */
/* Which machines are of one class, how the differences read, and what a class is called. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/machine.h"

static const struct run_env plain = {
	.kernel = "6.18.2-cloud-amd64",
	.machine = "x86_64",
	.cpu = "AMD EPYC 7R13 Processor",
	.cpus_online = 8,
	.cpus_allowed = 2,
	.virtualisation = "kvm",
	.bpf_jit = "1",
	.bpf_jit_harden = "0",
	.clock_source = "tsc",
	.clock = "vdso",
	.governor = "none",
	.spec_store_bypass = "Mitigation: Speculative Store Bypass disabled via prctl",
	.spectre_v2 = "Mitigation: Retpolines; IBPB: conditional; STIBP: disabled",
	.seccomp_implies_ssbd = "no",
	.bitmap = true,
	.load_start = 0.5,
	.load_end = 1.5,
	.libseccomp = "2.5.4",
	.secgauge = "0.1.0",
	.workdir_fs = "ext4",
	.cpu_child = 1,
	.cpu_parent = 0,
	.date = "2024-05-17T09:30:00Z",
};

/* The lines, each ended. */
static char *differences(const struct run_env *was, const struct run_env *is)
{
	struct sg_strv lines = {0};
	struct sg_buf text = {0};

	sg_strv_add(&lines, "before");
	size_t count = run_machine_differences(was, is, &lines);

	assert_int_equal(count, lines.len - 1);
	assert_string_equal(lines.items[0], "before");
	for (size_t i = 1; i < lines.len; i++)
		sg_buf_addf(&text, "%s\n", lines.items[i]);
	sg_strv_release(&lines);
	sg_buf_adds(&text, "");
	return text.data ? text.data : sg_strdup("");
}

static void expect_differences(const struct run_env *was, const struct run_env *is,
			       const char *wanted)
{
	char *got = differences(was, is);

	assert_string_equal(got, wanted);
	free(got);
}

static void a_machine_is_of_its_own_class(void **state)
{
	const struct run_env nothing = {0};

	(void)state;
	expect_differences(&plain, &plain, "");
	expect_differences(&nothing, &nothing, "");
}

/* What an operator changes without a thought, and what the pairing divides out. */
static void other_facts_do_not_part_machines(void **state)
{
	struct run_env other = plain;

	(void)state;
	snprintf(other.kernel, sizeof(other.kernel), "6.18.33");
	snprintf(other.governor, sizeof(other.governor), "performance");
	snprintf(other.clock_source, sizeof(other.clock_source), "kvm-clock");
	snprintf(other.libseccomp, sizeof(other.libseccomp), "2.6.0");
	snprintf(other.secgauge, sizeof(other.secgauge), "0.2.0");
	snprintf(other.date, sizeof(other.date), "2025-01-01T00:00:00Z");
	other.cpus_online = 64;
	other.cpus_allowed = 64;
	other.cpu_child = 17;
	other.load_start = 9;
	expect_differences(&plain, &other, "");
}

static void each_fact_of_the_class_is_told(void **state)
{
#define WORD(field, value, line)                                                       \
	{                                                                              \
		offsetof(struct run_env, field), sizeof(plain.field), value, line "\n" \
	}
	static const struct {
		size_t offset, size;
		const char *value, *line;
	} rows[] = {
		WORD(kernel, "6.1.0-18-amd64", "kernel 6.1, was 6.18"),
		WORD(machine, "aarch64", "architecture aarch64, was x86_64"),
		WORD(cpu, "AMD EPYC 7763", "processor AMD EPYC 7763, was AMD EPYC 7R13 Processor"),
		WORD(virtualisation, "none", "virtualisation none, was kvm"),
		WORD(bpf_jit, "0", "BPF JIT 0, was 1"),
		WORD(bpf_jit_harden, "unknown", "BPF JIT hardening unknown, was 0"),
		WORD(spec_store_bypass, "Vulnerable",
		     "spec_store_bypass Vulnerable, was Mitigation: Speculative Store Bypass "
		     "disabled via prctl"),
		/* Microcode may change a word in the middle. */
		WORD(spectre_v2, "Mitigation: Retpolines; IBPB: always-on; STIBP: disabled",
		     "spectre_v2 Mitigation: Retpolines; IBPB: always-on; STIBP: disabled, was "
		     "Mitigation: Retpolines; IBPB: conditional; STIBP: disabled"),
		WORD(seccomp_implies_ssbd, "yes", "seccomp implies SSBD yes, was no"),
		WORD(clock, "tsc", "clock tsc, was vdso"),
		WORD(workdir_fs, "tmpfs", "files on tmpfs, was ext4"),
	};
#undef WORD

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct run_env other = plain;

		snprintf((char *)&other + rows[i].offset, rows[i].size, "%s", rows[i].value);
		expect_differences(&plain, &other, rows[i].line);
	}
}

static void several_differences_come_in_order(void **state)
{
	struct run_env other = plain;

	(void)state;
	snprintf(other.clock, sizeof(other.clock), "tsc");
	snprintf(other.kernel, sizeof(other.kernel), "6.1.9");
	other.bitmap = false;
	other.cpus_allowed = 1;
	expect_differences(&plain, &other,
			   "kernel 6.1, was 6.18\nbitmap no, was yes\nprocessors 1, was several\n"
			   "clock tsc, was vdso\n");
	expect_differences(&other, &plain,
			   "kernel 6.18, was 6.1\nbitmap yes, was no\nprocessors several, was 1\n"
			   "clock vdso, was tsc\n");
}

static void what_one_side_does_not_know_is_a_difference(void **state)
{
	struct run_env other = plain;

	(void)state;
	other.cpus_allowed = 0; /* as saved.h has it where the file says nothing */
	snprintf(other.cpu, sizeof(other.cpu), "unknown");
	other.virtualisation[0] = '\0';
	expect_differences(&plain, &other,
			   "processor unknown, was AMD EPYC 7R13 Processor\n"
			   "virtualisation unknown, was kvm\nprocessors unknown, was several\n");
	expect_differences(&other, &other, "");
}

static void a_kernel_counts_by_its_series(void **state)
{
	static const struct {
		const char *release, *series;
	} rows[] = {
		{"6.17.0-rc1+", "6.17"},
		{"5.4", "5.4"},
		{"5.15.153.1-microsoft-standard-WSL2", "5.15"},
		{"6.1-rc7", "6.1"},
		{"6.180.1", "6.180"},
		{"6.x", "6.x"},
		{"mainline", "mainline"},
		{"6", "6"},
		{"", "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct run_env other = plain;
		char *line = sg_asprintf("kernel %s, was 6.18\n", rows[i].series);

		snprintf(other.kernel, sizeof(other.kernel), "%s", rows[i].release);
		expect_differences(&plain, &other, line);
		free(line);
	}
}

static void expect_name(const struct run_env *env, const char *wanted)
{
	struct sg_buf name = {0};

	run_machine_name(env, &name);
	assert_string_equal(sg_buf_text(&name), wanted);
	sg_buf_release(&name);
}

static void a_class_is_called_by_its_processor(void **state)
{
	static const struct {
		const char *cpu, *wanted;
	} rows[] = {
		{"AMD EPYC 7R13 Processor", "amd-epyc-7r13"},
		{"AMD EPYC 7763 64-Core Processor", "amd-epyc-7763"},
		{"Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "intel-xeon-platinum-8375c"},
		{"Intel(R) Core(TM) i7-1165G7 @ 2.80GHz", "intel-core-i7-1165g7"},
		{"Intel(R) Core(tm)2 Duo CPU", "intel-core-2-duo"},
		{"POWER9 (raw), altivec supported", "power9-raw-altivec-supported"},
		{"12th Gen Intel(R) Core(TM) i5-12400F", "12th-gen-intel-core-i5-12400f"},
		{"  ../../etc/passwd  ", "..-..-etc-passwd"},
		{"Some\"Chip/9$x", "some-chip-9-x"},
		{"\xe9\xbe\x99\xe8\x8a\xaf 3A5000", "3a5000"},
		{"\xe9\xbe\x99\xe8\x8a\xaf", "unknown"},
		{"CPU", "unknown"},
		{"Processor (R) (TM", "unknown"},
		{"@ 2.00GHz", "unknown"},
		{"((((", "unknown"},
		{"(", "unknown"},
		{"(@)", "unknown"},
		{"unknown", "unknown"},
		{"", "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct run_env env = plain;
		char *wanted = sg_asprintf("linux-6.18-x86_64-kvm-%s", rows[i].wanted);

		snprintf(env.cpu, sizeof(env.cpu), "%s", rows[i].cpu);
		expect_name(&env, wanted);
		free(wanted);
	}
}

static void a_name_is_made_of_what_is_known(void **state)
{
	const struct run_env nothing = {0};
	struct run_env env = plain;

	(void)state;
	expect_name(&nothing, "linux-unknown-unknown-unknown-unknown");
	snprintf(env.virtualisation, sizeof(env.virtualisation), "unknown hypervisor");
	snprintf(env.kernel, sizeof(env.kernel), "Next/Tree");
	expect_name(&env, "linux-next-tree-x86_64-unknown-hypervisor-amd-epyc-7r13");
}

static void a_long_name_is_cut(void **state)
{
	struct sg_buf name = {0};
	struct run_env env = plain;

	(void)state;
	memset(env.cpu, 'X', sizeof(env.cpu) - 1);
	sg_buf_adds(&name, "> ");
	run_machine_name(&env, &name);
	assert_int_equal(name.len, 2 + RUN_MACHINE_NAME_MAX);
	assert_int_equal(strncmp(name.data, "> linux-6.18-x86_64-kvm-xxxx", 28), 0);
	sg_buf_clear(&name);
	/* The cut falls behind a "-": linux-6.18-x86_64-kvm- are 22. */
	env.cpu[RUN_MACHINE_NAME_MAX - 22 - 1] = ' ';
	run_machine_name(&env, &name);
	assert_int_equal(name.len, RUN_MACHINE_NAME_MAX - 1);
	sg_buf_release(&name);
}

/* Whatever the facts are, the name is one that any file system takes, and its class's. */
static void a_name_has_nothing_odd_in_it(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		struct run_env env = plain, twin;
		struct sg_buf name = {0}, again = {0};

		memset(env.cpu, c, 5);
		env.kernel[3] = env.virtualisation[1] = env.machine[2] = (char)c;
		twin = env;
		twin.cpu_child++;
		run_machine_name(&env, &name);
		run_machine_name(&twin, &again);
		assert_string_equal(sg_buf_text(&name), sg_buf_text(&again));
		for (size_t i = 0; i < name.len; i++)
			assert_non_null(
				strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", name.data[i]));
		assert_null(strstr(name.data, "--"));
		sg_buf_release(&name);
		sg_buf_release(&again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_is_of_its_own_class),
		cmocka_unit_test(other_facts_do_not_part_machines),
		cmocka_unit_test(each_fact_of_the_class_is_told),
		cmocka_unit_test(several_differences_come_in_order),
		cmocka_unit_test(what_one_side_does_not_know_is_a_difference),
		cmocka_unit_test(a_kernel_counts_by_its_series),
		cmocka_unit_test(a_class_is_called_by_its_processor),
		cmocka_unit_test(a_name_is_made_of_what_is_known),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(a_name_has_nothing_odd_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
