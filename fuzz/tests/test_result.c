/* SPDX-License-Identifier: MIT */
/* What the target `result` can find: each promise of harness/run/saved.h, broken in turn. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/targets/result.h"
#include "fuzz/targets/targets.h"
#include "harness/base/child.h"
#include "harness/base/file.h"

#define SEEDS "fuzz/corpus/result/"

static struct saved_result every_key(void)
{
	struct saved_result result;
	struct sg_err err = {0};

	if (saved_load(SEEDS "every-key.json", &result, &err))
		fail_msg("%s", err.msg);
	return result;
}

static void require(const struct saved_result *result)
{
	struct sg_rng rng;

	sg_rng_seed(&rng, 1);
	fuzz_thorough = true; /* also what one input in some is asked */
	fuzz_require_saved(result, &rng);
	fuzz_thorough = false;
}

/* ---- one broken promise each */

static void version(struct saved_result *r)
{
	r->schema_version = 3;
}
static void date(struct saved_result *r)
{
	r->env.date[3] = '\0';
}
static void escape(struct saved_result *r)
{
	r->env.cpu[0] = '\033';
}
static void no_processor(struct saved_result *r)
{
	r->env.cpus_online = 0;
}
static void no_weight(struct saved_result *r)
{
	r->mix.total_weight = 0;
}
static void seconds(struct saved_result *r)
{
	r->settings.seconds = NAN;
}
static void no_stack(struct saved_result *r)
{
	r->settings.stack = 0;
}
static void note(struct saved_result *r)
{
	r->notes.items[0][0] = '\n';
}
static void summary(struct saved_result *r)
{
	r->summaries[0].ratio.low = 1e14;
}
static void policy_text(struct saved_result *r)
{
	r->policies[0].text[0] = 'x';
}
static void no_rules(struct saved_result *r)
{
	r->schema_version = 1;
}
static void other_rules(struct saved_result *r)
{
	r->policies[0].rules->default_action = ABI_RET_LOG;
}
static void unknown_call(struct saved_result *r)
{
	r->filters[0].filter.unknown_calls.items[0][6] = '.';
}
static void skipped_share(struct saved_result *r)
{
	r->rows[1].bitmap_share = -1;
}
static void no_arch(struct saved_result *r)
{
	r->policies[0].arch_count = 0;
}
static void other_profile(struct saved_result *r)
{
	r->policies[0].profile[0] = 'q';
}
static void wrong_k(struct saved_result *r)
{
	r->filters[0].filter.prog.insns[1].k ^= 1;
}
static void wrong_code(struct saved_result *r)
{
	r->filters[0].filter.prog.insns[0].code = 0xff;
}
static void cut_off(struct saved_result *r)
{
	r->filters[0].filter.prog.len = 0;
}
static void too_long(struct saved_result *r)
{
	r->filters[0].figures.worst_insns = 11;
}
static void twice(struct saved_result *r)
{
	memcpy(r->filters[1].name, "tune", 4);
	r->filters[0].name[4] = '\0';
}
static void name(struct saved_result *r)
{
	r->rows[0].name[0] = 'x';
}
static void no_column(struct saved_result *r)
{
	r->rows[0].column = NULL;
}
static void other_column(struct saved_result *r)
{
	r->rows[0].column = &r->filters[1];
}
static void control(struct saved_result *r)
{
	r->rows[0].aa = true;
}
static void reason(struct saved_result *r)
{
	r->rows[0].status = RUN_DENIED;
}
static void no_block(struct saved_result *r)
{
	r->rows[0].sample_count = 0;
}
static void zero_time(struct saved_result *r)
{
	r->rows[0].samples[1].ns_per_op = 0;
}
static void infinite(struct saved_result *r)
{
	r->rows[0].samples[0].overhead_ns = INFINITY;
}
static void no_operation(struct saved_result *r)
{
	r->rows[0].samples[0].iterations = 0;
}
static void backwards(struct saved_result *r)
{
	r->rows[0].overhead_ns.low = 1e9;
}
static void no_median(struct saved_result *r)
{
	r->rows[0].ns_per_op.estimate = NAN;
}
static void share(struct saved_result *r)
{
	r->rows[0].bitmap_share = 1.5;
}
static void insns(struct saved_result *r)
{
	r->rows[0].bpf_insns = NAN;
}

