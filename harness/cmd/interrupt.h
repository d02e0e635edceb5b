/* SPDX-License-Identifier: MIT */
/* Ctrl-C for commands that keep what they have so far; a second one ends the process at once. */
#ifndef SG_CMD_INTERRUPT_H
#define SG_CMD_INTERRUPT_H

/* From now on the first SIGINT or SIGTERM sets the flag that is returned. */
const volatile int *cmd_interrupt_catch(void);

#endif
