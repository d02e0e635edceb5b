/* SPDX-License-Identifier: MIT */
/*
 * A mix replayed: SLOTS calls in the mix's proportions (largest remainder), spread so that every
 * stretch of the schedule is a mix too, made in the forms of mix_forms.inc. Calls without a form,
 * or of another architecture, are left out; wl_mix_unknown_share() says how much that is. A call
 * whose share is too small for a slot does not come either.
 *
 * Descriptors: what an open brings goes into a pool, a close takes one out. Where a mix opens more
 * than it closes the pool fills up, and the surplus opens a file that does not exist; where it
 * closes more, the surplus closes descriptor -1.
 */
#include <errno.h>
#include <stdlib.h>

#include "workloads/mix_forms.h"

#define SLOTS 1000
#define POOL  32

/* A call of the mix that has a form, and how many slots it gets. */
struct part {
	const struct mix_form *form;
	const struct mix_call *call;
	int nr;
	unsigned slots;
	double remainder; /* of its exact share of the slots */
};

struct parts {
	struct part *items;
	size_t len, cap;
	double weight;
};

/* A part made ready to run. */
struct ready {
	enum mix_kind kind;
	int nr;
	long args[6];
	long min, max, other;
};

struct replay {
	struct mix_things *things;
	struct ready *calls;
	uint16_t order[SLOTS];
	unsigned at, pooled;
	int pool[POOL];
};

static struct parts known_parts(const struct mix *mix)
{
	struct parts parts = {0};

	for (size_t i = 0; i < mix->len; i++) {
		struct part part = {.call = &mix->calls[i]};
		part.form = mix_form_of(part.call, &part.nr);
		if (!part.form)
			continue;
		SG_GROW(parts.items, parts.len, parts.cap);
		parts.items[parts.len++] = part;
		parts.weight += part.call->weight;
	}
	return parts;
}

double wl_mix_unknown_share(const struct mix *mix)
{
	struct parts parts = known_parts(mix);
	double share = 1 - parts.weight / mix->total_weight;

	free(parts.items);
	return parts.len == mix->len || share < 0 ? 0 : share;
}

/* Largest remainder: whole shares first, what is left to the largest fractions. */
static void apportion(struct parts *parts)
{
	unsigned left = SLOTS;

	for (size_t i = 0; i < parts->len; i++) {
		struct part *part = &parts->items[i];
		double exact = SLOTS * (part->call->weight / parts->weight);
		part->slots = (unsigned)exact;
		part->remainder = exact - part->slots;
		left -= part->slots;
	}
	for (; left; left--) {
		struct part *largest = &parts->items[0];
		for (size_t i = 1; i < parts->len; i++)
			if (parts->items[i].remainder > largest->remainder)
				largest = &parts->items[i];
		largest->slots++;
		largest->remainder = -1;
	}
}

static struct parts plan(const struct mix *mix)
{
	struct parts parts = known_parts(mix);

	if (parts.len)
		apportion(&parts);
	return parts;
}

/* Smooth weighted round-robin: whoever is furthest behind its share comes next. */
static void spread(const struct parts *parts, uint16_t order[SLOTS])
{
	long *credit = sg_calloc(parts->len, sizeof(*credit));

	for (size_t slot = 0; slot < SLOTS; slot++) {
		size_t next = 0;
		for (size_t i = 0; i < parts->len; i++) {
			credit[i] += parts->items[i].slots;
			if (credit[i] > credit[next])
				next = i;
		}
		credit[next] -= SLOTS;
		order[slot] = (uint16_t)next;
	}
	free(credit);
}

static void declare(const struct wl_env *env, struct wl_calls *out)
{
	struct parts parts = plan(env->mix);

	for (size_t i = 0; i < parts.len; i++) {
		const struct part *part = &parts.items[i];
		if (!part->slots)
			continue;
		struct wl_call *call = wl_calls_add(out, part->nr, (double)part->slots / SLOTS);
		for (int arg = 0; arg < 6; arg++) {
			const struct mix_operand *operand = &part->form->args[arg];
			if (mix_operand_fixed(operand))
				wl_call_fix(call, arg,
					    (uint64_t)mix_operand_value(operand, part->call->args,
									NULL));
		}
	}
	free(parts.items);
}

/* A clone or a socket that is to fail, with a word to write to where it wants an address. */
static struct wl_refused refused_form(const struct part *part, const uint32_t *word)
{
	struct wl_refused refused = {.nr = part->nr};

