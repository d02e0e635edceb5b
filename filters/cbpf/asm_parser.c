/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "filters/cbpf/asm_parser.h"

void asm_take(struct asm_parser *parser)
{
	parser->last_line = parser->token.line;
	parser->token = asm_lex(&parser->lexer);
}

bool asm_accept(struct asm_parser *parser, char c)
{
	if (!asm_token_is(&parser->token, c))
		return false;
	asm_take(parser);
	return true;
}

int asm_require(struct asm_parser *parser, char c)
{
	return asm_accept(parser, c) ? 0 : asm_expected(parser, &parser->token, "'%c'", c);
}

int asm_expected(struct asm_parser *parser, const struct asm_token *found, const char *fmt, ...)
{
	bool later = parser->in_statement && found->line > parser->last_line;
	char what[256];
	struct sg_buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (later)
		sg_buf_adds(&text, "end of line");
	else
		asm_token_text(found, &text);
	sg_err_input(parser->err, EINVAL, "%s:%u: expected %s; found %s", parser->source->file,
		     later ? parser->last_line : found->line, what, sg_buf_text(&text));
	sg_buf_release(&text);
	return -EINVAL;
}

int asm_parse_number(struct asm_parser *parser, const char *what, uint32_t max, uint32_t *ret)
{
	uint64_t value;

	if (!asm_number(&parser->token, &value) || value > max)
		return asm_expected(parser, &parser->token, "%s", what);
	asm_take(parser);
	*ret = value;
	return 0;
}

int asm_parse_value(struct asm_parser *parser, uint32_t *ret)
{
	bool negative = asm_accept(parser, '-');
	uint32_t magnitude;

	if (!negative)
		asm_accept(parser, '+');

	int error = asm_parse_number(parser,
				     negative ? "a number down to -2147483648"
					      : "a number of 32 bits at most",
				     negative ? 1u << 31 : UINT32_MAX, &magnitude);

	if (!error)
		*ret = negative ? -magnitude : magnitude;
	return error;
}
