/* SPDX-License-Identifier: MIT */
/*
 * Private to the targets: where the values stand in a text that may be JSON. No parser: what is
 * not closed is left out, what is no JSON is passed over.
 */
#ifndef SG_FUZZ_TARGETS_JSON_SCAN_H
#define SG_FUZZ_TARGETS_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum json_kind { JSON_SCAN_OBJECT, JSON_SCAN_ARRAY, JSON_SCAN_STRING, JSON_SCAN_NUMBER };

struct json_node {
	enum json_kind kind;
	size_t start, end; /* brackets and quotes included */
	bool is_element;   /* stands directly in an array */
	bool is_key;
	bool is_leaf; /* no array or object in it */
};

#define JSON_SCAN_NODES 512

/* The first of them, by where they begin. */
struct json_scan {
	struct json_node nodes[JSON_SCAN_NODES];
	size_t len;
};

void json_scan(const char *text, size_t len, struct json_scan *ret);

#endif
