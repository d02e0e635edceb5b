/* SPDX-License-Identifier: MIT */
#include "harness/kernel/jit_btf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stddef.h>

struct types {
	int number, pointer; /* u32; void * */
};

/* int name(first [, second]); 0: no second parameter. */
static int add_function(struct btf *btf, const struct types *types, const char *name, int first,
			int second)
{
	const bool is_main = second == 0;
	const int proto = btf__add_func_proto(btf, types->number);

	btf__add_func_param(btf, "first", first);
	if (second)
		btf__add_func_param(btf, "second", second);
	return btf__add_func(btf, name, is_main ? BTF_FUNC_GLOBAL : BTF_FUNC_STATIC, proto);
}

/* The kernel checks the whole, so that no step needs to be. */
static int load(const struct btf *btf, struct sg_err *err)
{
	uint32_t bytes;
	const void *data = btf__raw_data(btf, &bytes);
	const int fd = data ? bpf_btf_load(data, bytes, NULL) : -1;

	return fd < 0 ? sg_err_env(err, errno, "the kernel takes no BTF: %m") : fd;
}

int jit_btf_open(const uint32_t starts[JIT_BTF_FUNCTIONS],
		 struct bpf_func_info ret_functions[JIT_BTF_FUNCTIONS], int *ret_fd,
		 struct sg_err *err)
{
	struct btf *btf = btf__new_empty();
	struct types types;
	int ids[JIT_BTF_FUNCTIONS], fd;

	if (!btf)
		return sg_err_env(err, errno, "libbpf makes no BTF: %m");
	types.number = btf__add_int(btf, "u32", sizeof(uint32_t), 0);
	types.pointer = btf__add_ptr(btf, 0);
	ids[0] = add_function(btf, &types, "secgauge", types.pointer, 0);
	ids[1] = add_function(btf, &types, "judge_one", types.number, types.pointer);
	ids[2] = add_function(btf, &types, "filter", types.pointer, types.number);
	fd = load(btf, err);
	btf__free(btf);
	if (fd < 0)
		return fd;
	for (int i = 0; i < JIT_BTF_FUNCTIONS; i++)
		ret_functions[i] = (struct bpf_func_info){starts[i], (uint32_t)ids[i]};
	*ret_fd = fd;
	return 0;
}
