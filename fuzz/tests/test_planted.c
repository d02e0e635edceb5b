/* SPDX-License-Identifier: MIT */
/*
 * Filters that were wrong once, planted: the tuples that the fuzzer makes for the policy must find
 * each of them, whatever the seed. The source is told nothing of the filter.
 *
 * Not here, since no filter and no profile shows it: crun's cache, whose key lacked a field.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "fuzz/tests/planted.h"
#include "fuzz/tuples.h"

/* About a second; the issue grants ten. */
#define MAX_TUPLES 5000000
#define BATCH      1024

/* A defect: a broken policy, or a filter as text, or a function that makes one. */
struct plant {
	const char *name;
	const char *profile; /* JSON, or the name of a bundled one */
	const char *arches;
	/* What to break, and the generator that then is right. */
	break_policy_fn break_policy;
	const char *generator; /* NULL: tuned */
	const char *assembly;
	void (*make)(const struct policy *policy, struct cbpf_prog *prog);
	enum policy_class class; /* of the tuples that show it; specified: a mismatch */
};

/* ---- filters made by hand */

/* libseccomp <= 2.3.3, CVE-2019-9893: "less than" looks at the low half whatever the high one. */
static const char less_than_by_halves[] =
	".arch x86_64\n"
	"	ld arch\n	jne #arch.x86_64, kill\n	ld nr\n	jne #close, deny\n"
	"	ld args[0].hi\n	jlt #1, allow\n"
	"	ld args[0].lo\n	jlt #1, allow, deny\n"
	"allow:	ret ALLOW\ndeny:	ret ERRNO(1)\nkill:	ret KILL_PROCESS\n";

/* -1 is above 0 for a comparison without sign. */
static const char signed_comparison[] =
	".arch x86_64\n"
	"	ld arch\n	jne #arch.x86_64, kill\n	ld nr\n	jge #0x40000000, kill\n"
	"	jne #setpriority, allow\n"
	"	ld args[2].hi\n	jset #0x80000000, allow\n	jne #0, deny\n"
	"	ld args[2].lo\n	jne #0, deny, allow\n"
	"allow:	ret ALLOW\ndeny:	ret ERRNO(1)\nkill:	ret KILL_PROCESS\n";

/* libseccomp < 2.3.2: the test for x32 takes -1, which a tracer sets to skip a call. */
static const char minus_one_is_x32[] =
	".arch x86_64\n"
	"	ld arch\n	jne #arch.x86_64, kill\n	ld nr\n	jge #0x40000000, kill\n"
	"	jeq #read, allow, deny\n"
	"allow:	ret ALLOW\ndeny:	ret ERRNO(1)\nkill:	ret KILL_PROCESS\n";

/* libseccomp <= 2.5.3: the tree of no rules. */
static const char tree_of_no_rules[] = ".arch x86_64\n"
				       "	ld arch\n	jne #arch.x86_64, kill\n"
				       "	ld nr\n	jge #0x40000000, kill\n"
				       "kill:	ret KILL_PROCESS\n";

/* 32-bit arguments: garbage in the upper half denies the call. */
static const char upper_half_of_32_bits[] =
	".arch i386\n"
	"	ld arch\n	jne #arch.i386, kill\n	ld nr\n	jne #copy_file_range, deny\n"
	"	ld args[5].hi\n	jne #0, deny\n	ld args[5].lo\n	jne #0, deny\n"
	"	ret ALLOW\ndeny:	ret ERRNO(1)\nkill:	ret KILL_PROCESS\n";

/* kafel: the halves of an argument stand the other way round. */
static void make_halves_swapped(const struct policy *policy, struct cbpf_prog *prog)
{
	struct mix mix = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	if (mix_load(NULL, &mix, &err) || gen_build(must_find("tuned"), &request, &filter, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < filter.prog.len; i++) {
		struct sock_filter *insn = &filter.prog.insns[i];

		if (insn->code == (BPF_LD | BPF_W | BPF_ABS) && insn->k >= ABI_OFF_ARG(0))
			insn->k ^= 4;
	}
	cbpf_copy(prog, &filter.prog);
	gen_filter_release(&filter);
	mix_release(&mix);
}

/* strace, minijail: one test a call, and a jump that keeps eight bits of its offset. */
static void make_jumps_cut_off(const struct policy *policy, struct cbpf_prog *prog)
{
	const struct abi_arch *arch = policy->arches[0];
	const size_t count = policy->rule_count, allow = count + 4;

	cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARCH));
	cbpf_add(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch->audit, 0, 0));
	cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR));
	for (size_t i = 0; i < count; i++) {
		const uint32_t nr = (uint32_t)abi_nr(arch, policy->rules[i].name);

		cbpf_add(prog, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr,
							    (uint8_t)(allow - prog->len - 1), 0));
	}
	cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, policy->default_action));
	cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
}

