/* SPDX-License-Identifier: MIT */
/* The registry, and what each generator does that is not its filter's verdicts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "filters/gen/tests/support.h"
#include "harness/base/file.h"

static void registry_lists_all_generators(void **state)
{
	static const char *const names[] = {"none",  "allow", "linear", "bst",
					    "tuned", "hand",  "raw"};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(names); i++) {
		assert_non_null(gen_registry[i]);
		assert_string_equal(gen_registry[i]->name, names[i]);
		assert_non_null(gen_registry[i]->summary);
		assert_non_null(gen_registry[i]->build);
		assert_ptr_equal(generator(names[i]), gen_registry[i]);
	}
	assert_null(gen_registry[i]);
}

static void unknown_names_are_answered_with_the_nearest(void **state)
{
	enum gen_objective objective = GEN_LEFT;
	struct sg_err err = {0};

	(void)state;
	assert_null(gen_find("liner", &err));
	assert_string_equal(err.msg, "unknown generator \"liner\" (did you mean linear?)");
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_null(gen_find("something_else", &err));
	assert_string_equal(err.msg, "unknown generator \"something_else\"");
	assert_int_equal(gen_objective_parse("unifrom", &objective, &err), -EINVAL);
	assert_string_equal(err.msg, "unknown objective \"unifrom\" (did you mean uniform?)");
	assert_int_equal(objective, GEN_LEFT);
	assert_int_equal(gen_objective_parse("install", &objective, &err), 0);
	assert_int_equal(objective, GEN_INSTALL);
}

static void the_null_filters(void **state)
{
	struct gen_filter filter = build_filter("none", NULL, GEN_MIX);
	struct abi_tuple tuple = {.nr = 1, .arch = 0xc000003e};

	(void)state;
	assert_true(filter.none);
	assert_int_equal(filter.prog.len, 0);
	assert_int_equal(filter.foreign_action, ABI_RET_ALLOW);
	gen_filter_release(&filter);
	filter = build_filter("allow", NULL, GEN_MIX);
	assert_false(filter.none);
	assert_int_equal(filter.prog.len, 1);
	assert_int_equal(verdict_of(&filter, &tuple), ABI_RET_ALLOW);
	assert_int_equal(filter.foreign_action, ABI_RET_ALLOW);
	assert_string_equal(filter.version, "secgauge " SG_VERSION);
	gen_filter_release(&filter);
}

static void a_profile_is_asked_for(void **state)
{
	static const char *const names[] = {"linear", "bst", "tuned", "hand"};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(names); i++) {
		struct gen_filter filter = {0};
		struct sg_err err = {0};
		char *message = sg_asprintf("%s needs a profile", names[i]);

		assert_true(try_build(names[i], NULL, GEN_MIX, &filter, &err) < 0);
		assert_string_equal(err.msg, message);
		assert_int_equal(err.kind, SG_ERR_INPUT);
		free(message);
	}
}

static void a_policy_without_a_filter_needs_none(void **state)
{
	struct policy policy = {.no_filter = true};
	static const char *const names[] = {"linear", "bst", "tuned"};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(names); i++) {
		struct gen_filter filter = build_filter(names[i], &policy, GEN_MIX);

		assert_true(filter.none);
		gen_filter_release(&filter);
	}
}

/* Each generator's own: libseccomp kills the thread, ours the process. */
static void action_for_foreign_architectures_is_read_off(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64");
	static const struct {
		const char *gen;
		uint32_t action;
	} cases[] = {{"linear", ABI_RET_KILL_THREAD},
		     {"bst", ABI_RET_KILL_THREAD},
		     {"tuned", ABI_RET_KILL_PROCESS},
		     {"hand", ABI_RET_KILL_PROCESS}};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct gen_filter filter = build_filter(cases[i].gen, &policy, GEN_MIX);

		assert_int_equal(filter.foreign_action, cases[i].action);
		assert_int_equal(strlen(filter.sha256), 64);
		assert_true(filter.compile_ns > 0);
		gen_filter_release(&filter);
	}
	policy_release(&policy);
}

/* ---- libseccomp */

