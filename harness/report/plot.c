/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/report/plot.h"

#define NAME_CHARACTERS 28 /* longer ones end in an ellipsis */
#define CHARACTER_PX    7  /* of a name, a generous mean */

/* ---- the script */

const char *plot_colour(unsigned int plot_class)
{
	static char colours[PLOT_CLASS_COUNT][sizeof("#000000")];

	snprintf(colours[plot_class], sizeof(colours[plot_class]), "#%06x", plot_class);
	return colours[plot_class];
}

int plot_mark(size_t series)
{
	/* Disc, square, triangle, the same on its head, diamond, pentagon; then hollow. */
	static const int marks[PLOT_MARKS] = {7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14};

	return marks[series % PLOT_MARKS];
}

size_t plot_series(const struct sg_strv *series, const char *filter)
{
	size_t i = 0;

	while (i < series->len && strcmp(series->items[i], filter))
		i++;
	return i;
}

void plot_release(struct plot *plot)
{
	sg_buf_release(&plot->script);
	sg_strv_release(&plot->names);
}

void plot_addf(struct plot *plot, const char *fmt, ...)
{
	char line[512]; /* of numbers and colours alone: names are not in the script */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	sg_buf_adds(&plot->script, line);
}

static size_t character_bytes(const char *text)
{
	size_t bytes = 1;

	while (((unsigned char)text[bytes] & 0xc0) == 0x80)
		bytes++;
	return bytes;
}

void plot_name(struct plot *plot, const char *text)
{
	size_t bytes = 0;

	plot_addf(plot, "\"{{%zu}}\"", plot->names.len);
	for (int i = 0; text[bytes] && i < NAME_CHARACTERS; i++)
		bytes += character_bytes(text + bytes);
	sg_strv_addf(&plot->names, "%.*s%s", (int)bytes, text, text[bytes] ? "\u2026" : "");
}

void plot_begin(struct plot *plot, int left, int right, int top, int bottom)
{
	double width = plot->width, height = plot->height;

	plot_addf(plot, "set terminal svg size %d,%d noenhanced\nset encoding utf8\n", plot->width,
		  plot->height);
	plot_addf(plot, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n", left / width,
		  1 - right / width);
	plot_addf(plot, "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
		  1 - top / height, bottom / height);
	plot_addf(plot, "unset border\nunset key\nset tics scale 0 nomirror textcolor rgb '%s'\n",
		  plot_colour(PLOT_MUTED));
	plot_addf(plot, "unset ytics\nset grid xtics lt 1 lc rgb '%s'\n", plot_colour(PLOT_GRID));
}

int plot_name_px(const char *text)
{
	size_t characters = strlen(text) < NAME_CHARACTERS ? strlen(text) : NAME_CHARACTERS;

	return 24 + (int)characters * CHARACTER_PX;
}

void plot_line(struct plot *plot, double x0, double y0, double x1, double y1, unsigned int class)
{
	plot_addf(plot, "set arrow from %.6g,%.6g to %.6g,%.6g nohead lc rgb '%s'\n", x0, y0, x1,
		  y1, plot_colour(class));
}

void plot_area(struct plot *plot, double x0, double y0, double x1, double y1, unsigned int class)
{
	plot_addf(plot,
		  "set object rectangle from %.6g,%.6g to %.6g,%.6g fc rgb '%s' fs solid noborder "
		  "behind\n",
		  x0, y0, x1, y1, plot_colour(class));
}

void plot_point(struct plot *plot, double x, double y, int mark, size_t series)
{
	plot_addf(plot, "set label \"\" at %.6g,%.6g point pt %d lc rgb '%s'\n", x, y, mark,
		  plot_colour(series % PLOT_SERIES));
}

void plot_row_name(struct plot *plot, const char *name, double y)
{
	plot_addf(plot, "set label ");
	plot_name(plot, name);
	plot_addf(plot, " at graph 0,first %.6g right offset -1.2,0 textcolor rgb '%s'\n", y,
		  plot_colour(PLOT_TEXT));
}

void plot_margin_text(struct plot *plot, const char *text, double y)
{
	plot_addf(plot, "set label ");
	plot_name(plot, text);
	plot_addf(plot, " at graph 1,first %.6g left offset 1,0 textcolor rgb '%s'\n", y,
		  plot_colour(PLOT_MUTED));
}

/* All is arrows, areas and labels: what is plotted is a curve without points. */
void plot_end(struct plot *plot)
{
	plot_addf(plot, "plot NaN notitle\n");
}

/* ---- gnuplot */

/* In the grandchild: never returns. */
static void become_gnuplot(int script, int svg)
{
	if (dup2(script, STDIN_FILENO) >= 0 && dup2(svg, STDOUT_FILENO) >= 0)
		execlp("gnuplot", "gnuplot", "-d", (char *)NULL); /* -d: nobody's settings */
	dprintf(STDERR_FILENO, "%s\n", errno == ENOENT ? "not installed" : strerror(errno));
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_all(int fd, struct sg_buf *out)
{
	char chunk[16384];
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, chunk, sizeof(chunk))) > 0)
		sg_buf_add(out, chunk, got);
}

/* In the child, whose standard input is /dev/null: script and picture are files in memory, which
 * need no name and no emptying while gnuplot works. */
static int run_gnuplot(void *ctx, struct sg_buf *out)
{
	const struct sg_buf *text = ctx;
	int script = memfd_create("script", MFD_CLOEXEC), svg = memfd_create("svg", MFD_CLOEXEC);

	if (script < 0 || svg < 0 || write(script, text->data, text->len) != (ssize_t)text->len ||
	    lseek(script, 0, SEEK_SET)) {
		dprintf(STDERR_FILENO, "%s\n", strerror(errno));
		return 1;
	}

	pid_t pid = fork();

	if (!pid)
		become_gnuplot(script, svg);

	int status = pid < 0 ? 1 : wait_for(pid);

	if (!status)
		read_all(svg, out);
	return status;
}

int plot_draw(const struct plot *plot, struct sg_buf *out, struct sg_err *err)
{
	static const struct sg_child_limits limits = {.wall_s = 20, .memory_bytes = 1 << 30};
	struct sg_child_result result;
	struct sg_buf svg = {0}, why = {0};
	int ret = sg_child_run(run_gnuplot, (void *)&plot->script, &limits, &svg, &result, err);

	if (!ret && result.end == SG_CHILD_OK)
		ret = plot_svg(plot, &svg, out, err);
	else if (!ret && result.end == SG_CHILD_FAILED && *result.last_words)
		ret = sg_err_env(err, ENOTSUP, "gnuplot: %s", result.last_words);
	else if (!ret) {
		sg_child_describe(&result, &limits, &why);
		ret = sg_err_env(err, ENOTSUP, "gnuplot %s", sg_buf_text(&why));
	}
	sg_buf_release(&svg);
	sg_buf_release(&why);
	return ret;
}
