/* SPDX-License-Identifier: MIT */
/*
 * What results read back look like to people, on results made by hand: the sentences, what was not
 * measured, names that are hostile, gnuplot's SVG.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/report/markdown.h"
#include "harness/report/skipped.h"
#include "harness/report/summary.h"

extern const struct saved_report saved_report_markdown;

/* ---- headlines */

static struct saved_summary summary(const char *profile, const char *filter, double percent,
				    double low, double high)
{
	return (struct saved_summary){
		(char *)profile,
		(char *)filter,
		9,
		{1 + percent / 100, 1 + low / 100, 1 + high / 100},
	};
}

/* The headline, a line break, and what is said of the noise. */
static struct sg_buf said(struct saved_summary *summaries, size_t count)
{
	struct saved_filter filters[8] = {0};
	struct saved_result saved = {.settings = {.seconds = 8},
				     .summaries = summaries,
				     .summary_count = count,
				     .filters = filters,
				     .filter_count = count};
	struct report_view view;
	struct sg_buf out = {0};

	for (size_t i = 0; i < count; i++) {
		filters[i].profile = summaries[i].profile;
		filters[i].name = summaries[i].filter;
	}
	report_view_make(&saved, &view);
	report_headline(&view, &report_plain, &out);
	sg_buf_adds(&out, "\n");
	report_headline_noise(&view, &report_plain, &out);
	report_view_release(&view);
	return out;
}

static void assert_said(struct saved_summary *summaries, size_t count, const char *wanted)
{
	struct sg_buf out = said(summaries, count);

	assert_string_equal(sg_buf_text(&out), wanted);
	sg_buf_release(&out);
}

static void few_filters_are_all_named(void **state)
{
	struct saved_summary summaries[] = {summary("p", "none-aa", 0.1, -0.12, 0.3),
					    summary("p", "allow", 1.9, 1.7, 2.1),
					    summary("p", "tuned", 3.07, 2.87, 3.27),
					    summary("p", "linear", 5.13, 4.89, 5.39)};

	(void)state;
	assert_said(summaries, SG_COUNT(summaries),
		    "linear costs 5.1% [4.9, 5.4] over no filter, tuned 3.1% [2.9, 3.3]\n"
		    "The same run without a filter, done twice, differs by up to 0.30%: the noise "
		    "floor. All 3 filters stand clear of it. linear and tuned differ by more than "
		    "their intervals.");
}

static void of_many_filters_the_dearest_and_the_cheapest_are_named(void **state)
{
	struct saved_summary summaries[] = {summary("p", "none-aa", 0.1, -0.1, 0.3),
					    summary("p", "a", 2, 1.5, 2.5),
					    summary("p", "b", 9, 8.5, 9.5),
					    summary("p", "c", 1, 0.5, 1.5),
					    summary("p", "d", 3, 2.5, 3.5)};
	struct sg_buf out = said(summaries, SG_COUNT(summaries));

	(void)state;
	assert_memory_equal(out.data, "b costs 9.0% [8.5, 9.5] over no filter, c 1.0% [0.5, 1.5]\n",
			    57);
	sg_buf_release(&out);
}

static void what_hides_in_the_noise_is_no_cost(void **state)
{
	struct saved_summary summaries[] = {summary("p", "none-aa", 0.5, -1.2, 1.3),
					    summary("p", "tuned", 0.9, 0.5, 1.4),
					    summary("p", "linear", 3, 1.2, 4.5),
					    summary("p", "bst", 4, 1.4, 5)};

	(void)state;
	assert_said(summaries, SG_COUNT(summaries),
		    "bst costs 4.0% [1.4, 5.0] over no filter; no difference seen for linear, "
		    "tuned (below 4.5%)\n"
		    "The same run without a filter, done twice, differs by up to 1.3%: the noise "
		    "floor. linear and tuned do not stand clear of it: no difference seen. The "
		    "intervals of bst and tuned overlap: which one costs less, this run cannot "
		    "tell.");
}