/* Three hundred calls, allowed without conditions. */
static char *long_profile(void)
{
	const struct abi_call *calls;
	struct sg_buf text = {0};
	size_t count;

	calls = abi_calls(abi_arch(ABI_X86_64), &count);
	assert_true(count > 300);
	sg_buf_adds(&text, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [");
	for (size_t i = 0; i < 300; i++)
		sg_buf_addf(&text, "%s\"%s\"", i ? ", " : "", calls[i].name);
	sg_buf_adds(&text, "], \"action\": \"SCMP_ACT_ALLOW\"}]}");
	return text.data;
}

/* ---- the table */

#define ALLOW_IF(name, args)                                                  \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": " \
	"[\"" name "\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [" args "]}]}"
#define DENY(name) "{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1}"

static const struct plant plants[] = {
	{.name = "less_than_by_halves",
	 .profile = ALLOW_IF("close",
			     "{\"index\": 0, \"value\": 4294967297, \"op\": \"SCMP_CMP_LT\"}"),
	 .arches = "x86_64",
	 .assembly = less_than_by_halves},
	{.name = "tree_of_no_rules",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	 .arches = "x86_64",
	 .assembly = tree_of_no_rules},
	{.name = "minus_one_is_x32",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "
		    "[\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
	 .arches = "x86_64",
	 .assembly = minus_one_is_x32,
	 .class = POLICY_X32},
	{.name = "upper_half_of_32_bits",
	 .profile = ALLOW_IF("copy_file_range",
			     "{\"index\": 5, \"value\": 0, \"op\": \"SCMP_CMP_EQ\"}"),
	 .arches = "i386",
	 .assembly = upper_half_of_32_bits},
	{.name = "signed_comparison",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "
		    "[\"setpriority\"], \"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 2, "
		    "\"value\": 0, \"op\": \"SCMP_CMP_GT\"}]}]}",
	 .arches = "x86_64",
	 .assembly = signed_comparison},
	{.name = "conditions_ored",
	 .profile = ALLOW_IF("ioctl", "{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}, "
				      "{\"index\": 1, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}"),
	 .arches = "x86_64",
	 .break_policy = break_conditions_ored},
	{.name = "errno_of_clone3",
	 .profile = "container-default",
	 .arches = "x86_64",
	 .break_policy = break_errno_of_clone3},
	{.name = "old_tables",
	 .profile = "container-default",
	 .arches = "x86_64,i386,x32",
	 .break_policy = break_old_tables},
	{.name = "direct_socket_calls",
	 .profile = "container-default",
	 .arches = "x86_64,i386,x32",
	 .break_policy = break_direct_socket_calls},
	{.name = "mask_lacks_a_bit",
	 .profile = "container-default",
	 .arches = "x86_64",
	 .break_policy = break_mask_lacks_a_bit},
	{.name = "x32_hole",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" DENY("mount") "]}",
	 .arches = "x86_64,x32",
	 .break_policy = break_forget_x32},
	{.name = "x32_hole_where_x32_is_not_listed",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" DENY("mount") "]}",
	 .arches = "x86_64",
	 .break_policy = break_forget_x32,
	 .class = POLICY_X32},
	{.name = "other_arch_open",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [" DENY("syslog") "]}",
	 .arches = "x86_64,i386",
	 .break_policy = break_other_arch_open},
	{.name = "low_half_only",
	 .profile = ALLOW_IF("ioctl", "{\"index\": 1, \"value\": 21505, \"op\": \"SCMP_CMP_EQ\"}"),
	 .arches = "x86_64",
	 .break_policy = break_low_half_only},
	{.name = "jumps_cut_off", .arches = "x86_64", .make = make_jumps_cut_off},
	{.name = "halves_swapped",
	 .profile = ALLOW_IF("fsync",
			     "{\"index\": 0, \"value\": 4294967298, \"op\": \"SCMP_CMP_EQ\"}"),
	 .arches = "s390x",
	 .make = make_halves_swapped},
	{.name = "drop_default",
	 .profile = "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 1, \"syscalls\": "
		    "[" DENY("socketcall") ", {\"names\": [\"socket\"], \"action\": "
					   "\"SCMP_ACT_ALLOW\"}]}",
	 .arches = "i386",
	 .break_policy = break_drop_default,
	 .generator = "linear"},
};

/* ---- the search */

static struct policy read_profile(const struct plant *plant)
{
	const struct abi_arch *arches[8];
	struct policy_options options = {.arches = arches};
	char *made = plant->profile ? NULL : long_profile();
	const char *profile = made ? made : plant->profile;
	struct policy policy = {0};
	struct sg_strv names = {0};
	struct sg_err err = {0};
	int bad;

