/* SPDX-License-Identifier: MIT */
/* Proofs beside tuples: what each finds that the other does not, and a prover that is wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "fuzz/tests/loop_support.h"

static void right_filters_are_proved_equal(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.profile = "container-default";
	run.request.tuples = 1000;
	add_gen(&run, gen_find("linear", NULL));
	add_gen(&run, gen_find("hand", NULL));
	go(&run);
	assert_int_equal(run.result.proved.equal, 2);
	assert_int_equal(run.result.proved.different + run.result.proved.unknown, 0);
	assert_int_equal(run.result.filter_proof_count, 2);
	assert_string_equal(run.result.filter_proofs[0].name, "linear");
	assert_string_equal(run.result.filter_proofs[1].name, "hand");
	for (int i = 0; i < 2; i++)
		assert_int_equal(run.result.filter_proofs[i].result, PROVE_EQUAL);
	finish(&run);

	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = 1000;
	run.request.no_verify = true;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_int_equal(run.result.proved.equal, 0);
	assert_int_equal(run.result.filter_proof_count, 0);
	finish(&run);
}

/* Wrong for one value of half an argument that is near no constant that anybody compares with. */
static int build_sly(const struct gen_request *request, struct gen_filter *ret, struct sg_err *err)
{
	static const struct sock_filter check[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_ARG(5)),
		BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 0x5eed1234),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, 0x0badcafe),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, ABI_RET_TRACE | 77),
	};
	struct cbpf_prog prog = {0};
	const int bad = build_tuned(request, ret, err);

	if (bad || ret->none)
		return bad;
	for (size_t i = 0; i < SG_COUNT(check); i++)
		cbpf_add(&prog, check[i]);
	for (size_t i = 0; i < ret->prog.len; i++)
		cbpf_add(&prog, ret->prog.insns[i]);
	cbpf_release(&ret->prog);
	ret->prog = prog;
	return 0;
}
static const struct gen sly = {.name = "sly", .needs_policy = true, .build = build_sly};

static void a_proof_finds_what_no_tuple_does(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	start(&run);
	run.request.profile = "strict-2005";
	run.request.tuples = 20000;
	add_gen(&run, &sly);
	go(&run);
	assert_int_equal(run.result.proved.different, 1);
	assert_int_equal(run.result.proved.only_by_proof, 1);
	assert_int_equal(run.result.proved.only_by_tuples, 0);
	assert_int_equal(run.result.mismatches, 1);
	found = finding_of(&run, "sly", FUZZ_MISMATCH);
	assert_non_null(found);
	assert_int_equal(found->count, 1);
	assert_int_equal((uint32_t)found->finding.tuple.args[5], 0x0badcafe ^ 0x5eed1234);
	assert_int_equal(found->finding.got, ABI_RET_TRACE | 77);
	assert_null(finding_of(&run, "sly", FUZZ_KIND_PROVER));
	finish(&run);
}

static void every_filter_of_a_policy_is_proved(void **state)
{
	struct run run;
	const struct fuzz_proved *proved = &run.result.proved;

	(void)state;
	start(&run);
	run.request.policies = 30;
	add_gen(&run, gen_find("tuned", NULL));
	add_gen(&run, &sly);
	go(&run);
	assert_in_range(proved->equal, 28, 30);     /* those of tuned that fit */
	assert_in_range(proved->different, 26, 30); /* some have no filter */
	assert_true(proved->only_by_proof > 0);
	assert_int_equal(proved->only_by_tuples, 0);
	assert_true(run.result.mismatches >= proved->different);
	assert_non_null(finding_of(&run, "sly", FUZZ_MISMATCH));
	assert_null(finding_of(&run, "tuned", FUZZ_MISMATCH));
	assert_int_equal(run.result.filter_proof_count, 0); /* of the profile alone */
	finish(&run);
}

static int prove_slowly(struct prover *prover, const struct cbpf_prog *prog,
			const struct sg_strv *unknown_calls, struct prove_answer *ret,
			struct sg_err *err)
{
	usleep(300000);
	return prover_check(prover, prog, unknown_calls, ret, err);
}

