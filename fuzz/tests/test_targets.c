/* SPDX-License-Identifier: MIT */
/* What the fuzz targets can find: each check, handed what is wrong, ends the process. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <glob.h>
#include <cmocka.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/vectors.h"
#include "filters/gen/gens.h"
#include "fuzz/finding.h"
#include "fuzz/targets/targets.h"
#include "harness/base/alloc.h"
#include "harness/base/child.h"
#include "harness/base/file.h"
#include "harness/oracle/compiled.h"
#include "workloads/mix.h"

/* ---- a child that must die, with these words */

static void assert_dies(sg_child_fn fn, void *ctx, const char *words)
{
	const struct sg_child_limits limits = {.cpu_s = 60};
	struct sg_child_result result = {0};
	struct sg_buf out = {0};

	assert_int_equal(sg_child_run(fn, ctx, &limits, &out, &result, NULL), 0);
	if (result.end != SG_CHILD_CRASHED || !strstr(result.last_words, words))
		fail_msg("wanted \"%s\", got end %d: %s", words, result.end, result.last_words);
	sg_buf_release(&out);
}

static const struct sock_filter read_alone[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), /* read on x86_64 */
	BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, ABI_RET_ERRNO | 1),
};

static struct cbpf_prog small_prog(void)
{
	struct cbpf_prog prog = {0};

	for (size_t i = 0; i < SG_COUNT(read_alone); i++)
		cbpf_add(&prog, read_alone[i]);
	return prog;
}

/* ---- diff */

static const char read_only[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"
	"\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";

static struct policy read_only_policy(void)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	const struct policy_options options = {.arches = &arch, .arch_count = 1};
	struct policy policy = {0};

	assert_int_equal(policy_parse(read_only, strlen(read_only), "test", &options, &policy,
				      NULL),
			 0);
	return policy;
}

static int judge_foreign_arch(void *ctx, struct sg_buf *out)
{
	const struct abi_tuple tuple = {.arch = abi_arch(ABI_AARCH64)->audit};
	struct policy policy = read_only_policy();
	struct cbpf_prog prog = small_prog();

	(void)ctx, (void)out;
	fuzz_require_agreement(&policy, &prog, &tuple, 1);
	return 0;
}

static void diff_finds_a_filter_that_skips_the_architecture(void **state)
{
	(void)state;
	assert_dies(judge_foreign_arch, NULL, "ALLOW instead of KILL_PROCESS (foreign-arch)");
}

static void diff_is_content_with_a_filter_that_is_right(void **state)
{
	const struct abi_tuple tuple = {.arch = abi_arch(ABI_X86_64)->audit};
	struct policy policy = read_only_policy();
	struct cbpf_prog prog = small_prog();

	(void)state;
	fuzz_require_agreement(&policy, &prog, &tuple, 1);
	policy_release(&policy);
	cbpf_release(&prog);
}

static int judge_wrong_verdict(void *ctx, struct sg_buf *out)
{
	const struct abi_tuple tuple = {.arch = abi_arch(ABI_X86_64)->audit};
	const uint32_t verdict = ABI_RET_ALLOW + 1;
	struct cbpf_prog prog = small_prog();

	(void)ctx, (void)out;
	fuzz_require_compiled(&prog, &tuple, &verdict, 1);
	return 0;
}

static void machine_code_that_says_something_else_is_found(void **state)
{
	struct cbpf_prog prog = small_prog();
	struct compiled code = {0};
	int bad = compiled_new(&prog, &code, NULL);

	(void)state;
	compiled_release(&code);
	cbpf_release(&prog);
	if (bad) {
		printf("SKIP: compiled: no translator for this machine\n");
		skip();
	}
	assert_dies(judge_wrong_verdict, NULL, "0x7fff0001, compiled 0x7fff0000");
}

/* ---- profile */

static void a_policy_reads_back_from_its_own_json(void **state)
{
	struct policy policy = read_only_policy();
	struct sg_buf json = {0};

	(void)state;
	policy_profile_text(&policy, &json);
	assert_non_null(strstr(sg_buf_text(&json), "\"names\": [\"read\"],\n\t\t\t\"action\": "
						   "\"SCMP_ACT_ALLOW\""));
	assert_int_equal(fuzz_target_profile((const uint8_t *)json.data, json.len), 0);
	sg_buf_release(&json);
	policy_release(&policy);
}

