/* SPDX-License-Identifier: MIT */
/* What leaves our own generators is proved, and what becomes of each answer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "filters/gen/proof.h"
#include "filters/gen/tests/support.h"

#define ONE_RULE                                                                              \
	"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"name\": "                  \
	"\"clone\", \"action\": \"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 0, \"value\": 2, " \
	"\"op\": \"SCMP_CMP_EQ\"}]}]}"

static enum gen_verify verify_of(const char *name, const struct policy *policy, bool no_verify)
{
	struct mix mix = io_mix();
	struct gen_request request = {.policy = policy, .mix = &mix, .no_verify = no_verify};
	struct gen_filter filter = {0};
	struct sg_err err = {0};
	enum gen_verify verify;

	if (gen_build(generator(name), &request, &filter, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(filter.warnings.len, 0);
	verify = filter.verify;
	gen_filter_release(&filter);
	mix_release(&mix);
	return verify;
}

static void ours_are_proved(void **state)
{
	struct policy policy = read_policy("container-default", "x86_64");

	(void)state;
	assert_int_equal(verify_of("tuned", &policy, false), GEN_EQUAL);
	assert_int_equal(verify_of("hand", &policy, false), GEN_EQUAL);
	assert_int_equal(verify_of("tuned", &policy, true), GEN_UNVERIFIED);
	assert_int_equal(verify_of("linear", &policy, false), GEN_UNVERIFIED);
	assert_int_equal(verify_of("allow", NULL, false), GEN_UNVERIFIED);
	policy_release(&policy);
}

static void no_filter_is_proved_where_the_policy_wants_none(void **state)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	struct policy policy = {.no_filter = true,
				.default_action = ABI_RET_ALLOW,
				.foreign_action = ABI_RET_ALLOW,
				.arches = &arch,
				.arch_count = 1};

	(void)state;
	assert_int_equal(verify_of("tuned", &policy, false), GEN_EQUAL);
}

/* ---- a generator of ours with a slip in it */

static int build_with_a_slip(const struct gen_request *request, struct gen_filter *filter,
			     struct sg_err *err)
{
	(void)request;
	(void)err;
	cbpf_add(&filter->prog, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW));
	filter->compile_ns = 7;
	return 0;
}

static void a_slip_of_ours_never_leaves(void **state)
{
	const struct gen gen = {.name = "slip", .verified = true, .build = build_with_a_slip};
	struct policy policy = read_policy(ONE_RULE, "x86_64");
	struct gen_request request = {.policy = &policy};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(gen_build(&gen, &request, &filter, &err), -EBADMSG);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	assert_string_equal(err.msg,
			    "slip: its filter is not what the policy says, which is a defect of "
			    "secgauge: please report it: x86_64 clone (56) a0=0x2: ERRNO(1) "
			    "wanted, ALLOW got");
	assert_int_equal(filter.prog.len, 0);
	assert_int_equal(gen_build_here(&gen, &request, &filter, &err), -EBADMSG);
	request.no_verify = true;
	assert_int_equal(gen_build(&gen, &request, &filter, &err), 0);
	assert_int_equal(filter.verify, GEN_UNVERIFIED);
	gen_filter_release(&filter);
	policy_release(&policy);
}

static void the_proof_is_no_part_of_the_compile_time(void **state)
{
	const struct gen gen = {.name = "slip", .verified = true, .build = build_with_a_slip};
	struct policy policy =
		read_policy("{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": []}", "x86_64");
	struct gen_request request = {.policy = &policy};
	struct gen_filter filter = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(gen_build(&gen, &request, &filter, &err), 0);
	assert_int_equal(filter.verify, GEN_EQUAL);
	assert_int_equal(filter.compile_ns, 7);
	gen_filter_release(&filter);
	policy_release(&policy);
}

/* ---- answers */

static void an_unknown_answer_leaves_a_warning(void **state)
{
	const struct prove_answer answer = {.result = PROVE_UNKNOWN, .reason = "too large"};
	struct policy policy = read_policy(ONE_RULE, "x86_64");
	struct gen_filter filter = {.none = true};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(proof_judge(&policy, &answer, &filter, &err), 0);
	assert_int_equal(filter.verify, GEN_UNKNOWN);
	assert_int_equal(filter.warnings.len, 1);
	assert_string_equal(filter.warnings.items[0], "not proved equal to the policy: too large");
	gen_filter_release(&filter);
	policy_release(&policy);
}

