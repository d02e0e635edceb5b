/* SPDX-License-Identifier: MIT */
/* Builds through a worker: what comes back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "fuzz/tests/builder_support.h"

/* ---- what comes back */

static void assert_same_filter(const struct gen_filter *a, const struct gen_filter *b)
{
	size_t i;

	assert_int_equal(a->none, b->none);
	assert_int_equal(a->prog.len, b->prog.len);
	if (a->prog.len)
		assert_memory_equal(a->prog.insns, b->prog.insns,
				    a->prog.len * sizeof(*a->prog.insns));
	assert_string_equal(a->sha256, b->sha256);
	assert_string_equal(a->version, b->version);
	assert_int_equal(a->foreign_action, b->foreign_action);
	assert_int_equal(a->unknown_calls.len, b->unknown_calls.len);
	for (i = 0; i < a->unknown_calls.len; i++)
		assert_string_equal(a->unknown_calls.items[i], b->unknown_calls.items[i]);
	assert_int_equal(a->warnings.len, b->warnings.len);
	for (i = 0; i < a->warnings.len; i++)
		assert_string_equal(a->warnings.items[i], b->warnings.items[i]);
}

static struct gen_filter build_without_worker(const struct gen *gen, const char *profile,
					      const struct policy_options *options,
					      const struct mix *weights)
{
	struct policy policy = {0};
	struct gen_request request = {.policy = &policy, .mix = weights};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	assert_int_equal(policy_parse(profile, strlen(profile), "profile", options, &policy, &err),
			 0);
	if (gen_build(gen, &request, &filter, &err))
		fail_msg("%s", err.msg);
	policy_release(&policy);
	return filter;
}

static const char *const generators[] = {"linear", "bst", "tuned", "allow", "none"};

static void assert_same_through_worker(const char *profile, const struct policy_options *options)
{
	size_t i;

	for (i = 0; i < SG_COUNT(generators); i++) {
		const struct gen *gen = generator(generators[i]);
		struct fuzz_builder *builder = builder_of(gen, 0);
		struct fuzz_build through = build_with(builder, profile, options);
		struct gen_filter without = build_without_worker(gen, profile, options, &mix);

		assert_string_equal(through.message, "");
		assert_int_equal(through.outcome, FUZZ_BUILT);
		assert_same_filter(&through.filter, &without);
		gen_filter_release(&without);
		fuzz_build_release(&through);
		fuzz_builder_free(builder);
	}
}

static void a_filter_is_what_the_generator_builds(void **state)
{
	(void)state;
	assert_same_through_worker(plain, &no_options);
	/* Unknown calls and warnings travel too. */
	assert_same_through_worker(
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"SCMP_ARCH_X86\"], "
		"\"syscalls\": [{\"names\": [\"read\", \"file_setattr\"], \"action\": "
		"\"SCMP_ACT_ALLOW\"}]}",
		&no_options);
	assert_same_through_worker("{\"syscalls\": []}", &no_options);
}

