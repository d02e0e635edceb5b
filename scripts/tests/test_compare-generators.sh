# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The comparison of generators, on one small profile: what stands in the table and in the JSON, and
# what is refused. Never how long something took.
# shellcheck disable=SC2016 # dollars in single quotes are jq's and the README's
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/../../harness/cmd/tests/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
export SECGAUGE
cd "$tmp" || exit 3

script() {
	status=0
	"$top/scripts/compare-generators" "$@" >out 2>err </dev/null || status=$?
}
# refused NAME EXIT PATTERN ARGS...: at once, with one line
refused() {
	local name=$1 wanted=$2 pattern=$3
	shift 3
	script "$@"
	if [ "$status" -eq "$wanted" ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -Eq -- "$pattern" err; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted $wanted and one line like /$pattern/: $(shown)"
	fi
}
# shows NAME JQ-FILTER: true of the JSON
shows() { holds "$1" jq -e "$2" compared.json; }
row() { grep -E "^  $1 +$2" out; }

# ---- the README's example, on a filter that is another profile's
"$SECGAUGE" compile small-blocklist@tuned --arch x86_64 -o theirs.bpf >/dev/null
example=$(sed -n 's/^\$ \(scripts\/compare-generators .*\)/\1/p' "$top/README.md")
read -ra words <<<"$example"
script "${words[@]:1}"
holds "the README's example ($example)" test "$status" -eq 0
holds 'nothing but the table is said' test ! -s err
holds 'it fits 120 columns' test "$(wc -L <out)" -le 120
for generator in linear bst tuned tuned-left tuned-uniform tuned-worst tuned-install; do
	holds "figures of $generator" row "$generator" '([0-9.]+ +){7}equal$'
	holds "times of $generator" row "$generator" \
		'[0-9]+ \[[0-9]+, [0-9]+\] +(-|[-+][0-9]+ \[[-+0-9]+, [-+0-9]+\]) +[-+][0-9]+ \[[-+0-9]+, [-+0-9]+\] +[0-9.]+ \[[0-9.]+, [0-9.]+\]$'
done
holds 'their filter is a row, and is no filter of that policy' row 'theirs\.bpf' '([0-9.]+ +){7}different$'
holds 'it has every time but that of compiling' row 'theirs\.bpf' '- +- +[-+][0-9]+ .*\]$'
holds 'an input shows the difference' grep -Eq '^  theirs\.bpf differs: .* by the policy, [A-Z].* by the filter$' out
holds 'hand is for another profile: no row' sh -c "! grep -q '^  hand ' out"
for column in length mix left uniform worst longest bitmap verify compile install proof; do
	holds "a note says what $column is" grep -q "^$column  *[a-z]" out
done

shows 'one group' '.groups | map(.profile) == ["strict-2005"]'
shows 'whose rows have every figure' '[.groups[].rows[] | [.filter_insns, .mix_insns, .left_insns,
	.uniform_insns, .worst_insns, .longest_path_insns, .bitmap_served.x86_64]
	| length == 7 and all(type == "number")] | length == 8 and all'
shows 'as compile says them' "$("$SECGAUGE" compile strict-2005@tuned --optimize uniform --no-verify --json |
	jq -c '{filter_insns, mix_insns, uniform_insns, sha256}') as \$said
	| .groups[0].rows[] | select(.generator == \"tuned-uniform\")
	| {filter_insns, mix_insns, uniform_insns, sha256} == \$said"
shows 'an estimate lies in its interval, among its samples' '[.groups[].rows[] | .compile_ns // empty,
	.install_ns, .install_over_allow_ns, .proof_ns | .samples as $all | .low <= .estimate
	and .estimate <= .high] | length == 31 and all'
shows 'there are six rounds, and enough blocks' '.groups[0] | .rounds == 6 and .blocks >= 6
	and all(.rows[]; (.proof_ns.samples | length) == 6)'
shows 'differences are those of the pairs' '.groups[0].rows as $rows | $rows[0].compile_ns.samples as $linear
	| $rows[1:7] | all([.compile_ns.samples, $linear] as $pairs
		| .compile_over_linear_ns.samples == ($pairs | transpose | map(.[0] - .[1])))'
