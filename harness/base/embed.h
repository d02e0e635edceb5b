/* SPDX-License-Identifier: MIT */
/*
 * Files that are part of the binary, so that it works from any folder: filters/profiles/ (*.json),
 * filters/hand/ (*.bpfasm), workloads/ (*.mix) and harness/report/assets/. The table is generated
 * by scripts/embed.
 */
#ifndef SG_BASE_EMBED_H
#define SG_BASE_EMBED_H

#include <stddef.h>

struct sg_embedded {
	const char *path; /* as in the repository: "filters/profiles/container-default.json" */
	const char *data; /* followed by a NUL */
	size_t len;
};

extern const struct sg_embedded sg_embedded_files[]; /* sorted by path */
extern const size_t sg_embedded_count;

const struct sg_embedded *sg_embedded_find(const char *path);

#endif
