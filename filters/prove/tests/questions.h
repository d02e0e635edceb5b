/* SPDX-License-Identifier: MIT */
/* Programs as text, and questions about them to the prover. Include behind cmocka.h. */
#ifndef SG_PROVE_TESTS_QUESTIONS_H
#define SG_PROVE_TESTS_QUESTIONS_H

#include <dlfcn.h>
#include <string.h>

#include "filters/cbpf/asm.h"
#include "filters/prove/prove.h"
#include "filters/prove/tests/effect.h"
#include "harness/base/embed.h"

/* What a program ends with that jumps to these labels. */
#define END "\nallow: ret ALLOW\ndeny: ret ERRNO(1)\nkill: ret KILL_PROCESS\n"

static inline struct cbpf_prog assemble(const char *text)
{
	struct cbpf_prog prog = {0};
	struct sg_err err = {0};

	if (cbpf_assemble(text, strlen(text), "test", &prog, &err))
		fail_msg("%s", err.msg);
	return prog;
}

static const struct prove_options by_diagrams = {.no_smt = true};

static inline struct prove_answer ask_filters(const struct cbpf_prog *a, const struct cbpf_prog *b,
					      const struct policy *under,
					      const struct prove_options *options)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prove_filters(a, b, under, NULL, options, &answer, &err))
		fail_msg("%s", err.msg);
	assert_true(answer.seconds > 0);
	if (answer.result == PROVE_DIFFERENT) {
		assert_int_equal(answer.a, effect_at(a, &answer.tuple));
		assert_int_equal(answer.b, effect_at(b, &answer.tuple));
		assert_int_not_equal(answer.a, answer.b);
	}
	return answer;
}

static inline struct policy load(const char *operand)
{
	const struct abi_arch *arch = abi_arch(ABI_X86_64);
	const struct policy_options options = {.arches = &arch, .arch_count = 1};
	struct policy policy = {0};
	struct sg_err err = {0};

	if (policy_load(operand, &options, &policy, &err))
		fail_msg("%s", err.msg);
	return policy;
}

static inline struct cbpf_prog hand_filter(void)
{
	return assemble(sg_embedded_find("filters/hand/container-default.bpfasm")->data);
}

static inline struct prove_answer ask_prover(struct prover *prover, const struct cbpf_prog *prog,
					     const struct sg_strv *unknown_calls)
{
	struct prove_answer answer = {0};
	struct sg_err err = {0};

	if (prover_check(prover, prog, unknown_calls, &answer, &err))
		fail_msg("%s", err.msg);
	return answer;
}

static inline void need_z3(void)
{
	void *library = dlopen("libz3.so.4", RTLD_LAZY);

	if (!library) {
		print_message("SKIP: z3: %s\n", dlerror());
		skip();
	}
	dlclose(library);
}

#endif
