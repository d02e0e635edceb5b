/* SPDX-License-Identifier: MIT */
/*
 * From a wrong verdict to a finding. Most are the same defect over and over, and minimising one
 * costs as much as trying a hundred policies: so each is first compared by its looks, and of those
 * that look alike the first, second, fourth, eighth ... are minimised. Then the signature decides.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/loop_private.h"
#include "harness/base/alloc.h"

#define MINIMIZE_EACH_S  2.0
#define MINIMIZE_HANG_S  6.0
#define MINIMIZE_LEAST_S 0.05 /* less is not worth the start */

/* ---- looks */

static uint64_t hash_text(const struct sg_buf *text)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < text->len; i++)
		hash = (hash ^ (unsigned char)text->data[i]) * 0x100000001b3u;
	return hash;
}

/* Operators, at most how many conditions, and how many rules: of the rules on the tuple's call. */
static void add_rules(const struct policy *policy, const char *name, struct sg_buf *out)
{
	unsigned int ops = 0;
	size_t conds = 0, rules = 0;

	for (size_t i = 0; name && i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (strcmp(rule->name, name))
			continue;
		rules++;
		conds = rule->cond_count > conds ? rule->cond_count : conds;
		for (size_t c = 0; c < rule->cond_count; c++)
			ops |= 1u << rule->conds[c].op;
	}
	sg_buf_addf(out, " %x %zu %zu", ops, conds < 3 ? conds : 3, rules < 3 ? rules : 3);
}

static struct fuzz_seen mismatch_looks(const struct fuzz_lane *lane, const struct gen *gen,
				       const struct abi_tuple *tuple, uint32_t wanted, uint32_t got)
{
	const struct abi_arch *arch = gen_call_arch(tuple);
	struct fuzz_seen looks = {.again = true};
	struct sg_buf text = {0};

	sg_buf_addf(&text, "%s %d %d %u %d", gen->name, FUZZ_MISMATCH,
		    finding_direction(wanted, got), arch ? arch->word_bits : 0,
		    arch && arch->big_endian);
	looks.coarse = hash_text(&text);
	sg_buf_addf(&text, " %x %x", wanted & ABI_RET_ACTION_FULL, got & ABI_RET_ACTION_FULL);
	add_rules(&lane->policy, arch ? abi_name(arch, tuple->nr) : NULL, &text);
	looks.fine = hash_text(&text);
	sg_buf_release(&text);
	return looks;
}

static struct fuzz_seen failure_looks(const struct gen *gen, enum fuzz_kind kind,
				      const char *message)
{
	/* One hang looks like another, also to the minimiser, which has to sit each one out. */
	struct fuzz_seen looks = {.again = kind != FUZZ_KIND_HANG};
	struct sg_buf text = {0};

	sg_buf_addf(&text, "%s %d ", gen->name, kind);
	finding_reason(kind, message, &text);
	looks.fine = looks.coarse = hash_text(&text);
	sg_buf_release(&text);
	return looks;
}

static struct fuzz_seen *find_seen(const struct fuzz_loop *loop, uint64_t fine)
{
	for (size_t i = 0; i < loop->seen_count; i++)
		if (loop->seen[i].fine == fine)
			return &loop->seen[i];
	return NULL;
}

static const struct fuzz_seen *find_coarse(const struct fuzz_loop *loop, uint64_t coarse)
{
	for (size_t i = 0; i < loop->seen_count; i++)
		if (loop->seen[i].coarse == coarse)
			return &loop->seen[i];
	return NULL;
}

static bool can_minimize(const struct fuzz_loop *loop)
{
	return loop->minimize_left_s > MINIMIZE_LEAST_S && !fuzz_interrupted(loop);
}

static struct fuzz_seen *add_seen(struct fuzz_loop *loop, const struct fuzz_seen *looks)
{
	SG_GROW(loop->seen, loop->seen_count, loop->seen_cap);
	loop->seen[loop->seen_count] = *looks;
	return &loop->seen[loop->seen_count++];
}

