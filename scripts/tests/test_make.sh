#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the Makefile builds again, and what it leaves alone, tried on a copy of the ground floor.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
repo=$PWD
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES BUILD

mkdir -p "$house"/{harness,scripts,filters/profiles,filters/hand,workloads}
cp -r harness/base "$house/harness"
cp scripts/embed "$house/scripts"
cp Makefile "$house"
echo '0 harness/base -' >"$house/scripts/layers.txt"
cd "$house" || exit 3
find . -name '*.[ch]' -exec touch -d '1 hour ago' {} +
rm -f harness/base/tests/*
touch filters/profiles/{b,c}.json

lib=build/lib/harness_base.a
build() { make -j2 CFLAGS=-O0 "$@" "$lib" >out 2>&1; }
check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		{ echo "failed: $*" && cat out; } | sed 's/^/  /'
	fi
}
compiles() { [ "$(sed -n 's/^  CC //p' out | sort | tr '\n' ' ')" = "$1" ]; }
embeds() { [ "$(grep -oE '"filters[^"]*"' build/gen/embedded.c | tr -d '"\n')" = "$1" ]; }
has_member() { ar t "$lib" | grep -qx "$1"; }

check 'a clean clone builds with two jobs at once' build
check 'without a warning' test "$(grep -c warning out)" -eq 0
check 'embedded files are in it' embeds 'filters/profiles/b.jsonfilters/profiles/c.json'
build
check 'nothing to do: nothing is done' compiles ''

touch harness/base/hash.h
build
check 'a header that changed: what includes it is compiled' compiles 'harness/base/hash.c '
touch filters/profiles/a.json
build
check 'an embedded file that was added' embeds \
	'filters/profiles/a.jsonfilters/profiles/b.jsonfilters/profiles/c.json'
check 'only the table is compiled' compiles 'build/gen/embedded.c '
rm filters/profiles/b.json
build
check 'an embedded file that was removed' embeds 'filters/profiles/a.jsonfilters/profiles/c.json'
echo '{}' >filters/profiles/c.json
build
check 'an embedded file that changed' grep -q '123,125,10' build/gen/embedded.c

echo 'extern int sg_new; int sg_new;' >harness/base/new.c
build
check 'a source file that was added is in the library' has_member new.o
rm harness/base/new.c
build
check 'a source file that was removed is not' test "$(ar t "$lib" | grep -c new.o)" -eq 0
printf '#include "harness/base/gone.h"\n' >harness/base/user.c
touch harness/base/gone.h
build
: >harness/base/user.c
rm harness/base/gone.h
check 'a header that was removed with its last use' build
rm harness/base/user.c

echo 'broken' >harness/base/broken.c
check 'a source file that does not compile fails the build' eval '! build'
rm harness/base/broken.c
printf '#!/bin/sh\necho half; exit 1\n' >scripts/embed
build
check 'half a generated file is not kept' test ! -e build/gen/embedded.c
cp "$repo/scripts/embed" scripts
touch harness/base/rng.c
build V=1
check 'V=1 shows the commands' grep -q '^gcc .* -c harness/base/rng.c ' out

make help >out
read -ra targets <<<"$(sed -n 's/^\.PHONY: \([^F]\)/\1/p' Makefile | tr '\n' ' ')"
for target in "${targets[@]}"; do
	check "make help knows $target" grep -q "^  make $target " out
done
make clean >out
check 'make clean leaves nothing' test ! -e build