static int refuse_in_two_lines(void *ctx, struct sg_buf *out)
{
	struct sg_err err = {.kind = SG_ERR_INPUT, .code = -22, .msg = "one\ntwo"};

	(void)ctx, (void)out;
	fuzz_require_refusal(-22, &err);
	return 0;
}

static int refuse_for_no_reason_of_the_input(void *ctx, struct sg_buf *out)
{
	struct sg_err err = {.kind = SG_ERR_INTERNAL, .code = -22, .msg = "lost"};

	(void)ctx, (void)out;
	fuzz_require_refusal(-22, &err);
	return 0;
}

static void a_refusal_is_one_line_about_the_input(void **state)
{
	(void)state;
	assert_dies(refuse_in_two_lines, NULL, "two\"");
	assert_dies(refuse_for_no_reason_of_the_input, NULL, "lost");
}

/* ---- bpf */

static struct cbpf_prog prog_of(const struct sock_filter *insns, size_t len)
{
	struct cbpf_prog prog = {0};

	fuzz_prog_of((const uint8_t *)insns, len * sizeof(*insns), &prog);
	return prog;
}

static void the_kernel_is_asked_without_a_filter_being_installed(void **state)
{
	const struct sock_filter bad = BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0);
	struct cbpf_prog accepted = small_prog(), refused = prog_of(&bad, 1), none = {0};
	char status[4096] = "";
	FILE *file;
	int kernel = fuzz_kernel_accepts(&accepted);

	(void)state;
	if (kernel < 0) {
		printf("SKIP: seccomp: %s\n", strerror(-kernel));
		cbpf_release(&accepted);
		cbpf_release(&refused);
		skip();
	}
	assert_int_equal(kernel, 1);
	assert_int_equal(fuzz_kernel_accepts(&refused), 0);
	assert_int_equal(fuzz_kernel_accepts(&none), 0);
	file = fopen("/proc/self/status", "r"); /* descriptors are to be had again */
	assert_non_null(file);
	assert_true(fread(status, 1, sizeof(status) - 1, file) > 0);
	fclose(file);
	assert_non_null(strstr(status, "\nSeccomp:\t0\n"));
	cbpf_release(&accepted);
	cbpf_release(&refused);
}

static void every_vector_is_sound(void **state)
{
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 1);
	fuzz_thorough = true;
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		struct cbpf_prog prog = prog_of(cbpf_vectors[i].insns, cbpf_vectors[i].len);

		fuzz_require_sound(&prog, &rng);
		fuzz_require_round_trip(&prog);
		cbpf_release(&prog);
	}
	fuzz_thorough = false;
}

/* ---- prove */

static const struct sock_filter write_alone[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, ABI_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, ABI_RET_ERRNO | 1),
};

/* @ctx is a struct prove_answer about the two programs above. */
static int judge_answer(void *ctx, struct sg_buf *out)
{
	struct cbpf_prog a = small_prog(), b = prog_of(write_alone, SG_COUNT(write_alone));
	struct sg_rng rng;

	(void)out;
	sg_rng_seed(&rng, 1);
	fuzz_require_proof(&a, &b, ctx, &rng);
	return 0;
}

static void an_answer_that_does_not_hold_is_found(void **state)
{
	struct prove_answer equal = {.result = PROVE_EQUAL},
			    unknown = {.result = PROVE_UNKNOWN, .reason = "too hard"},
			    same = {.result = PROVE_DIFFERENT, .tuple.nr = 2},
			    other = {.result = PROVE_DIFFERENT, .a = ABI_RET_ALLOW},
			    nowhere = {.result = PROVE_DIFFERENT,
				       .a = ABI_RET_ALLOW,
				       .b = ABI_RET_ERRNO | 1};

	(void)state;
	assert_dies(judge_answer, &equal, "called equal");
	assert_dies(judge_answer, &unknown, "unknown, too hard");
	assert_dies(judge_answer, &same, "a counterexample that gets 0x50001 from both");
	assert_dies(judge_answer, &other, "which gets 0x7fff0000 and 0x50001");
	assert_dies(judge_answer, &nowhere, "a difference of 0 inputs");
}

/* @ctx: whether it is an instruction, or an edge, that is said to be dead and is not. */
static int reach_what_is_dead(void *ctx, struct sg_buf *out)
{
	const struct prove_options options = {0};
	struct cbpf_prog prog = small_prog();
	struct prove_dead dead;
	struct sg_rng rng;

	(void)out;
	sg_rng_seed(&rng, 1);
	prove_dead(&prog, &options, &dead);
	fuzz_require_dead(&prog, &dead, &rng);
	*(*(bool *)ctx ? &dead.insn[3] : &dead.fell[1]) = true;
	fuzz_require_dead(&prog, &dead, &rng);
	return 0;
}