/*
 * Where the defect is counted; *ret_fresh when it deserves a finding of its own, which the caller
 * then adds. Without time to minimise, what looks alike from afar is one.
 */
static struct fuzz_seen *meet(struct fuzz_loop *loop, const struct fuzz_seen *looks,
			      bool *ret_fresh)
{
	struct fuzz_seen *seen = find_seen(loop, looks->fine);
	const struct fuzz_seen *like = find_coarse(loop, looks->coarse);

	if (seen) {
		seen->times++;
		*ret_fresh =
			looks->again && can_minimize(loop) && !(seen->times & (seen->times - 1));
		return seen;
	}
	*ret_fresh = !like || can_minimize(loop);

	const size_t finding = *ret_fresh ? loop->result->finding_count : like->finding;

	seen = add_seen(loop, looks);
	seen->times = 1;
	seen->finding = finding;
	return seen;
}

/* ---- findings */

static char *mix_text(const struct mix *mix)
{
	struct sg_buf text = {0};

	if (!strcmp(mix->name, "io"))
		return NULL;
	mix_print(mix, &text);
	return text.data;
}

static struct fuzz_finding *add_finding(struct fuzz_loop *loop, const struct fuzz_lane *lane,
					const struct gen *gen, enum fuzz_kind kind)
{
	struct fuzz_result *result = loop->result;
	const struct fuzz_finding finding = {
		.kind = kind,
		.gen = gen,
		.profile = sg_strndup(sg_buf_text(lane->text), lane->text->len),
		.profile_len = lane->text->len,
		.objective = loop->request->objective,
		.mix = mix_text(loop->request->mix),
		.seed = loop->request->seed,
	};

	SG_GROW(result->findings, result->finding_count, result->finding_cap);
	result->findings[result->finding_count] = (struct fuzz_counted){.finding = finding};

	struct fuzz_finding *added = &result->findings[result->finding_count++].finding;

	for (size_t i = 0; i < lane->options->arch_count; i++)
		sg_strv_add(&added->arch_names, lane->options->arches[i]->name);
	return added;
}

static void count(struct fuzz_loop *loop, const struct fuzz_seen *seen)
{
	loop->result->findings[seen->finding].count++;
}

static struct fuzz_finding *add_with_tuple(struct fuzz_loop *loop, const struct fuzz_lane *lane,
					   const struct fuzz_subject *subject, enum fuzz_kind kind,
					   const struct abi_tuple *tuple, uint32_t wanted,
					   uint32_t got)
{
	struct fuzz_finding *finding = add_finding(loop, lane, subject->gen, kind);

	memcpy(finding->version, subject->filter.version, sizeof(finding->version));
	if (subject->raw_file)
		finding->raw_file = sg_strdup(subject->raw_file);
	finding->tuple = *tuple;
	finding->wanted = wanted;
	finding->got = got;
	return finding;
}

/* One place of the memo for a call and its verdicts. */
static struct fuzz_memo *memo_of(struct fuzz_subject *subject, const struct abi_tuple *tuple,
				 uint32_t wanted, uint32_t got)
{
	const uint32_t key = tuple->nr * 31 + tuple->arch + (wanted >> 16) * 7 + (got >> 16);

	return &subject->memo[key % FUZZ_MEMO];
}

void fuzz_note_mismatch(struct fuzz_loop *loop, const struct fuzz_lane *lane,
			struct fuzz_subject *subject, const struct abi_tuple *tuple,
			uint32_t wanted, uint32_t got)
{
	const struct fuzz_memo now = {tuple->nr, tuple->arch, wanted, got, 0};
	struct fuzz_memo *memo = memo_of(subject, tuple, wanted, got);

	if (memo->seen && memo->nr == now.nr && memo->arch == now.arch && memo->wanted == wanted &&
	    memo->got == got) {
		count(loop, &loop->seen[memo->seen - 1]);
		return;
	}

	const struct fuzz_seen looks = mismatch_looks(lane, subject->gen, tuple, wanted, got);
	bool fresh;
	struct fuzz_seen *seen = meet(loop, &looks, &fresh);

	if (fresh) {
		add_with_tuple(loop, lane, subject, FUZZ_MISMATCH, tuple, wanted, got);
		seen->finding = loop->result->finding_count - 1;
	}
	count(loop, seen);
	*memo = now;
	memo->seen = (size_t)(seen - loop->seen) + 1;
}

