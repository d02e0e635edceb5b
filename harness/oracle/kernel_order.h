/* SPDX-License-Identifier: MIT */
/*
 * Private to harness/oracle: which of several values the kernel follows, asked of the kernel.
 *
 * In a chain of rewritten filters every value is an ERRNO, so that nothing is seen of precedence.
 * Each filter is therefore asked alone, and the actions that came of it once for each combination:
 * a child installs a stack of filters that return the very actions for one call, with their place
 * as data, and makes that call.
 *
 * Seen are: which filter's TRAP or ERRNO was followed (by the data); KILL_PROCESS and KILL_THREAD
 * (by who dies), unknown actions being KILL_PROCESS; that the call failed with ENOSYS, as TRACE
 * without a tracer and USER_NOTIF without a listener do; that the call (getppid) was executed,
 * which is ALLOW or LOG. Where that leaves two filters with different effects, the verdict is not
 * known.
 */
#ifndef SG_ORACLE_KERNEL_ORDER_H
#define SG_ORACLE_KERNEL_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/error.h"

#define KERNEL_ORDER_MAX_FILTERS 32
#define KERNEL_ORDER_MAX_ASKED   256 /* combinations that a session asks for */

/* What was asked already. Owned; valid when zeroed. */
struct kernel_orders {
	struct kernel_order *items;
	size_t len, cap;
};
void kernel_orders_release(struct kernel_orders *orders);

/* The chain's verdict of @count values, oldest filter first; *ret_known. */
int kernel_orders_join(struct kernel_orders *orders, const uint32_t *values, size_t count,
		       uint32_t *ret_verdict, bool *ret_known, struct sg_err *err);

#endif
