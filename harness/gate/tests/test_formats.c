/* SPDX-License-Identifier: MIT */
/*
 * What each format says of reports made by hand. With a directory as argument it tests nothing and
 * writes each of these reports in each format there, "every.junit", for test_formats.sh, which
 * holds them against the formats' schemas.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "harness/base/file.h"
#include "harness/base/json.h"
#include "harness/gate/format.h"
#include "harness/gate/tests/format_fixture.h"

static const struct report_case {
	const char *name;
	struct format_fixture *(*make)(void);
} cases[] = {
	{"empty", fixture_empty},
	{"every", fixture_every},
	{"many", fixture_many},
};

static void assert_has(const struct sg_buf *out, const char *text)
{
	if (!strstr(sg_buf_text(out), text))
		fail_msg("expected \"%s\" in:\n%.3000s", text, sg_buf_text(out));
}

static void assert_lacks(const struct sg_buf *out, const char *text)
{
	if (strstr(sg_buf_text(out), text))
		fail_msg("unexpected \"%s\" in:\n%.3000s", text, sg_buf_text(out));
}

/* Is all of it UTF-8, and nothing in it a control character but newlines (and what begins a tint)?
 */
static void assert_clean(const struct sg_buf *out, bool tinted)
{
	json_t *json = json_stringn(sg_buf_text(out), out->len);

	assert_non_null(json);
	json_decref(json);
	for (size_t i = 0; i < out->len; i++) {
		unsigned char c = (unsigned char)out->data[i];

		if ((c < 0x20 && c != '\n' && !(tinted && c == 033)) || c == 0x7f)
			fail_msg("0x%02x at %zu: %.80s", c, i, out->data + i);
	}
}

static void assert_width(const struct sg_buf *out)
{
	int columns = 0;

	for (size_t i = 0; i < out->len; i++) {
		columns += ((unsigned char)out->data[i] & 0xc0) != 0x80;
		if (out->data[i] == '\n')
			columns = 0;
		if (columns > REPORT_TABLE_WIDTH)
			fail_msg("too wide: %.120s", out->data + i - 80);
	}
}

/* ---- what is shared */

static void sentence_says_what_came_out(void **state)
{
	struct format_fixture *f = fixture_empty();
	struct sg_buf out = {0};

	(void)state;
	f->result.file = (char *)"new.json";
	gate_outcome_sentence(&f->report, &out);
	assert_string_equal(out.data, "The gate passes: nothing was checked (new.json against "
				      "baseline.json).");
	sg_buf_clear(&out);
	fixture_check(&f->report, GATE_PROOF, GATE_PASS, "p/f", 0);
	gate_outcome_sentence(&f->report, &out);
	assert_string_equal(out.data, "The gate passes: none of 1 check got worse (new.json "
				      "against baseline.json).");
	sg_buf_clear(&out);
	fixture_check(&f->report, GATE_PROOF, GATE_INCONCLUSIVE, "p/g", 0);
	fixture_check(&f->report, GATE_PROOF, GATE_FAIL, "p/h", 0);
	f->report.checks[0].better = true;
	fixture_count(&f->report);
	gate_outcome_sentence(&f->report, &out);
	assert_string_equal(out.data, "The gate fails: 1 of 3 checks got worse, 1 could not be "
				      "told, 1 got better (new.json against baseline.json).");
	sg_buf_release(&out);
	fixture_drop(f);
}

static void registry_is_sorted(void **state)
{
	(void)state;
	assert_non_null(gate_formats[0]);
	for (size_t i = 1; gate_formats[i]; i++)
		assert_true(strcmp(gate_formats[i - 1]->name, gate_formats[i]->name) < 0);
}

/* ---- text */

