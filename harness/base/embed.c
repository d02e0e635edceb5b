/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "harness/base/embed.h"

static int compare_path(const void *path, const void *file)
{
	return strcmp(path, ((const struct sg_embedded *)file)->path);
}

const struct sg_embedded *sg_embedded_find(const char *path)
{
	return bsearch(path, sg_embedded_files, sg_embedded_count, sizeof(*sg_embedded_files),
		       compare_path);
}
