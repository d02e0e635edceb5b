/* SPDX-License-Identifier: MIT */
/* A finding's directory, read back. It may come from anywhere: nothing in it is trusted. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz/finding_private.h"
#include "harness/base/file.h"

#define MAX_FILE_BYTES (16u << 20)
#define TUPLE_FIELDS   8

/* ---- tuple.txt */

static int expected_tuple(const char *path, const char *line, struct sg_err *err)
{
	return sg_err_input(err, EINVAL,
			    "%s: expected one line 'arch nr a0 a1 a2 a3 a4 a5' in hex, found "
			    "'%.60s'",
			    path, line);
}

/* Exactly so many numbers in hex. */
static bool read_fields(const char *line, uint64_t *fields, int count)
{
	for (int i = 0; i < count; i++) {
		char *end;

		line += strspn(line, " \t\r");
		if (!isxdigit((unsigned char)*line))
			return false;
		errno = 0;
		fields[i] = strtoull(line, &end, 16);
		if (errno || (*end && !strchr(" \t\r", *end)))
			return false;
		line = end;
	}
	return !line[strspn(line, " \t\r")];
}

static int read_line(const char *path, const char *line, struct abi_tuple *tuple, size_t *count,
		     struct sg_err *err)
{
	static const char ip[] = "# ip ";
	uint64_t fields[TUPLE_FIELDS];

	line += strspn(line, " \t\r");
	if (!strncmp(line, ip, strlen(ip)))
		return read_fields(line + strlen(ip), &tuple->ip, 1)
			       ? 0
			       : expected_tuple(path, line, err);
	if (!*line || *line == '#')
		return 0;
	if ((*count)++ || !read_fields(line, fields, TUPLE_FIELDS) || fields[0] > UINT32_MAX ||
	    fields[1] > UINT32_MAX)
		return expected_tuple(path, line, err);
	tuple->arch = fields[0];
	tuple->nr = fields[1];
	memcpy(tuple->args, fields + 2, sizeof(tuple->args));
	return 0;
}

static int read_tuple(const char *path, char *text, struct abi_tuple *ret, struct sg_err *err)
{
	size_t count = 0;
	char *rest = text;
	int bad = 0;

	for (char *line; !bad && (line = strsep(&rest, "\n"));)
		bad = read_line(path, line, ret, &count, err);
	if (!bad && !count)
		bad = expected_tuple(path, "nothing", err);
	return bad;
}

/* ---- finding.json */

static int hex_member(const struct sg_json *at, const char *key, uint64_t max, uint64_t *ret,
		      struct sg_err *err)
{
	struct sg_json member = {0};
	const char *text = "";
	char *end = NULL;
	int bad = sg_json_member(at, key, &member, err);

	if (!bad)
		bad = sg_json_string(&member, &text, err);
	if (bad)
		return bad;
	errno = 0;
	*ret = strtoull(text, &end, 16);
	if (strncmp(text, "0x", 2) || !isxdigit((unsigned char)text[2]) || *end || errno ||
	    *ret > max)
		return sg_json_expected(&member, err, "a number in hex of at most 0x%" PRIx64, max);
	return 0;
}

static int verdict_member(const struct sg_json *at, const char *key, uint32_t *ret,
			  struct sg_err *err)
{
	uint64_t value = 0;
	int bad = hex_member(at, key, UINT32_MAX, &value, err);

	if (!bad)
		*ret = value;
	return bad;
}

static int string_member(const struct sg_json *at, const char *key, const char **ret,
			 struct sg_err *err)
{
	struct sg_json member = {0};
	int bad = sg_json_member(at, key, &member, err);

	return bad ? bad : sg_json_string(&member, ret, err);
}

static int read_version(const struct sg_json *at, struct sg_err *err)
{
	struct sg_json member = {0};
	uint64_t version = 0;
	int bad = sg_json_member(at, "schema_version", &member, err);

	if (!bad)
		bad = sg_json_u64(&member, &version, err);
	if (!bad && (!version || version > FINDING_SCHEMA_VERSION))
		bad = sg_json_expected(&member, err,
				       "a version of at most %d, which this secgauge can read",
				       FINDING_SCHEMA_VERSION);
	return bad;
}

static int read_kind(const struct sg_json *at, enum fuzz_kind *ret, struct sg_err *err)
{
	struct sg_json member = {0};
	const char *name = NULL;
	int bad = sg_json_member(at, "kind", &member, err);

	if (!bad)
		bad = sg_json_string(&member, &name, err);
	if (bad)
		return bad;
	for (int kind = 0; kind < FUZZ_KIND_COUNT; kind++) {
		if (!strcmp(name, fuzz_kind_name(kind))) {
			*ret = kind;
			return 0;
		}
	}
	return sg_json_expected(&member, err, "a kind such as mismatch, not \"%s\"", name);
}

/* It becomes part of paths and lines. */
static int read_signature(const struct sg_json *at, struct fuzz_finding *finding,
			  struct sg_err *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const char *text = NULL;
	int bad = string_member(at, "signature", &text, err);

	if (bad)
		return bad;
	if (!*text || text[strspn(text, allowed)] || strlen(text) >= sizeof(finding->signature))
		return sg_json_expected(at, err, "a signature of letters, digits and hyphens");
	snprintf(finding->signature, sizeof(finding->signature), "%s", text);
	return 0;
}

static int read_arches(const struct sg_json *at, struct sg_strv *names, struct sg_err *err)
{
	struct sg_json list = {0};
	size_t count = 0;
	int bad = sg_json_opt_array(at, "architectures", &list, &count, err);

	for (size_t i = 0; i < count && !bad; i++) {
		const struct sg_json item = sg_json_element(&list, i);
		const char *name = NULL;

		bad = sg_json_string(&item, &name, err);
		if (!bad)
			sg_strv_add(names, name);
	}
	return bad;
}

