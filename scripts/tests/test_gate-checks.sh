# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The checks of the whole gate: how blocks are dealt, what is refused. Never how long something took.
# shellcheck disable=SC2016 # dollars in single quotes are jq's
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/../../harness/cmd/tests/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
export SECGAUGE
cd "$tmp" || exit 3
saved=$top/harness/run/tests/saved/version-2.json

refused() { # NAME PATTERN SCRIPT ARGS...: exit 2, one line
	local name=$1 pattern=$2 script=$3
	shift 3
	status=0
	"$top/scripts/$script" "$@" >out 2>err </dev/null || status=$?
	if [ "$status" -eq 2 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -Eq -- "$pattern" err; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted one line like /$pattern/: $(shown)"
	fi
}

# ---- dealing
deal() { "$top/scripts/gate-resample" "$saved" "$1" "$2" "$3"; }
times() { # FILE...: each block of each row, whatever its number
	jq -cs 'map(.benchmarks[] | select(.run_type == "iteration") |
		{run_name, real_time, none_ns, ratio, overhead_ns}) | sort' "$@"
}
holds 'a result file is dealt' deal 1 a.json b.json
holds 'all its blocks, each once' test "$(times a.json b.json)" = "$(times "$saved")"
holds 'half to each' jq -e '[.benchmarks[] | select(.run_type == "iteration")] | group_by(.run_name) |
	all(map(.repetition_index) == [range(4)] and all(.repetitions == 4))' a.json
holds 'rows of a workload keep the same blocks' jq -e '[.benchmarks[] |
	select(.run_type == "iteration")] | group_by(.run_name | sub("/[^/]*$"; "")) |
	all(group_by(.repetition_index) | all([.[].none_ns] | unique | length == 1))' b.json
holds 'the median is that of the blocks' jq -e '.benchmarks | (map(select(.run_type == "iteration")) |
	group_by(.run_name) | map({key: .[0].run_name, value: (map(.real_time) | sort | (.[1] + .[2]) / 2)}) |
	from_entries) as $medians | map(select(.aggregate_name == "median")) |
	length > 0 and all(.real_time - $medians[.run_name] | fabs < 1e-6)' a.json
deal 1 again.json b2.json
deal 2 other.json b2.json
holds 'a seed deals the same again' cmp -s a.json again.json
holds 'another one otherwise' test "$(times other.json)" != "$(times a.json)"
exits 'secgauge reads what was dealt, and finds nothing worse' 0 gate --baseline a.json b.json --tuples 100

# ---- refusals
refused 'a number that is none' "--live: expected a number, got 'x'" gate-aa --live x
refused 'an option without its argument' 'gate-aa: usage: ' gate-aa --live
refused 'an unknown option' "unknown option '--bogus'" gate-aa --bogus 1
refused 'no run at all' '^usage: scripts/gate-power' gate-power 0
