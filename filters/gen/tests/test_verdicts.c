/* SPDX-License-Identifier: MIT */
/*
 * Verdicts as data: each row of *.verdicts is a test case of its name, put to the policy's oracle
 * and to every generator.
 *
 *	# comment
 *	profile FILE|NAME ARCHES	what follows is about this policy; FILE lies in profiles/
 *	refuses GENERATORS REASON	they cannot build it
 *	NAME: ARCH CALL [aN=HEX]... = VERDICT [CLASS]
 *		but GENERATORS = VERDICT REASON
 *
 * ARCH is a name or an audit value in hex, CALL a name or a number. CLASS is that of policy_eval(),
 * "specified" when left out. "but" belongs to the row above: these generators answer otherwise, a
 * known finding where the row is specified, else a divergence. A mark that is no longer true fails.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <stdio.h>

#include "filters/gen/tests/support.h"
#include "harness/base/file.h"

#define FOLDER "filters/gen/tests/"

static const char *const generators[] = {"linear", "bst", "tuned", "hand"};
#define GENERATORS SG_COUNT(generators)

/* A policy, its oracle, and what the generators make of it. */
struct section {
	struct policy policy;
	struct policy_oracle *oracle;
	struct gen_filter filters[GENERATORS];
	bool built[GENERATORS], refuses[GENERATORS];
	char *why[GENERATORS]; /* not built */
};

struct row {
	char *name;
	struct section *section;
	struct abi_tuple tuple;
	uint32_t verdict;
	char class[32];
	bool differs[GENERATORS];
	uint32_t instead[GENERATORS];
};

struct table {
	struct section **sections;
	size_t section_count, section_cap;
	struct row **rows;
	size_t row_count, row_cap;
};

/* Where the reader is: the words of a line, for errors too. */
struct reader {
	struct table *table;
	const char *file;
	size_t line;
	struct sg_strv words;
	size_t at;
};

/* ---- reading */

static void __attribute__((noreturn)) bad(const struct reader *reader, const char *what)
{
	fprintf(stderr, "%s:%zu: expected %s\n", reader->file, reader->line, what);
	exit(2);
}

static const char *next(struct reader *reader, const char *what)
{
	if (reader->at == reader->words.len)
		bad(reader, what);
	return reader->words.items[reader->at++];
}

static uint32_t next_verdict(struct reader *reader)
{
	uint32_t verdict;
	struct sg_err err = {0};

	if (strcmp(next(reader, "="), "=") != 0)
		bad(reader, "=");
	if (abi_verdict_parse(next(reader, "a verdict"), &verdict, &err) < 0)
		bad(reader, err.msg);
	return verdict;
}

/* "linear,bst": calls @mark for the index of each. */
static void each_generator(struct reader *reader, void (*mark)(struct reader *, size_t))
{
	struct sg_strv names = {0};
	size_t i, j;

	sg_strv_split(&names, next(reader, "generators"));
	for (i = 0; i < names.len; i++) {
		for (j = 0; j < GENERATORS && strcmp(names.items[i], generators[j]) != 0; j++)
			;
		if (j == GENERATORS)
			bad(reader, "linear, bst, tuned or hand");
		mark(reader, j);
	}
	sg_strv_release(&names);
}

static void build_all(struct section *section)
{
	size_t i;

	section->oracle = policy_oracle_new(&section->policy);
	for (i = 0; i < GENERATORS; i++) {
		struct sg_err err = {0};

		section->built[i] = try_build(generators[i], &section->policy, GEN_MIX,
					      &section->filters[i], &err) == 0;
		if (!section->built[i])
			section->why[i] = sg_strdup(err.msg);
	}
}

static void read_profile(struct reader *reader)
{
	struct table *table = reader->table;
	struct section *section = sg_calloc(1, sizeof(*section));
	const char *name = next(reader, "a profile");
	struct arch_list list = arch_list(next(reader, "architectures"));
	struct policy_options options = {.arches = list.arches, .arch_count = list.count};
	char *path = strstr(name, ".json") ? sg_asprintf(FOLDER "profiles/%s", name) : NULL;
	struct sg_err err = {0};

	if (policy_load(path ? path : name, &options, &section->policy, &err) < 0)
		bad(reader, err.msg);
	free(path);
	build_all(section);
	SG_GROW(table->sections, table->section_count, table->section_cap);
	table->sections[table->section_count++] = section;
}