static void text_says_the_outcome_first_and_failures_next(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "text", false);

	(void)state;
	assert_int_equal(strncmp(out.data, "The gate fails, interrupted: ", 29), 0);
	assert_true(strstr(out.data, "\nworse\n") < strstr(out.data, "\ncould not be told\n"));
	assert_true(strstr(out.data, "\ncould not be told\n") < strstr(out.data, "\nbetter\n"));
	assert_has(&out, "\nas before, or worse by no more than is allowed: 2 missing, 2 refusal");
	assert_has(&out, "                     - a|b`c*d_e[f](g)\\h~i$j/k\n");
	assert_has(&out, "note: times were not compared, the machine is of another class: kernel "
			 "6.18, was 6.1; bitmap");
	assert_has(&out, "note: interrupted");
	sg_buf_release(&out);
	fixture_drop(f);
}

static void text_cuts_long_lists_of_findings(void **state)
{
	struct format_fixture *f = fixture_empty();

	(void)state;
	fixture_check(&f->report, GATE_VERDICTS, GATE_FAIL, "p/eleven", 11);
	fixture_check(&f->report, GATE_VERDICTS, GATE_FAIL, "p/thirty", 30);

	struct sg_buf out = fixture_render(f, "text", false);

	assert_has(&out, "and 20 more\n");
	assert_lacks(&out, "and 1 more");
	sg_buf_release(&out);
	fixture_drop(f);
}

static void text_fits_100_columns_and_moves_no_cursor(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(cases); i++) {
		struct format_fixture *f = cases[i].make();
		struct sg_buf out = fixture_render(f, "text", false);

		assert_clean(&out, false);
		assert_width(&out);
		sg_buf_release(&out);
		fixture_drop(f);
	}
}

/* The tints are the only escapes: the name that brings its own has none left. */
static void text_is_coloured_only_when_asked(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "text", true);

	(void)state;
	assert_int_equal(strncmp(out.data, "\033[31mThe gate fails", 19), 0);
	assert_has(&out, "\033[33mcould not be told\033[0m");
	assert_has(&out, "\ufffd[31mred");
	assert_clean(&out, true);
	sg_buf_release(&out);
	fixture_drop(f);
}

/* ---- markdown */

/* A row of a table has four bars that mean something. */
static void assert_tables(const struct sg_buf *out)
{
	for (const char *line = out->data; *line; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n"), bars = 0;

		if (*line != '|')
			continue;
		for (size_t i = 0; i < len; i++)
			if (line[i] == '\\')
				i++;
			else
				bars += line[i] == '|';
		if (bars != 4)
			fail_msg("%zu bars: %.*s", bars, (int)len, line);
	}
}

static size_t count_of(const struct sg_buf *out, const char *text)
{
	size_t count = 0;

	for (const char *at = out->data; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void markdown_is_short_and_its_tables_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < SG_COUNT(cases); i++) {
		struct format_fixture *f = cases[i].make();
		struct sg_buf out = fixture_render(f, "markdown", false);

		assert_true(out.len < 60000);
		assert_clean(&out, false);
		assert_tables(&out);
		assert_int_equal(count_of(&out, "\n<details>"), count_of(&out, "\n</details>"));
		assert_int_equal(strncmp(out.data, "**The gate ", 11), 0);
		sg_buf_release(&out);
		fixture_drop(f);
	}
}

static void markdown_takes_the_meaning_of_names(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "markdown", false);

	(void)state;
	assert_has(&out, "| a\\|b\\`c\\*d\\_e\\[f\\](g)\\\\h\\~i\\$j/k |");
	assert_has(&out, "\"a\" &amp; 'b'/&lt;i&gt;&amp;lt;&lt;/i&gt;");
	assert_has(&out, "@<!-- -->everyone #<!-- -->1 \\]\\]&gt; --&gt;");
	assert_lacks(&out, "@everyone");
	assert_has(&out, "<details><summary>verdicts of a|b`c*d_e[f](g)\\h~i$j/k: 6 findings");
	sg_buf_release(&out);
	fixture_drop(f);
}