shows 'a filter from a file was not compiled' '.groups[0].rows[7] | .generator == "theirs.bpf"
	and .operand == "strict-2005@raw:theirs.bpf" and .compile_ns == null and .verify == "different"'
shows 'the machine is named' '.machine.kernel | length > 0'

# ---- statistics
computes() { # NAME EXPRESSION
	holds "$1" jq -ne -L "$top/scripts" "include \"compare-generators\"; $2"
}
computes 'the median of an even number' '[4, 1, 3, 2] | median == 2.5'
# The tables of the sign test, two-sided 5%: n and the largest count that still rejects, plus 1.
computes 'the interval is that of the sign test' '[[6, 1], [8, 1], [9, 2], [12, 3], [15, 4], [20, 6],
	[25, 8], [50, 18], [100, 40]] | all(. as [$n, $place] | $n | interval_place == $place)'
computes 'it is the range of fewer values than six' '[3, 1, 2] | estimate | .low == 1 and .high == 3'
computes 'it leaves out what is far off' '[range(15)] + [1000] | estimate
	| .estimate == 7.5 and .low == 3 and .high == 12'
computes 'a round that failed is in no pair' '[5, null, 7] | estimate_over([1, 2, null]) | .samples == [4]'
computes 'numbers keep their places' '[0.0636, -0.5, 12, 999.96] | map(fixed(1)) == ["0.1", "-0.5", "12.0", "1000.0"]'

# ---- what is wrong is said in a line
refused 'a profile that is none' 2 'no-such: no such profile or file' --profile no-such
refused 'a filter that is not there' 2 'gone\.bpf: No such file' --profile strict-2005 gone.bpf
printf 'x' >torn.bpf
refused 'a filter that is none' 2 'torn\.bpf: 1 bytes' --profile strict-2005 torn.bpf
refused 'an operand that names no filter' 2 "'strict-2005' is no filter" strict-2005
refused 'an architecture that is none' 2 'vax' --profile strict-2005 --arch vax
refused 'an option that is none' 2 'usage: ' --fast
refused 'an option without its argument' 2 '\-\-json needs an argument' --json
refused 'a place that cannot be written' 2 'cannot write /nowhere/x' --profile strict-2005 --json /nowhere/x
SECGAUGE=$tmp/missing refused 'a program that is not built' 3 'missing is not built' --quick

# ---- what is not here, what a generator gets wrong, and an end before the end
mkdir fake
cat >fake/secgauge <<'P'
#!/bin/sh
# Everything is refused, and Ctrl-C comes while installs are measured if INTERRUPT says so.
case "$1 $2" in
compile\ absent@*) echo 'secgauge: absent: install the Debian package absent-1' >&2; exit 3 ;;
compile\ *@allow) ;;
compile\ *) echo 'secgauge: libseccomp refuses: no' >&2; exit 1 ;;
bench*) [ -z "$INTERRUPT" ] || exit 130 ;;
esac
exec "$REAL" "$@"
P
chmod +x fake/secgauge
export REAL=$SECGAUGE INTERRUPT=''
SECGAUGE=$tmp/fake/secgauge
script --quick --profile absent --profile strict-2005 --json compared.json
holds 'a refusal is a finding' test "$status" -eq 1
holds 'and stands in the table' row bst 'refused: libseccomp refuses: no$'
holds 'a profile that is not installed is left out, with the reason' \
	grep -qx 'absent: skipped: absent: install the Debian package absent-1' out
shows 'also in the JSON' '.groups[0] == {profile: "absent", skipped: "absent: install the Debian package absent-1"}'
INTERRUPT=yes script --quick --profile absent --profile strict-2005 --json -
holds 'Ctrl-C ends it' test "$status" -eq 130
holds 'what was there by then is written' jq -e '.groups | map(.profile) == ["absent"]' out
computes 'a proof that fails says why' \
	'[{generator: "tuned", verify: "unknown", verify_reason: "too many nodes"} | remark]
	== ["tuned is not proved: too many nodes"]'
computes 'a filter that differs is a finding' \
	'{rows: [{operand: "p@tuned", verify: "equal"}, {operand: "p@bst", verify: "different"}]} | [.] | findings'
computes 'a filter from a file that differs is none' \
	'{rows: [{operand: "p@raw:f.bpf", verify: "different"}]} | [.] | findings | not'
