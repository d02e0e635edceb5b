/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_batch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/kernel/jit_btf.h"
#include "harness/kernel/jit_frame.h"
#include "harness/kernel/jit_load.h"

#define MAP_OFFSET(member) offsetof(struct jit_batch_memory, member)

/* A classifier wants a packet; nobody looks at it. */
#define PACKET_BYTES 64

/* ---- the program */

/* dst = the address of a place in the map's only value */
static void add_map_value(struct jit_code *code, uint8_t dst, int map, size_t offset)
{
	jit_add(code, JIT_INSN(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_VALUE, 0, map));
	jit_add(code, JIT_INSN(0, 0, 0, 0, offset));
}

/* return bpf_loop(count, judge_one, NULL, 0). Where the function's address goes is returned. */
static size_t add_main(struct jit_code *code, int map)
{
	size_t function;

	add_map_value(code, BPF_REG_1, map, MAP_OFFSET(count));
	jit_add(code, JIT_LOAD(BPF_W, BPF_REG_1, BPF_REG_1, 0));
	function = code->len;
	jit_add(code, JIT_INSN(BPF_LD | BPF_DW | BPF_IMM, BPF_REG_2, BPF_PSEUDO_FUNC, 0, 0));
	jit_add(code, JIT_INSN(0, 0, 0, 0, 0));
	jit_add(code, JIT_MOV64_K(BPF_REG_3, 0));
	jit_add(code, JIT_MOV64_K(BPF_REG_4, 0));
	jit_add(code, JIT_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_loop));
	jit_add(code, JIT_EXIT());
	return function;
}

/*
 *	judge_one(i, ctx):
 *		if i < JIT_BATCH_INPUTS:
 *			verdicts[i] = filter(&words[i], never)
 *		return 0
 *
 * Where the call is that is to be directed to the filter is returned.
 */
static size_t add_judge_one(struct jit_code *code, int map)
{
	size_t check = code->len, call;

	jit_add(code, JIT_BRANCH_K(BPF_JGE, BPF_REG_1, JIT_BATCH_INPUTS, 0));
	jit_add(code, JIT_MOV64(BPF_REG_8, BPF_REG_1));
	add_map_value(code, BPF_REG_2, map, MAP_OFFSET(never));
	jit_add(code, JIT_LOAD(BPF_W, BPF_REG_2, BPF_REG_2, 0));
	add_map_value(code, BPF_REG_9, map, MAP_OFFSET(words));
	jit_add(code, JIT_ALU64_K(BPF_LSH, BPF_REG_1, 6));
	jit_add(code, JIT_ALU64(BPF_ADD, BPF_REG_1, BPF_REG_9));
	call = code->len;
	jit_add(code, JIT_INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 0));
	add_map_value(code, BPF_REG_9, map, MAP_OFFSET(verdicts));
	jit_add(code, JIT_ALU64_K(BPF_LSH, BPF_REG_8, 2));
	jit_add(code, JIT_ALU64(BPF_ADD, BPF_REG_9, BPF_REG_8));
	jit_add(code, JIT_STORE(BPF_REG_9, 0, BPF_REG_0));
	code->insns[check].off = (int16_t)(code->len - check - 1);
	jit_add(code, JIT_MOV64_K(BPF_REG_0, 0));
	jit_add(code, JIT_EXIT());
	return call;
}

_Static_assert(1u << 6 == sizeof(uint32_t) * ABI_DATA_WORDS, "an input is 1 << 6 bytes");

/* Main program, callback, filter; @ret_starts: where they begin. */
static void make_program(const struct cbpf_prog *prog, int map, struct jit_code *code,
			 uint32_t ret_starts[JIT_BTF_FUNCTIONS])
{
	size_t function = add_main(code, map), call, judge_one = code->len;

	call = add_judge_one(code, map);
	ret_starts[0] = 0;
	ret_starts[1] = (uint32_t)judge_one;
	ret_starts[2] = (uint32_t)code->len;
	code->insns[function].imm = (int)(judge_one - function - 1);
	code->insns[call].imm = (int)(code->len - call - 1);
	jit_add(code, JIT_MOV64(JIT_INPUT, BPF_REG_1));
	jit_add(code, JIT_MOV64(JIT_NEVER, BPF_REG_2));
	jit_frame(prog, 0, code);
}

/* ---- the session */

static int open_map(struct jit_batch *batch, struct sg_err *err)
{
	const struct bpf_map_create_opts opts = {.sz = sizeof(opts), .map_flags = BPF_F_MMAPABLE};
	void *memory;

	batch->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "secgauge", sizeof(uint32_t),
				    sizeof(*batch->memory), 1, &opts);
	if (batch->map < 0)
		return sg_err_env(err, errno, "no BPF map: %m");
	memory = mmap(NULL, sizeof(*batch->memory), PROT_READ | PROT_WRITE, MAP_SHARED, batch->map,
		      0);
	if (memory == MAP_FAILED)
		return sg_err_env(err, errno, "a BPF map cannot be shared: %m");
	batch->memory = memory;
	return 0;
}

static int open_program(struct jit_batch *batch, const struct cbpf_prog *prog, struct sg_err *err)
{
	struct jit_code code = {0};
	struct bpf_func_info functions[JIT_BTF_FUNCTIONS];
	struct jit_btf btf = {-1, functions, JIT_BTF_FUNCTIONS};
	uint32_t starts[JIT_BTF_FUNCTIONS], bytes;
	int r;

	make_program(prog, batch->map, &code, starts);
	r = jit_btf_open(starts, functions, &btf.fd, err);
	if (!r) {
		batch->prog = jit_load(&code, &btf, &bytes, err);
		if (batch->prog < 0)
			r = batch->prog;
		else
			r = jit_check_unchanged(batch->prog, &code, starts[2], err);
		close(btf.fd);
	}
	jit_code_release(&code);
	return r;
}

int jit_batch_open(const struct cbpf_prog *prog, struct jit_batch *ret, struct sg_err *err)
{
	struct jit_batch batch = {.map = -1, .prog = -1};
	int r = open_map(&batch, err);

	if (!r)
		r = open_program(&batch, prog, err);
	if (r)
		jit_batch_close(&batch);
	else
		*ret = batch;
	return r;
}

int jit_batch_run(struct jit_batch *batch, size_t count, struct sg_err *err)
{
	const char packet[PACKET_BYTES] = {0};
	struct bpf_test_run_opts opts = {.sz = sizeof(opts),
					 .data_in = packet,
					 .data_size_in = sizeof(packet),
					 .repeat = 1};
	int r;

	batch->memory->count = (uint32_t)count;
	do
		r = bpf_prog_test_run_opts(batch->prog, &opts);
	while (r == -EINTR);
	if (r)
		return sg_err_env(err, -r, "a BPF program cannot be run: %s", strerror(-r));
	if (opts.retval != count)
		return sg_err_env(err, EPROTO, "a BPF program judged %u inputs of %zu", opts.retval,
				  count);
	return 0;
}

void jit_batch_close(struct jit_batch *batch)
{
	if (batch->memory)
		munmap(batch->memory, sizeof(*batch->memory));
	if (batch->prog >= 0)
		close(batch->prog);
	if (batch->map >= 0)
		close(batch->map);
	*batch = (struct jit_batch){.map = -1, .prog = -1};
}
