/* SPDX-License-Identifier: MIT */
#include "workloads/mix.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/base/embed.h"
#include "harness/base/file.h"

#define MIX_MAX_BYTES (16u << 20)
#define BUNDLED       "io"
#define BUNDLED_PATH  "workloads/io.mix"

/* ---- reading */

/* Where the reader stands: a line without its comment, cut into words one after the other. */
struct line {
	const char *file;
	size_t number;
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of the line as a string of its own, or NULL at its end. */
static char *next_word(struct line *line)
{
	const char *start;

	while (line->at < line->end && is_blank(*line->at))
		line->at++;
	start = line->at;
	while (line->at < line->end && !is_blank(*line->at))
		line->at++;
	return line->at == start ? NULL : sg_strndup(start, (size_t)(line->at - start));
}

static int read_weight(const struct line *line, const char *word, double *ret, struct sg_err *err)
{
	char *rest;
	double weight;

	/* strtod(3) alone would also take "inf", "nan" and hexadecimal. */
	if (word[strspn(word, "0123456789.eE+-")] == '\0') {
		weight = strtod(word, &rest);
		if (rest != word && *rest == '\0' && isfinite(weight) && weight > 0) {
			*ret = weight;
			return 0;
		}
	}
	return sg_err_input(err, EINVAL, "%s:%zu: expected a weight above 0, not \"%s\"",
			    line->file, line->number, word);
}

static int unknown_call(const struct line *line, const struct abi_arch *arch, const char *name,
			struct sg_err *err)
{
	size_t count;
	const char *const *names = abi_names(&count);
	struct sg_hint hint;

	if (arch && abi_name_known(name))
		return sg_err_input(err, EINVAL, "%s:%zu: expected a system call of %s, not \"%s\"",
				    line->file, line->number, arch->name, name);
	return sg_err_input(err, EINVAL, "%s:%zu: expected a system call, not \"%s\"%s", line->file,
			    line->number, name, sg_hint(&hint, name, names, count));
}

/* [ARCH:]SYSCALL; cuts @word at the colon. */
static int read_call(const struct line *line, char *word, struct mix_call *call, struct sg_err *err)
{
	char *colon = strchr(word, ':');
	const char *name = colon ? colon + 1 : word;
	int r;

	if (colon) {
		*colon = '\0';
		r = abi_arch_parse(word, &call->arch, err);
		if (r < 0)
			return sg_err_wrap(err, "%s:%zu", line->file, line->number);
	}
	if (call->arch ? abi_nr(call->arch, name) == ABI_NR_NONE : !abi_name_known(name))
		return unknown_call(line, call->arch, name, err);
	call->name = sg_strdup(name);
	return 0;
}

/* Hexadecimal of at most 64 bits, with or without 0x. */
static bool read_hex(const char *text, uint64_t *ret)
{
	size_t digits;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	digits = strspn(text, "0123456789abcdefABCDEF");
	if (digits == 0 || text[digits] != '\0')
		return false;
	errno = 0;
	*ret = strtoull(text, NULL, 16);
	return errno == 0;
}

/* aN=HEX */
static int read_arg(const struct line *line, const char *word, struct mix_call *call,
		    struct sg_err *err)
{
	unsigned int i;

	if (word[0] != 'a' || word[1] < '0' || word[1] > '5' || word[2] != '=' ||
	    !read_hex(word + 3, &call->args[word[1] - '0']))
		return sg_err_input(
			err, EINVAL,
			"%s:%zu: expected a0=HEX to a5=HEX of at most 64 bits, not \"%s\"",
			line->file, line->number, word);
	i = (unsigned int)(word[1] - '0');
	if (call->named_args & 1u << i)
		return sg_err_input(err, EINVAL, "%s:%zu: expected argument a%u once, not twice",
				    line->file, line->number, i);
	call->named_args |= (uint8_t)(1u << i);
	return 0;
}

/* All of a line behind its weight. */
static int read_rest(struct line *line, struct mix_call *call, struct sg_err *err)
{
	char *word = next_word(line);
	int r;

	if (!word)
		return sg_err_input(err, EINVAL, "%s:%zu: expected a system call behind the weight",
				    line->file, line->number);
	r = read_call(line, word, call, err);
	free(word);
	while (r == 0 && (word = next_word(line))) {
		r = read_arg(line, word, call, err);
		free(word);
	}
	return r;
}

static int add_call(const struct line *line, struct mix *mix, const struct mix_call *call,
		    struct sg_err *err)
{
	if (!isfinite(mix->total_weight + call->weight))
		return sg_err_input(err, ERANGE, "%s:%zu: expected weights with a finite sum",
				    line->file, line->number);
	SG_GROW(mix->calls, mix->len, mix->cap);
	mix->calls[mix->len++] = *call;
	mix->total_weight += call->weight;
	return 0;
}

static int read_line(struct line *line, struct mix *mix, struct sg_err *err)
{
	struct mix_call call = {0};
	char *word = next_word(line);
	int r;

	if (!word)
		return 0;
	r = read_weight(line, word, &call.weight, err);
	free(word);
	if (r == 0)
		r = read_rest(line, &call, err);
	if (r == 0)
		r = add_call(line, mix, &call, err);
	if (r < 0)
		free(call.name);
	return r;
}

static int read_lines(const char *text, size_t len, const char *file, struct mix *mix,
		      struct sg_err *err)
{
	const char *end = text + len;
	size_t number;
	int r = 0;

