#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/run-tests counts what real cmocka programs and test scripts do, in a small house.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
unset SECGAUGE_MUST

mkdir -p "$house/scripts" "$house/room" "$house/build"
cp scripts/run-tests "$house/scripts"
printf '# comment\n0 room -\n' >"$house/scripts/layers.txt"
printf '#!/bin/sh\necho "ok - the layers"\n' >"$house/scripts/check-layers"
chmod +x "$house/scripts/check-layers"
"${CC:-gcc}" -o "$house/case" scripts/tests/case.c -lcmocka || exit 1

empty_room() { rm -rf "$house/room/tests" "$house/build/room" && mkdir -p "$house/room/tests" "$house/build/room/tests"; }
program() { # WAY...: a program for each
	local way
	for way in "$@"; do
		: >"$house/room/tests/test_$way.c"
		cp "$house/case" "$house/build/room/tests/test_$way"
	done
}
script() { # LINE...: the script's lines
	printf '%s\n' "$@" >"$house/room/tests/test_script.sh"
}
# counts NAME EXIT LAST-LINE [PATTERN]: what a run of the house says; PATTERN stands in its output
counts() {
	local out status=0
	out=$(cd / && BUILD=build "$house/scripts/run-tests" room 2>&1) || status=$?
	if [ "$status" -eq "$2" ] && [ "$(tail -n 1 <<<"$out")" = "$3" ] &&
		grep -Eq -- "${4-}" <<<"$out"; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "exit $status, wanted $2, '$3', /${4-}/:" "$out" | sed 's/^/  /'
	fi
	empty_room
}

empty_room
program passing
counts 'passing cases' 0 '3 passed, 0 failed, 0 skipped' '^ok   room/tests/test_passing +3 passed$'
program failing
counts 'a failure counts once, though the summary repeats it' 1 '2 passed, 1 failed, 0 skipped' \
	'as it should'
program skipping
counts 'a skip has its reason' 0 '2 passed, 0 failed, 1 skipped' \
	'^    SKIPPED: second_goes_its_way: kernel: too old$'
program unexplained
counts 'a skip without a reason fails' 1 '2 passed, 1 failed, 0 skipped' 'without a reason'
program crashing
counts 'a crash fails, and what passed before it counts' 1 '1 passed, 1 failed, 0 skipped' \
	'second_goes_its_way: no result'
program leaving
counts 'leaving in the middle with exit 0 fails' 1 '1 passed, 1 failed, 0 skipped' 'no result'
program multiplying
counts 'a child that runs on into the next case fails' 1 '5 passed, 1 failed, 0 skipped' 'ran on'
program unfixed
counts 'a group without its fixture fails' 1 '0 passed, 1 failed, 0 skipped' 'GROUP SETUP'
program unprepared
counts 'a case without its fixture fails' 1 '2 passed, 1 failed, 0 skipped'
program grouped
counts 'two groups in one program' 0 '6 passed, 0 failed, 0 skipped'
program lying
counts 'an exit status that no case explains fails' 1 '3 passed, 1 failed, 0 skipped' 'status is 7'
program passing failing skipping
counts 'several programs' 1 '7 passed, 1 failed, 1 skipped'
: >"$house/room/tests/test_absent.c"
counts 'a program that was not built fails' 1 '0 passed, 1 failed, 0 skipped' '^FAIL room/tests/test_absent'
program hanging
SG_TEST_TIMEOUT=1 counts 'a program that hangs fails' 1 '1 passed, 1 failed, 0 skipped' 'timed out'

export SECGAUGE_MUST=i386,kernel
program skipping
counts 'a skip that must not be fails' 1 '2 passed, 1 failed, 0 skipped' 'must not be skipped here'
SECGAUGE_MUST=kern
program skipping
counts 'only a whole word forbids a skip' 0 '2 passed, 0 failed, 1 skipped'
unset SECGAUGE_MUST

script 'echo "ok - a"' 'echo "ok - b"' 'echo "noise: not ok - c"'
counts 'a script' 0 '2 passed, 0 failed, 0 skipped'
script 'echo "ok - a"' 'echo "not ok - b"' 'echo "  why"' 'exit 0'
counts 'a failure in a script that exits 0' 1 '1 passed, 1 failed, 0 skipped' '^    FAILED: b$'
script 'echo "ok - a"' 'exit 4'
counts 'a script that breaks off' 1 '1 passed, 1 failed, 0 skipped' 'exit status is 4'
script 'echo "skip - a thing: kernel: too old"' 'echo "skip - b"'
counts 'skips in a script' 1 '0 passed, 1 failed, 1 skipped' 'SKIPPED: a thing: kernel: too old'
script 'echo nothing'
counts 'a script without a case fails' 1 '0 passed, 1 failed, 0 skipped' 'no case ran'
# shellcheck disable=SC2016 # these lines are for the script
script '[ "$BUILD" = build ] && echo "ok - a"' '[ "$SECGAUGE" = "$PWD/build/secgauge" ] && echo "ok - b"'
counts 'a script knows the folder and the program' 0 '2 passed, 0 failed, 0 skipped'

# The first one waits for the second one.
together() {
	program passing
	script "until [ -e \"$house/started\" ]; do sleep 0.05; done" 'echo "ok - a"'
	mv "$house/room/tests/test_script.sh" "$house/room/tests/test_a.sh"
	script "touch \"$house/started\"" 'echo "ok - b"'
	export SG_TEST_JOBS=2
}
together
counts 'two at a time' 0 '5 passed, 0 failed, 0 skipped'
rm "$house/started"
together
out=$(BUILD=build "$house/scripts/run-tests" room | sed -nE 's/^ok +([^ ]*).*/\1/p' | tr '\n' ' ')
if [ "$out" = 'room/tests/test_passing room/tests/test_a.sh room/tests/test_script.sh ' ]; then
	echo 'ok - shown in the order they were started in'
else
	echo "not ok - shown in the order they were started in: $out"
fi
empty_room
unset SG_TEST_JOBS

# shellcheck disable=SC2016 # these lines are for the script
script 'trap "touch interrupted; exit 1" INT' 'kill -INT $$' 'echo "not ok - a"'
counts 'Ctrl-C reaches what a test starts' 1 '0 passed, 1 failed, 0 skipped' 'exit status is 1$'
if [ -e "$house/interrupted" ]; then echo 'ok - and is not ignored'; else echo 'not ok - and is not ignored'; fi

script "echo \$\$ >\"$house/pid\"" 'exec sleep 60'
BUILD=build "$house/scripts/run-tests" room >"$house/out" &
until [ -s "$house/pid" ]; do sleep 0.05; done
kill -TERM $!
wait $!
status=$?
for _ in $(seq 100); do kill -0 "$(<"$house/pid")" 2>/dev/null || break && sleep 0.05; done
if [ "$status" -eq 130 ] && ! kill -0 "$(<"$house/pid")" 2>/dev/null; then
	echo 'ok - stopped, it leaves no test behind'
else
	echo "not ok - stopped, it leaves no test behind: exit $status"
fi
empty_room

out=$("$house/scripts/run-tests" rom 2>&1)
if [ "$? $out" = '2 scripts/run-tests: no room rom in scripts/layers.txt' ]; then
	echo 'ok - a room that is none'
else
	echo 'not ok - a room that is none'
fi

program passing
out=$(BUILD=build "$house/scripts/run-tests")
if [ "$(tail -n 1 <<<"$out")" = '4 passed, 0 failed, 0 skipped' ] && grep -q check-layers <<<"$out"; then
	echo 'ok - without a room, the layers too'
else
	echo 'not ok - without a room, the layers too'
fi
