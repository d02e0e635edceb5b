/* SPDX-License-Identifier: MIT */
/* Private to the room: what the parser's files share. Functions return 0 or -EINVAL, err filled. */
#ifndef SG_CBPF_ASM_PARSER_H
#define SG_CBPF_ASM_PARSER_H

#include "filters/abi/abi.h"
#include "filters/cbpf/asm_lex.h"
#include "filters/cbpf/asm_source.h"

struct asm_parser {
	struct asm_lexer lexer;
	struct asm_token token;      /* the next one, not taken yet */
	unsigned last_line;          /* of the token taken last */
	bool in_statement;           /* something of a statement was taken */
	const struct abi_arch *arch; /* of the last .arch; NULL before the first */
	struct asm_source *source;
	struct sg_err *err;
};

void asm_take(struct asm_parser *parser);
bool asm_accept(struct asm_parser *parser, char c);
int asm_require(struct asm_parser *parser, char c);

/* "FILE:LINE: expected ...; found TOKEN". A token on a later line is told as "end of line". */
int asm_expected(struct asm_parser *parser, const struct asm_token *found, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* An unsigned number up to @max; @what names it in the error. */
int asm_parse_number(struct asm_parser *parser, const char *what, uint32_t max, uint32_t *ret);
/* A number with or without a sign, from -2^31 to 2^32-1. */
int asm_parse_value(struct asm_parser *parser, uint32_t *ret);

struct asm_operand_value {
	enum asm_operand kind;
	uint32_t k;
};

/* One of the operands in @allowed, bits as asm_operands() has them. */
int asm_parse_operand(struct asm_parser *parser, unsigned allowed, struct asm_operand_value *ret);

#endif