static void options_travel(void **state)
{
	static const char profile[] =
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["
		"{\"names\": [\"mount\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": {\"caps\": "
		"[\"CAP_SYS_ADMIN\"]}}, "
		"{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		"{\"minKernel\": \"4.8\"}}]}";
	const struct abi_arch *arches[] = {abi_arch(ABI_S390X), abi_arch(ABI_S390)};
	const struct policy_options rows[] = {
		{0},
		{.arches = arches, .arch_count = 2},
		{.caps = "CAP_SYS_ADMIN"},
		{.kernel = "4.7"},
		{.arches = arches, .arch_count = 1, .caps = "CAP_SYS_ADMIN", .kernel = "4.7"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(rows); i++)
		assert_same_through_worker(profile, &rows[i]);
}

/* The socket takes neither at once. */
static void a_profile_may_be_larger_than_a_socket(void **state)
{
	struct sg_buf profile = {0};
	int i;

	(void)state;
	sg_buf_adds(&profile, "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"comment\": \"");
	for (i = 0; i < 200000; i++)
		sg_buf_adds(&profile, "0123456789");
	sg_buf_adds(&profile, "\", \"syscalls\": []}");
	assert_same_through_worker(sg_buf_text(&profile), &no_options);
	sg_buf_release(&profile);
}

static void the_mix_is_the_one_of_the_build(void **state)
{
	static const char profile[] =
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_X86\"], "
		"\"syscalls\": [{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ERRNO\"}]}";
	static const char *const texts[] = {"9 x86_64:read\n1 i386:write\n",
					    "1 x86_64:read\n9 i386:write\n",
					    "9 x86_64:read\n1 i386:write\n"};
	const struct gen *gen = generator("tuned");
	struct fuzz_builder *builder = builder_of(gen, 0);
	char *sha256[SG_COUNT(texts)];
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(texts); i++) {
		struct mix weights = {0}; /* in the same place each time */
		struct fuzz_build result = {0};
		struct gen_filter without;

		assert_int_equal(mix_parse(texts[i], strlen(texts[i]), "t.mix", &weights, NULL), 0);
		without = build_without_worker(gen, profile, &no_options, &weights);
		assert_int_equal(fuzz_builder_build(builder, profile, strlen(profile), &no_options,
						    &weights, GEN_MIX, &result, NULL),
				 0);
		assert_same_filter(&result.filter, &without);
		sha256[i] = sg_strdup(result.filter.sha256);
		gen_filter_release(&without);
		fuzz_build_release(&result);
		mix_release(&weights);
	}
	assert_string_not_equal(sha256[0], sha256[1]);
	assert_string_equal(sha256[0], sha256[2]);
	for (i = 0; i < SG_COUNT(texts); i++)
		free(sha256[i]);
	fuzz_builder_free(builder);
}

static void a_refusal_keeps_its_text(void **state)
{
	static const char profile[] =
		"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
		"{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 3, \"args\": "
		"[{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]},"
		"{\"name\": \"read\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 4, \"args\": "
		"[{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]}]}";
	struct fuzz_builder *builder = builder_of(generator("bst"), 0);
	struct fuzz_build result = build_with(builder, profile, &no_options);

	(void)state;
	assert_int_equal(result.outcome, FUZZ_REFUSED);
	assert_int_equal(strncmp(result.message, "bst: libseccomp ", 16), 0);
	assert_non_null(strstr(result.message,
			       " refuses: $.syscalls[1]: rule ERRNO(4) for read: File exists"));
	fuzz_build_release(&result);
	result = build(builder);
	assert_int_equal(result.outcome, FUZZ_BUILT);
	fuzz_build_release(&result);
	fuzz_builder_free(builder);
}

static void a_bad_profile_is_the_callers(void **state)
{
	struct fuzz_builder *builder = builder_of(generator("tuned"), 0);
	struct fuzz_build result = {.outcome = FUZZ_HUNG};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(fuzz_builder_build(builder, "{\"defaultAction\": 3}", 20, &no_options,
					    &mix, GEN_MIX, &result, &err),
			 -EINVAL);
	assert_int_equal(err.kind, SG_ERR_INPUT);
	assert_non_null(strstr(err.msg, "$.defaultAction: expected "));
	assert_int_equal(result.outcome, FUZZ_HUNG); /* untouched */
	fuzz_builder_free(builder);
}

BAD(return_too_much)
{
	size_t i;

	(void)request;
	(void)err;
	for (i = 0; i <= CBPF_MAX_INSNS; i++)
		cbpf_add(&filter->prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0));
	return 0;
}

BAD(return_no_filter)
{
	(void)request;
	(void)err;
	cbpf_add(&filter->prog, (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 7));
	return 0;
}

BAD(say_no_memory)
{
	(void)request;
	(void)filter;
	return sg_err_finding(err, ENOMEM, "no memory");
}

static int does_not(const struct gen_request *request, struct sg_err *err)
{
	(void)request;
	return sg_err_env(err, ENOTSUP, "not such policies");
}

static void errors_have_their_kinds(void **state)
{
	static const struct gen unsupported = {.name = "bad",
					       .supported = does_not,
					       .build = say_no_memory};
	struct fuzz_builder *builder = builder_of(&unsupported, 0);
	struct fuzz_build result = build(builder);

	(void)state;
	assert_int_equal(result.outcome, FUZZ_UNSUPPORTED);
	assert_string_equal(result.message, "not such policies");
	fuzz_builder_free(builder);
	result = build_badly(return_too_much, 0);
	assert_int_equal(result.outcome, FUZZ_TOO_LONG);
	assert_string_equal(result.message, "bad: the kernel refuses what it generates: 4097 "
					    "instructions: the kernel takes at most 4096");
	result = build_badly(return_no_filter, 0);
	assert_int_equal(result.outcome, FUZZ_TOO_LONG);
	result = build_badly(say_no_memory, 0);
	assert_int_equal(result.outcome, FUZZ_NO_MEMORY);
	assert_string_equal(result.message, "bad: no memory");
}

static void outcomes_have_names(void **state)
{
	static const struct {
		enum fuzz_built built;
		const char *name;
	} rows[] = {
		{FUZZ_BUILT, "built"},         {FUZZ_REFUSED, "refusal"},
		{FUZZ_CRASHED, "crash"},       {FUZZ_HUNG, "hang"},
		{FUZZ_NO_MEMORY, "no_memory"}, {FUZZ_SANITIZER, "sanitizer"},
		{FUZZ_TOO_LONG, "too_long"},   {FUZZ_UNSUPPORTED, "unsupported"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < SG_COUNT(rows); i++)
		assert_string_equal(fuzz_built_name(rows[i].built), rows[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_filter_is_what_the_generator_builds),
		cmocka_unit_test(options_travel),
		cmocka_unit_test(a_profile_may_be_larger_than_a_socket),
		cmocka_unit_test(the_mix_is_the_one_of_the_build),
		cmocka_unit_test(a_refusal_keeps_its_text),
		cmocka_unit_test(a_bad_profile_is_the_callers),
		cmocka_unit_test(errors_have_their_kinds),
		cmocka_unit_test(outcomes_have_names),
	};

	return cmocka_run_group_tests(tests, load_mix, release_mix);
}