static void nothing_beyond_the_noise(void **state)
{
	struct saved_summary summaries[] = {summary("p", "none-aa", 0.1, -0.4, 0.2),
					    summary("p", "tuned", 0.1, -0.3, 0.35)};

	(void)state;
	assert_said(summaries, SG_COUNT(summaries),
		    "No difference seen between no filter and tuned (below 0.40%)\n"
		    "The same run without a filter, done twice, differs by up to 0.40%: the noise "
		    "floor. tuned does not stand clear of it: no difference seen.");
}

static void without_a_control_nobody_knows_the_noise(void **state)
{
	struct saved_summary summaries[] = {summary("p", "tuned", 3, 2.5, 3.5)};

	(void)state;
	assert_said(summaries, SG_COUNT(summaries),
		    "tuned costs 3.0% [2.5, 3.5] over no filter\n"
		    "The noise floor was not measured: how much of this is noise, nobody knows.");
}

static void several_profiles_are_a_range(void **state)
{
	struct saved_summary summaries[] = {summary("p", "none-aa", 0.1, -0.1, 0.3),
					    summary("p", "linear", 5, 4.5, 5.5),
					    summary("p", "tuned", 3, 2.5, 3.5),
					    summary("q", "none-aa", 0.1, -0.1, 0.6),
					    summary("q", "linear", 2, 1.5, 2.5),
					    summary("q", "tuned", 0.4, 0.2, 0.6)};

	(void)state;
	assert_said(summaries, SG_COUNT(summaries),
		    "A filter costs from 2.0% [1.5, 2.5] (linear, q) to 5.0% [4.5, 5.5] (linear, "
		    "p) over no filter; for 1 of 4 no difference was seen\n"
		    "The same run without a filter, done twice, differs by up to 0.60%: the noise "
		    "floor. 1 of 4 filters does not stand clear of it: no difference seen.");
}

static void without_times_it_is_what_is_executed(void **state)
{
	struct saved_filter filters[] = {
		{.name = (char *)"allow", .profile = (char *)"p", .figures.mix_insns = 1},
		{.name = (char *)"linear", .profile = (char *)"p", .figures.mix_insns = 62.171},
		{.name = (char *)"hand", .profile = (char *)"p", .unsupported = (char *)"no"},
		{.name = (char *)"bst", .profile = (char *)"p", .figures.mix_insns = 12.6},
		{.name = (char *)"tuned", .profile = (char *)"p", .figures.mix_insns = 5.83}};
	struct saved_result saved = {.filters = filters, .filter_count = SG_COUNT(filters)};
	struct report_view view;
	struct sg_buf out = {0};

	(void)state;
	report_view_make(&saved, &view);
	report_headline(&view, &report_plain, &out);
	sg_buf_adds(&out, "\n");
	report_headline_noise(&view, &report_plain, &out);
	assert_string_equal(out.data,
			    "linear executes 62.17 instructions a call of the mix, tuned "
			    "5.83\nNothing was timed: these figures are exact, and the same "
			    "on every machine.");
	report_view_release(&view);
	sg_buf_release(&out);
}

static void nothing_at_all(void **state)
{
	(void)state;
	assert_said(NULL, 0, "Nothing was measured\n");
}

/* ---- what was not measured */

static struct saved_row not_measured(const char *workload, const char *filter,
				     const struct saved_filter *column, enum run_status status,
				     const char *reason)
{
	return (struct saved_row){.workload = (char *)workload,
				  .profile = (char *)"p",
				  .filter = (char *)filter,
				  .column = column,
				  .status = status,
				  .reason = (char *)reason};
}

