/* SPDX-License-Identifier: MIT */
/* Private to the room: assembly text as a row of tokens. Nothing here fails or allocates. */
#ifndef SG_CBPF_ASM_LEX_H
#define SG_CBPF_ASM_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"

enum asm_token_kind {
	ASM_TOKEN_END,
	ASM_TOKEN_WORD,   /* [A-Za-z_.][A-Za-z0-9_.]* */
	ASM_TOKEN_NUMBER, /* [0-9][A-Za-z0-9_]*: whether it is one shows in asm_number() */
	ASM_TOKEN_CHAR,   /* any other byte */
	ASM_TOKEN_BAD,    /* a comment that does not end */
};

struct asm_token {
	enum asm_token_kind kind;
	const char *text; /* points into the source */
	size_t len;
	unsigned line;
};

struct asm_lexer {
	const char *at, *end;
	unsigned line;      /* starts at 1 */
	bool line_is_blank; /* nothing but blanks so far: a # would start a comment; true at first
			     */
};

struct asm_token asm_lex(struct asm_lexer *lexer);

bool asm_token_is(const struct asm_token *token, char c);
/* In any letter case. */
bool asm_token_is_word(const struct asm_token *token, const char *word);
/* For messages: "'jeq'", "end of file". */
void asm_token_text(const struct asm_token *token, struct sg_buf *out);

/*
 * The magnitude of a number token: 0x hexadecimal, 0b binary, 0 octal, else decimal. False when it
 * is no number; saturates at UINT64_MAX.
 */
bool asm_number(const struct asm_token *token, uint64_t *ret);

#endif