void fuzz_note_prover(struct fuzz_loop *loop, const struct fuzz_lane *lane,
		      const struct fuzz_subject *subject, const struct abi_tuple *tuple,
		      uint32_t wanted, uint32_t got, const char *message)
{
	const struct fuzz_seen looks = failure_looks(subject->gen, FUZZ_KIND_PROVER, message);
	bool fresh;
	struct fuzz_seen *seen = meet(loop, &looks, &fresh);

	if (fresh) {
		add_with_tuple(loop, lane, subject, FUZZ_KIND_PROVER, tuple, wanted, got)->message =
			sg_strdup(message);
		seen->finding = loop->result->finding_count - 1;
	}
	count(loop, seen);
}

void fuzz_note_failure(struct fuzz_loop *loop, const struct fuzz_lane *lane, const struct gen *gen,
		       enum fuzz_kind kind, const char *message)
{
	const struct fuzz_seen looks = failure_looks(gen, kind, message);
	bool fresh;
	struct fuzz_seen *seen = meet(loop, &looks, &fresh);

	if (fresh) {
		add_finding(loop, lane, gen, kind)->message = sg_strdup(message);
		seen->finding = loop->result->finding_count - 1;
	}
	count(loop, seen);
}

/* ---- settling */

static void minimize(struct fuzz_loop *loop, struct fuzz_finding *finding)
{
	const uint64_t start_ns = sg_monotonic_ns();
	const double each_s = finding->kind == FUZZ_KIND_HANG ? MINIMIZE_HANG_S : MINIMIZE_EACH_S;
	const double left_s = loop->minimize_left_s;

	if (can_minimize(loop)) {
		fuzz_minimize(finding, left_s < each_s ? left_s : each_s, NULL);
		loop->minimize_left_s -= fuzz_seconds_since(start_ns);
		loop->result->minimize_s += fuzz_seconds_since(start_ns);
	}
	fuzz_finding_sign(finding);
}

/* The settled finding with the same signature, or NULL. */
static struct fuzz_counted *twin(struct fuzz_loop *loop, const struct fuzz_finding *finding)
{
	for (size_t i = 0; i < loop->fresh; i++)
		if (!strcmp(loop->result->findings[i].finding.signature, finding->signature))
			return &loop->result->findings[i];
	return NULL;
}

/* The finding at loop->fresh goes, the last one takes its place. */
static void merge(struct fuzz_loop *loop, struct fuzz_counted *into)
{
	struct fuzz_result *result = loop->result;
	const size_t from = loop->fresh, last = --result->finding_count;

	into->count += result->findings[from].count;
	fuzz_finding_release(&result->findings[from].finding);
	result->findings[from] = result->findings[last];
	for (size_t i = 0; i < loop->seen_count; i++) {
		if (loop->seen[i].finding == from)
			loop->seen[i].finding = (size_t)(into - result->findings);
		else if (loop->seen[i].finding == last)
			loop->seen[i].finding = from;
	}
}

static void keep(struct fuzz_loop *loop, struct fuzz_counted *counted)
{
	const struct fuzz_request *request = loop->request;
	struct sg_err err = {0};

	counted->known = request->known && fuzz_known_has(request->known, &counted->finding);
	if (request->dir && fuzz_finding_write(&counted->finding, request->dir, &err))
		sg_strv_addf(&loop->result->warnings, "a finding could not be written: %s",
			     err.msg);
	loop->fresh++;
}

void fuzz_settle(struct fuzz_loop *loop)
{
	while (loop->fresh < loop->result->finding_count) {
		struct fuzz_counted *counted = &loop->result->findings[loop->fresh];

		minimize(loop, &counted->finding);

		struct fuzz_counted *same = twin(loop, &counted->finding);

		if (same)
			merge(loop, same);
		else
			keep(loop, counted);
	}
}