static void one_reason_is_told_once(void **state)
{
	struct saved_filter columns[] = {{.name = (char *)"linear", .profile = (char *)"p"},
					 {.name = (char *)"hand", .profile = (char *)"p"}};
	struct saved_row rows[] = {
		not_measured("a", "none", NULL, RUN_MEASURED, NULL),
		not_measured("a", "linear", &columns[0], RUN_DENIED, "openat"),
		not_measured("a", "hand", &columns[1], RUN_UNSUPPORTED, "not its profile"),
		not_measured("b", "none", NULL, RUN_UNSUPPORTED, "no such calls here"),
		not_measured("b", "linear", &columns[0], RUN_UNSUPPORTED, "no such calls here"),
		not_measured("c", "none", NULL, RUN_MEASURED, NULL),
		not_measured("c", "linear", &columns[0], RUN_DENIED, "openat"),
		not_measured("c", "hand", &columns[1], RUN_UNSUPPORTED, "not its profile"),
	};
	struct saved_result saved = {.filters = columns,
				     .filter_count = SG_COUNT(columns),
				     .rows = rows,
				     .row_count = SG_COUNT(rows)};
	struct report_view view;
	struct report_skipped *skipped;

	(void)state;
	report_view_make(&saved, &view);
	assert_int_equal(report_skipped(&view, &skipped), 3);
	assert_string_equal(skipped[0].filters, "linear");
	assert_string_equal(skipped[0].workloads, "a, c");
	assert_string_equal(skipped[0].reason, "openat");
	assert_string_equal(skipped[1].filters, "hand");
	assert_string_equal(skipped[1].workloads, "a, c");
	assert_string_equal(skipped[2].filters, "all");
	assert_string_equal(skipped[2].workloads, "b");
	report_skipped_free(skipped, 3);
	report_view_release(&view);
}

/* ---- history */

static struct saved_result measured_on(const char *kernel, struct saved_summary *summaries)
{
	struct saved_result saved = {.summaries = summaries, .summary_count = 1};

	memcpy(saved.env.kernel, kernel, strlen(kernel));
	memcpy(saved.env.date, "2026-11-24T19:08:58Z", 20);
	return saved;
}

static void times_are_of_one_machine_class(void **state)
{
	struct saved_summary tuned = summary("p", "tuned", 3, 2.5, 3.5);
	struct saved_result results[] = {measured_on("6.1.1", &tuned),
					 measured_on("6.18.1", &tuned),
					 measured_on("6.18.2", &tuned)};
	struct report_history history;

	(void)state;
	report_history_make(results, SG_COUNT(results), &history);
	assert_null(report_point_of(&history, 0, "p", "tuned").summary);
	assert_ptr_equal(report_point_of(&history, 1, "p", "tuned").summary, &tuned);
	assert_ptr_equal(report_point_of(&history, 2, "p", "tuned").summary, &tuned);
	assert_null(report_point_of(&history, 2, "p", "linear").summary);
	assert_int_equal(history.classes.len, 1);
	assert_non_null(strstr(history.classes.items[0], "2026-11-24 19:08: kernel"));
	report_history_release(&history);
}

static void dates_are_shortened_where_they_are_dates(void **state)
{
	static const struct {
		const char *iso, *wanted;
	} rows[] = {{"2026-11-24T19:08:58Z", "2026-11-24 19:08"},
		    {"2026-11-24T19:08", "2026-11-24 19:08"},
		    {"2026-11-24", "2026-11-24"},
		    {"unknown", "unknown"},
		    {"", ""}};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf out = {0};

		report_date(&out, rows[i].iso);
		assert_string_equal(sg_buf_text(&out), rows[i].wanted);
		sg_buf_release(&out);
	}
}

/* ---- names */

