/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "harness/kernel/jit_batch.h"
#include "harness/kernel/tests/support.h"

static struct jit_batch open_batch(const struct cbpf_prog *prog)
{
	struct jit_batch batch;
	struct sg_err err = {0};

	if (jit_batch_open(prog, &batch, &err))
		fail_msg("%s", err.msg);
	return batch;
}

static void run_batch(struct jit_batch *batch, size_t count)
{
	struct sg_err err = {0};

	if (jit_batch_run(batch, count, &err))
		fail_msg("%s", err.msg);
}

static void vectors_have_their_verdicts(void **state)
{
	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		const struct cbpf_prog prog = {.insns = (struct sock_filter *)vector->insns,
					       .len = vector->len};
		struct jit_batch batch = open_batch(&prog);

		abi_tuple_words(vector->tuple, batch.memory->words[0]);
		run_batch(&batch, 1);
		if (batch.memory->verdicts[0] != vector->ret)
			fail_msg("%s: 0x%08x, not 0x%08x", vector->name, batch.memory->verdicts[0],
				 vector->ret);
		jit_batch_close(&batch);
	}
}

/* Each input has its own verdict, in its own place, and nothing behind the last is touched. */
static void inputs_keep_their_places(void **state)
{
	static const size_t counts[] = {JIT_BATCH_INPUTS, 1, 0, JIT_BATCH_INPUTS - 1};
	const struct cbpf_prog prog = PROG(LD(15), RET_A);
	struct jit_batch batch;

	(void)state;
	if (!can_use_bpf())
		skip();
	batch = open_batch(&prog);
	for (size_t i = 0; i < SG_COUNT(counts); i++) {
		memset(batch.memory->verdicts, 0xee, sizeof(batch.memory->verdicts));
		for (uint32_t at = 0; at < JIT_BATCH_INPUTS; at++)
			batch.memory->words[at][15] = at * 3 + (uint32_t)i;
		run_batch(&batch, counts[i]);
		for (uint32_t at = 0; at < JIT_BATCH_INPUTS; at++)
			assert_int_equal(batch.memory->verdicts[at],
					 at < counts[i] ? at * 3 + (uint32_t)i : 0xeeeeeeee);
	}
	jit_batch_close(&batch);
}

static void what_the_verifier_refuses_is_said(void **state)
{
	struct cbpf_prog prog = {0};
	struct jit_batch batch;
	struct sg_err err = {0};

	(void)state;
	if (!can_use_bpf())
		skip();
	for (size_t i = 0; i < CBPF_MAX_INSNS - 1; i++)
		cbpf_add(&prog, STMT(BPF_ALU | BPF_DIV | BPF_X, 0));
	cbpf_add(&prog, RET_A);
	assert_true(jit_batch_open(&prog, &batch, &err) < 0);
	assert_int_equal(err.kind, SG_ERR_ENV);
	cbpf_release(&prog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors_have_their_verdicts),
		cmocka_unit_test(inputs_keep_their_places),
		cmocka_unit_test(what_the_verifier_refuses_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
