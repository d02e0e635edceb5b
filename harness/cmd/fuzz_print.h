/* SPDX-License-Identifier: MIT */
/* What `fuzz` says: the summary for people, within 100 columns, and the JSON of the manual page. */
#ifndef SG_CMD_FUZZ_PRINT_H
#define SG_CMD_FUZZ_PRINT_H

#include "fuzz/loop.h"
#include "harness/base/json.h"

void fuzz_print_summary(const struct fuzz_request *request, const struct fuzz_result *result,
			struct sg_buf *out);
json_t *fuzz_print_json(const struct fuzz_result *result); /* new reference */

/* "x86_64 clone (56) a0=0x2: ERRNO(1) wanted, ALLOW got", the message, or both; one line. */
void fuzz_print_defect(const struct fuzz_finding *finding, struct sg_buf *out);
/* A second; 0 where nothing took time. */
double fuzz_print_rate(uint64_t count, double seconds);

#endif
