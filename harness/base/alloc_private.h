/* SPDX-License-Identifier: MIT */
/* Private to harness/base. */
#ifndef SG_BASE_ALLOC_PRIVATE_H
#define SG_BASE_ALLOC_PRIVATE_H

/* Called when memory runs out, before the process exits; allocates nothing. */
extern void (*sg_out_of_memory)(void);

#endif
