#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every seed and every past finding through its target, by fuzz/replay and without a fuzzer; and
# what replay, the dictionary and scripts/afl say.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
replay=$BUILD/fuzz/replay

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		{ echo "failed: $*" && cat "$tmp/out"; } | sed 's/^/  /'
	fi
}
says() { # EXIT TEXT COMMAND...
	local wanted=$1 text=$2 status=0 out
	shift 2
	out=$("$@" 2>&1) || status=$?
	echo "exit $status: $out"
	[ "$status" -eq "$wanted" ] && [[ "$out" == *"$text"* && "$out" != *$'\n'* ]]
}

check 'seeds are gathered' scripts/fuzz-corpus "$tmp/seeds" 1000000
for target in $("$replay" | cut -d ' ' -f 1); do
	status=0
	"$replay" "$target" "$tmp/seeds/$target"/* >"$tmp/cases" || status=$?
	sed "s|$tmp/seeds/$target/||" "$tmp/cases" # its lines are test cases
	check "$target: every seed is read" test "$status" -le 1
	check "$target has seeds of its own" test -n "$(ls "fuzz/corpus/$target")"
done

cp fuzz/corpus/mix/every-form.mix "$tmp/x"
check 'a file that is not there' says 2 'replay: ' "$replay" mix "$tmp/none"
check 'a target that is none' says 2 'no target "mixx"' "$replay" mixx "$tmp/x"
check 'one file' says 0 "ok - mix/$tmp/x" "$replay" mix "$tmp/x"

scripts/fuzz-dictionary >"$tmp/dict"
words() {
	local word
	for word in "$@"; do grep -qxF "\"$word\"" "$tmp/dict" || return 1; done
}
check 'the dictionary has a word of each kind' words openat SCMP_ACT_TRAP SCMP_CMP_MASKED_EQ \
	SCMP_ARCH_S390X defaultErrnoRet valueTwo jset 'ERRNO('
check 'and nothing that AFL++ cannot read' test "$(grep -cvE '^"[^"\\]{1,64}"$' "$tmp/dict")" -eq 0

export BUILD=$tmp/not-built
check 'scripts/afl without a target' says 2 'usage: scripts/afl' scripts/afl
check 'scripts/afl on no processor' says 2 'number of processors, not "0"' scripts/afl mix 0
if command -v afl-fuzz >/dev/null; then
	check 'scripts/afl before the build' says 2 'make fuzz-targets' scripts/afl mix 1
	mkdir -p "$tmp/not-built/afl/fuzz" && cp "$replay" "$tmp/not-built/afl/fuzz/mix.afl"
	check 'scripts/afl for a target that is none' says 2 'there are mix' scripts/afl mixx 1
else
	check 'scripts/afl without AFL++' says 3 'scripts/setup --fuzz' scripts/afl mix 1
fi