static void names_are_no_markup(void **state)
{
	static const struct {
		const char *text, *html, *markdown;
	} rows[] = {
		{"tuned", "tuned", "tuned"},
		{"<b a='\"'>&", "&lt;b a=&#39;&quot;&#39;&gt;&amp;", "&lt;b a='\"'&gt;&amp;"},
		{"a|b*c_`d`", "a|b*c_`d`", "a\\|b\\*c\\_\\`d\\`"},
		{"@all #1", "@all #1", "@<!-- -->all #<!-- -->1"},
		{"\u00b5 \u20ac \U0001f980", "\u00b5 \u20ac \U0001f980",
		 "\u00b5 \u20ac \U0001f980"},
		{"a\033[31m\177", "a\ufffd[31m\ufffd", "a\ufffd\\[31m\ufffd"},
		{"\xc3", "\ufffd", "\ufffd"}, /* cut within a character, as snprintf() cuts */
		{"\xe2\x82", "\ufffd\ufffd", "\ufffd\ufffd"},
		{"\xff<", "\ufffd&lt;", "\ufffd&lt;"},
		{"\xed\xa0\x80", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"}, /* a surrogate */
		{"\xc3<", "\ufffd&lt;", "\ufffd&lt;"}, /* no character swallows what is behind it */
	};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(rows); i++) {
		struct sg_buf out = {0};

		html_text(&out, rows[i].text);
		assert_string_equal(sg_buf_text(&out), rows[i].html);
		sg_buf_clear(&out);
		report_markdown_text(&out, rows[i].text);
		assert_string_equal(sg_buf_text(&out), rows[i].markdown);
		sg_buf_release(&out);
	}
}

static void a_date_of_a_file_is_no_markup(void **state)
{
	struct saved_filter tuned = {.name = (char *)"tuned", .profile = (char *)"p"};
	struct saved_result results[] = {{.filters = &tuned, .filter_count = 1},
					 {.filters = &tuned, .filter_count = 1}};
	const struct report_options look = {0};
	struct sg_buf out = {0};
	struct sg_err err = {0};

	(void)state;
	memcpy(results[0].env.date, "<b>|@all", 9);
	assert_int_equal(saved_report_markdown.write(results, 2, &look, &out, &err), 0);
	assert_non_null(strstr(out.data, "| p | tuned | &lt;b&gt;\\|@<!-- -->all | "));
	assert_null(strstr(out.data, "<b>"));
	sg_buf_release(&out);
}

/* ---- pictures */

static void no_name_reaches_gnuplot(void **state)
{
	struct plot plot = {0};

	(void)state;
	plot_row_name(&plot, "`touch pwned`\"", 1);
	plot_row_name(&plot, "a name of far more than twenty-eight characters", 2);
	assert_null(strstr(plot.script.data, "touch"));
	assert_non_null(strstr(plot.script.data, "\"{{1}}\""));
	assert_string_equal(plot.names.items[0], "`touch pwned`\"");
	assert_string_equal(plot.names.items[1], "a name of far more than twen\u2026");
	plot_release(&plot);
}

/* As gnuplot 5.4 writes it, with things that it does not. */
static const char drawn[] =
	"<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 9 9\">\n<title>Gnuplot</title>\n"
	"<defs><path id='gpPt0' d='M-1,0 h2'/></defs>\n"
	"<g fill=\"none\" color=\"black\">\n"
	"\t<path stroke='rgb(  0,   0,   2)'  d='M1.00,2.00 L3.00,4.00\n\t\tM5.00,6.00  '/></g>\n"
	"<polygon fill = 'rgb(  0,   0,   8)' points = '1.00,2.00 3.00,4.00 '/>\n"
	"<g transform=\"translate(54.53,206.40)\" stroke=\"none\" fill=\"rgb(0,0,12)\" "
	"font-family=\"x\" text-anchor=\"end\">\n<text>{{0}}</text>\n</g>\n"
	"<g transform=\"translate(1,2)\" stroke=\"none\" fill=\"black\" text-anchor=\"middle\">\n"
	"<text> +10%</text>\n</g>\n"
	"<g transform=\"translate(1,2)\" stroke=\"none\" fill=\"black\" text-anchor=\"start\">\n"
	"<text></text>\n</g>\n"
	"<use xlink:href='#gpPt6' transform='translate(9.49,8.50) scale(2.70)' "
	"color='rgb(  0,   0,   1)'/>\n"
	"<script>alert(1)</script><image href='http://example.org/'/>\n"
	"<path stroke='url(javascript:1)' d='M1,2\" onload=\"x'/>\n</svg>\n";

