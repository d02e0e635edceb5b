#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/fuzz-smoke with made-up engines: what it takes for a success, a finding, a failure.
# shellcheck disable=SC2016 # the lines in single quotes are for the made-up programs
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export BUILD=$tmp/build SG_FUZZ_SECONDS=1 PATH=$tmp/bin:$PATH
mkdir -p "$tmp/bin" "$BUILD"/{fuzz/corpus/mix,libfuzzer/fuzz,afl/fuzz,gen}

program() { # FILE LINE...
	local file=$1
	shift
	printf '%s\n' '#!/usr/bin/env bash' "$@" >"$file"
	chmod +x "$file"
}
stats() { # LINE...: an afl-fuzz that leaves these
	program "$tmp/bin/afl-fuzz" 'while [ "$1" != -o ]; do shift; done' \
		'mkdir -p "$2"/default/{crashes,hangs}' "echo x >\"\$2/default/crashes/id:0\"" \
		"printf '%s\n' $(printf "'%s' " "$@") >\"\$2/default/fuzzer_stats\""
}
fine() {
	program "$BUILD/fuzz/replay" 'echo "mix      summary"'
	program "$BUILD/libfuzzer/fuzz/mix" 'echo "stat::number_of_executed_units: 1234" >&2'
	stats 'execs_done : 99' 'execs_per_sec : 9.50' 'saved_crashes : 0' 'saved_hangs : 0' \
		'target_mode : persistent shmem_testcase deferred '
}
# says NAME EXIT LAST-LINE LINE...: what a run of all targets prints
says() {
	local name=$1 wanted=$2 last=$3 status=0 out line
	shift 3
	out=$(scripts/fuzz-smoke 2>&1) || status=$?
	for line in "$@"; do
		grep -qxF -- "$line" <<<"$out" || status=unseen
	done
	if [ "$status" = "$wanted" ] && [ "$(tail -n 1 <<<"$out")" = "fuzz-smoke: $last" ]; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		printf '%s\n' "status $status, wanted $wanted" "$out" | sed 's/^/  /'
	fi
	fine
}

fine
says 'two runs without a finding' 0 '2 passed, 0 failed' \
	'ok - mix under libFuzzer: 1234 executions, 1234/s' \
	'ok - mix under AFL++: 99 executions, 9.50/s, persistent'
program "$BUILD/libfuzzer/fuzz/mix" 'echo noise >&2' 'echo "fuzz: 1 call reads back as 2" >&2' \
	'echo "artifact_prefix=x; Test unit written to found/crash-1" >&2' 'exit 77'
says 'a property that does not hold' 1 '1 passed, 1 failed' \
	'not ok - mix under libFuzzer: fuzz: 1 call reads back as 2' '  kept: found/crash-1'
program "$BUILD/libfuzzer/fuzz/mix" \
	'echo "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1" >&2' 'exit 77'
says 'a report of a sanitizer' 1 '1 passed, 1 failed' \
	'not ok - mix under libFuzzer: ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1'
program "$BUILD/libfuzzer/fuzz/mix" 'exit 127'
says 'an engine that does not start' 1 '1 passed, 1 failed' 'not ok - mix under libFuzzer: '
stats 'saved_crashes : 1' 'saved_hangs : 0' 'target_mode : persistent shmem_testcase '
says 'a crash under AFL++' 1 '1 passed, 1 failed' \
	"not ok - mix under AFL++: 1 crashes and 0 hangs in $BUILD/fuzz/found/mix"
if [ -e "$BUILD/fuzz/found/mix/id:0" ]; then echo 'ok - is kept'; else echo 'not ok - is kept'; fi
stats 'saved_crashes : 0' 'saved_hangs : 0' 'target_mode : deferred '
says 'a target that is not persistent' 1 '1 passed, 1 failed' \
	'not ok - mix under AFL++: target mode "deferred "'
program "$tmp/bin/afl-fuzz" 'echo "[-] PROGRAM ABORT : no"' 'exit 1'
says 'an AFL++ that does not start' 1 '1 passed, 1 failed' \
	'not ok - mix under AFL++: [-] PROGRAM ABORT : no'
