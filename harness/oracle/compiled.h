/* SPDX-License-Identifier: MIT */
/*
 * A filter as x86-64 machine code, for volume: our own translator, in user space.
 *
 * A faithful translation of whatever cbpf_verify() accepts: the semantics of cbpf_run_words() to
 * the bit, without its count of instructions. The code is leaf code that reads the 64 bytes it is
 * given and 64 bytes of its own stack frame, nothing else; memory is first written, then made
 * executable, never both (W^X). Where a comparison follows a load and leads through many others on
 * the same value, a table over windows of values takes their place (dispatch.c).
 *
 * On other machines, or where the system refuses executable memory, compiled_new() says so with
 * -ENOTSUP and SG_ERR_ENV, and the caller uses the interpreter.
 */
#ifndef SG_ORACLE_COMPILED_H
#define SG_ORACLE_COMPILED_H

#include <linux/audit.h>
#include <linux/seccomp.h>

#include "filters/cbpf/prog.h"
#include "filters/abi/abi.h"

/* Takes the 16 words that a filter can load: uint32_t[16], or struct seccomp_data. */
typedef uint32_t (*compiled_fn)(const void *words);

/* Owned; valid when zeroed. Any number of threads may run it. */
struct compiled {
	compiled_fn run;
	void *memory;
	size_t bytes; /* of the mapping */
};

/* @prog must have passed cbpf_verify(); it may be released afterwards. */
int compiled_new(const struct cbpf_prog *prog, struct compiled *ret, struct sg_err *err);
void compiled_release(struct compiled *code); /* back to zeroed */

/* On a little-endian machine a tuple of a little-endian architecture is its own seccomp_data. */
_Static_assert(sizeof(struct abi_tuple) == sizeof(struct seccomp_data) &&
		       offsetof(struct abi_tuple, nr) == offsetof(struct seccomp_data, nr) &&
		       offsetof(struct abi_tuple, arch) == offsetof(struct seccomp_data, arch) &&
		       offsetof(struct abi_tuple, ip) ==
			       offsetof(struct seccomp_data, instruction_pointer) &&
		       offsetof(struct abi_tuple, args) == offsetof(struct seccomp_data, args),
	       "a tuple is laid out as struct seccomp_data");

/* What compiled_fn takes: the tuple itself where its bytes are right, else @words, filled. */
static inline const void *compiled_words(const struct abi_tuple *tuple,
					 uint32_t words[ABI_DATA_WORDS])
{
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && (tuple->arch & __AUDIT_ARCH_LE))
		return tuple;
	abi_tuple_words(tuple, words);
	return words;
}

static inline uint32_t compiled_run(const struct compiled *code, const struct abi_tuple *tuple)
{
	uint32_t words[ABI_DATA_WORDS];

	return code->run(compiled_words(tuple, words));
}

#endif
