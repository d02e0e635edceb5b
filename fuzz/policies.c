/* SPDX-License-Identifier: MIT */
#include "fuzz/policies.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz/policies_private.h"
#include "harness/base/alloc.h"

#define LARGE_SHARE  50 /* one in so many of any size */
#define MIDDLE_SHARE 25
#define MOST_NAMES   600

/* ---- sizes */

static size_t between(struct sg_rng *rng, size_t least, size_t most)
{
	return least + sg_rng_below(rng, most - least + 1);
}

static void make_small(struct sketch *sketch)
{
	sketch->entry_count = sg_rng_below(sketch->rng, 2) ? between(sketch->rng, 1, 3)
							   : between(sketch->rng, 0, 8);
	sketch->name_count = between(sketch->rng, 1, 4);
	sketch->names_per_entry = 2;
}

static void make_middle(struct sketch *sketch)
{
	sketch->entry_count = between(sketch->rng, 5, 40);
	sketch->name_count = between(sketch->rng, 4, 60);
	sketch->names_per_entry = between(sketch->rng, 1, 20);
}

/*
 * Around 4,096 instructions, which is reached in three ways: many names, many rules on a few
 * names, and several rules on many names.
 */
static void make_large(struct sketch *sketch)
{
	switch (sg_rng_below(sketch->rng, 3)) {
	case 0:
		sketch->entry_count = between(sketch->rng, 10, 60);
		sketch->name_count = MOST_NAMES;
		sketch->names_per_entry = 60;
		break;
	case 1:
		sketch->distinct = true;
		sketch->entry_count = between(sketch->rng, 200, 900);
		sketch->name_count = between(sketch->rng, 1, 8);
		sketch->names_per_entry = 1;
		break;
	default:
		sketch->distinct = true;
		sketch->entry_count = between(sketch->rng, 200, 500);
		sketch->name_count = MOST_NAMES;
		sketch->names_per_entry = 3;
		break;
	}
}

static void choose_size(struct sketch *sketch, enum fuzz_size size)
{
	if (size == FUZZ_LARGE || (size == FUZZ_ANY && sketch_one_in(sketch, LARGE_SHARE)))
		make_large(sketch);
	else if (size == FUZZ_ANY && sketch_one_in(sketch, MIDDLE_SHARE))
		make_middle(sketch);
	else
		make_small(sketch);
}

/* ---- what the entries are drawn from */

static void choose_names(struct sketch *sketch)
{
	size_t i;

	sketch->names = sg_calloc(sketch->name_count, sizeof(*sketch->names));
	for (i = 0; i < sketch->name_count; i++)
		sketch->names[i] = sketch_name(sketch);
}

/* Than the default. Rules that say what the default says come from choose_action(). */
static struct sketch_action other_action(const struct sketch *sketch)
{
	struct sketch_action action;

	do {
		action = sketch_action(sketch);
	} while (strcmp(action.word, sketch->default_action.word) == 0 &&
		 action.kind == sketch->default_action.kind &&
		 action.number == sketch->default_action.number);
	return action;
}

/* Mostly a single one, so that rules that meet do not disagree: those specify something. */
static void choose_actions(struct sketch *sketch)
{
	size_t i;

	sketch->default_action = sketch_action(sketch);
	sketch->action_count =
		sketch_one_in(sketch, 3) ? between(sketch->rng, 2, SKETCH_ACTIONS) : 1;
	for (i = 0; i < sketch->action_count; i++)
		sketch->actions[i] = other_action(sketch);
}

static struct sketch_action choose_action(const struct sketch *sketch)
{
	if (sketch_one_in(sketch, 20))
		return sketch->default_action;
	return sketch->actions[sg_rng_below(sketch->rng, sketch->action_count)];
}

/* ---- entries */

static void new_entry(const struct sketch *sketch, struct sketch_entry *ret)
{
	size_t most = sketch->names_per_entry < sketch->name_count ? sketch->names_per_entry
								   : sketch->name_count;

	*ret = (struct sketch_entry){.name_count = between(sketch->rng, 1, most)};
	ret->first_name = sg_rng_below(sketch->rng, sketch->name_count - ret->name_count + 1);
	ret->action = choose_action(sketch);
	sketch_conds(sketch, ret);
}

/*
 * The one before with other conditions, or something new. Not too often the first: it is what makes
 * libseccomp 2.5 run for ever, and the fuzzer wait for its deadline.
 */
static void next_entry(const struct sketch *sketch, size_t index, struct sketch_entry *entry)
{
	if (index == 0 || !sketch_one_in(sketch, 5)) {
		new_entry(sketch, entry);
		return;
	}
	sketch_vary_conds(sketch, entry);
	if (sketch_one_in(sketch, 4))
		entry->action = choose_action(sketch);
}

static void write_names(const struct sketch *sketch, const struct sketch_entry *entry)
{
	const char *const *names = sketch->names + entry->first_name;
	size_t i;

	if (entry->name_count == 1 && sketch_one_in(sketch, 16)) { /* the older key */
		sg_buf_addf(sketch->out, "\"name\": \"%s\"", names[0]);
		return;
	}
	sg_buf_adds(sketch->out, "\"names\": [");
	for (i = 0; i < entry->name_count; i++)
		sg_buf_addf(sketch->out, "%s\"%s\"", i ? ", " : "", names[i]);
	sg_buf_adds(sketch->out, "]");
}

static void write_entries(const struct sketch *sketch)
{
	struct sketch_entry entry;
	size_t i;

	sg_buf_adds(sketch->out, ",\n\"syscalls\": [");
	for (i = 0; i < sketch->entry_count; i++) {
		next_entry(sketch, i, &entry);
		sg_buf_adds(sketch->out, i ? ",\n{" : "\n{");
		write_names(sketch, &entry);
		sg_buf_adds(sketch->out, ", ");
		sketch_write_action(sketch, &entry.action, false);
		sketch_write_conds(sketch, &entry);
		sg_buf_adds(sketch->out, "}");
	}
	sg_buf_adds(sketch->out, "]");
}

void fuzz_policy_text(struct sg_rng *rng, enum fuzz_size size, struct sg_buf *out)
{
	struct sketch sketch = {.rng = rng, .out = out};

	if (size != FUZZ_LARGE && sketch_one_in(&sketch, 200)) {
		sg_buf_adds(out, "{\"syscalls\": []}\n"); /* switched off: no filter */
		return;
	}
	choose_size(&sketch, size);
	choose_names(&sketch);
	choose_actions(&sketch);
	sketch.narrow = sketch_one_in(&sketch, 2);
	sketch_make_values(&sketch);
	sg_buf_adds(out, "{");
	sketch_write_action(&sketch, &sketch.default_action, true);
	sketch_write_arches(&sketch);
	sketch_write_flags(&sketch);
	write_entries(&sketch);
	sg_buf_adds(out, "}\n");
	fuzz_values_release(&sketch.values);
	free(sketch.names);
}
