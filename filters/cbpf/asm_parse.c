/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filters/cbpf/asm_parser.h"
#include "filters/cbpf/asm_symbol.h"
#include "harness/base/alloc.h"

static int add_item(struct asm_parser *parser, const struct asm_token *word,
		    const struct asm_item *item)
{
	struct asm_source *source = parser->source;

	if (source->items_len == CBPF_MAX_INSNS)
		return asm_expected(parser, word, "at most %d instructions", CBPF_MAX_INSNS);
	SG_GROW(source->items, source->items_len, source->items_cap);
	source->items[source->items_len] = *item;
	source->items[source->items_len++].line = word->line;
	return 0;
}

static void add_label(struct asm_source *source, const struct asm_token *word)
{
	SG_GROW(source->labels, source->labels_len, source->labels_cap);
	source->labels[source->labels_len++] = (struct asm_label){.text = word->text,
								  .len = word->len,
								  .line = word->line,
								  .item = source->items_len};
}

/* A label or +N. */
static int parse_target(struct asm_parser *parser, struct asm_target *ret)
{
	const struct asm_token *token = &parser->token;

	ret->line = token->line;
	if (asm_accept(parser, '+'))
		return asm_parse_number(parser, "a number of instructions", UINT32_MAX, &ret->skip);
	if (token->kind != ASM_TOKEN_WORD || asm_operands(token->text, token->len))
		return asm_expected(parser, token, "a label or +N");
	ret->label = token->text;
	ret->len = token->len;
	asm_take(parser);
	return 0;
}

/* ", YES" or ", YES, NO" */
static int parse_one_or_two(struct asm_parser *parser, struct asm_target *first,
			    struct asm_target *second)
{
	int error = asm_require(parser, ',');

	if (!error)
		error = parse_target(parser, first);
	if (!error && asm_accept(parser, ','))
		error = parse_target(parser, second);
	return error;
}

static int parse_targets(struct asm_parser *parser, enum asm_jump jump, struct asm_item *item)
{
	switch (jump) {
	case ASM_ALWAYS: return parse_target(parser, &item->yes);
	case ASM_IF: return parse_one_or_two(parser, &item->yes, &item->no);
	case ASM_UNLESS: return parse_one_or_two(parser, &item->no, &item->yes);
	default: return 0;
	}
}

static int parse_instruction(struct asm_parser *parser, const struct asm_token *word)
{
	unsigned operands = asm_operands(word->text, word->len);
	struct asm_operand_value operand = {.kind = ASM_NOTHING};

	if (!operands)
		return asm_expected(parser, word, "an instruction that seccomp allows, or LABEL:");

	int error = asm_parse_operand(parser, operands, &operand);

	if (error)
		return error;

	const struct asm_op *op = asm_op_named(word->text, word->len, operand.kind);
	struct asm_item item = {.insn = {.code = op->code, .k = operand.k},
				.jump = op->jump == ASM_UNLESS ? ASM_IF : op->jump};

	error = parse_targets(parser, op->jump, &item);
	return error ? error : add_item(parser, word, &item);
}

/* A field of .insn: where the opcode jumps by it a target, for which N is short for +N. */
static int parse_raw_field(struct asm_parser *parser, uint32_t max, struct asm_target *target,
			   uint32_t *ret)
{
	const char *what =
		max == UINT8_MAX ? "a number of 8 bits at most" : "a number of 32 bits at most";
	int error = asm_require(parser, ',');

	if (error)
		return error;
	if (!target)
		return asm_parse_number(parser, what, max, ret);
	if (parser->token.kind != ASM_TOKEN_NUMBER)
		return parse_target(parser, target);
	target->line = parser->token.line;
	return asm_parse_number(parser, what, max, &target->skip);
}

static int parse_raw(struct asm_parser *parser, const struct asm_token *word)
{
	uint32_t code, jt = 0, jf = 0, k = 0;
	struct asm_item item = {.jump = ASM_NO_JUMP};
	int error = asm_parse_number(parser, "an opcode of 16 bits at most", UINT16_MAX, &code);

	if (error)
		return error;

	const struct asm_op *op = asm_op_of(code);

	if (op)
		item.jump = op->jump;

	bool branches = item.jump == ASM_IF;

	error = parse_raw_field(parser, UINT8_MAX, branches ? &item.yes : NULL, &jt);
	if (!error)
		error = parse_raw_field(parser, UINT8_MAX, branches ? &item.no : NULL, &jf);
	if (!error)
		error = parse_raw_field(parser, UINT32_MAX,
					item.jump == ASM_ALWAYS ? &item.yes : NULL, &k);
	item.insn = (struct sock_filter){.code = code, .jt = jt, .jf = jf, .k = k};
	return error ? error : add_item(parser, word, &item);
}

static int parse_arch(struct asm_parser *parser)
{
	char *name = sg_strndup(parser->token.text, parser->token.len);
	struct sg_buf expected = {0};
	const struct abi_arch *arch = asm_arch(name, &expected);
	int error = 0;

	if (arch) {
		parser->arch = arch;
		asm_take(parser);
	} else {
		error = asm_expected(parser, &parser->token, "%s", sg_buf_text(&expected));
	}
	sg_buf_release(&expected);
	free(name);
	return error;
}

static int parse_statement(struct asm_parser *parser)
{
	struct asm_token word = parser->token;
	int error = 0;

	if (word.kind != ASM_TOKEN_WORD)
		return asm_expected(parser, &word, "an instruction or LABEL:");
	asm_take(parser);
	if (asm_accept(parser, ':')) {
		add_label(parser->source, &word);
		return 0;
	}
	parser->in_statement = true;
	if (asm_token_is_word(&word, ".arch"))
		error = parse_arch(parser);
	else if (asm_token_is_word(&word, ".insn"))
		error = parse_raw(parser, &word);
	else
		error = parse_instruction(parser, &word);
	parser->in_statement = false;
	return error;
}

/* At the end of the text: something was written, and every label has its instruction. */
static int check_end(struct asm_parser *parser)
{
	const struct asm_source *source = parser->source;

	if (!source->items_len)
		return asm_expected(parser, &parser->token, "an instruction");
	if (source->labels_len && source->labels[source->labels_len - 1].item == source->items_len)
		return asm_expected(parser, &parser->token, "an instruction behind the label");
	return 0;
}

int asm_parse(const char *text, size_t len, struct asm_source *source, struct sg_err *err)
{
	struct asm_parser parser = {
		.lexer = {.at = text, .end = text + len, .line = 1, .line_is_blank = true},
		.source = source,
		.err = err,
	};
	int error = 0;

	parser.token = asm_lex(&parser.lexer);
	while (!error && parser.token.kind != ASM_TOKEN_END)
		error = parse_statement(&parser);
	return error ? error : check_end(&parser);
}

void asm_source_release(struct asm_source *source)
{
	free(source->items);
	free(source->labels);
	*source = (struct asm_source){.file = source->file};
}