static void refusal_is_a_finding_that_names_the_rule(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
		"{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 3, \"args\": "
		"[{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
		"{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 4, \"args\": "
		"[{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		"x86_64");
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(try_build("linear", &policy, GEN_MIX, &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_non_null(strstr(err.msg, "linear: libseccomp "));
	assert_non_null(
		strstr(err.msg, " refuses: $.syscalls[1]: rule ERRNO(4) for read: File exists"));
	policy_release(&policy);
}

static void what_is_built_here_is_what_the_child_builds(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64,i386");
	struct mix mix = io_mix();
	struct gen_request request = {.policy = &policy, .mix = &mix};
	static const char *const names[] = {"linear", "bst", "tuned"};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(names); i++) {
		struct gen_filter protected = {0}, here = {0};
		struct sg_err err = {0};

		assert_int_equal(gen_build(generator(names[i]), &request, &protected, &err), 0);
		assert_int_equal(gen_build_here(generator(names[i]), &request, &here, &err), 0);
		assert_string_equal(here.sha256, protected.sha256);
		assert_string_equal(here.version, protected.version);
		assert_int_equal(here.foreign_action, protected.foreign_action);
		gen_filter_release(&protected);
		gen_filter_release(&here);
	}
	mix_release(&mix);
	policy_release(&policy);
}

static void a_refusal_reads_the_same_here(void **state)
{
	struct policy policy = read_policy("strict-2005", "x86_64,s390x");
	struct mix mix = io_mix();
	struct gen_request request = {.policy = &policy, .mix = &mix};
	struct gen_filter filter = {0};
	struct sg_err protected = {0}, here = {0};

	(void)state;
	assert_true(gen_build(generator("linear"), &request, &filter, &protected) < 0);
	assert_true(gen_build_here(generator("linear"), &request, &filter, &here) < 0);
	assert_string_equal(here.msg, protected.msg);
	assert_int_equal(here.kind, SG_ERR_FINDING);
	mix_release(&mix);
	policy_release(&policy);
}

static int return_what_the_kernel_refuses(const struct gen_request *request,
					  struct gen_filter *filter, struct sg_err *err)
{
	size_t i;

	(void)err;
	for (i = 0; request->raw_file && i < CBPF_MAX_INSNS; i++)
		cbpf_add(&filter->prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0));
	cbpf_add(&filter->prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0));
	return 0;
}

static void filters_that_the_kernel_refuses_are_told_apart(void **state)
{
	const struct gen gen = {.name = "broken", .build = return_what_the_kernel_refuses};
	struct gen_request request = {0};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(gen_build(&gen, &request, &filter, &err), -ENOEXEC);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_non_null(strstr(err.msg, "broken: the kernel refuses what it generates: "));
	request.raw_file = "long";
	assert_int_equal(gen_build(&gen, &request, &filter, &err), -E2BIG);
	assert_non_null(strstr(err.msg, "4097 instructions"));
}

static void byte_orders_do_not_mix(void **state)
{
	struct policy policy = read_policy("strict-2005", "x86_64,s390x");
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(try_build("bst", &policy, GEN_MIX, &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_non_null(strstr(err.msg, "refuses: architecture s390x: "));
	policy_release(&policy);
}

/* ENOSYS is 89 on mips and 38 elsewhere: one filter an architecture, merged. */
static void errno_names_have_their_number_on_each_architecture(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": [\"clone3\"], "
		"\"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"ENOSYS\"}]}",
		"x86_64,mipsel");
	static const char *const names[] = {"linear", "bst", "tuned"};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(names); i++) {
		struct gen_filter filter = build_filter(names[i], &policy, GEN_MIX);
		struct abi_tuple here = {.nr = 435, .arch = abi_arch(ABI_X86_64)->audit};
		struct abi_tuple mips = {.nr = 4435, .arch = abi_arch(ABI_MIPSEL)->audit};

		assert_int_equal(verdict_of(&filter, &here), ABI_RET_ERRNO | 38);
		assert_int_equal(verdict_of(&filter, &mips), ABI_RET_ERRNO | 89);
		gen_filter_release(&filter);
	}
	policy_release(&policy);
}

