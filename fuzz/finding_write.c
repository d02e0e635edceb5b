/* SPDX-License-Identifier: MIT */
/* A finding becomes a directory: filled under a name that nobody reads, then renamed. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/finding_private.h"
#include "harness/base/file.h"

#define MAX_TWINS 10000 /* findings of one signature in one folder */

static const char *const file_names[] = {
	"profile.json", "tuple.txt", "verdicts.json", "filter.bpfasm",
	"filter.bpf",   "mix.txt",   "replay.sh",     "finding.json",
};

/* A disk that is full or cannot be written is the machine's; a bad path is the user's. */
static int system_error(struct sg_err *err, int errnum, const char *path)
{
	const bool machine =
		errnum == ENOSPC || errnum == EDQUOT || errnum == EIO || errnum == EROFS;

	errno = errnum;
	return machine ? sg_err_env(err, errnum, "%s: cannot write: %m", path)
		       : sg_err_input(err, errnum, "%s: cannot write: %m", path);
}

/* ---- files */

static int put(const char *directory, const char *name, const void *data, size_t len,
	       struct sg_err *err)
{
	char *path = sg_asprintf("%s/%s", directory, name);
	int bad = sg_file_write(path, data, len, err);

	free(path);
	return bad;
}

/* Releases the text. */
static int put_text(const char *directory, const char *name, struct sg_buf *text,
		    struct sg_err *err)
{
	int bad = put(directory, name, sg_buf_text(text), text->len, err);

	sg_buf_release(text);
	return bad;
}

static int put_filter(const char *directory, const struct fuzz_finding *finding,
		      const struct gen_filter *filter, struct sg_err *err)
{
	struct sg_buf text = {0};
	char *path = sg_asprintf("%s/filter.bpf", directory);
	int bad = cbpf_save(path, &filter->prog, err);

	free(path);
	if (bad)
		return bad;
	finding_asm_file(finding, filter, &text);
	return put_text(directory, "filter.bpfasm", &text, err);
}

static int put_replay(const char *directory, struct sg_err *err)
{
	static const char text[] =
		"#!/bin/sh\n"
		"exec \"${SECGAUGE:-secgauge}\" fuzz --replay \"$(dirname \"$0\")\"\n";
	char *path = sg_asprintf("%s/replay.sh", directory);
	int bad = sg_file_write(path, text, sizeof(text) - 1, err);

	if (!bad && chmod(path, 0755))
		bad = system_error(err, errno, path);
	free(path);
	return bad;
}

static int put_mismatch(const char *directory, const struct fuzz_finding *finding,
			const struct finding_trial *trial, struct sg_err *err)
{
	struct sg_buf tuple = {0}, verdicts = {0};

	finding_tuple_file(finding, &tuple);
	int bad = put_text(directory, "tuple.txt", &tuple, err);
	if (bad || !trial)
		return bad;
	finding_verdicts_file(finding, trial, &verdicts);
	return put_text(directory, "verdicts.json", &verdicts, err);
}

/* finding.json comes last: without it a directory is none. @trial NULL: nothing could be built. */
static int fill(const char *directory, const struct fuzz_finding *finding,
		const struct finding_trial *trial, struct sg_err *err)
{
	struct sg_buf json = {0};
	const bool filtered = trial && trial->build.filter.prog.len;
	int bad = put(directory, "profile.json", finding->profile, finding->profile_len, err);

	if (!bad && fuzz_kind_has_tuple(finding->kind))
		bad = put_mismatch(directory, finding, trial, err);
	if (!bad && filtered)
		bad = put_filter(directory, finding, &trial->build.filter, err);
	if (!bad && finding->mix)
		bad = put(directory, "mix.txt", finding->mix, strlen(finding->mix), err);
	if (!bad)
		bad = put_replay(directory, err);
	if (bad)
		return bad;
	finding_json_file(finding, &json);
	return put_text(directory, "finding.json", &json, err);
}

static void remove_filled(const char *directory)
{
	for (size_t i = 0; i < SG_COUNT(file_names); i++) {
		char *path = sg_asprintf("%s/%s", directory, file_names[i]);

		unlink(path);
		free(path);
	}
	rmdir(directory);
}

