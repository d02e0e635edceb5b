# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A real profile with one thing changed: bench, then gate. Every check of a verdict names the call,
# the argument and both verdicts, in all outputs.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"
profile=$(cd "$(dirname "$0")/../../.." && pwd)/filters/profiles/container-default.json
generators=linear,bst,tuned
cd "$tmp" || exit 1

# measure RESULT: the exact part of profile.json
measure() {
	sg bench --no-time --profile profile.json --arch x86_64 --workload null \
		--generator $generators --json "$1"
	holds "$1 is there" test "$status" -eq 0
}

# changed NAME JQ CALL ARGS TEXT...: with that done to the profile, the gate fails by each TEXT
changed() {
	local name=$1 edit=$2 call=$3 args=$4 text
	shift 4
	jq "$edit" "$profile" >profile.json
	measure "$name.json"
	exits "$name: the gate fails" 1 gate --tuples 2000 --baseline was.json --json gate.json \
		--junit junit.xml --sarif gate.sarif --markdown gate.md "$name.json"
	cp out text.txt
	sed 's/[\\]//g' gate.md >unescaped.md
	holds "$name: the profile, and each filter" jq -e '[.checks[] | select(.result == "fail" and
		(.kind == "policy" or .kind == "verdicts"))] | length == 4 and
		all(.baseline == 0 and .value > 0 and (.findings | length > 0))' gate.json
	holds "$name: the filters are what the profile says now" jq -e 'all(.checks[] | select(.kind == "proof" or
		.kind == "mismatches"); .result == "pass" and .value == 0)' gate.json
	# shellcheck disable=SC2016 # $call and $args are jq's
	holds "$name: call and arguments as JSON" jq -e --arg call "$call" --argjson args "$args" \
		'all(.checks[] | select(.kind == "policy" or .kind == "verdicts") | .findings[];
			.arch == "x86_64" and .syscall == $call and .by == $args)' gate.json
	for text in "$@"; do
		for output in text.txt junit.xml gate.sarif unescaped.md; do
			holds "$name: $text: in $output" test "$(grep -cF -- "$text" $output)" -ge 1
		done
		holds "$name: $text: in the JUnit case of each filter" test "$(grep -cF -- "$text" junit.xml)" -ge 4
	done
}

cp "$profile" profile.json
measure was.json

changed rule 'del(.syscalls[] | select(.names == ["personality"] and .args[0].value == 8))' personality '["a0"]' \
	'x86_64 personality (135) by a0, as with a0=0x8: ERRNO(1), was ALLOW'
changed call '(.syscalls[] | select(.names | index("uname")) | .names) -= ["uname"]' uname '[]' \
	'x86_64 uname (63): ERRNO(1), was ALLOW'
changed errno '(.syscalls[] | select(.names == ["clone3"]) | .errnoRet) = 1 | del(.syscalls[].errno)' clone3 '[]' \
	'x86_64 clone3 (435): ERRNO(1), was ERRNO(38)'
changed comparison '(.syscalls[] | select(.names == ["socket"]) | .args[0] | select(.op == "SCMP_CMP_GT") | .value) = 39' \
	socket '["a0"]' 'x86_64 socket (41) by a0, as with a0=0x28: ALLOW, was ERRNO(1)'
changed mask '(.syscalls[] | select(.names == ["clone"]) | .args[0].value) = 2114060416' clone '["a0"]' \
	'x86_64 clone (56) by a0, as with a0=0x80: ERRNO(1), was ALLOW'