static void only_what_is_known_comes_through(void **state)
{
	char *names[] = {(char *)"<tuned>"};
	struct plot plot = {.names = {names, 1, 1},
			    .width = 9,
			    .height = 8,
			    .id = "f1",
			    .title = "Title",
			    .summary = "What"};
	struct sg_buf svg = {(char *)drawn, sizeof(drawn) - 1, 0}, out = {0};
	struct sg_err err = {0};

	(void)state;
	assert_int_equal(plot_svg(&plot, &svg, &out, &err), 0);
	assert_string_equal(
		out.data,
		"<svg class=\"plot\" viewBox=\"0 0 9 8\" role=\"img\" aria-labelledby=\"f1-t "
		"f1-d\">\n<title id=\"f1-t\">Title</title>\n<desc id=\"f1-d\">What</desc>\n"
		"<path class=\"s2\" d=\"M1.00,2.00 L3.00,4.00 M5.00,6.00 \"/>\n"
		"<polygon class=\"floor\" points=\"1.00,2.00 3.00,4.00 \"/>\n"
		"<text class=\"t\" x=\"54.5\" y=\"206.4\" "
		"text-anchor=\"end\">&lt;tuned&gt;</text>\n"
		"<text class=\"m\" x=\"1.0\" y=\"2.0\" text-anchor=\"middle\">+10%</text>\n"
		"<use href=\"#p6\" class=\"s1\" x=\"9.5\" y=\"8.5\"/>\n"
		"<path class=\"m\" d=\"M1,2 l \"/>\n</svg>\n");
	sg_buf_release(&out);
}

static void half_a_picture_is_none(void **state)
{
	static const char *const halves[] = {"", "<svg>", "<svg><path stroke='black' d='M1",
					     "</svg"};
	struct plot plot = {.id = "f", .title = "", .summary = ""};

	(void)state;
	for (size_t i = 0; i < SG_COUNT(halves); i++) {
		struct sg_buf svg = {(char *)halves[i], strlen(halves[i]), 0}, out = {0};
		struct sg_err err = {0};

		assert_true(plot_svg(&plot, &svg, &out, &err) < 0);
		assert_int_equal(err.kind, SG_ERR_ENV);
		assert_int_equal(out.len, 0);
	}
}

static void every_class_has_a_colour_of_its_own(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < PLOT_CLASS_COUNT; i++)
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(plot_colour(i), plot_colour(j));
	for (size_t i = 0; i < PLOT_MARKS; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(plot_mark(i), plot_mark(j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_filters_are_all_named),
		cmocka_unit_test(of_many_filters_the_dearest_and_the_cheapest_are_named),
		cmocka_unit_test(what_hides_in_the_noise_is_no_cost),
		cmocka_unit_test(nothing_beyond_the_noise),
		cmocka_unit_test(without_a_control_nobody_knows_the_noise),
		cmocka_unit_test(several_profiles_are_a_range),
		cmocka_unit_test(without_times_it_is_what_is_executed),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(one_reason_is_told_once),
		cmocka_unit_test(times_are_of_one_machine_class),
		cmocka_unit_test(dates_are_shortened_where_they_are_dates),
		cmocka_unit_test(names_are_no_markup),
		cmocka_unit_test(a_date_of_a_file_is_no_markup),
		cmocka_unit_test(no_name_reaches_gnuplot),
		cmocka_unit_test(only_what_is_known_comes_through),
		cmocka_unit_test(half_a_picture_is_none),
		cmocka_unit_test(every_class_has_a_colour_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
