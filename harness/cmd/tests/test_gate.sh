# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The gate end to end: real result files, and what is made of them by hand.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

few=(--tuples 2000) # of the fuzz: the parts have tests of their own
a=$tmp/a.json
gate() { sg gate "${few[@]}" --json "$tmp/gate.json" "$@"; }

# told NAME CODE FILTER ARGS...: the exit code, and jq -e FILTER is true of gate --json
told() {
	local name=$1 code=$2 filter=$3
	shift 3
	rm -f "$tmp/gate.json"
	gate "$@"
	if [ "$status" -eq "$code" ] && jq -e "$filter" "$tmp/gate.json" >/dev/null 2>&1; then
		pass "$name"
	else
		flunk "$name" "exit $status, not $code, or not $filter: $(shown)"
	fi
}

# noted NAME PATTERN: a note of the last gate --json matches
noted() { holds "$1" jq -e "any(.notes[]; test(\"$2\"))" "$tmp/gate.json"; }

# edit FILTER FROM TO
edit() { jq "$1" "$2" >"$3"; }

sg bench --time 0.2 --workload null,futex --generator linear,tuned --json "$a"
holds 'a result to compare' test "$status" -eq 0

# ---- the same

told 'a result against itself passes' 0 '.result == "pass" and (.checks | length > 20)
	and all(.checks[]; .result == "pass")' --exact --baseline "$a" "$a"
holds 'the text says so' grep -qi 'pass' "$tmp/out"
told 'a check has a name, a kind, a result and two numbers' 0 'all(.checks[]; has("name") and has("kind")
	and has("result") and has("baseline") and has("value"))' --exact --baseline "$a" "$a"
for kind in refusal policy verdicts proof mismatches filter_insns mix_insns bpf_insns; do
	told "$kind is checked of a real result" 0 "any(.checks[]; .kind == \"$kind\")" \
		--exact --baseline "$a" "$a"
done
holds 'standard input as the result' sh -c "'$SECGAUGE' gate --exact ${few[*]} --json - --baseline '$a' - <'$a' |
	jq -e '.result == \"pass\"'"

# ---- worse

# What stands under the name of tuned is linear's filter.
# shellcheck disable=SC2016 # $by and $insns are jq's
edit '.context.filters |= ((map({key: .name, value: .}) | from_entries) as $by
	| (.[] | select(.name == "tuned")) |= ($by.linear | .name = "tuned"))
	| ([.context.filters[] | select(.name == "linear")][0].figures.filter_insns) as $insns
	| (.benchmarks[] | select(.run_name | endswith("/tuned")) | .filter_insns | numbers) |= $insns' \
	"$a" "$tmp/linear.json"
told 'linear in the place of tuned fails' 1 '.result == "fail" and any(.checks[];
	.kind == "filter_insns" and .name == "container-default/tuned" and .result == "fail"
	and .value > .baseline)' --baseline "$a" "$tmp/linear.json"
told 'and nothing of linear does' 1 'all(.checks[] | select(.name == "container-default/linear");
	.result != "fail")' --exact --baseline "$a" "$tmp/linear.json"
# The two may differ where the profile leaves the verdict open.
told 'the other way round is better' 0 '.result == "pass" and any(.checks[]; .kind == "filter_insns" and .better)' \
	--exact --allow verdicts --baseline "$tmp/linear.json" "$a"
told 'what is allowed does not fail' 0 '.result == "pass"' --exact \
	--allow filter_insns=1000,mix_insns,left_insns,uniform_insns=10000% --allow worst_insns,longest_path_insns,verdicts \
	--baseline "$a" "$tmp/linear.json"
told 'an allowance that is too small does' 1 'any(.checks[]; .kind == "filter_insns" and .result == "fail")' \
	--exact --allow filter_insns=10% --baseline "$a" "$tmp/linear.json"

# ---- less than the baseline had

edit 'del(.benchmarks[] | select(.run_name | startswith("futex/")))' "$a" "$tmp/half.json"
told 'a workload that is missing is inconclusive' 0 '.result == "inconclusive" and ([.checks[] |
	select(.result == "inconclusive")] | length == 1)' --exact --baseline "$a" "$tmp/half.json"
told '--strict: exit 3' 3 '.result == "inconclusive"' --exact --strict --baseline "$a" "$tmp/half.json"
edit '.context.interrupted = true | .skipped += [.benchmarks[].run_name | select(startswith("futex/"))]
	| .skipped |= (map(if type == "string" then {name: ., status: "interrupted", reason: ""} else . end)
	| unique_by(.name)) | del(.benchmarks[] | select(.run_name | startswith("futex/")))' "$a" "$tmp/cut.json"
told 'an interrupted result is compared for what it has' 0 'any(.checks[]; .name == "null/container-default/tuned")
	and all(.checks[]; .result != "fail")' --baseline "$a" "$tmp/cut.json"
noted 'and is marked' 'the result ended early'
told 'so is an interrupted baseline' 0 'all(.checks[]; .result != "fail")' --baseline "$tmp/cut.json" "$a"
noted 'and is marked too' 'the baseline ended early'

# ---- files that are none

head -c 3000 "$a" >"$tmp/truncated.json"
echo 'no JSON' >"$tmp/corrupt.json"
echo '{"context": {"executable": "other"}, "benchmarks": []}' >"$tmp/foreign.json"
edit '.context.schema_version = 99' "$a" "$tmp/newer.json"
edit '(.context.filters[0].sha256) |= ("0" * 64)' "$a" "$tmp/forged.json"
: >"$tmp/empty.json"
for bad in truncated corrupt foreign newer forged empty; do
	refuses "a $bad baseline" "$bad.json" gate --baseline "$tmp/$bad.json" "$a"
	refuses "a $bad result" "$bad.json" gate --baseline "$a" "$tmp/$bad.json"
