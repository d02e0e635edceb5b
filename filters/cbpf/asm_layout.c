/* SPDX-License-Identifier: MIT */
/*
 * From items to instructions. A conditional jump reaches over 255 instructions; where a target
 * lies further away, the jump goes to a ja right behind it instead:
 *
 *	jeq #1, far, near		jeq #1, +0, near
 *					ja far
 *
 * These jumps push others out of reach, so distances are measured again until nothing changes. A
 * jump that once was found too long stays so: the loop ends, with the fewest jumps added.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm_source.h"
#include "harness/base/alloc.h"

#define LONGEST_BRANCH 255
#define SHOWN_CHARS    40 /* of a label, in a message */

struct side {
	size_t item; /* the target; may be one behind the last, which the verifier will refuse */
	bool far;    /* needs a ja of its own */
};

struct place {
	struct side yes, no;
	size_t pc;
};

static int shown(size_t len)
{
	return len < SHOWN_CHARS ? len : SHOWN_CHARS;
}

/* ---- labels */

static int by_text(const void *a, const void *b)
{
	const struct asm_label *x = a, *y = b;
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* All texts point into one source, in which a later label stands at a higher address. */
static int by_text_and_place(const void *a, const void *b)
{
	const struct asm_label *x = a, *y = b;
	int order = by_text(a, b);

	return order ? order : (x->text > y->text) - (x->text < y->text);
}

static int sort_labels(struct asm_source *source, struct sg_err *err)
{
	struct asm_label *labels = source->labels;

	if (source->labels_len)
		qsort(labels, source->labels_len, sizeof(*labels), by_text_and_place);
	for (size_t i = 1; i < source->labels_len; i++)
		if (!by_text(&labels[i - 1], &labels[i]))
			return sg_err_input(err, EINVAL,
					    "%s:%u: expected a new label; found '%.*s', "
					    "which line %u has",
					    source->file, labels[i].line, shown(labels[i].len),
					    labels[i].text, labels[i - 1].line);
	return 0;
}

static int find_label(const struct asm_source *source, const struct asm_target *target, size_t from,
		      size_t *ret_item, struct sg_err *err)
{
	struct asm_label key = {.text = target->label, .len = target->len};
	const struct asm_label *label = NULL;

	if (source->labels_len)
		label = bsearch(&key, source->labels, source->labels_len, sizeof(key), by_text);
	if (!label)
		return sg_err_input(err, EINVAL,
				    "%s:%u: expected a label; found '%.*s', "
				    "which stands nowhere",
				    source->file, target->line, shown(target->len), target->label);
	if (label->item <= from)
		return sg_err_input(err, EINVAL,
				    "%s:%u: expected a label further down, since jumps go forward "
				    "only; found '%.*s' of line %u",
				    source->file, target->line, shown(target->len), target->label,
				    label->line);
	*ret_item = label->item;
	return 0;
}

static int resolve(const struct asm_source *source, const struct asm_target *target, size_t from,
		   struct side *side, struct sg_err *err)
{
	if (target->label)
		return find_label(source, target, from, &side->item, err);
	if (target->line && target->skip >= source->items_len - from - 1)
		return sg_err_input(err, EINVAL,
				    "%s:%u: expected a jump over fewer than the %zu instructions "
				    "that follow; found +%u",
				    source->file, target->line, source->items_len - from - 1,
				    target->skip);
	side->item = from + 1 + target->skip;
	return 0;
}

static int resolve_all(const struct asm_source *source, struct place *places, struct sg_err *err)
{
	int error = 0;

	for (size_t i = 0; i < source->items_len && !error; i++) {
		const struct asm_item *item = &source->items[i];

		if (item->jump != ASM_NO_JUMP)
			error = resolve(source, &item->yes, i, &places[i].yes, err);
		if (item->jump == ASM_IF && !error)
			error = resolve(source, &item->no, i, &places[i].no, err);
	}
	return error;
}

/* ---- places. Entry items_len of @places is the end. */

static void number(struct place *places, size_t len)
{
	size_t pc = 0;

	for (size_t i = 0; i <= len; i++) {
		places[i].pc = pc;
		pc += 1 + places[i].yes.far + places[i].no.far;
	}
}

static size_t distance(const struct place *places, size_t from_pc, const struct side *side)
{
	return places[side->item].pc - from_pc - 1;
}

/* Is this side newly found too long? */
static bool lengthen(const struct place *places, size_t from_pc, struct side *side)
{
	if (side->far || distance(places, from_pc, side) <= LONGEST_BRANCH)
		return false;
	side->far = true;
	return true;
}

static void place_all(const struct asm_source *source, struct place *places)
{
	bool changed;

	do {
		changed = false;
		number(places, source->items_len);
		for (size_t i = 0; i < source->items_len; i++)
			if (source->items[i].jump == ASM_IF) {
				changed |= lengthen(places, places[i].pc, &places[i].yes);
				changed |= lengthen(places, places[i].pc, &places[i].no);
			}
	} while (changed);
}

/* ---- instructions */

static void emit_ja(struct cbpf_prog *prog, const struct place *places, const struct side *side)
{
	if (side->far)
		cbpf_add(prog, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA,
							    distance(places, prog->len, side)));
}

static void emit(struct cbpf_prog *prog, const struct asm_item *item, const struct place *places,
		 const struct place *place)
{
	struct sock_filter insn = item->insn;

	if (item->jump == ASM_ALWAYS)
		insn.k = distance(places, place->pc, &place->yes);
	if (item->jump == ASM_IF) {
		insn.jt = place->yes.far ? 0 : distance(places, place->pc, &place->yes);
		insn.jf = place->no.far ? place->yes.far : distance(places, place->pc, &place->no);
	}
	cbpf_add(prog, insn);
	emit_ja(prog, places, &place->yes);
	emit_ja(prog, places, &place->no);
}

static int check_length(const struct asm_source *source, size_t insns, struct sg_err *err)
{
	if (insns <= CBPF_MAX_INSNS)
		return 0;
	return sg_err_input(err, EINVAL,
			    "%s:%u: expected at most %d instructions; found %zu, of which %zu are "
			    "the jumps that branches over more than %d need",
			    source->file, source->items[source->items_len - 1].line, CBPF_MAX_INSNS,
			    insns, insns - source->items_len, LONGEST_BRANCH);
}

static void emit_all(const struct asm_source *source, const struct place *places,
		     struct cbpf_prog *prog, unsigned *lines)
{
	for (size_t i = 0; i < source->items_len; i++) {
		emit(prog, &source->items[i], places, &places[i]);
		for (size_t pc = places[i].pc; pc < prog->len; pc++)
			lines[pc] = source->items[i].line;
	}
}

int asm_layout(struct asm_source *source, struct cbpf_prog *ret_prog, unsigned **ret_lines,
	       struct sg_err *err)
{
	struct place *places = sg_calloc(source->items_len + 1, sizeof(*places));
	int error = sort_labels(source, err);

	if (!error)
		error = resolve_all(source, places, err);
	if (!error) {
		place_all(source, places);
		error = check_length(source, places[source->items_len].pc, err);
	}
	if (!error) {
		*ret_lines = sg_calloc(places[source->items_len].pc, sizeof(**ret_lines));
		*ret_prog = (struct cbpf_prog){0};
		emit_all(source, places, ret_prog, *ret_lines);
	}
	free(places);
	return error;
}
