/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/facts.h"

void run_fact_read(const char *path, const char *fallback, char *ret, size_t size)
{
	FILE *file = fopen(path, "re");
	bool have = file && fgets(ret, (int)size, file);

	if (have)
		ret[strcspn(ret, "\n")] = '\0';
	else
		snprintf(ret, size, "%s", fallback);
	if (file)
		fclose(file);
}

/* Where the value of a line begins, when the line is about @key. */
static const char *value_of(const char *line, const char *key)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len))
		return NULL;
	line += len + strspn(line + len, " \t");
	return *line == ':' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

void run_fact_read_key(const char *path, const char *key, const char *fallback, char *ret,
		       size_t size)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	const char *value = NULL;
	size_t cap = 0;

	while (file && !value && getline(&line, &cap, file) > 0)
		value = value_of(line, key);
	snprintf(ret, size, "%.*s", value ? (int)strcspn(value, "\n") : (int)strlen(fallback),
		 value ? value : fallback);
	free(line);
	if (file)
		fclose(file);
}
