/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "harness/base/alloc.h"
#include "harness/cmd/cmd.h"
#include "harness/cmd/print.h"

#define MAX_COMMANDS 64

static const struct cmd *find(const char *name)
{
	for (const struct cmd *const *cmd = cmd_registry; *cmd; cmd++)
		if (!strcmp((*cmd)->name, name))
			return *cmd;
	return NULL;
}

int cmd_unknown(const char *name)
{
	const char *names[MAX_COMMANDS];
	struct sg_hint hint;
	size_t count = 0;

	while (count < MAX_COMMANDS && cmd_registry[count]) {
		names[count] = cmd_registry[count]->name;
		count++;
	}
	cmd_warn("unknown command \"%s\"%s; see 'secgauge help'", name,
		 sg_hint(&hint, name, names, count));
	return CMD_USAGE;
}

/* The spellings of `help` and `version` that people try first. */
static const char *plain_name(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "-?"))
		return "help";
	return word;
}

int cmd_main(int argc, char **argv)
{
	struct sg_buf version = {0};

	if (argc < 2) {
		char *help[] = {(char *)"help", NULL};

		find("help")->run(1, help);
		return CMD_USAGE;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		sg_buf_adds(&version, "secgauge " SG_VERSION "\n");
		return cmd_put(&version, CMD_OK);
	}

	const struct cmd *cmd = find(plain_name(argv[1]));

	if (!cmd)
		return cmd_unknown(argv[1]);
	argv[1] = (char *)cmd->name;
	return cmd->run(argc - 1, argv + 1);
}