static void default_errnos_that_differ_cannot_be_merged(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrno\": \"ENOSYS\", "
		"\"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		"x86_64,mipsel");
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_true(try_build("linear", &policy, GEN_MIX, &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_non_null(strstr(err.msg, "merging the filter of mipsel"));
	policy_release(&policy);
}

/* What libseccomp's table lacks is skipped, said, and no mismatch. */
static void unknown_calls_are_listed(void **state)
{
	struct policy policy = read_policy(
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"read\", "
		"\"file_setattr\"], \"action\": \"SCMP_ACT_ALLOW\"}]}",
		"x86_64,i386");
	struct gen_filter filter = build_filter("linear", &policy, GEN_MIX);
	struct abi_tuple tuple = {.arch = abi_arch(ABI_X86_64)->audit};

	(void)state;
	tuple.nr = (uint32_t)abi_nr(abi_arch(ABI_X86_64), "file_setattr");
	if (filter.unknown_calls.len == 0) {
		puts("SKIP: libseccomp: it knows file_setattr");
		gen_filter_release(&filter);
		policy_release(&policy);
		skip();
	}
	assert_int_equal(filter.unknown_calls.len, 2);
	assert_string_equal(filter.unknown_calls.items[0], "x86_64:file_setattr");
	assert_string_equal(filter.unknown_calls.items[1], "i386:file_setattr");
	assert_non_null(strstr(filter.warnings.items[0],
			       " does not know: x86_64:file_setattr, i386:file_setattr"));
	assert_int_equal(gen_class(&filter, &tuple, POLICY_SPECIFIED), POLICY_UNKNOWN_NAME);
	assert_int_equal(gen_class(&filter, &tuple, POLICY_CONFLICT), POLICY_CONFLICT);
	tuple.nr = 0;
	assert_int_equal(gen_class(&filter, &tuple, POLICY_SPECIFIED), POLICY_SPECIFIED);
	gen_filter_release(&filter);
	policy_release(&policy);
}

/* The list is exact: the native architecture is not slipped in. */
static void architectures_are_those_of_the_list(void **state)
{
	struct policy policy = read_policy("strict-2005", "aarch64");
	struct gen_filter filter = build_filter("linear", &policy, GEN_MIX);
	struct abi_tuple listed = {.nr = 63, .arch = abi_arch(ABI_AARCH64)->audit};
	struct abi_tuple other = {.nr = 0, .arch = abi_arch(ABI_X86_64)->audit};

	(void)state;
	assert_int_equal(verdict_of(&filter, &listed), ABI_RET_ALLOW);
	assert_int_equal(verdict_of(&filter, &other), ABI_RET_KILL_THREAD);
	gen_filter_release(&filter);
	policy_release(&policy);
}

/* ---- tuned */

/* Too many rules for any filter: refused in one line, in no time. */
static void policies_that_cannot_fit_are_refused(void **state)
{
	struct sg_buf text = {0};
	struct policy policy;
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	int i;

	(void)state;
	sg_buf_adds(&text, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [");
	for (i = 0; i < 5000; i++)
		sg_buf_addf(
			&text,
			"%s{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": "
			"%d, \"args\": [{\"index\": 0, \"value\": %d, \"op\": \"SCMP_CMP_EQ\"}]}",
			i ? "," : "", 1 + i % 100, 2 * i);
	sg_buf_adds(&text, "]}");
	policy = read_policy(sg_buf_text(&text), "x86_64");
	assert_true(try_build("tuned", &policy, GEN_MIX, &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_non_null(strstr(err.msg, "tuned: the policy needs "));
	policy_release(&policy);
	sg_buf_release(&text);
}

/* The heavier architecture is asked for first. */
static void architectures_are_ordered_by_weight(void **state)
{
	struct policy policy = read_policy("strict-2005", "x86_64,i386");
	struct mix mix = {0};
	struct sg_err err = {0};
	struct gen_request request = {.policy = &policy, .mix = &mix};
	struct gen_filter filter = {0};

	(void)state;
	assert_int_equal(mix_parse("1 read\n9 i386:write", 19, "t.mix", &mix, &err), 0);
	assert_int_equal(gen_build(generator("tuned"), &request, &filter, &err), 0);
	assert_int_equal(filter.prog.insns[1].k, abi_arch(ABI_I386)->audit);
	gen_filter_release(&filter);
	mix_release(&mix);
	assert_int_equal(mix_parse("9 read\n1 i386:write", 19, "t.mix", &mix, &err), 0);
	assert_int_equal(gen_build(generator("tuned"), &request, &filter, &err), 0);
	assert_int_equal(filter.prog.insns[1].k, abi_arch(ABI_X86_64)->audit);
	gen_filter_release(&filter);
	mix_release(&mix);
	policy_release(&policy);
}

/* ---- hand */

static void hand_is_for_one_policy(void **state)
{
	static const struct {
		const char *profile, *arches, *caps, *error;
	} cases[] = {
		{"container-default", "x86_64", NULL, NULL},
		{"container-default", "x86_64,i386", NULL,
		 "hand is written for x86_64 alone (--arch x86_64)"},
		{"container-default", "aarch64", NULL,
		 "hand is written for x86_64 alone (--arch x86_64)"},
		{"container-default", "x86_64", "CAP_SYS_ADMIN",
		 "hand is written for container-default without capabilities; this policy says "
		 "something else"},
		{"io-server", "x86_64", NULL,
		 "hand is written for container-default without capabilities; this policy says "
		 "something else"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(cases); i++) {
		struct arch_list list = arch_list(cases[i].arches);
		struct policy_options options = {list.arches, list.count, cases[i].caps, NULL};
		struct policy policy = {0};
		struct gen_filter filter = {0};
		struct sg_err err = {0};

		assert_int_equal(policy_load(cases[i].profile, &options, &policy, &err), 0);
		assert_int_equal(try_build("hand", &policy, GEN_MIX, &filter, &err),
				 cases[i].error ? -ENOTSUP : 0);
		if (cases[i].error) {
			assert_string_equal(err.msg, cases[i].error);
			assert_int_equal(err.kind, SG_ERR_ENV);
		}
		gen_filter_release(&filter);
		policy_release(&policy);
	}
}

/* ---- raw */

static int build_raw(const char *path, struct gen_filter *filter, struct sg_err *err)
{
	struct mix mix = io_mix();
	struct gen_request request = {.mix = &mix, .raw_file = path};
	int r = gen_build(generator("raw"), &request, filter, err);

	mix_release(&mix);
	return r;
}

static void raw_reads_a_file(void **state)
{
	struct sock_filter insns[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
				      BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	char *dir = NULL, *path;

	(void)state;
	assert_int_equal(sg_tempdir_create(&dir, &err), 0);
	path = sg_asprintf("%s/filter.bpf", dir);
	assert_int_equal(sg_file_write(path, insns, sizeof(insns), &err), 0);
	assert_int_equal(build_raw(path, &filter, &err), 0);
	assert_int_equal(filter.prog.len, 2);
	assert_int_equal(filter.foreign_action, ABI_RET_ALLOW);
	gen_filter_release(&filter);
	assert_int_equal(sg_file_write(path, insns, sizeof(insns) - 1, &err), 0);
	assert_true(build_raw(path, &filter, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "filter.bpf"));
	assert_true(build_raw(NULL, &filter, &err) < 0);
	assert_string_equal(err.msg, "raw needs a file: PROFILE@raw:FILE");
	free(path);
	sg_tempdir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registry_lists_all_generators),
		cmocka_unit_test(unknown_names_are_answered_with_the_nearest),
		cmocka_unit_test(the_null_filters),
		cmocka_unit_test(a_profile_is_asked_for),
		cmocka_unit_test(a_policy_without_a_filter_needs_none),
		cmocka_unit_test(action_for_foreign_architectures_is_read_off),
		cmocka_unit_test(refusal_is_a_finding_that_names_the_rule),
		cmocka_unit_test(what_is_built_here_is_what_the_child_builds),
		cmocka_unit_test(a_refusal_reads_the_same_here),
		cmocka_unit_test(filters_that_the_kernel_refuses_are_told_apart),
		cmocka_unit_test(byte_orders_do_not_mix),
		cmocka_unit_test(errno_names_have_their_number_on_each_architecture),
		cmocka_unit_test(default_errnos_that_differ_cannot_be_merged),
		cmocka_unit_test(unknown_calls_are_listed),
		cmocka_unit_test(architectures_are_those_of_the_list),
		cmocka_unit_test(policies_that_cannot_fit_are_refused),
		cmocka_unit_test(architectures_are_ordered_by_weight),
		cmocka_unit_test(hand_is_for_one_policy),
		cmocka_unit_test(raw_reads_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