static struct section *this_section(const struct reader *reader)
{
	if (reader->table->section_count == 0)
		bad(reader, "a profile first");
	return reader->table->sections[reader->table->section_count - 1];
}

static void mark_refusal(struct reader *reader, size_t gen)
{
	this_section(reader)->refuses[gen] = true;
}

static uint32_t read_number(struct reader *reader, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 0);

	if (*end || number > UINT32_MAX)
		bad(reader, "a system call or a number");
	return (uint32_t)number;
}

static void read_arch_and_call(struct reader *reader, struct row *row)
{
	const struct abi_arch *arch = NULL;
	const char *name = next(reader, "an architecture"), *call = next(reader, "a call");
	struct sg_err err = {0};
	int nr;

	if (abi_arch_parse(name, &arch, &err) < 0)
		bad(reader, err.msg);
	nr = abi_nr(arch, call);
	row->tuple.arch = arch->audit;
	row->tuple.nr = nr == ABI_NR_NONE ? read_number(reader, call) : (uint32_t)nr;
}

static void read_args(struct reader *reader, struct row *row)
{
	int i, used;
	unsigned long value;

	while (reader->at < reader->words.len && reader->words.items[reader->at][0] == 'a') {
		const char *word = reader->words.items[reader->at++];

		if (sscanf(word, "a%d=%li%n", &i, (long *)&value, &used) != 2 || word[used] ||
		    i < 0 || i > 5)
			bad(reader, "aN=HEX");
		row->tuple.args[i] = strtoul(strchr(word, '=') + 1, NULL, 0);
	}
}

static void read_row(struct reader *reader, const char *name)
{
	struct table *table = reader->table;
	struct row *row = sg_calloc(1, sizeof(*row));

	row->section = this_section(reader);
	row->name = sg_strndup(name, strlen(name) - 1);
	read_arch_and_call(reader, row);
	read_args(reader, row);
	row->verdict = next_verdict(reader);
	snprintf(row->class, sizeof(row->class), "%s",
		 reader->at < reader->words.len ? next(reader, "a class") : "specified");
	if (reader->at != reader->words.len)
		bad(reader, "the end of the line");
	SG_GROW(table->rows, table->row_count, table->row_cap);
	table->rows[table->row_count++] = row;
}

static void mark_difference(struct reader *reader, size_t gen)
{
	reader->table->rows[reader->table->row_count - 1]->differs[gen] = true;
}

/* The verdict goes to the generators that the words before it have marked. */
static void read_difference(struct reader *reader)
{
	struct row *row;
	bool before[GENERATORS];
	uint32_t verdict;
	size_t i;

	if (reader->table->row_count == 0)
		bad(reader, "a row first");
	row = reader->table->rows[reader->table->row_count - 1];
	memcpy(before, row->differs, sizeof(before));
	each_generator(reader, mark_difference);
	verdict = next_verdict(reader);
	next(reader, "a reason");
	for (i = 0; i < GENERATORS; i++) {
		if (row->differs[i] && !before[i])
			row->instead[i] = verdict;
	}
}

static void read_line(struct reader *reader)
{
	const char *first;

	if (reader->words.len == 0)
		return;
	first = next(reader, "a word");
	if (strcmp(first, "profile") == 0)
		read_profile(reader);
	else if (strcmp(first, "refuses") == 0)
		each_generator(reader, mark_refusal);
	else if (strcmp(first, "but") == 0)
		read_difference(reader);
	else if (first[strlen(first) - 1] == ':')
		read_row(reader, first);
	else
		bad(reader, "profile, refuses, but or NAME:");
}