static int read_generator(const struct sg_json *at, struct fuzz_finding *finding,
			  struct sg_err *err)
{
	const char *name = NULL, *version = "", *objective = "mix";
	int bad = string_member(at, "generator", &name, err);

	if (!bad)
		bad = sg_json_opt_string(at, "generator_version", &version, err);
	if (!bad)
		bad = sg_json_opt_string(at, "objective", &objective, err);
	if (bad)
		return bad;
	snprintf(finding->version, sizeof(finding->version), "%s", version);
	finding->gen = gen_find(name, err);
	if (!finding->gen || gen_objective_parse(objective, &finding->objective, err))
		return sg_err_wrap(err, "%s", at->file);
	return 0;
}

static int read_verdicts(const struct sg_json *at, struct fuzz_finding *finding, struct sg_err *err)
{
	int bad = verdict_member(at, "wanted", &finding->wanted, err);

	return bad ? bad : verdict_member(at, "got", &finding->got, err);
}

static int read_json(const struct sg_json *at, struct fuzz_finding *finding, struct sg_err *err)
{
	const char *message = NULL;
	int bad = read_version(at, err);

	if (!bad)
		bad = read_kind(at, &finding->kind, err);
	if (!bad)
		bad = read_generator(at, finding, err);
	if (!bad)
		bad = read_signature(at, finding, err);
	if (!bad)
		bad = hex_member(at, "seed", UINT64_MAX, &finding->seed, err);
	if (!bad)
		bad = read_arches(at, &finding->arch_names, err);
	if (!bad)
		bad = sg_json_opt_string(at, "message", &message, err);
	if (!bad && fuzz_kind_has_tuple(finding->kind))
		bad = read_verdicts(at, finding, err);
	if (!bad && message)
		finding->message = sg_strdup(message);
	return bad;
}

/* ---- the directory */

/* Appends a file of the directory, which must be text. */
static int read_text(const char *path, struct sg_buf *out, struct sg_err *err)
{
	int bad = sg_file_read(path, MAX_FILE_BYTES, out, err);

	if (!bad && strlen(sg_buf_text(out)) != out->len)
		bad = sg_err_input(err, EINVAL, "%s: expected text, found a NUL byte", path);
	return bad;
}

static int read_finding_json(const char *directory, struct fuzz_finding *finding,
			     struct sg_err *err)
{
	char *path = sg_asprintf("%s/finding.json", directory);
	json_t *json = NULL;
	int bad = sg_json_load(path, &json, err);

	if (!bad) {
		const struct sg_json root = sg_json_root(json, path);

		bad = read_json(&root, finding, err);
		json_decref(json);
	}
	free(path);
	return bad;
}

static int read_profile(const char *directory, struct fuzz_finding *finding, struct sg_err *err)
{
	char *path = sg_asprintf("%s/profile.json", directory);
	struct policy policy = {0};
	struct sg_buf text = {0};
	int bad = read_text(path, &text, err);

	free(path);
	if (bad) {
		sg_buf_release(&text);
		return bad;
	}
	finding->profile_len = text.len;
	finding->profile = text.data ? text.data : sg_strdup("");
	bad = finding_policy(finding->profile, finding->profile_len, &finding->arch_names, &policy,
			     err);
	policy_release(&policy);
	return bad ? sg_err_wrap(err, "%s", directory) : 0;
}

static int read_tuple_file(const char *directory, struct fuzz_finding *finding, struct sg_err *err)
{
	char *path = sg_asprintf("%s/tuple.txt", directory);
	struct sg_buf text = {0};
	int bad = read_text(path, &text, err);

	if (!bad)
		bad = read_tuple(path, text.data ? text.data : (char[]){""}, &finding->tuple, err);
	sg_buf_release(&text);
	free(path);
	return bad;
}

static int read_mix(const char *directory, struct fuzz_finding *finding, struct sg_err *err)
{
	char *path = sg_asprintf("%s/mix.txt", directory);
	struct sg_buf text = {0};
	struct mix mix = {0};
	int bad = access(path, F_OK) ? 0 : read_text(path, &text, err);

	if (!bad && text.data)
		bad = mix_parse(text.data, text.len, path, &mix, err);
	mix_release(&mix);
	free(path);
	if (bad)
		sg_buf_release(&text);
	finding->mix = text.data;
	return bad;
}

static int read_raw(const char *directory, struct fuzz_finding *finding, struct sg_err *err)
{
	struct cbpf_prog prog = {0};
	int bad;

	finding->raw_file = sg_asprintf("%s/filter.bpf", directory);
	bad = cbpf_load(finding->raw_file, &prog, err);
	cbpf_release(&prog);
	return bad;
}

int fuzz_finding_read(const char *directory, struct fuzz_finding *ret, struct sg_err *err)
{
	struct fuzz_finding finding = {0};
	int bad = read_finding_json(directory, &finding, err);

	if (!bad)
		bad = read_profile(directory, &finding, err);
	if (!bad && fuzz_kind_has_tuple(finding.kind))
		bad = read_tuple_file(directory, &finding, err);
	if (!bad)
		bad = read_mix(directory, &finding, err);
	if (!bad && !strcmp(finding.gen->name, "raw"))
		bad = read_raw(directory, &finding, err);
	if (bad) {
		fuzz_finding_release(&finding);
		return bad;
	}
	finding.directory = sg_strdup(directory);
	*ret = finding;
	return 0;
}
