/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C for commands that keep what they have so far. They look at the flag between pieces of work
 * of a second or so; a second signal (timeout(1) sends one to the process and one to its group)
 * changes nothing, so that what was measured is written and the temporary files go.
 */
#ifndef SG_CMD_INTERRUPT_H
#define SG_CMD_INTERRUPT_H

/* From now on SIGINT, SIGTERM and SIGHUP set the flag that is returned. */
const volatile int *cmd_interrupt_catch(void);

#endif