/* What is too long is left out and counted; the failures are the last to go. */
static void markdown_says_what_it_leaves_out(void **state)
{
	struct format_fixture *f = fixture_many();
	struct sg_buf out = fixture_render(f, "markdown", false);

	(void)state;
	assert_true(out.len > 50000);
	assert_has(&out, " more did not fit here.\n");
	assert_has(&out, "<details><summary>Could not be told: 1667</summary>");
	assert_has(&out, "The findings of ");
	assert_has(&out, "As before, or worse by no more than is allowed: ");
	sg_buf_release(&out);
	fixture_drop(f);
}

/* ---- json and sarif */

static json_t *parse(struct sg_buf *out)
{
	json_t *root;
	struct sg_err err = {0};

	if (sg_json_parse(out->data, out->len, "output", &root, &err))
		fail_msg("%s", err.msg);
	sg_buf_release(out);
	return root;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void json_has_the_checks_and_what_they_were_decided_by(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "json", false);
	json_t *root = parse(&out), *checks = json_object_get(root, "checks");
	json_t *check = json_array_get(checks, GATE_VERDICTS * SG_COUNT(hostile_names) + 2);
	json_t *finding = json_array_get(json_object_get(check, "findings"), 1);

	(void)state;
	assert_int_equal(json_array_size(checks), f->report.check_count);
	assert_string_equal(text_at(root, "result"), "fail");
	assert_string_equal(text_at(check, "name"), hostile_names[2]);
	assert_string_equal(text_at(check, "kind"), "verdicts");
	assert_string_equal(text_at(check, "result"), "fail");
	assert_true(json_number_value(json_object_get(check, "baseline")) == 12);
	assert_int_equal(json_array_size(json_object_get(check, "findings")), 6);
	assert_string_equal(text_at(finding, "arch"), "x86_64");
	assert_string_equal(text_at(finding, "syscall"), "fork");
	assert_string_equal(text_at(finding, "was"), "ERRNO(1)");
	assert_string_equal(text_at(finding, "is"), "ALLOW");
	assert_string_equal(text_at(finding, "ip"), "0x7fffffffffff");
	json_t *by = json_object_get(finding, "by");
	assert_int_equal(json_array_size(by), 2);
	assert_string_equal(json_string_value(json_array_get(by, 1)), "ip");
	/* An architecture that nobody knows has a number and no names. */
	finding = json_array_get(json_object_get(check, "findings"), 0);
	assert_string_equal(text_at(finding, "arch"), "0x12345");
	assert_true(json_is_null(json_object_get(finding, "syscall")));
	json_decref(root);
	fixture_drop(f);
}

static void json_has_null_where_there_is_no_number(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "json", false);
	json_t *root = parse(&out), *checks = json_object_get(root, "checks");
	json_t *check = json_array_get(checks, GATE_TIME * SG_COUNT(hostile_names) + 1);
	json_t *timing = json_object_get(check, "timing");

	(void)state;
	assert_true(json_is_null(json_object_get(check, "baseline")));
	assert_true(json_is_null(json_object_get(timing, "p_holm")));
	assert_true(json_number_value(json_object_get(timing, "ratio_low")) == 1.04);
	assert_null(json_object_get(json_array_get(checks, 0), "timing"));
	json_decref(root);
	fixture_drop(f);
}

static json_t *sarif_results(const json_t *root)
{
	return json_object_get(json_array_get(json_object_get(root, "runs"), 0), "results");
}

static const char *fingerprint(const json_t *result)
{
	return text_at(json_object_get(result, "partialFingerprints"), "secgaugeFinding/v1");
}

/* No two findings have the same, and another input that shows the same finding changes nothing. */
static void sarif_fingerprints_are_stable_and_distinct(void **state)
{
	struct format_fixture *f = fixture_every();
	struct sg_buf out = fixture_render(f, "sarif", false);
	json_t *before = parse(&out), *after, *result;
	json_t *seen = json_object();
	size_t i;

	(void)state;
	for (i = 0; i < f->report.check_count; i++)
		for (size_t j = 0; j < f->report.checks[i].finding_count; j++)
			f->report.checks[i].findings[j].tuple.args[0]++;
	out = fixture_render(f, "sarif", false);
	after = parse(&out);
	json_array_foreach(sarif_results(before), i, result)
	{
		assert_null(json_object_get(seen, fingerprint(result)));
		json_object_set_new(seen, fingerprint(result), json_true());
		assert_string_equal(fingerprint(result),
				    fingerprint(json_array_get(sarif_results(after), i)));
	}
	json_decref(seen);
	json_decref(before);
	json_decref(after);
	fixture_drop(f);
}