/* ---- the directory */

/* With parents, as mkdir -p. */
static int make_directory(const char *path, struct sg_err *err)
{
	char *part = sg_strdup(path);
	int bad = 0;

	for (char *slash = part + 1; !bad && *path; slash++) {
		const char end = *slash;

		if (end && end != '/')
			continue;
		*slash = '\0';
		if (mkdir(part, 0777) && errno != EEXIST)
			bad = system_error(err, errno, part);
		*slash = end;
		if (!end)
			break;
	}
	free(part);
	return bad;
}

static bool same_finding(const char *directory, const struct fuzz_finding *finding)
{
	struct fuzz_finding old = {0};
	bool same = false;

	if (fuzz_finding_read(directory, &old, NULL))
		return false;
	same = old.kind == finding->kind && old.gen == finding->gen &&
	       !strcmp(old.profile, finding->profile) &&
	       !memcmp(&old.tuple, &finding->tuple, sizeof(old.tuple));
	fuzz_finding_release(&old);
	return same;
}

/* Gives the filled directory its name, or leaves it where the same finding stands already. */
static int give_name(const char *filled, const char *dir, struct fuzz_finding *finding,
		     struct sg_err *err)
{
	char *path = sg_asprintf("%s/%s", dir, finding->signature);

	for (int twin = 2; rename(filled, path); twin++) {
		const int errnum = errno;
		const bool taken = errnum == EEXIST || errnum == ENOTEMPTY || errnum == ENOTDIR;

		if (taken && same_finding(path, finding)) {
			remove_filled(filled);
			break;
		}
		if (!taken || twin > MAX_TWINS) {
			int bad = system_error(err, errnum, path);

			free(path);
			return bad;
		}
		free(path);
		path = sg_asprintf("%s/%s-%d", dir, finding->signature, twin);
	}
	free(finding->directory);
	finding->directory = path;
	return 0;
}

static int write_into(const char *dir, struct fuzz_finding *finding,
		      const struct finding_trial *trial, struct sg_err *err)
{
	static atomic_uint counter;
	char *filled = sg_asprintf("%s/.%s.%ld.%u", dir, finding->signature, (long)getpid(),
				   atomic_fetch_add(&counter, 1));
	int bad = mkdir(filled, 0777) ? system_error(err, errno, filled) : 0;

	if (!bad) {
		bad = fill(filled, finding, trial, err);
		if (!bad)
			bad = give_name(filled, dir, finding, err);
		if (bad)
			remove_filled(filled);
	}
	free(filled);
	return bad;
}

/* ---- the filter */

/* The version of a generator that made no filter: of one that it can make. */
static void ask_version(struct finding_probe *probe, char version[64])
{
	static const char easy[] = "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": ["
				   "{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\"}]}";
	const struct sg_strv own = {0};
	struct finding_trial trial = {0};

	if (finding_probe_run(probe, easy, sizeof(easy) - 1, &own, &trial, NULL))
		return;
	memcpy(version, trial.build.filter.version, 64);
	finding_trial_release(&trial);
}

/* Builds once more, for the filter and the version; false where that cannot be done now. */
static bool build_again(struct fuzz_finding *finding, struct finding_trial *ret)
{
	struct finding_probe probe = {0};
	bool built;

	if (finding_probe_open(finding, 0, &probe, NULL))
		return false;
	built = !finding_probe_run(&probe, finding->profile, finding->profile_len,
				   &finding->arch_names, ret, NULL);
	if (built && !*finding->version)
		memcpy(finding->version, ret->build.filter.version, sizeof(finding->version));
	if (!*finding->version)
		ask_version(&probe, finding->version);
	finding_probe_close(&probe);
	return built;
}

int fuzz_finding_write(struct fuzz_finding *finding, const char *dir, struct sg_err *err)
{
	struct finding_trial trial = {0};
	int bad;

	if (!*finding->signature)
		fuzz_finding_sign(finding);
	bad = make_directory(dir, err);
	if (bad)
		return bad;

	const bool built = build_again(finding, &trial);

	bad = write_into(dir, finding, built ? &trial : NULL, err);
	finding_trial_release(&trial);
	return bad;
}
