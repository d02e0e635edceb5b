/* SPDX-License-Identifier: MIT */
/* `fuzz --replay` and `--minimize`: what is done with a finding's directory. */
#ifndef SG_CMD_FUZZ_REPLAY_H
#define SG_CMD_FUZZ_REPLAY_H

#include <stdbool.h>

#include "harness/base/error.h"

/* Prints whether the finding still happens: CMD_FINDING if it does, else CMD_OK; or -errno. */
int fuzz_replay(const char *directory, bool json, struct sg_err *err);
/*
 * Puts a smaller finding in the place of the directory, which is the old one or the new one at any
 * moment; within @seconds, 0: a minute. CMD_OK, or -errno with the directory as it was.
 */
int fuzz_minimize_in_place(const char *directory, double seconds, bool json, struct sg_err *err);

#endif