	sg_strv_split(&names, plant->arches);
	for (; options.arch_count < names.len; options.arch_count++)
		arches[options.arch_count] = abi_arch_by_name(names.items[options.arch_count]);
	bad = *profile == '{'
		      ? policy_parse(profile, strlen(profile), plant->name, &options, &policy, &err)
		      : policy_load(profile, &options, &policy, &err);
	if (bad)
		fail_msg("%s: %s", plant->name, err.msg);
	sg_strv_release(&names);
	free(made);
	return policy;
}

static void make_filter(const struct plant *plant, const struct policy *policy,
			struct cbpf_prog *prog)
{
	struct mix mix = {0};
	struct gen_request request = {.policy = policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	int bad = 0;

	if (plant->assembly) {
		bad = cbpf_assemble(plant->assembly, strlen(plant->assembly), plant->name, prog,
				    &err);
	} else if (plant->make) {
		plant->make(policy, prog);
	} else {
		bad = mix_load(NULL, &mix, &err);
		if (!bad)
			bad = build_broken(plant->generator ? plant->generator : "tuned",
					   plant->break_policy, &request, &filter, &err);
		cbpf_copy(prog, &filter.prog);
	}
	if (!bad)
		bad = cbpf_verify(prog, &err);
	if (bad)
		fail_msg("%s: %s", plant->name, err.msg);
	gen_filter_release(&filter);
	mix_release(&mix);
}

/* The number of tuples until the defect shows; 0: it does not. */
static size_t search(const struct plant *plant, const struct policy *policy,
		     const struct cbpf_prog *prog, uint64_t seed)
{
	struct policy_oracle *oracle = policy_oracle_new(policy);
	struct fuzz_tuples *source = fuzz_tuples_new(policy, NULL, 0);
	static struct abi_tuple tuples[BATCH];
	struct sg_rng rng;
	size_t found = 0;

	sg_rng_seed(&rng, seed);
	for (size_t tried = 0; !found && tried < MAX_TUPLES; tried += BATCH) {
		fuzz_tuples_fill(source, &rng, tuples, BATCH);
		for (size_t i = 0; i < BATCH && !found; i++) {
			const struct policy_verdict wanted = policy_eval(oracle, &tuples[i]);

			if (wanted.class == plant->class &&
			    abi_verdict_effect(wanted.ret) !=
				    abi_verdict_effect(cbpf_run(prog, &tuples[i]).ret))
				found = tried + i + 1;
		}
	}
	fuzz_tuples_free(source);
	policy_oracle_free(oracle);
	return found;
}

static void found_from_any_seed(void **state)
{
	static const uint64_t seeds[] = {1, 0x5eed, 0xfeedfacecafebeef};
	const struct plant *plant = *state;
	struct policy policy = read_profile(plant);
	struct cbpf_prog prog = {0};

	make_filter(plant, &policy, &prog);
	for (size_t i = 0; i < SG_COUNT(seeds); i++) {
		const size_t tuples = search(plant, &policy, &prog, seeds[i]);

		if (!tuples)
			fail_msg("%s: not found by %d tuples from seed 0x%lx", plant->name,
				 MAX_TUPLES, seeds[i]);
		print_message("%s: %zu tuples\n", plant->name, tuples);
	}
	cbpf_release(&prog);
	policy_release(&policy);
}

/* The search must not find what is not there. */
static void nothing_found_in_what_is_right(void **state)
{
	const struct plant right = {.name = "right",
				    .profile = ALLOW_IF("ioctl", "{\"index\": 1, \"value\": 21505, "
								 "\"op\": \"SCMP_CMP_EQ\"}"),
				    .arches = "x86_64,i386,x32,s390x"};
	struct policy policy = read_profile(&right);
	struct mix mix = {0};
	struct gen_request request = {.policy = &policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	if (mix_load(NULL, &mix, &err) || gen_build(must_find("tuned"), &request, &filter, &err))
		fail_msg("%s", err.msg);
	assert_int_equal(search(&right, &policy, &filter.prog, 1), 0);
	gen_filter_release(&filter);
	mix_release(&mix);
	policy_release(&policy);
}

int main(void)
{
	struct CMUnitTest tests[SG_COUNT(plants) + 1];

	for (size_t i = 0; i < SG_COUNT(plants); i++)
		tests[i] = (struct CMUnitTest){.name = plants[i].name,
					       .test_func = found_from_any_seed,
					       .initial_state = (void *)&plants[i]};
	tests[SG_COUNT(plants)] =
		(struct CMUnitTest)cmocka_unit_test(nothing_found_in_what_is_right);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
