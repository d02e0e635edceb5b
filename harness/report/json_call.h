/* SPDX-License-Identifier: MIT */
/* Calls and verdicts as our machine formats have them. New references. */
#ifndef SG_REPORT_JSON_CALL_H
#define SG_REPORT_JSON_CALL_H

#include "filters/abi/abi.h"
#include "harness/base/json.h"

/* "ERRNO(1)" */
json_t *report_json_verdict(uint32_t verdict);
/* Whose call it is: "x86_64", or the audit value of a foreign architecture, "0x1234". */
json_t *report_json_arch(const struct abi_tuple *tuple);
/* "openat"; null where the number is no call's. */
json_t *report_json_syscall(const struct abi_tuple *tuple);
/* An object of "arch", "syscall", "nr", "ip" and "args". */
json_t *report_json_tuple(const struct abi_tuple *tuple);

#endif
