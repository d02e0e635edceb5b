/* SPDX-License-Identifier: MIT */
/*
 * Runs a target on files, with any compiler and no fuzzer:
 *
 *	replay                          the targets
 *	replay --vectors DIR            writes the interpreter's vectors, as seeds of programs
 *	replay TARGET FILE...           "ok - TARGET/FILE" or "not ok - TARGET/FILE: WHY" a file
 *
 * Each file has a child of its own, which may crash or hang. Exit: 0; 1 with a finding; 2 usage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/vectors.h"
#include "fuzz/targets/targets.h"
#include "harness/base/alloc.h"
#include "harness/base/child.h"
#include "harness/base/file.h"

#define MAX_BYTES ((size_t)1 << 20)

static const struct sg_child_limits limits = {.cpu_s = 20, .memory_bytes = (uint64_t)2 << 30};

struct input {
	const struct fuzz_target *target;
	struct sg_buf bytes;
};

static int run_target(void *ctx, struct sg_buf *out)
{
	const struct input *input = ctx;

	(void)out;
	return input->target->run((const uint8_t *)sg_buf_text(&input->bytes), input->bytes.len);
}

/* 0, 1 with a finding, 2. */
static int replay(const struct fuzz_target *target, const char *path)
{
	struct input input = {.target = target};
	struct sg_child_result result = {0};
	struct sg_buf nothing = {0}, why = {0};
	struct sg_err err = {0};
	int bad = sg_file_read(path, MAX_BYTES, &input.bytes, &err);

	if (!bad)
		bad = sg_child_run(run_target, &input, &limits, &nothing, &result, &err);
	if (bad) {
		fprintf(stderr, "replay: %s\n", err.msg);
	} else if (result.end == SG_CHILD_OK) {
		printf("ok - %s/%s\n", target->name, path);
	} else {
		sg_child_describe(&result, &limits, &why);
		printf("not ok - %s/%s: %s\n", target->name, path, sg_buf_text(&why));
	}
	sg_buf_release(&input.bytes);
	sg_buf_release(&nothing);
	sg_buf_release(&why);
	return bad ? 2 : result.end != SG_CHILD_OK;
}

static int write_vectors(const char *dir)
{
	for (size_t i = 0; i < cbpf_vector_count; i++) {
		const struct cbpf_vector *vector = &cbpf_vectors[i];
		char *path = sg_asprintf("%s/vector-%zu.bpf", dir, i);
		struct sg_err err = {0};

		if (sg_file_write(path, vector->insns, vector->len * sizeof(*vector->insns), &err))
			fprintf(stderr, "replay: %s\n", err.msg);
		free(path);
		if (err.kind)
			return 2;
	}
	return 0;
}

static const struct fuzz_target *find(const char *name)
{
	for (const struct fuzz_target *target = fuzz_targets; target->name; target++)
		if (!strcmp(target->name, name))
			return target;
	fprintf(stderr, "replay: no target \"%s\"\n", name);
	return NULL;
}

static int replay_all(const struct fuzz_target *target, char **paths)
{
	int worst = 0;

	fuzz_thorough = true;
	for (; *paths; paths++) {
		int ended = replay(target, *paths);

		worst = ended > worst ? ended : worst;
	}
	return worst;
}

int main(int argc, char **argv)
{
	const struct fuzz_target *target;

	if (argc == 1) {
		for (target = fuzz_targets; target->name; target++)
			printf("%-8s %s\n", target->name, target->summary);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "--vectors"))
		return write_vectors(argv[2]);
	target = find(argv[1]);
	return target ? replay_all(target, argv + 2) : 2;
}
