/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "fuzz/targets/json_scan.h"
#include "fuzz/targets/mutate.h"
#include "harness/base/alloc.h"

/* An input on its way to the next one. */
struct text {
	struct sg_rng *rng;
	char *data;
	size_t len, max;
	const struct json_scan *scan;
};

/* Puts @count bytes in the place of those from @start to @end, unless there is no room. */
static bool put(struct text *text, size_t start, size_t end, const char *bytes, size_t count)
{
	if (text->len - (end - start) + count > text->max)
		return false;
	memmove(text->data + start + count, text->data + end, text->len - end);
	memcpy(text->data + start, bytes, count);
	text->len = text->len - (end - start) + count;
	return true;
}

static bool put_text(struct text *text, size_t start, size_t end, const char *bytes)
{
	return put(text, start, end, bytes, strlen(bytes));
}

/* Its bytes, which may be any. The caller frees. */
static char *copy_of(const struct text *text, const struct json_node *node)
{
	char *copy = sg_malloc(node->end - node->start);

	memcpy(copy, text->data + node->start, node->end - node->start);
	return copy;
}

/* ---- choosing a place */

typedef bool wanted_fn(const struct json_node *node);

static bool is_word(const struct json_node *node)
{
	return node->kind == JSON_SCAN_STRING && !node->is_key;
}

static bool is_number(const struct json_node *node)
{
	return node->kind == JSON_SCAN_NUMBER;
}

static bool is_element(const struct json_node *node)
{
	return node->is_element;
}

static bool is_object_element(const struct json_node *node)
{
	return node->is_element && node->kind == JSON_SCAN_OBJECT;
}

/* Any of the nodes that are wanted, or NULL. */
static const struct json_node *pick(const struct text *text, wanted_fn *wanted)
{
	const struct json_scan *scan = text->scan;
	const struct json_node *picked = NULL;
	uint64_t seen = 0;

	for (size_t i = 0; i < scan->len; i++)
		if (wanted(&scan->nodes[i]) && sg_rng_below(text->rng, ++seen) == 0)
			picked = &scan->nodes[i];
	return picked;
}

/* ---- words */

static const char *const actions[] = {
	"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",        "SCMP_ACT_KILL",
	"SCMP_ACT_TRAP",  "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD",
	"SCMP_ACT_LOG",   "SCMP_ACT_NOTIFY",       "SCMP_ACT_TRACE",
};
static const char *const operators[] = {
	"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",        "SCMP_CMP_EQ",
	"SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
};

static const char *any_call(struct sg_rng *rng)
{
	size_t count;
	const char *const *names = abi_names(&count);

	return names[sg_rng_below(rng, count)];
}

/* A word of the kind that @old is; what is no action, operator or architecture is a call. */
static const char *other_word(struct sg_rng *rng, const char *old)
{
	if (!strncmp(old, "\"SCMP_ACT_", 10))
		return actions[sg_rng_below(rng, SG_COUNT(actions))];
	if (!strncmp(old, "\"SCMP_CMP_", 10))
		return operators[sg_rng_below(rng, SG_COUNT(operators))];
	if (!strncmp(old, "\"SCMP_ARCH_", 11))
		return abi_arch(sg_rng_below(rng, ABI_ARCH_COUNT))->scmp_name;
	return any_call(rng);
}

static bool change_word(struct text *text)
{
	const struct json_node *word = pick(text, is_word);
	char start[16] = "";

	if (!word)
		return false;
	memcpy(start, text->data + word->start,
	       word->end - word->start < sizeof(start) ? word->end - word->start
						       : sizeof(start) - 1);
	return put_text(text, word->start + 1, word->end - 1, other_word(text->rng, start));
}

/* ---- numbers */

static uint64_t value_of(const struct text *text, const struct json_node *number)
{
	char digits[24] = "";
	size_t count = number->end - number->start;

	memcpy(digits, text->data + number->start,
	       count < sizeof(digits) ? count : sizeof(digits) - 1);
	return strtoull(digits, NULL, 10);
}