/* Where the filter is right after all, it is the prover that is wrong. */
static void a_counterexample_that_is_none_is_the_provers_defect(void **state)
{
	struct prove_answer answer = {.result = PROVE_DIFFERENT,
				      .tuple = {.arch = abi_arch(ABI_X86_64)->audit, .nr = 56},
				      .a = ABI_RET_ERRNO | 1,
				      .b = ABI_RET_ALLOW};
	struct policy policy = read_policy(ONE_RULE, "x86_64");
	struct gen_filter filter = {.none = true};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(proof_judge(&policy, &answer, &filter, &err), -EBADMSG);
	assert_int_equal(err.kind, SG_ERR_INTERNAL);
	assert_string_equal(err.msg, "the prover's counterexample does not hold: x86_64 clone "
				     "(56): ERRNO(1) wanted, ALLOW got");
	/* Nor is an input one that the policy leaves open. */
	answer.tuple = (struct abi_tuple){.nr = 56};
	assert_int_equal(proof_judge(&policy, &answer, &filter, &err), -EBADMSG);
	assert_int_equal(err.kind, SG_ERR_INTERNAL);
	answer.tuple =
		(struct abi_tuple){.arch = abi_arch(ABI_X86_64)->audit, .nr = 56, .args = {2}};
	assert_int_equal(proof_judge(&policy, &answer, &filter, &err), -EBADMSG);
	assert_int_equal(err.kind, SG_ERR_FINDING);
	policy_release(&policy);
}

static void calls_that_a_table_lacks_take_no_part(void **state)
{
	struct policy policy = read_policy(ONE_RULE, "x86_64");
	const struct prove_options options = {0};
	struct gen_filter filter = {.none = true};
	struct prove_answer answer;

	(void)state;
	gen_prove(&filter, &policy, &options, &answer);
	assert_int_equal(answer.result, PROVE_DIFFERENT);
	prove_answer_release(&answer);
	sg_strv_add(&filter.unknown_calls, "x86_64:clone");
	gen_prove(&filter, &policy, &options, &answer);
	assert_int_equal(answer.result, PROVE_EQUAL);
	assert_true(answer.excluded[POLICY_UNKNOWN_NAME] > 0);
	prove_answer_release(&answer);
	gen_filter_release(&filter);
	policy_release(&policy);
}

/* ---- texts */

static void assert_tuple_text(struct abi_tuple tuple, const char *expected)
{
	struct sg_buf text = {0};

	gen_tuple_text(&tuple, &text);
	assert_string_equal(text.data, expected);
	sg_buf_release(&text);
}

static void assert_numbers_text(enum abi_arch_id id, uint32_t low, uint32_t high,
				const char *expected)
{
	const struct abi_arch *arch = id < ABI_ARCH_COUNT ? abi_arch(id) : NULL;
	struct sg_buf text = {0};

	gen_numbers_text(arch, low, high, &text);
	assert_string_equal(text.data, expected);
	sg_buf_release(&text);
}

static void numbers_are_calls(void **state)
{
	(void)state;
	assert_numbers_text(ABI_X86_64, 56, 56, "clone (56)");
	assert_numbers_text(ABI_X86_64, 56, 58, "clone (56) to vfork (58)");
	assert_numbers_text(ABI_X86_64, 9999, UINT32_MAX, "0x270f to 0xffffffff");
	assert_numbers_text(ABI_ARCH_COUNT, 0, 0, "0x0");
}

static void assert_args_text(unsigned int args, const char *expected)
{
	struct sg_buf text = {0};

	gen_args_text(args, &text);
	assert_string_equal(sg_buf_text(&text), expected);
	sg_buf_release(&text);
}

static void arguments_are_listed(void **state)
{
	(void)state;
	assert_args_text(0, "");
	assert_args_text(1u << 3, "a3");
	assert_args_text(1u << 0 | 1u << 5 | PROVE_BY_IP, "a0, a5, ip");
	assert_args_text(PROVE_BY_IP, "ip");
}

static void tuples_have_names(void **state)
{
	const uint32_t x86_64 = abi_arch(ABI_X86_64)->audit;

	(void)state;
	assert_tuple_text((struct abi_tuple){.arch = x86_64, .nr = 1}, "x86_64 write (1)");
	assert_tuple_text((struct abi_tuple){.arch = x86_64, .nr = ABI_X32_BIT | 1},
			  "x32 write (1073741825)");
	assert_tuple_text((struct abi_tuple){.arch = x86_64, .nr = 9999, .args = {[5] = 1}},
			  "x86_64 0x270f a5=0x1");
	assert_tuple_text((struct abi_tuple){.arch = 3, .nr = 1, .ip = 1ull << 32},
			  "arch 0x3 0x1 ip=0x100000000");
}

static void what_a_proof_came_to_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(gen_verify_name(GEN_UNVERIFIED), "skipped");
	assert_string_equal(gen_verify_name(GEN_EQUAL), "equal");
	assert_string_equal(gen_verify_name(GEN_UNKNOWN), "unknown");
	assert_string_equal(gen_objective_name(GEN_WORST), "worst");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_are_proved),
		cmocka_unit_test(no_filter_is_proved_where_the_policy_wants_none),
		cmocka_unit_test(a_slip_of_ours_never_leaves),
		cmocka_unit_test(the_proof_is_no_part_of_the_compile_time),
		cmocka_unit_test(an_unknown_answer_leaves_a_warning),
		cmocka_unit_test(a_counterexample_that_is_none_is_the_provers_defect),
		cmocka_unit_test(calls_that_a_table_lacks_take_no_part),
		cmocka_unit_test(tuples_have_names),
		cmocka_unit_test(numbers_are_calls),
		cmocka_unit_test(arguments_are_listed),
		cmocka_unit_test(what_a_proof_came_to_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
