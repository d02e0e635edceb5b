/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "filters/cbpf/asm_lex.h"

#define SHOWN_CHARS 40 /* of a token, in a message */

static bool starts(const struct asm_lexer *lexer, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(lexer->end - lexer->at) >= len && !memcmp(lexer->at, text, len);
}

static void skip_char(struct asm_lexer *lexer)
{
	if (*lexer->at == '\n') {
		lexer->line++;
		lexer->line_is_blank = true;
	}
	lexer->at++;
}

static void skip_line(struct asm_lexer *lexer)
{
	while (lexer->at < lexer->end && *lexer->at != '\n')
		lexer->at++;
}

/* False when the comment at hand does not end; the line then stays that of its beginning. */
static bool skip_comment(struct asm_lexer *lexer)
{
	unsigned line = lexer->line;

	lexer->at += 2;
	while (lexer->at < lexer->end && !starts(lexer, "*/"))
		skip_char(lexer);
	if (lexer->at == lexer->end) {
		lexer->line = line;
		return false;
	}
	lexer->at += 2;
	lexer->line_is_blank = false;
	return true;
}

/* Blanks and comments; false when a comment does not end. */
static bool skip_blank(struct asm_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (isspace((unsigned char)*lexer->at))
			skip_char(lexer);
		else if (*lexer->at == ';' || (*lexer->at == '#' && lexer->line_is_blank))
			skip_line(lexer);
		else if (!starts(lexer, "/*"))
			break;
		else if (!skip_comment(lexer))
			return false;
	}
	return true;
}

static bool continues(char c, bool dots)
{
	return isalnum((unsigned char)c) || c == '_' || (dots && c == '.');
}

struct asm_token asm_lex(struct asm_lexer *lexer)
{
	bool closed = skip_blank(lexer);
	struct asm_token token = {.text = lexer->at, .line = lexer->line};

	if (!closed)
		token.kind = ASM_TOKEN_BAD;
	if (lexer->at == lexer->end)
		return token;
	lexer->line_is_blank = false;
	token.kind = isdigit((unsigned char)*lexer->at) ? ASM_TOKEN_NUMBER
		     : continues(*lexer->at, true)      ? ASM_TOKEN_WORD
							: ASM_TOKEN_CHAR;
	lexer->at++;
	if (token.kind != ASM_TOKEN_CHAR)
		while (lexer->at < lexer->end &&
		       continues(*lexer->at, token.kind == ASM_TOKEN_WORD))
			lexer->at++;
	token.len = lexer->at - token.text;
	return token;
}

bool asm_token_is(const struct asm_token *token, char c)
{
	return token->kind == ASM_TOKEN_CHAR && *token->text == c;
}

bool asm_token_is_word(const struct asm_token *token, const char *word)
{
	return token->kind == ASM_TOKEN_WORD && !strncasecmp(token->text, word, token->len) &&
	       !word[token->len];
}

void asm_token_text(const struct asm_token *token, struct sg_buf *out)
{
	bool cut = token->len > SHOWN_CHARS;

	if (token->kind == ASM_TOKEN_END)
		sg_buf_adds(out, "end of file");
	else if (token->kind == ASM_TOKEN_BAD)
		sg_buf_adds(out, "a comment that does not end");
	else if (!isprint((unsigned char)*token->text))
		sg_buf_addf(out, "a byte 0x%02x", (unsigned char)*token->text);
	else
		sg_buf_addf(out, "'%.*s%s'", cut ? SHOWN_CHARS : (int)token->len, token->text,
			    cut ? "..." : "");
}

static int digit_value(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : 16;
}

bool asm_number(const struct asm_token *token, uint64_t *ret)
{
	const char *at = token->text, *end = at + token->len;
	unsigned base = 10;
	uint64_t value = 0;

	if (token->kind != ASM_TOKEN_NUMBER)
		return false;
	if (*at == '0' && end - at > 1) {
		char mark = tolower((unsigned char)at[1]);

		base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
		at += base == 8 ? 1 : 2;
	}
	if (at == end)
		return false;
	for (; at < end; at++) {
		unsigned digit = digit_value(*at);

		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value)) {
			value = UINT64_MAX;
			break;
		}
	}
	*ret = value;
	return true;
}
