/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/cmd/gate_baseline.h"
#include "harness/run/machine.h"

/* The best file so far. */
struct choice {
	const struct saved_result *result;
	const struct stat *result_stat; /* its own file; zeroed: standard input */
	struct saved_result baseline;   /* .file NULL: none yet */
	bool alike;
};

static bool is_alike(const struct saved_result *was, const struct saved_result *is)
{
	struct sg_strv differences = {0};
	const bool alike = !run_machine_differences(&was->env, &is->env, &differences);

	sg_strv_release(&differences);
	return alike;
}

static bool is_better(const struct choice *choice, const struct saved_result *candidate, bool alike)
{
	if (!choice->baseline.file)
		return true;
	if (alike != choice->alike)
		return alike;
	return strcmp(candidate->env.date, choice->baseline.env.date) > 0;
}

static bool is_own_file(const struct choice *choice, const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_ino == choice->result_stat->st_ino &&
	       st.st_dev == choice->result_stat->st_dev;
}

static int consider(struct choice *choice, const char *path, struct sg_err *err)
{
	struct saved_result candidate = {0};

	if (is_own_file(choice, path))
		return 0;

	int r = saved_load(path, &candidate, err);

	if (r)
		return r;

	const bool alike = is_alike(&candidate, choice->result);

	if (!is_better(choice, &candidate, alike)) {
		saved_release(&candidate);
		return 0;
	}
	saved_release(&choice->baseline);
	choice->baseline = candidate;
	choice->alike = alike;
	return 0;
}

static int is_result_file(const struct dirent *entry)
{
	const size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 5 && !strcmp(entry->d_name + len - 5, ".json");
}

static int consider_all(struct choice *choice, const char *folder, struct sg_err *err)
{
	struct dirent **entries;
	const int count = scandir(folder, &entries, is_result_file, alphasort);
	int r = 0;

	if (count < 0)
		return sg_err_input(err, errno, "%s: %m", folder);
	for (int i = 0; i < count; i++) {
		char *path = sg_asprintf("%s/%s", folder, entries[i]->d_name);

		if (!r)
			r = consider(choice, path, err);
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (!r && !choice->baseline.file)
		r = sg_err_input(err, ENOENT, "%s: holds no result file (*.json) to compare with",
				 folder);
	return r;
}

static int choose(const char *folder, const struct saved_result *result,
		  const struct stat *result_stat, struct saved_result *ret, char **ret_note,
		  struct sg_err *err)
{
	struct choice choice = {.result = result, .result_stat = result_stat};
	const int r = consider_all(&choice, folder, err);

	if (r) {
		saved_release(&choice.baseline);
		return r;
	}
	*ret_note = choice.alike
			    ? sg_asprintf("the baseline is %s, the newest in %s of this class "
					  "of machine",
					  choice.baseline.file, folder)
			    : sg_asprintf("the baseline is %s, the newest in %s, where none is "
					  "of this class of machine: it serves for what is "
					  "exact",
					  choice.baseline.file, folder);
	*ret = choice.baseline;
	return 0;
}

int gate_baseline_load(const char *path, const struct saved_result *result, const char *result_path,
		       struct saved_result *ret, char **ret_note, struct sg_err *err)
{
	struct stat st, result_stat = {0};

	*ret_note = NULL;
	if (!strcmp(path, "-") || stat(path, &st) || !S_ISDIR(st.st_mode))
		return saved_load(path, ret, err);
	if (strcmp(result_path, "-"))
		(void)stat(result_path, &result_stat);
	return choose(path, result, &result_stat, ret, ret_note, err);
}