static const struct {
	void (*do_it)(struct saved_result *result);
	const char *words;
} broken[] = {
	{version, "version 3"},
	{date, "the date 202"},
	{escape, "a fact has a control character"},
	{no_processor, "no processor"},
	{no_weight, "weights of 0"},
	{seconds, "seconds is nan"},
	{no_stack, "a stack of none"},
	{note, "a note has a control character"},
	{summary, "a summary's ratio from"},
	{policy_text, "the hash of a policy is"},
	{no_rules, "the rules of a version 1"},
	{other_rules, "rules that are no p"},
	{unknown_call, "an unknown call x86_64.getppid"},
	{skipped_share, "bitmap_share is -1"},
	{no_arch, "a policy for no architecture"},
	{other_profile, "a filter of p with a policy of q"},
	{wrong_k, "the hash of a filter is"},
	{wrong_code, "an accepted program: "},
	{cut_off, "no filter of 0 instructions"},
	{too_long, "at worst 11"},
	{twice, "filter tune of p twice"},
	{name, "x/p/tuned is in parts w/p/tuned"},
	{no_column, "w/p/tuned and its column"},
	{other_column, "w/p/tuned has the column of hand"},
	{control, "w/p/tuned and the control"},
	{reason, "the reason of a row is not there"},
	{no_block, "was measured in no block"},
	{zero_time, "a block's time is 0"},
	{infinite, "a block's overhead is inf"},
	{no_operation, "a block of no operation"},
	{backwards, "overhead_ns from"},
	{no_median, "ns_per_op is nan"},
	{share, "bitmap_share is 1.5"},
	{insns, "bpf_insns is nan"},
};

static int break_it(void *ctx, struct sg_buf *out)
{
	struct saved_result result = every_key();

	(void)out;
	broken[*(const size_t *)ctx].do_it(&result);
	require(&result);
	return 0;
}

static void each_broken_promise_is_found(void **state)
{
	const struct sg_child_limits limits = {.cpu_s = 60};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(broken); i++) {
		struct sg_child_result result = {0};
		struct sg_buf out = {0};

		assert_int_equal(sg_child_run(break_it, &i, &limits, &out, &result, NULL), 0);
		if (result.end != SG_CHILD_CRASHED || !strstr(result.last_words, broken[i].words))
			fail_msg("wanted \"%s\", got end %d: %s", broken[i].words, result.end,
				 result.last_words);
		sg_buf_release(&out);
	}
}

static void what_keeps_its_promises_is_fine(void **state)
{
	struct saved_result result = every_key();

	(void)state;
	require(&result);
	saved_release(&result);
}

/* A seed that its reader refuses by mistake would be replayed without a check. */
static void seeds_are_read_or_refused_as_they_should(void **state)
{
	static const struct {
		const char *file;
		bool accepted;
	} seeds[] = {
		{SEEDS "every-key.json", true},        {SEEDS "google-benchmark.json", false},
		{SEEDS "newer.json", false},           {SEEDS "older.json", true},
		{SEEDS "nothing-measured.json", true}, {SEEDS "raw-filters.json", true},
		{SEEDS "rows-in-turn.json", true},     {SEEDS "wide-numbers.json", false},
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(seeds); i++) {
		struct saved_result result = {0};
		struct sg_err err = {0};
		int bad = saved_load(seeds[i].file, &result, &err);

		if (!bad != seeds[i].accepted)
			fail_msg("%s: %s", seeds[i].file, bad ? err.msg : "accepted");
		saved_release(&result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_broken_promise_is_found),
		cmocka_unit_test(what_keeps_its_promises_is_fine),
		cmocka_unit_test(seeds_are_read_or_refused_as_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
