/* SPDX-License-Identifier: MIT */
#include "fuzz/targets/json_scan.h"

#include <ctype.h>

#include "harness/base/alloc.h"

#define DEPTH 32

struct scanner {
	const char *text;
	size_t len, at;
	struct json_scan *scan;
	size_t open[DEPTH]; /* nodes whose end is not known yet */
	size_t depth;
};

static struct json_node *add_node(struct scanner *scanner, enum json_kind kind, size_t end)
{
	struct json_scan *scan = scanner->scan;
	const struct json_node *parent =
		scanner->depth ? &scan->nodes[scanner->open[scanner->depth - 1]] : NULL;

	scan->nodes[scan->len] = (struct json_node){
		.kind = kind,
		.start = scanner->at,
		.end = end,
		.is_element = parent && parent->kind == JSON_SCAN_ARRAY,
		.is_leaf = true,
	};
	return &scan->nodes[scan->len++];
}

static void open_node(struct scanner *scanner, enum json_kind kind)
{
	if (scanner->depth == DEPTH)
		return;
	for (size_t i = 0; i < scanner->depth; i++)
		scanner->scan->nodes[scanner->open[i]].is_leaf = false;
	add_node(scanner, kind, 0);
	scanner->open[scanner->depth++] = scanner->scan->len - 1;
}

static void close_node(struct scanner *scanner, enum json_kind kind)
{
	struct json_node *node;

	if (!scanner->depth)
		return;
	node = &scanner->scan->nodes[scanner->open[scanner->depth - 1]];
	if (node->kind == kind) {
		node->end = scanner->at + 1;
		scanner->depth--;
	}
}

static void scan_string(struct scanner *scanner)
{
	size_t end = scanner->at + 1;

	while (end < scanner->len && scanner->text[end] != '"')
		end += scanner->text[end] == '\\' ? 2 : 1;
	if (end < scanner->len) {
		add_node(scanner, JSON_SCAN_STRING, end + 1);
		scanner->at = end;
	}
}

static void scan_number(struct scanner *scanner)
{
	size_t end = scanner->at;

	while (end < scanner->len && isdigit((unsigned char)scanner->text[end]))
		end++;
	add_node(scanner, JSON_SCAN_NUMBER, end);
	scanner->at = end - 1;
}

/* The colon behind a string makes a key of it. */
static void mark_key(struct scanner *scanner)
{
	struct json_scan *scan = scanner->scan;

	if (scan->len && scan->nodes[scan->len - 1].kind == JSON_SCAN_STRING)
		scan->nodes[scan->len - 1].is_key = true;
}

static void drop_unclosed(struct json_scan *scan)
{
	size_t kept = 0;

	for (size_t i = 0; i < scan->len; i++)
		if (scan->nodes[i].end)
			scan->nodes[kept++] = scan->nodes[i];
	scan->len = kept;
}

void json_scan(const char *text, size_t len, struct json_scan *ret)
{
	struct scanner scanner = {.text = text, .len = len, .scan = ret};

	ret->len = 0;
	for (; scanner.at < len && ret->len < SG_COUNT(ret->nodes); scanner.at++) {
		switch (text[scanner.at]) {
		case '{': open_node(&scanner, JSON_SCAN_OBJECT); break;
		case '[': open_node(&scanner, JSON_SCAN_ARRAY); break;
		case '}': close_node(&scanner, JSON_SCAN_OBJECT); break;
		case ']': close_node(&scanner, JSON_SCAN_ARRAY); break;
		case '"': scan_string(&scanner); break;
		case ':': mark_key(&scanner); break;
		case '0' ... '9': scan_number(&scanner); break;
		}
	}
	drop_unclosed(ret);
}