static void what_is_called_dead_and_reached_is_found(void **state)
{
	bool insn = false;

	(void)state;
	assert_dies(reach_what_is_dead, &insn, "the edge from 1 to 3 is called dead");
	insn = true;
	assert_dies(reach_what_is_dead, &insn, "instruction 3 is called dead");
}

/* ---- all */

static void every_target_takes_any_bytes(void **state)
{
	uint8_t bytes[300];
	struct sg_rng rng;

	(void)state;
	sg_rng_seed(&rng, 7);
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++) {
		assert_int_equal(target->run(bytes, 0), 0);
		for (int i = 0; i < 100; i++) {
			size_t len = sg_rng_below(&rng, sizeof(bytes));

			for (size_t at = 0; at < len; at++)
				bytes[at] = sg_rng_u64(&rng);
			assert_int_equal(target->run(bytes, len), 0);
		}
	}
}

/* A seed that its reader refuses would be replayed without a check. */
static void each_seed(const char *pattern, void (*check)(const char *text, size_t len))
{
	glob_t found = {0};

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct sg_buf bytes = {0};

		assert_int_equal(sg_file_read(found.gl_pathv[i], 1 << 20, &bytes, NULL), 0);
		check(sg_buf_text(&bytes), bytes.len);
		sg_buf_release(&bytes);
	}
	globfree(&found);
}

static void check_case(const char *text, size_t len)
{
	static const struct policy_options options = {0};
	struct policy policy = {0};
	struct sg_err err = {0};
	size_t text_len = strnlen(text, len);

	if (policy_parse(text, text_len, "seed", &options, &policy, &err))
		fail_msg("%s", err.msg);
	if (text_len < len)
		assert_int_equal((len - text_len - 1) % sizeof(struct abi_tuple), 0);
	policy_release(&policy);
}

/* Two programs with a border between them, or one: each is what the verifier accepts. */
static void check_pair(const char *text, size_t len)
{
	static const char border[] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	const char *found = memmem(text, len, border, 8);
	const size_t first = found ? (size_t)(found - text) : len;
	struct cbpf_prog a = {0}, b = {0};

	assert_int_equal(len % sizeof(struct sock_filter), 0);
	fuzz_prog_of((const uint8_t *)text, first, &a);
	assert_int_equal(cbpf_verify(&a, NULL), 0);
	if (found) {
		fuzz_prog_of((const uint8_t *)found + 8, len - first - 8, &b);
		assert_int_equal(cbpf_verify(&b, NULL), 0);
	}
	cbpf_release(&a);
	cbpf_release(&b);
}

static void check_asm(const char *text, size_t len)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	if (cbpf_assemble(text, len, "seed", &prog, &err))
		fail_msg("%s", err.msg);
	cbpf_release(&prog);
}

static void check_mix(const char *text, size_t len)
{
	struct mix mix = {0};
	struct sg_err err = {0};

	if (mix_parse(text, len, "seed", &mix, &err))
		fail_msg("%s", err.msg);
	mix_release(&mix);
}

static void seeds_are_what_their_targets_read(void **state)
{
	(void)state;
	each_seed("fuzz/corpus/diff/*.case", check_case);
	each_seed("fuzz/corpus/asm/*.bpfasm", check_asm);
	each_seed("fuzz/corpus/mix/*.mix", check_mix);
	each_seed("fuzz/corpus/prove/*", check_pair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(diff_finds_a_filter_that_skips_the_architecture),
		cmocka_unit_test(diff_is_content_with_a_filter_that_is_right),
		cmocka_unit_test(machine_code_that_says_something_else_is_found),
		cmocka_unit_test(a_policy_reads_back_from_its_own_json),
		cmocka_unit_test(a_refusal_is_one_line_about_the_input),
		cmocka_unit_test(the_kernel_is_asked_without_a_filter_being_installed),
		cmocka_unit_test(every_vector_is_sound),
		cmocka_unit_test(an_answer_that_does_not_hold_is_found),
		cmocka_unit_test(what_is_called_dead_and_reached_is_found),
		cmocka_unit_test(every_target_takes_any_bytes),
		cmocka_unit_test(seeds_are_what_their_targets_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
