/* SPDX-License-Identifier: MIT */
/* What holds of the tuned generator on every profile: the kernel's bitmap, and its passes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <unistd.h>

#include "filters/gen/tests/support.h"

#define ARCHES "x86_64,i386,x32"

/* A profile of some package may not be there. */
static bool is_installed(const struct policy_bundled *profile)
{
	if (!profile->package || access(profile->file, R_OK) == 0)
		return true;
	printf("SKIP: %s: needs the Debian package %s\n", profile->name, profile->package);
	return false;
}

static void assert_serves_as_much(const struct policy *policy, const struct gen_filter *tuned,
				  const struct gen_filter *linear)
{
	size_t arch;

	for (arch = 0; arch < policy->arch_count; arch++)
		assert_true(cbpf_bitmap_served(&tuned->prog, policy->arches[arch]) >=
			    cbpf_bitmap_served(&linear->prog, policy->arches[arch]));
}

/* What the kernel's bitmap could serve, it does: on every profile and for every objective as many
 * calls as under the linear filter. */
static void the_bitmap_serves_what_it_can(void **state)
{
	const struct policy_bundled *profile;
	int objective;

	(void)state;
	for (profile = policy_bundled; profile->name; profile++) {
		struct policy policy;
		struct gen_filter linear;

		if (!is_installed(profile))
			continue;
		policy = read_policy(profile->name, ARCHES);
		linear = build_filter("linear", &policy, GEN_MIX);
		assert_true(cbpf_bitmap_served(&linear.prog, policy.arches[0]) > 0);
		for (objective = GEN_MIX; objective <= GEN_INSTALL; objective++) {
			struct gen_filter tuned =
				build_filter("tuned", &policy, (enum gen_objective)objective);

			assert_serves_as_much(&policy, &tuned, &linear);
			gen_filter_release(&tuned);
		}
		gen_filter_release(&linear);
		policy_release(&policy);
	}
}

static struct gen_filter build_without(const struct policy *policy, enum gen_objective objective,
				       unsigned int passes)
{
	struct mix mix = io_mix();
	struct gen_request request = {.policy = policy,
				      .mix = &mix,
				      .objective = objective,
				      .passes_off = passes};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (gen_build(gen_find("tuned", NULL), &request, &filter, &err) < 0)
		fail_msg("without %x: %s", passes, err.msg);
	mix_release(&mix);
	return filter;
}

static double mix_insns(const struct policy *policy, const struct gen_filter *filter)
{
	struct mix mix = io_mix();
	struct gen_figures figures;
	struct sg_err err = {0};

	assert_int_equal(gen_figures(filter, policy->arches[0], &mix, &figures, &err), 0);
	mix_release(&mix);
	return figures.mix_insns;
}

/* Each pass alone and all of them together can be left out: what remains is proved equal to the
 * policy all the same, and costs no less. */
static void every_pass_can_be_switched_off(void **state)
{
	struct policy policy = read_policy("container-default", ARCHES);
	struct gen_filter all = build_without(&policy, GEN_MIX, 0);
	const double best = mix_insns(&policy, &all);
	unsigned int passes;

	(void)state;
	for (passes = 1; passes < 1u << GEN_PASS_COUNT; passes++) {
		struct gen_filter filter;

		if ((passes & (passes - 1)) && passes + 1 != 1u << GEN_PASS_COUNT)
			continue;
		filter = build_without(&policy, GEN_MIX, passes);
		assert_int_equal(filter.verify, GEN_EQUAL);
		print_message("without %#x: %.4f in %zu, with all %.4f in %zu\n", passes,
			      mix_insns(&policy, &filter), filter.prog.len, best, all.prog.len);
		assert_true(mix_insns(&policy, &filter) >= best - 1e-9);
		gen_filter_release(&filter);
	}
	gen_filter_release(&all);
	policy_release(&policy);
}

static uint32_t insns_of_call(const struct policy *policy, const char *mix_text,
			      const struct abi_arch *arch, const char *name)
{
	struct mix mix = {0};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	struct abi_tuple tuple = {.nr = (uint32_t)abi_nr(arch, name), .arch = arch->audit};
	uint32_t insns;

	assert_int_equal(mix_parse(mix_text, strlen(mix_text), "t.mix", &mix, &err), 0);
	assert_int_equal(gen_build(gen_find("tuned", NULL), &request, &filter, &err), 0);
	insns = cbpf_run(&filter.prog, &tuple).insns;
	gen_filter_release(&filter);
	mix_release(&mix);
	return insns;
}

static bool has_jset(const struct cbpf_prog *prog)
{
	size_t i;

	for (i = 0; i < prog->len; i++) {
		if (prog->insns[i].code == (BPF_JMP | BPF_JSET | BPF_K))
			return true;
	}
	return false;
}

/* Knots had masks all the same. */
static void without_bits_no_mask_of_the_number(void **state)
{
	const char *calls =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": ["
		"\"read\", \"open\", \"stat\", \"poll\", \"mmap\", \"munmap\", \"ioctl\"],"
		"\"action\": \"SCMP_ACT_ALLOW\"}]}";
	struct policy policy = read_policy(calls, "x86_64");
	int objective;

	(void)state;
	for (objective = GEN_MIX; objective <= GEN_INSTALL; objective++) {
		struct gen_filter all = build_without(&policy, (enum gen_objective)objective, 0);
		struct gen_filter filter =
			build_without(&policy, (enum gen_objective)objective, GEN_PASS_BITS);

		assert_true(has_jset(&all.prog));
		assert_false(has_jset(&filter.prog));
		gen_filter_release(&all);
		gen_filter_release(&filter);
	}
	policy_release(&policy);
}

/* Short trees are for architectures that hardly count: one with a twentieth of the mix has its
 * heavy call at the first test, though another weighs nineteen times as much. */
static void a_lighter_architecture_is_weighed_too(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64,i386");
	const struct abi_arch *i386 = abi_arch(ABI_I386);

	(void)state;
	/* ld arch, jeq, jeq, ld nr, one test, ret */
	assert_int_equal(insns_of_call(&policy, "19 read\n1 i386:futex_time64", i386,
				       "futex_time64"),
			 6);
	assert_true(insns_of_call(&policy, "19 read\n0.01 i386:futex_time64", i386,
				  "futex_time64") > 6);
	policy_release(&policy);
}

static void passes_have_names(void **state)
{
	struct sg_err err = {0};
	unsigned int passes = 0;
	size_t i;

	(void)state;
	for (i = 0; gen_passes[i].name; i++)
		assert_int_equal(gen_pass_parse(gen_passes[i].name, &passes, &err), 0);
	assert_int_equal(i, GEN_PASS_COUNT);
	assert_int_equal(passes, (1u << GEN_PASS_COUNT) - 1);
	passes = 0;
	assert_true(gen_pass_parse("knot", &passes, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "knots"));
	assert_int_equal(passes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bitmap_serves_what_it_can),
		cmocka_unit_test(every_pass_can_be_switched_off),
		cmocka_unit_test(without_bits_no_mask_of_the_number),
		cmocka_unit_test(a_lighter_architecture_is_weighed_too),
		cmocka_unit_test(passes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
