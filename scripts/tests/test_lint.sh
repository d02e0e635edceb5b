#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/lint says nothing of a small house without a fault, and finds each planted fault.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT

mkdir -p "$house"/harness/{base/tests,cmd} "$house/scripts"
cp scripts/lint scripts/check-layers scripts/layers.txt "$house/scripts"
cp .clang-format Makefile "$house"
cd "$house" || exit 3
git init -q .
printf '/build/\n/out\n' >.gitignore

add() { # FILE, content from standard input
	{
		echo '/* SPDX-License-Identifier: MIT */'
		cat
	} >"$1"
}
add harness/base/good.h <<'EOC'
#ifndef GOOD_H
#define GOOD_H

#include <stddef.h>

/* The word system("x") in a comment and in a string is none of lint's business. */
size_t good(const char *text); /* nor is
				* strcpy(a, b); here */

#endif
EOC
add harness/base/good.c <<'EOC'
#include <stdio.h>
#include <string.h>

#include "harness/base/good.h"

size_t good(const char *text)
{
	char line[64];

	snprintf(line, sizeof(line), "sprintf(\"%s\")", text);
	return strlen(line);
}
EOC
run_lint() {
	status=0
	scripts/lint build >out 2>&1 || status=$?
	last=$(tail -n 1 out)
}
check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		{ echo "exit $status, failed: $*" && cat out; } | sed 's/^/  /'
	fi
}
finds() { check "finds $1" grep -Eq -- "$2" out; }

printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\n' >scripts/x
cat >harness/x.1 <<'EOP'
.\" SPDX-License-Identifier: MIT
.Dd January 1, 2026
.Dt X 1
.Os
.Sh NAME
.Nm x
.Nd a page without a fault
EOP
run_lint
check 'a house without a fault' test "$status $(cat out)" = '0 lint: fine'

echo 'int  x;' | add harness/base/format.c
echo '#include <argp.h>' | add harness/base/layer.c
echo 'size_t x;' | add harness/base/alone.h
add harness/base/bounds.c <<'EOC'
int x(void);
int x(void)
{
	int a[2] = {0};

	return a[2];
}
EOC
# shellcheck disable=SC2016 # for the script
echo 'echo $1' >>scripts/x
echo .Bogus >>harness/x.1
add harness/base/tests/forbidden.c <<'EOC'
#include <stdlib.h>
/* one */ int x(const char *text);
int x(const char *text)
{
	return atoi(text) + 1;
}
EOC
add harness/base/loud.c <<'EOC'
#include <stdio.h>
#include <stdlib.h>
void x(void);
void x(void)
{
	fprintf(stderr, "%d\n", 1);
	exit(1);
}
EOC
add harness/cmd/command.c <<'EOC'
#include <stdio.h>
void x(void);
void x(void)
{
	puts("a command may print");
}
EOC
run_lint
check 'each check finds its fault' test "$status $last" = '1 lint: 8 of 8 checks found something'
finds 'a format that is not ours' '^harness/base/format.c:2:.*clang-format'
finds 'a layer' '^harness/base/layer.c:2: <argp.h>'
finds 'a header that needs another before it' 'alone.h:2:.*unknown type name .size_t'
finds 'what cppcheck finds' '^harness/base/bounds.c:[0-9]+: arrayIndexOutOfBounds'
finds 'what shellcheck finds' 'SC2086'
finds 'a manual page with a fault' 'x.1:.*unknown macro'
finds 'a forbidden call' '^harness/base/tests/forbidden.c:6:.*forbidden'
finds 'a library that prints' '^harness/base/loud.c:7:.*neither prints'
finds 'a library that exits' '^harness/base/loud.c:8:.*neither prints'
check 'finds nothing in a command that prints' test "$(grep -c command.c out)" -eq 0
check 'finds nothing in comments and strings' test "$(grep -c 'good\.[ch]' out)" -eq 0