/* As with generators: what takes too long is left out until it is earned back. */
static void slow_proofs_are_left_out(void **state)
{
	struct run run;

	(void)state;
	start(&run);
	run.request.policies = 20;
	run.request.gen_allowance_s = 0.05;
	run.request.prove = prove_slowly;
	add_gen(&run, gen_find("tuned", NULL));
	go(&run);
	assert_int_equal(run.result.policies, 20);
	assert_int_equal(run.result.proved.equal, 1);
	assert_true(warned(&run, "policies were not proved"));
	finish(&run);
}

/* ---- a prover that is wrong on purpose */

static int call_equal(struct prover *prover, const struct cbpf_prog *prog,
		      const struct sg_strv *unknown_calls, struct prove_answer *ret,
		      struct sg_err *err)
{
	(void)prover, (void)prog, (void)unknown_calls, (void)err;
	*ret = (struct prove_answer){.result = PROVE_EQUAL};
	return 0;
}

static int call_different(struct prover *prover, const struct cbpf_prog *prog,
			  const struct sg_strv *unknown_calls, struct prove_answer *ret,
			  struct sg_err *err)
{
	(void)prover, (void)prog, (void)unknown_calls, (void)err;
	*ret = (struct prove_answer){.result = PROVE_DIFFERENT,
				     .tuple = {.arch = abi_arch(ABI_X86_64)->audit, .nr = 1},
				     .b = ABI_RET_ALLOW};
	return 0;
}

static int contradict(struct prover *prover, const struct cbpf_prog *prog,
		      const struct sg_strv *unknown_calls, struct prove_answer *ret,
		      struct sg_err *err)
{
	(void)prover, (void)prog, (void)unknown_calls, (void)ret;
	return sg_err_internal(err, EBADMSG, "says one thing and then another");
}

static void go_with(struct run *run, const struct gen *gen, fuzz_prove_fn prove)
{
	start(run);
	run->request.profile = "small-blocklist";
	run->request.tuples = 3000;
	run->request.prove = prove;
	add_gen(run, gen);
	go(run);
}

static void tuples_find_what_a_prover_overlooks(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	go_with(&run, &lax, call_equal);
	assert_int_equal(run.result.proved.equal, 1);
	assert_int_equal(run.result.proved.only_by_tuples, 1);
	assert_non_null(finding_of(&run, "lax", FUZZ_MISMATCH));
	found = finding_of(&run, "lax", FUZZ_KIND_PROVER);
	assert_non_null(found);
	assert_int_equal(found->count, 1);
	assert_non_null(strstr(found->finding.message, "equal"));
	assert_true(abi_verdict_allows(found->finding.got));
	assert_false(abi_verdict_allows(found->finding.wanted));
	finish(&run);
}

static void a_counterexample_that_is_none_is_told(void **state)
{
	struct run run;

	(void)state;
	go_with(&run, gen_find("tuned", NULL), call_different);
	assert_int_equal(run.result.mismatches, 0);
	assert_null(finding_of(&run, "tuned", FUZZ_MISMATCH));
	assert_non_null(finding_of(&run, "tuned", FUZZ_KIND_PROVER));
	finish(&run);
}

static void a_prover_that_contradicts_itself_is_told(void **state)
{
	struct run run;
	const struct fuzz_counted *found;

	(void)state;
	go_with(&run, gen_find("tuned", NULL), contradict);
	assert_int_equal(run.result.proved.unknown, 1);
	found = finding_of(&run, "tuned", FUZZ_KIND_PROVER);
	assert_non_null(found);
	assert_string_equal(found->finding.message, "says one thing and then another");
	assert_true(warned(&run, "tuned is not proved: says one thing"));
	finish(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_filters_are_proved_equal),
		cmocka_unit_test(a_proof_finds_what_no_tuple_does),
		cmocka_unit_test(every_filter_of_a_policy_is_proved),
		cmocka_unit_test(slow_proofs_are_left_out),
		cmocka_unit_test(tuples_find_what_a_prover_overlooks),
		cmocka_unit_test(a_counterexample_that_is_none_is_told),
		cmocka_unit_test(a_prover_that_contradicts_itself_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
