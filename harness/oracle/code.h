/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: machine code while it is being made.
 *
 * Code is emitted from its last byte to its first. Jumps of BPF go forward only, so that each
 * target has its place before a jump to it is emitted, and every jump gets its shortest form at
 * once. A place is therefore counted in bytes from the end of the code. Tables stand behind the
 * end, so that their distance is known as well:
 *
 *	free ... | code of this and later instructions | tables ...
 *	         ^ place == used                       ^ place 0, table offset 0
 *
 * Both buffers have a capacity; what does not fit is not written, and the code is marked full.
 */
#ifndef SG_ORACLE_CODE_H
#define SG_ORACLE_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/error.h"

struct code {
	uint8_t *bytes; /* owned; the code is its last `used` bytes */
	size_t cap, used;
	int32_t *tables;             /* owned */
	size_t table_cap, table_len; /* in entries */
	bool full;
};

void code_init(struct code *code, size_t cap_bytes, size_t cap_table_entries);
void code_release(struct code *code);

/* Puts bytes in front of what there is. */
void code_put(struct code *code, const void *bytes, size_t len);
/* The same: opcode bytes, then a 32-bit operand. */
void code_put_imm32(struct code *code, const void *opcode, size_t len, uint32_t imm);

/* Conditions of jcc, as the low four bits of its opcode (Intel SDM, volume 2, Jcc). */
enum code_cond {
	CODE_BELOW = 2,
	CODE_NOT_BELOW = 3,
	CODE_EQUAL = 4,
	CODE_NOT_EQUAL = 5,
	CODE_NOT_ABOVE = 6,
	CODE_ABOVE = 7,
};
static inline enum code_cond code_not(enum code_cond cond)
{
	return (enum code_cond)(cond ^ 1);
}

/* A jump to @place; nothing where that is the next instruction anyway. */
void code_jump(struct code *code, size_t place);
void code_jump_if(struct code *code, enum code_cond cond, size_t place);

/* Where a new table of @len entries begins; there must be room. */
size_t code_table_new(struct code *code, size_t len);
/* Entry @index of the table that begins at @table leads to @place. */
void code_table_set(struct code *code, size_t table, size_t index, size_t place);
/* Jumps to where the entry number edx of @table leads; overwrites edx and rsi. */
void code_table_jump(struct code *code, size_t table);

/* Executable memory with the code in it, not writable. */
int code_finish(const struct code *code, void **ret_memory, size_t *ret_bytes, void **ret_entry,
		struct sg_err *err);

#endif