	for (int arg = 0; arg < 6; arg++) {
		const struct mix_operand *operand = &part->form->args[arg];
		refused.args[arg] = mix_operand_fixed(operand)
					    ? mix_operand_value(operand, part->call->args, NULL)
					    : (long)word;
	}
	return refused;
}

static int supported(const struct wl_env *env, struct sg_err *err)
{
	uint32_t word;
	struct parts parts = plan(env->mix);
	struct wl_refused *refused = sg_calloc(parts.len + 1, sizeof(*refused));
	size_t len = 0;

	for (size_t i = 0; i < parts.len; i++)
		if (parts.items[i].form->kind == MIX_REFUSED)
			refused[len++] = refused_form(&parts.items[i], &word);
	int ret = parts.len ? wl_check_refused(refused, len, err)
			    : wl_unsupported(err, "the mix has no call that can be replayed here");
	free(refused);
	free(parts.items);
	return ret;
}

static struct ready make_ready(const struct part *part, const struct mix_things *things)
{
	const struct mix_form *form = part->form;
	struct ready ready = {form->kind, part->nr, {0}, form->min, form->max, form->other};
	long *a = ready.args;

	for (int arg = 0; arg < 6; arg++)
		a[arg] = mix_operand_value(&form->args[arg], part->call->args, things);
	if (form->kind == MIX_QUERY || form->kind == MIX_REFUSED)
		ready.min = ready.max = ready.other =
			wl_syscall(part->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	return ready;
}

static int prepare(const struct wl_env *env, void **ret_state, struct sg_err *err)
{
	struct mix_things *things;
	int ret = mix_things_make(env, &things, err);

	if (ret)
		return ret;
	struct parts parts = plan(env->mix);
	struct replay *s = sg_calloc(1, sizeof(*s));
	s->things = things;
	s->calls = sg_calloc(parts.len, sizeof(*s->calls));
	for (size_t i = 0; i < parts.len; i++)
		s->calls[i] = make_ready(&parts.items[i], things);
	spread(&parts, s->order);
	free(parts.items);
	*ret_state = s;
	return 0;
}

static void open_one(struct replay *s, const struct ready *call, struct wl_fault *fault)
{
	bool full = s->pooled == POOL;
	long a[] = {call->args[0], call->args[1], call->args[2]};

	for (size_t arg = 0; full && arg < SG_COUNT(a); arg++)
		if (a[arg] == (long)s->things->name || a[arg] == (long)s->things->file_path)
			a[arg] = (long)s->things->missing_path;
	long fd = wl_syscall(call->nr, a[0], a[1], a[2], 0, 0, 0);
	if (full)
		wl_expect(fault, call->nr, fd, -ENOENT);
	else if (fd < 0)
		wl_expect(fault, call->nr, fd, 0);
	else
		s->pool[s->pooled++] = (int)fd;
}

static void close_one(struct replay *s, const struct ready *call, struct wl_fault *fault)
{
	int fd = s->pooled ? s->pool[s->pooled - 1] : -1;
	long result = wl_call1(call->nr, fd);

	wl_expect(fault, call->nr, result, s->pooled ? 0 : -EBADF);
	if (!result && s->pooled)
		s->pooled--;
}

static void make_call(const struct ready *call, struct wl_fault *fault)
{
	const long *a = call->args;
	long result = wl_syscall(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);

	if ((result < call->min || result > call->max) && result != call->other)
		wl_expect(fault, call->nr, result, call->min);
}

static void run(void *state, uint64_t ops, struct wl_fault *fault)
{
	struct replay *s = state;

	for (uint64_t i = 0; i < ops; i++) {
		const struct ready *call = &s->calls[s->order[s->at]];
		s->at = s->at + 1 < SLOTS ? s->at + 1 : 0;
		switch (call->kind) {
		case MIX_OPENS: open_one(s, call, fault); break;
		case MIX_CLOSES: close_one(s, call, fault); break;
		default: make_call(call, fault);
		}
	}
}

static void release(void *state)
{
	struct replay *s = state;

	wl_close_all(s->pool, s->pooled);
	mix_things_release(s->things);
	free(s->calls);
	free(s);
}

const struct wl wl_driver_mix = {
	.name = "mix",
	.summary = "the calls of a mix file, in its proportions",
	.op = "one call of the mix",
	.supported = supported,
	.declare = declare,
	.prepare = prepare,
	.run = run,
	.release = release,
};
