/* SPDX-License-Identifier: MIT */
/*
 * gnuplot's SVG (5.4 and 6.0: term/svg.trm) is flat: <path>, <polygon> and <use> with a colour, and
 * <text> in a <g> that places it. Everything else it writes is left behind.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/html.h"
#include "harness/report/plot.h"

struct reader {
	const struct plot *plot;
	struct sg_buf *out;
	char place[64]; /* of the text that comes next: attributes x, y, text-anchor */
	char fill[64];  /* its colour */
};

/* The value of an attribute within a tag; false: it has none, or it is too long. */
static bool attribute(const char *tag, const char *end, const char *name, char *ret, size_t size)
{
	size_t len = strlen(name);

	for (const char *at = tag; (at = memmem(at, end - at, name, len)); at += len) {
		const char *value = at + len + strspn(at + len, " =");
		const char *close = *value == '\'' || *value == '"'
					    ? memchr(value + 1, *value, end - value - 1)
					    : NULL;

		if (!strchr(" \t\n", at[-1]) || !close || value == at + len)
			continue;
		if ((size_t)(close - value) > size)
			return false;
		snprintf(ret, size, "%.*s", (int)(close - value - 1), value + 1);
		return true;
	}
	return false;
}

/* ---- what it is like */

static const char *class_of(const char *colour)
{
	static const char *const names[PLOT_CLASS_COUNT] = {"s0",   "s1",   "s2", "s3",    "s4",
							    "s5",   "s6",   "s7", "floor", "band",
							    "grid", "zero", "t",  "m"};
	unsigned int red, green, blue;

	if (sscanf(colour, "rgb(%u,%u,%u)", &red, &green, &blue) != 3 || red || green ||
	    blue >= PLOT_CLASS_COUNT)
		return "m";
	return names[blue];
}

static void add_class(struct reader *reader, const char *tag, const char *end, const char *key)
{
	char colour[64];

	if (attribute(tag, end, key, colour, sizeof(colour)))
		sg_buf_addf(reader->out, " class=\"%s\"", class_of(colour));
}

/* Numbers and letters of path commands, blanks and line breaks made one blank. */
static void add_numbers(struct reader *reader, const char *name, const char *text)
{
	static const char allowed[] = "0123456789.,-MLZmlzhvc";

	sg_buf_addf(reader->out, " %s=\"", name);
	for (; *text; text++)
		if (strchr(allowed, *text))
			sg_buf_add(reader->out, text, 1);
		else if (reader->out->data[reader->out->len - 1] != ' ')
			sg_buf_adds(reader->out, " ");
	sg_buf_adds(reader->out, "\"");
}

/* ---- elements */

static void shape(struct reader *reader, const char *tag, const char *end, const char *name,
		  const char *geometry, const char *colour)
{
	size_t size = end - tag + 1;
	char *value = sg_malloc(size);

	if (attribute(tag, end, geometry, value, size)) {
		sg_buf_addf(reader->out, "<%s", name);
		add_class(reader, tag, end, colour);
		add_numbers(reader, geometry, value);
		sg_buf_adds(reader->out, "/>\n");
	}
	free(value);
}

static void mark(struct reader *reader, const char *tag, const char *end)
{
	char href[32], transform[64];
	unsigned int number;
	double x, y;

	if (!attribute(tag, end, "xlink:href", href, sizeof(href)) ||
	    !attribute(tag, end, "transform", transform, sizeof(transform)) ||
	    sscanf(href, "#gpPt%u", &number) != 1 ||
	    sscanf(transform, "translate(%lf,%lf)", &x, &y) != 2)
		return;
	sg_buf_addf(reader->out, "<use href=\"#p%u\"", number);
	add_class(reader, tag, end, "color");
	sg_buf_addf(reader->out, " x=\"%.1f\" y=\"%.1f\"/>\n", x, y);
}

static void place_text(struct reader *reader, const char *tag, const char *end)
{
	char transform[64], anchor[16];
	double x, y;

	if (!attribute(tag, end, "transform", transform, sizeof(transform)) ||
	    !attribute(tag, end, "text-anchor", anchor, sizeof(anchor)) ||
	    !attribute(tag, end, "fill", reader->fill, sizeof(reader->fill)) ||
	    sscanf(transform, "translate(%lf,%lf)", &x, &y) != 2)
		return;
	snprintf(reader->place, sizeof(reader->place), " x=\"%.1f\" y=\"%.1f\"%s", x, y,
		 !strcmp(anchor, "end")      ? " text-anchor=\"end\""
		 : !strcmp(anchor, "middle") ? " text-anchor=\"middle\""
					     : "");
}

/* What stands in the place of "{{3}}", or the numbers that gnuplot wrote by itself. */
static void add_words(struct reader *reader, const char *text, size_t len)
{
	char *word = sg_strndup(text, len);
	size_t index;

	if (sscanf(word, " {{%zu}}", &index) == 1 && index < reader->plot->names.len)
		html_text(reader->out, reader->plot->names.items[index]);
	else
		html_text(reader->out, word + strspn(word, " "));
	free(word);
}

static const char *words(struct reader *reader, const char *end)
{
	const char *close = strstr(end, "</text>");

	if (!close || !*reader->place || end + 1 + strspn(end + 1, " ") == close)
		return end; /* a mark is a label without text */
	sg_buf_addf(reader->out, "<text class=\"%s\"%s>", class_of(reader->fill), reader->place);
	add_words(reader, end + 1, close - end - 1);
	sg_buf_adds(reader->out, "</text>\n");
	return close;
}

static bool is(const char *tag, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(tag + 1, name, len) && strchr(" \t\n>", tag[1 + len]);
}

/* The element that starts at @tag and ends at @end. Returns where to go on. */
static const char *element(struct reader *reader, const char *tag, const char *end)
{
	if (is(tag, "defs")) {
		const char *close = strstr(end, "</defs>");

		return close ? close : end;
	}
	if (is(tag, "g"))
		place_text(reader, tag, end);
	else if (is(tag, "path"))
		shape(reader, tag, end, "path", "d", "stroke");
	else if (is(tag, "polygon"))
		shape(reader, tag, end, "polygon", "points", "fill");
	else if (is(tag, "use"))
		mark(reader, tag, end);
	else if (is(tag, "text"))
		return words(reader, end);
	return end;
}

static void open_svg(const struct plot *plot, struct sg_buf *out)
{
	sg_buf_addf(out,
		    "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
		    "aria-labelledby=\"%s-t %s-d\">\n<title id=\"%s-t\">",
		    plot->width, plot->height, plot->id, plot->id, plot->id);
	html_text(out, plot->title);
	sg_buf_addf(out, "</title>\n<desc id=\"%s-d\">", plot->id);
	html_text(out, plot->summary);
	sg_buf_adds(out, "</desc>\n");
}

int plot_svg(const struct plot *plot, const struct sg_buf *svg, struct sg_buf *out,
	     struct sg_err *err)
{
	struct reader reader = {.plot = plot, .out = out};
	const char *at = sg_buf_text(svg), *close = strstr(at, "</svg>");

	if (!close)
		return sg_err_env(err, EPROTO, "gnuplot wrote no whole picture");
	open_svg(plot, out);
	while ((at = strchr(at, '<')) && at < close) {
		const char *end = strchr(at, '>');

		if (!end)
			break;
		at = element(&reader, at, end);
		at++;
	}
	sg_buf_adds(out, "</svg>\n");
	return 0;
}