done
refuses 'a newer one is called newer' 'newer secgauge' gate --baseline "$tmp/newer.json" "$a"
refuses 'no such baseline' 'nowhere.json: No such file' gate --baseline "$tmp/nowhere.json" "$a"
old=$here/../../run/tests/saved/version-1.json
told 'a baseline of version 1 still reads' 0 '.result != "fail"' --exact --baseline "$old" "$old"
noted 'and what it lacks is said' 'does not carry the rules'

# ---- what cannot be compared

edit '.context.settings.stack = 2' "$a" "$tmp/stack.json"
refuses 'another --stack' '--stack 2.*--stack 1' gate --baseline "$a" "$tmp/stack.json"
edit '.context.settings.bitmap_off = true' "$a" "$tmp/bitmap.json"
refuses 'another --bitmap' '--bitmap off.*--bitmap on' gate --baseline "$a" "$tmp/bitmap.json"
sg bench --time 0.1 --profile io-server --workload null --generator tuned --json "$tmp/other.json"
refuses 'nothing in common' 'nothing to compare' gate --baseline "$a" "$tmp/other.json"
edit '.context.machine.cpu = "a processor of another make"' "$a" "$tmp/machine.json"
told 'another machine: only what is exact' 0 '.result == "pass" and all(.checks[]; .kind != "time")' \
	--baseline "$tmp/machine.json" "$a"
holds 'and the difference is said' jq -e '.machine_differences | length == 1 and (.[0] | contains("another make"))' "$tmp/gate.json"

# ---- a folder of baselines

mkdir "$tmp/folder" "$tmp/nothing"
echo 'no result' >"$tmp/folder/README.md"
touch "$tmp/nothing/notes.txt"
refuses 'a folder without one' 'holds no result file' gate --baseline "$tmp/nothing" "$a"
edit '.context.date = "2020-01-01T00:00:00Z"' "$a" "$tmp/folder/z-old.json"
edit '.context.date = "2021-01-01T00:00:00Z"' "$a" "$tmp/folder/m-new.json"
edit '.context.date = "2022-01-01T00:00:00Z"' "$tmp/machine.json" "$tmp/folder/a-newest.json"
gate --exact --baseline "$tmp/folder" "$a"
noted 'the newest of this class of machine is taken' 'baseline is .*/m-new.json, the newest in .* of this class'
rm "$tmp/folder/z-old.json" "$tmp/folder/m-new.json"
gate --baseline "$tmp/folder" "$a"
noted 'where there is none, the newest' 'baseline is .*/a-newest.json, .* none is of this class'
cp "$a" "$tmp/folder/result.json"
gate --exact --baseline "$tmp/folder" "$tmp/folder/result.json"
noted 'never the result itself' 'baseline is .*/a-newest.json'
cp "$tmp/corrupt.json" "$tmp/folder/b.json"
refuses 'a folder with a file that is none' 'b.json' gate --baseline "$tmp/folder" "$a"

# ---- options

refuses 'no baseline' '--baseline' gate "$a"
refuses 'no result' 'RESULT' gate --baseline "$a"
refuses 'two results' "got '.*a.json' too" gate --baseline "$a" "$a" "$a"
refuses 'both from standard input' 'standard input' gate --baseline - -
refuses 'an unknown kind' 'did you mean filter_insns' gate --allow filter_insn --baseline "$a" "$a"
refuses 'an allowance that is no number' "got 'filter_insns=many'" gate --allow filter_insns=many --baseline "$a" "$a"
refuses 'an allowance below zero' "got 'filter_insns=-1'" gate --allow filter_insns=-1 --baseline "$a" "$a"
refuses 'a threshold that is no share' '--threshold: .*3%' gate --threshold 3 --baseline "$a" "$a"
refuses 'a threshold of nothing' '--threshold-ns' gate --threshold-ns 0 --baseline "$a" "$a"
refuses 'two for standard output' '--json and --bencher|--bencher and --json' gate --json - --bencher - --baseline "$a" "$a"
refuses 'an output that cannot be written' 'nowhere' gate --exact "${few[@]}" --json "$tmp/nowhere/x" --text "$tmp/text" --baseline "$a" "$a"
json 'JSON to standard output replaces the text' '.result == "pass"' gate --exact "${few[@]}" --json - --baseline "$a" "$a"
for format in $("$SECGAUGE" list formats --json | jq -r '.formats[].name') bencher; do
	gate --exact "--$format" "$tmp/$format" --baseline "$a" "$a"
	holds "--$format writes a file" test -s "$tmp/$format"
done
holds 'no temporary is left' sh -c "! ls '$tmp' | grep -E '[.].{6}\$' | grep -v json"
prints '--help names every format' '--sarif=FILE' gate --help

# ---- Ctrl-C

"$SECGAUGE" gate --exact --tuples 100000000000 --json "$tmp/cut-gate.json" --baseline "$a" "$tmp/linear.json" \
	>"$tmp/out" 2>"$tmp/err" &
running=$!
sleep 3
kill -INT "$running"
wait "$running"
code=$?
holds 'Ctrl-C exits 130' test "$code" -eq 130
holds 'Ctrl-C: what was checked is written' jq -e '.checks | length > 0' "$tmp/cut-gate.json"
holds 'Ctrl-C: and marked' jq -e '.interrupted' "$tmp/cut-gate.json"
holds 'Ctrl-C: the text is marked too' grep -qi 'interrupted' "$tmp/out"
