#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The skeleton in workloads/README.md is a workload: it compiles without a warning.
set -uo pipefail

source=$(mktemp --suffix=.c)
trap 'rm -f "$source"' EXIT
awk '/^```$/ { inside = 0 } inside; /^```c$/ { inside = 1 }' workloads/README.md >"$source"
if [ -s "$source" ] && "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -I. -Wall -Wextra -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Werror -c "$source" -o /dev/null; then
	echo "ok - skeleton_compiles"
else
	echo "not ok - skeleton_compiles"
fi
