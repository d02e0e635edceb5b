/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stddef.h>

#include "harness/cmd/interrupt.h"

static volatile int interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

const volatile int *cmd_interrupt_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	return &interrupted;
}
