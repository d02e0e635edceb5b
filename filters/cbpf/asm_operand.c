/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm_parser.h"
#include "filters/cbpf/asm_symbol.h"
#include "harness/base/alloc.h"

#define BIT(kind)           (1u << (kind))
#define INSTRUCTION_POINTER (-1) /* as abi_off_half() numbers it */

static const struct {
	const char *word;
	enum asm_operand kind;
} operand_words[] = {
	{"x", ASM_X},       {"a", ASM_A},       {"len", ASM_LEN},
	{"m", ASM_MEM},     {"nr", ASM_ABS},    {"arch", ASM_ABS},
	{"ip.lo", ASM_ABS}, {"ip.hi", ASM_ABS}, {"args", ASM_ABS},
};

static const char *const operand_forms[ASM_OPERAND_COUNT] = {
	[ASM_IMM] = "#VALUE",
	[ASM_BARE] = "VALUE",
	[ASM_ABS] = "[OFFSET], nr, arch, ip.lo, ip.hi, args[0].lo, args[0].hi",
	[ASM_LEN] = "#len",
	[ASM_MEM] = "M[SLOT]",
	[ASM_X] = "x",
	[ASM_A] = "a",
	[ASM_ACTION] = "an action such as ALLOW or ERRNO(1)",
};

static int expected_operand(struct asm_parser *parser, unsigned allowed)
{
	struct sg_buf forms = {0};

	for (int kind = 0; kind < ASM_OPERAND_COUNT; kind++)
		if (allowed & BIT(kind))
			sg_buf_addf(&forms, "%s%s", forms.len ? ", " : "", operand_forms[kind]);

	int ret = asm_expected(parser, &parser->token, "%s", sg_buf_text(&forms));

	sg_buf_release(&forms);
	return ret;
}

/* What the token at hand is the beginning of. */
static enum asm_operand kind_of(const struct asm_token *token)
{
	if (asm_token_is(token, '#'))
		return ASM_IMM;
	if (asm_token_is(token, '['))
		return ASM_ABS;
	if (token->kind == ASM_TOKEN_NUMBER || asm_token_is(token, '-') || asm_token_is(token, '+'))
		return ASM_BARE;
	for (size_t i = 0; i < SG_COUNT(operand_words); i++)
		if (asm_token_is_word(token, operand_words[i].word))
			return operand_words[i].kind;
	return token->kind == ASM_TOKEN_WORD ? ASM_ACTION : ASM_NOTHING;
}

static int parse_symbol(struct asm_parser *parser, uint32_t *ret)
{
	char *name = sg_strndup(parser->token.text, parser->token.len);
	struct sg_buf expected = {0};
	int error = 0;

	if (asm_symbol(name, parser->arch, ret, &expected))
		asm_take(parser);
	else
		error = asm_expected(parser, &parser->token, "%s", sg_buf_text(&expected));
	sg_buf_release(&expected);
	free(name);
	return error;
}

/* Behind the #. */
static int parse_constant(struct asm_parser *parser, unsigned allowed,
			  struct asm_operand_value *ret)
{
	ret->kind = ASM_IMM;
	if ((allowed & BIT(ASM_LEN)) && asm_token_is_word(&parser->token, "len")) {
		ret->kind = ASM_LEN;
		asm_take(parser);
		return 0;
	}
	if (parser->token.kind == ASM_TOKEN_WORD)
		return parse_symbol(parser, &ret->k);
	return asm_parse_value(parser, &ret->k);
}

static int parse_bracketed(struct asm_parser *parser, const char *what, uint32_t max, uint32_t *ret)
{
	int error = asm_require(parser, '[');

	if (!error)
		error = asm_parse_number(parser, what, max, ret);
	return error ? error : asm_require(parser, ']');
}

static int parse_argument(struct asm_parser *parser, bool big_endian, uint32_t *ret)
{
	uint32_t arg;
	int error = parse_bracketed(parser, "an argument from 0 to 5", 5, &arg);
	bool high = asm_token_is_word(&parser->token, ".hi");

	if (error)
		return error;
	if (!high && !asm_token_is_word(&parser->token, ".lo"))
		return asm_expected(parser, &parser->token, ".lo or .hi");
	asm_take(parser);
	*ret = abi_off_half(big_endian, arg, high);
	return 0;
}

/* A word that kind_of() found to be a field. */
static int parse_field(struct asm_parser *parser, uint32_t *ret)
{
	bool big_endian = parser->arch && parser->arch->big_endian;
	struct asm_token field = parser->token;

	asm_take(parser);
	if (asm_token_is_word(&field, "args"))
		return parse_argument(parser, big_endian, ret);
	if (asm_token_is_word(&field, "nr"))
		*ret = ABI_OFF_NR;
	else if (asm_token_is_word(&field, "arch"))
		*ret = ABI_OFF_ARCH;
	else
		*ret = abi_off_half(big_endian, INSTRUCTION_POINTER,
				    asm_token_is_word(&field, "ip.hi"));
	return 0;
}

/* What stands between the parentheses of an action. */
static int parse_action_data(struct asm_parser *parser, uint32_t *ret)
{
	if (parser->token.kind != ASM_TOKEN_WORD)
		return asm_parse_number(parser, "a number of 16 bits at most", ABI_RET_DATA, ret);

	char *name = sg_strndup(parser->token.text, parser->token.len);

	*ret = asm_errno(name, parser->arch);
	free(name);
	if (!*ret)
		return asm_expected(parser, &parser->token, "a number or the name of an errno");
	asm_take(parser);
	return 0;
}

static int parse_action(struct asm_parser *parser, uint32_t *ret)
{
	struct asm_token action = parser->token;
	struct sg_buf text = {0};
	uint32_t data;
	int error = 0;

	sg_buf_add(&text, action.text, action.len);
	asm_take(parser);
	if (asm_accept(parser, '(')) {
		error = parse_action_data(parser, &data);
		if (!error)
			error = asm_require(parser, ')');
		if (!error)
			sg_buf_addf(&text, "(%u)", data);
	}
	if (!error && abi_verdict_parse(sg_buf_text(&text), ret, NULL))
		error = asm_expected(parser, &action, "%s", operand_forms[ASM_ACTION]);
	sg_buf_release(&text);
	return error;
}

int asm_parse_operand(struct asm_parser *parser, unsigned allowed, struct asm_operand_value *ret)
{
	if (allowed == BIT(ASM_NOTHING))
		return 0;

	unsigned fitting = asm_accept(parser, '%') ? BIT(ASM_X) | BIT(ASM_A) : ~0u;
	enum asm_operand kind = kind_of(&parser->token);

	if (!(allowed & fitting & BIT(kind)))
		return expected_operand(parser, allowed);
	ret->kind = kind;
	switch (kind) {
	case ASM_IMM: asm_take(parser); return parse_constant(parser, allowed, ret);
	case ASM_BARE: return asm_parse_value(parser, &ret->k);
	case ASM_ABS:
		if (!asm_token_is(&parser->token, '['))
			return parse_field(parser, &ret->k);
		return parse_bracketed(parser, "an offset in bytes", UINT32_MAX, &ret->k);
	case ASM_MEM:
		asm_take(parser);
		return parse_bracketed(parser, "the number of a slot", UINT32_MAX, &ret->k);
	case ASM_ACTION: return parse_action(parser, &ret->k);
	default: asm_take(parser); return 0;
	}
}
