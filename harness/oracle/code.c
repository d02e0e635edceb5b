/* SPDX-License-Identifier: MIT */
#include "harness/oracle/code.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/base/alloc.h"

#define TABLE_ALIGN_BYTES 4u

void code_init(struct code *code, size_t cap_bytes, size_t cap_table_entries)
{
	*code = (struct code){
		.bytes = sg_malloc(cap_bytes),
		.cap = cap_bytes,
		.tables = sg_calloc(cap_table_entries + 1, sizeof(*code->tables)),
		.table_cap = cap_table_entries,
	};
}

void code_release(struct code *code)
{
	free(code->bytes);
	free(code->tables);
	*code = (struct code){0};
}

void code_put(struct code *code, const void *bytes, size_t len)
{
	if (len > code->cap - code->used) {
		code->full = true;
		return;
	}
	code->used += len;
	memcpy(code->bytes + code->cap - code->used, bytes, len);
}

void code_put_imm32(struct code *code, const void *opcode, size_t len, uint32_t imm)
{
	code_put(code, &imm, sizeof(imm));
	code_put(code, opcode, len);
}

/* A displacement counts from the end of the jump, which is where the code begins now. */
static bool is_short(size_t distance)
{
	return distance <= INT8_MAX;
}

void code_jump(struct code *code, size_t place)
{
	size_t distance = code->used - place;

	if (!distance)
		return;
	if (is_short(distance))
		code_put(code, (const uint8_t[]){0xeb, (uint8_t)distance}, 2);
	else
		code_put_imm32(code, "\xe9", 1, (uint32_t)distance);
}

void code_jump_if(struct code *code, enum code_cond cond, size_t place)
{
	size_t distance = code->used - place;

	if (!distance)
		return;
	if (is_short(distance))
		code_put(code, (const uint8_t[]){0x70 | cond, (uint8_t)distance}, 2);
	else
		code_put_imm32(code, (const uint8_t[]){0x0f, 0x80 | cond}, 2, (uint32_t)distance);
}

size_t code_table_new(struct code *code, size_t len)
{
	size_t table = code->table_len;

	code->table_len += len;
	return table;
}

/* Entries are relative to the beginning of all tables, which is place 0: code lies before it. */
void code_table_set(struct code *code, size_t table, size_t index, size_t place)
{
	code->tables[table + index] = -(int32_t)place;
}

/*
 *	lea rsi, [rip + tables]
 *	movsxd rdx, dword [rsi + rdx * 4 + 4 * table]
 *	add rdx, rsi
 *	jmp rdx
 */
void code_table_jump(struct code *code, size_t table)
{
	code_put(code, "\x48\x01\xf2\xff\xe2", 5);
	code_put_imm32(code, "\x48\x63\x94\x96", 4, (uint32_t)(table * sizeof(*code->tables)));
	code_put_imm32(code, "\x48\x8d\x35", 3, (uint32_t)code->used);
}

int code_finish(const struct code *code, void **ret_memory, size_t *ret_bytes, void **ret_entry,
		struct sg_err *err)
{
	size_t table_bytes = code->table_len * sizeof(*code->tables);
	size_t pad = -code->used % TABLE_ALIGN_BYTES, bytes = pad + code->used + table_bytes;
	uint8_t *memory;

	if (code->full)
		return sg_err_internal(err, ENOSPC, "machine code of more than %zu bytes",
				       code->cap);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return sg_err_env(err, errno, "no memory for machine code: %m");
	memcpy(memory + pad, code->bytes + code->cap - code->used, code->used);
	memcpy(memory + pad + code->used, code->tables, table_bytes);
	if (mprotect(memory, bytes, PROT_READ | PROT_EXEC)) {
		int r = sg_err_env(err, ENOTSUP, "executable memory is refused: %m");

		munmap(memory, bytes);
		return r;
	}
	*ret_memory = memory;
	*ret_bytes = bytes;
	*ret_entry = memory + pad;
	return 0;
}