/* Near itself or near another number of the text, so that two rules meet at one value. */
static bool change_number(struct text *text)
{
	const struct json_node *number = pick(text, is_number), *model = pick(text, is_number);
	char digits[24];
	uint64_t value;

	if (!number)
		return false;
	if (sg_rng_below(text->rng, 2))
		model = number;
	value = value_of(text, model);
	if (model == number || sg_rng_below(text->rng, 2))
		value = fuzz_number_near(text->rng, value);
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	return put_text(text, number->start, number->end, digits);
}

/* ---- elements of arrays */

static bool double_element(struct text *text)
{
	const struct json_node *element = pick(text, is_element);
	char *copy;
	bool done;

	if (!element)
		return false;
	copy = copy_of(text, element);
	done = put(text, element->end, element->end, copy, element->end - element->start) &&
	       put(text, element->end, element->end, ",", 1);
	free(copy);
	return done;
}

/* With the comma behind it, or the one in front. */
static bool drop_element(struct text *text)
{
	const struct json_node *element = pick(text, is_element);
	size_t start, end;

	if (!element)
		return false;
	start = element->start;
	end = element->end;
	while (end < text->len && strchr(" \t\r\n", text->data[end]))
		end++;
	if (end < text->len && text->data[end] == ',') {
		end++;
	} else {
		while (start > 0 && strchr(" \t\r\n", text->data[start - 1]))
			start--;
		start -= start > 0 && text->data[start - 1] == ',';
	}
	return put(text, start, end, "", 0);
}

static bool swap_elements(struct text *text)
{
	const struct json_node *one = pick(text, is_element), *two = pick(text, is_element);
	char *first, *second;
	bool done;

	if (one && one->start > two->start) {
		const struct json_node *later = one;

		one = two;
		two = later;
	}
	if (!one || one->end > two->start || one->kind != two->kind)
		return false;
	first = copy_of(text, one);
	second = copy_of(text, two);
	done = put(text, two->start, two->end, first, one->end - one->start) &&
	       put(text, one->start, one->end, second, two->end - two->start);
	free(first);
	free(second);
	return done;
}

static void new_cond(struct sg_rng *rng, char *out, size_t size)
{
	snprintf(out, size,
		 "{\"index\":%" PRIu64 ",\"value\":%" PRIu64 ",\"valueTwo\":%" PRIu64
		 ",\"op\":\"%s\"}",
		 sg_rng_below(rng, 6), fuzz_number_near(rng, sg_rng_below(rng, 4)),
		 fuzz_number_near(rng, sg_rng_below(rng, 4)),
		 operators[sg_rng_below(rng, SG_COUNT(operators))]);
}

static void new_rule(struct sg_rng *rng, char *out, size_t size)
{
	char cond[160] = "";

	if (sg_rng_below(rng, 2))
		new_cond(rng, cond, sizeof(cond));
	snprintf(out, size, "{\"names\":[\"%s\"],\"action\":\"%s\",\"args\":[%s]}", any_call(rng),
		 actions[sg_rng_below(rng, SG_COUNT(actions))], cond);
}

/* Behind an object in an array another one: a condition has no array in it, a rule has. */
static bool add_element(struct text *text)
{
	const struct json_node *beside = pick(text, is_object_element);
	char fresh[512] = ",";

	if (!beside)
		return false;
	(beside->is_leaf ? new_cond : new_rule)(text->rng, fresh + 1, sizeof(fresh) - 1);
	return put_text(text, beside->end, beside->end, fresh);
}

size_t fuzz_mutate_profile(struct sg_rng *rng, uint8_t *data, size_t len, size_t max)
{
	static bool (*const changes[])(struct text *) = {
		change_word,    change_word,  change_number, change_number,
		double_element, drop_element, swap_elements, add_element,
	};
	struct text text = {.rng = rng, .data = (char *)data, .len = len, .max = max};
	struct json_scan scan;
	bool changed = false;

	for (int i = 0; i < 8 && (!changed || sg_rng_below(rng, 2)); i++) {
		json_scan(text.data, text.len, &scan);
		text.scan = &scan;
		changed |= changes[sg_rng_below(rng, SG_COUNT(changes))](&text);
	}
	return changed ? text.len : 0;
}
