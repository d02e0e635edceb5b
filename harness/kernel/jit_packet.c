/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_packet.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "harness/base/clock.h"

/* These two change: fields of __sk_buff become fields of sk_buff (convert_ctx_accesses()). */
#define CONTEXT_INSNS 2

/*
 *	input = data
 *	if input + 68 > data_end goto end
 *	never = ((struct jit_packet *)input)->never
 *
 * That exit is not the program's first, see jit_frame.h.
 */
size_t jit_packet_program(const struct cbpf_prog *prog, size_t entries, struct jit_code *code)
{
	size_t check;

	jit_add(code, JIT_LOAD(BPF_W, JIT_INPUT, BPF_REG_1, offsetof(struct __sk_buff, data)));
	jit_add(code, JIT_LOAD(BPF_W, JIT_TMP, BPF_REG_1, offsetof(struct __sk_buff, data_end)));
	jit_add(code, JIT_MOV64(BPF_REG_3, JIT_INPUT));
	jit_add(code, JIT_ALU64_K(BPF_ADD, BPF_REG_3, sizeof(struct jit_packet)));
	check = code->len;
	jit_add(code, JIT_BRANCH(BPF_JGT, BPF_REG_3, JIT_TMP, 0));
	jit_add(code, JIT_LOAD(BPF_W, JIT_NEVER, JIT_INPUT, offsetof(struct jit_packet, never)));
	entries = jit_frame(prog, entries, code);
	code->insns[check].off = (int16_t)(code->len - check - 1);
	jit_add(code, JIT_MOV_K(JIT_A, 0));
	jit_add(code, JIT_EXIT());
	return entries;
}

int jit_packet_load(const struct jit_code *code, uint32_t *ret_bytes, struct sg_err *err)
{
	uint32_t bytes;
	int fd = jit_load(code, NULL, &bytes, err), r;

	if (fd < 0)
		return fd;
	r = jit_check_unchanged(fd, code, CONTEXT_INSNS, err);
	if (r) {
		close(fd);
		return r;
	}
	*ret_bytes = bytes;
	return fd;
}

int jit_packet_run(int fd, const struct jit_packet *packet, uint32_t repeat, uint32_t *ret_verdict,
		   uint64_t *ret_ns, struct sg_err *err)
{
	struct bpf_test_run_opts opts = {.sz = sizeof(opts),
					 .data_in = packet,
					 .data_size_in = sizeof(*packet),
					 .repeat = (int)repeat};
	const uint64_t start_ns = sg_monotonic_ns();
	const int r = bpf_prog_test_run_opts(fd, &opts);
	const uint64_t end_ns = sg_monotonic_ns();

	if (r)
		return sg_err_env(err, errno, "a BPF program cannot be run: %m");
	*ret_verdict = opts.retval;
	*ret_ns = end_ns - start_ns;
	return 0;
}