static const json_t *sarif_location(const json_t *result)
{
	return json_array_get(json_object_get(result, "locations"), 0);
}

static void sarif_results_point_at_the_profile_and_the_call(void **state)
{
	struct format_fixture *f = fixture_empty();

	(void)state;
	fixture_check(&f->report, GATE_FILTER_INSNS, GATE_FAIL, "p/f", 0);
	fixture_check(&f->report, GATE_VERDICTS, GATE_FAIL, "./profiles/my web.json/tuned", 2);
	fixture_check(&f->report, GATE_POLICY, GATE_FAIL, "container-default", 0);

	struct sg_buf out = fixture_render(f, "sarif", false);
	json_t *root = parse(&out), *results = sarif_results(root);
	const json_t *at = sarif_location(json_array_get(results, 1));
	const json_t *artifact =
		json_object_get(json_object_get(at, "physicalLocation"), "artifactLocation");

	assert_int_equal(json_array_size(results), 3); /* lengths are not for code scanning */
	assert_string_equal(text_at(artifact, "uri"), "profiles/my%20web.json");
	assert_string_equal(text_at(json_array_get(json_object_get(at, "logicalLocations"), 0),
				    "fullyQualifiedName"),
			    "x86_64/fork");
	/* A bundled profile is no file: the result is one. */
	at = sarif_location(json_array_get(results, 2));
	artifact = json_object_get(json_object_get(at, "physicalLocation"), "artifactLocation");
	assert_string_equal(text_at(artifact, "uri"), "run/%FF%20%3Cnew%3E%20%26%20%7C.json");
	json_decref(root);
	fixture_drop(f);
}

/* ---- for test_formats.sh */

static int write_one(const char *directory, const struct format_fixture *f, const char *name,
		     const char *format)
{
	struct sg_buf out = fixture_render(f, format, false);
	char *path = sg_asprintf("%s/%s.%s", directory, name, format);
	struct sg_err err = {0};
	int r = sg_file_write(path, sg_buf_text(&out), out.len, &err);

	if (r)
		fprintf(stderr, "%s\n", err.msg);
	free(path);
	sg_buf_release(&out);
	return r;
}

static int write_all(const char *directory)
{
	int r = 0;

	for (size_t i = 0; i < SG_COUNT(cases); i++) {
		struct format_fixture *f = cases[i].make();

		for (size_t j = 0; gate_formats[j] && !r; j++)
			r = write_one(directory, f, cases[i].name, gate_formats[j]->name);
		fixture_drop(f);
	}
	return r ? 1 : 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentence_says_what_came_out),
		cmocka_unit_test(registry_is_sorted),
		cmocka_unit_test(text_says_the_outcome_first_and_failures_next),
		cmocka_unit_test(text_cuts_long_lists_of_findings),
		cmocka_unit_test(text_fits_100_columns_and_moves_no_cursor),
		cmocka_unit_test(text_is_coloured_only_when_asked),
		cmocka_unit_test(markdown_is_short_and_its_tables_hold),
		cmocka_unit_test(markdown_takes_the_meaning_of_names),
		cmocka_unit_test(markdown_says_what_it_leaves_out),
		cmocka_unit_test(json_has_the_checks_and_what_they_were_decided_by),
		cmocka_unit_test(json_has_null_where_there_is_no_number),
		cmocka_unit_test(sarif_fingerprints_are_stable_and_distinct),
		cmocka_unit_test(sarif_results_point_at_the_profile_and_the_call),
	};

	if (argc > 1)
		return write_all(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
