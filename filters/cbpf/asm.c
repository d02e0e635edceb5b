/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm.h"
#include "filters/cbpf/asm_source.h"
#include "filters/cbpf/check.h"

/* A refusal of the verifier gets the line of the instruction it is about. */
static int verify(const struct cbpf_prog *prog, const char *file, const unsigned *lines,
		  struct sg_err *err)
{
	size_t pc;

	if (!cbpf_verify(prog, err))
		return 0;
	cbpf_check(prog, &pc);
	return sg_err_wrap(err, "%s:%u", file, lines[pc]);
}

int cbpf_assemble(const char *text, size_t len, const char *file, struct cbpf_prog *ret_prog,
		  struct sg_err *err)
{
	struct asm_source source = {.file = file};
	struct cbpf_prog prog = {0};
	unsigned *lines = NULL;
	int error = asm_parse(text, len, &source, err);

	if (!error)
		error = asm_layout(&source, &prog, &lines, err);
	if (!error)
		error = verify(&prog, file, lines, err);
	if (!error)
		*ret_prog = prog;
	else
		cbpf_release(&prog);
	free(lines);
	asm_source_release(&source);
	return error;
}