static void read_file(struct table *table, const char *path)
{
	struct reader reader = {.table = table, .file = path};
	struct sg_buf text = {0};
	struct sg_err err = {0};
	char *lines, *line, *word, *save;

	if (sg_file_read(path, 1 << 20, &text, &err) < 0)
		bad(&reader, err.msg);
	for (lines = text.data; (line = strsep(&lines, "\n"));) {
		reader.line++;
		reader.at = 0;
		line[strcspn(line, "#")] = '\0';
		for (word = strtok_r(line, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
			sg_strv_add(&reader.words, word);
		read_line(&reader);
		sg_strv_release(&reader.words);
	}
	sg_buf_release(&text);
}

/* ---- testing */

static void assert_verdict(const char *who, uint32_t got, uint32_t want)
{
	struct sg_buf text = {0};

	abi_verdict_text(got, &text);
	sg_buf_adds(&text, " instead of ");
	abi_verdict_text(want, &text);
	if (abi_verdict_effect(got) != abi_verdict_effect(want))
		print_error("%s: %s\n", who, sg_buf_text(&text));
	sg_buf_release(&text);
	assert_int_equal(abi_verdict_effect(got), abi_verdict_effect(want));
}

static void row_holds_of(const struct row *row, size_t gen)
{
	const struct section *section = row->section;
	uint32_t got;

	if (!section->built[gen])
		return;
	got = verdict_of(&section->filters[gen], &row->tuple);
	assert_verdict(generators[gen], got, row->differs[gen] ? row->instead[gen] : row->verdict);
	if (row->differs[gen] && got == row->verdict)
		fail_msg("%s: no longer differs, remove the mark", generators[gen]);
}

static void row_holds(void **state)
{
	const struct row *row = *state;
	struct policy_verdict verdict = policy_eval(row->section->oracle, &row->tuple);
	size_t gen;

	assert_verdict("policy", verdict.ret, row->verdict);
	assert_string_equal(policy_class_name(verdict.class), row->class);
	for (gen = 0; gen < GENERATORS; gen++)
		row_holds_of(row, gen);
}

/* Whatever was not built is said to be so, or is hand's business. */
static void refusals_are_marked(void **state)
{
	const struct table *table = *state;
	size_t i, gen;

	for (i = 0; i < table->section_count; i++) {
		const struct section *section = table->sections[i];

		for (gen = 0; gen < GENERATORS; gen++) {
			if (strcmp(generators[gen], "hand") == 0)
				continue;
			if (section->built[gen] == section->refuses[gen])
				fail_msg("%s of %s: %s", generators[gen], section->policy.name,
					 section->why[gen] ? section->why[gen]
							   : "no longer refuses, remove the mark");
		}
	}
}

static void hand_takes_part(void **state)
{
	const struct table *table = *state;
	size_t i, built = 0;

	for (i = 0; i < table->section_count; i++)
		built += table->sections[i]->built[GENERATORS - 1];
	assert_true(built > 0);
}

static void release(struct table *table)
{
	size_t i, gen;

	for (i = 0; i < table->section_count; i++) {
		struct section *section = table->sections[i];

		for (gen = 0; gen < GENERATORS; gen++) {
			gen_filter_release(&section->filters[gen]);
			free(section->why[gen]);
		}
		policy_oracle_free(section->oracle);
		policy_release(&section->policy);
		free(section);
	}
	for (i = 0; i < table->row_count; i++) {
		free(table->rows[i]->name);
		free(table->rows[i]);
	}
	free(table->sections);
	free(table->rows);
}

int main(void)
{
	struct table table = {0};
	struct CMUnitTest *tests;
	glob_t files;
	size_t i, count = 0;
	int failed;

	if (glob(FOLDER "*.verdicts", 0, NULL, &files) != 0)
		return 2;
	for (i = 0; i < files.gl_pathc; i++)
		read_file(&table, files.gl_pathv[i]);
	globfree(&files);
	tests = sg_calloc(table.row_count + 2, sizeof(*tests));
	for (i = 0; i < table.row_count; i++)
		tests[count++] = (struct CMUnitTest){.name = table.rows[i]->name,
						     .test_func = row_holds,
						     .initial_state = table.rows[i]};
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_prestate(refusals_are_marked, &table);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test_prestate(hand_takes_part, &table);
	failed = _cmocka_run_group_tests("verdicts", tests, count, NULL, NULL);
	free(tests);
	release(&table);
	return failed;
}
