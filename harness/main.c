/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "harness/cmd/cmd.h"

/*
 * A standard stream that came closed would be the next file we open, and a message would land in a
 * result. The place is taken the wrong way round, so that using it still fails.
 */
static void occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(CMD_ENV);
}

int main(int argc, char **argv)
{
	occupy_standard_streams();
	/* A closed pipe behind us is an error of write(2), reported as such, not a death. */
	signal(SIGPIPE, SIG_IGN);
	return cmd_main(argc, argv);
}