	if (memchr(text, '\0', len))
		return sg_err_input(err, EINVAL, "%s: expected text, not a NUL byte", file);
	for (number = 1; r == 0 && text < end; number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;
		const char *comment = memchr(text, '#', (size_t)(stop - text));
		struct line line = {file, number, text, comment ? comment : stop};

		r = read_line(&line, mix, err);
		text = newline ? newline + 1 : end;
	}
	if (r == 0 && mix->len == 0)
		r = sg_err_input(err, EINVAL, "%s:%zu: expected at least one call", file, number);
	return r;
}

int mix_parse(const char *text, size_t len, const char *file, struct mix *ret_mix,
	      struct sg_err *err)
{
	struct mix mix = {0};
	int r = read_lines(text, len, file, &mix, err);

	if (r < 0) {
		mix_release(&mix);
		return r;
	}
	mix.name = sg_strdup(file);
	*ret_mix = mix;
	return 0;
}

static int load_bundled(struct mix *ret_mix, struct sg_err *err)
{
	const struct sg_embedded *file = sg_embedded_find(BUNDLED_PATH);

	if (!file)
		return sg_err_internal(err, ENOENT, BUNDLED_PATH " is not part of this binary");
	return mix_parse(file->data, file->len, BUNDLED, ret_mix, err);
}

int mix_load(const char *path, struct mix *ret_mix, struct sg_err *err)
{
	struct sg_buf text = {0};
	int r;

	if (!path || strcmp(path, BUNDLED) == 0)
		return load_bundled(ret_mix, err);
	r = sg_file_read(path, MIX_MAX_BYTES, &text, err);
	if (r == 0)
		r = mix_parse(sg_buf_text(&text), text.len, path, ret_mix, err);
	sg_buf_release(&text);
	return r;
}

int mix_call_nr(const struct mix_call *call, const struct abi_arch *arch)
{
	return !call->arch || call->arch == arch ? abi_nr(arch, call->name) : ABI_NR_NONE;
}

void mix_release(struct mix *mix)
{
	size_t i;

	for (i = 0; i < mix->len; i++)
		free(mix->calls[i].name);
	free(mix->calls);
	free(mix->name);
	*mix = (struct mix){0};
}

/* ---- writing */

/* The shortest decimal that reads back as the same number. */
static void print_weight(double weight, struct sg_buf *out)
{
	char text[32];
	int digits;

	for (digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, weight);
		if (strtod(text, NULL) == weight)
			break;
	}
	sg_buf_adds(out, text);
}

void mix_print_args(const struct mix_call *call, struct sg_buf *out)
{
	int i;

	for (i = 0; i < 6; i++) {
		if (call->named_args & 1u << i)
			sg_buf_addf(out, " a%d=0x%llx", i, (unsigned long long)call->args[i]);
	}
}

void mix_print(const struct mix *mix, struct sg_buf *out)
{
	const struct mix_call *call;

	for (call = mix->calls; call < mix->calls + mix->len; call++) {
		print_weight(call->weight, out);
		sg_buf_addf(out, " %s%s%s", call->arch ? call->arch->name : "",
			    call->arch ? ":" : "", call->name);
		mix_print_args(call, out);
		sg_buf_adds(out, "\n");
	}
}
