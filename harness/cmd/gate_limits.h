/* SPDX-License-Identifier: MIT */
/* What the gate tolerates, as its options say it. What is wrong ends the process (options.h). */
#ifndef SG_CMD_GATE_LIMITS_H
#define SG_CMD_GATE_LIMITS_H

#include "harness/gate/gate.h"

/* --allow: a comma list of KIND, KIND=AMOUNT and KIND=SHARE%. Of a kind that comes twice, once with
 * an amount and once with a share, the larger counts. */
void gate_limits_allow(struct gate_request *request, const char *text);
/* --threshold 3% and --threshold-ns 10. */
void gate_limits_share(struct gate_request *request, const char *text);
void gate_limits_ns(struct gate_request *request, const char *text);

#endif
