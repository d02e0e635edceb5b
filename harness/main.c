/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "harness/cmd/cmd.h"

int main(int argc, char **argv)
{
	/* A closed pipe behind us is an error of write(2), reported as such, not a death. */
	signal(SIGPIPE, SIG_IGN);
	return cmd_main(argc, argv);
}
