# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Each format held against its schema or read by a reader of its own: with no check at all, with
# every kind and result under names that mean something to the reader, and with 5,000 checks.
# shellcheck disable=SC2016 # jq has variables too, and a name a backtick
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/../../cmd/tests/lib.sh"
here=$(dirname "$0")

fails() { ! "$@"; }
equal() { [ "$1" = "$2" ] || { echo "$1, not $2" && false; }; }
xpath() { xmllint --xpath "$1" "$2"; }

holds 'the reports are written' "${BUILD:-build}/harness/gate/tests/test_formats" "$tmp"

for case in empty every many; do
	holds "JSON of $case follows results/gate-schema.json" \
		follows "$here/../../../results/gate-schema.json" "$tmp/$case.json"
	holds "SARIF of $case follows its schema" follows "$here/sarif-schema.json" "$tmp/$case.sarif"
	holds "JUnit XML of $case follows its schema" \
		xmllint --noout --nonet --schema "$here/junit.xsd" "$tmp/$case.junit"
	checks=$(jq '.checks | length' "$tmp/$case.json")
	holds "a case for each of $checks checks of $case" \
		equal "$(xpath 'count(//testcase)' "$tmp/$case.junit")" "$checks"
	for pair in fail:failure inconclusive:skipped pass:system-out; do
		holds "each ${pair%:*} of $case is a ${pair#*:}" equal \
			"$(xpath "count(//testcase/${pair#*:})" "$tmp/$case.junit")" \
			"$(jq "[.checks[] | select(.result == \"${pair%:*}\")] | length" "$tmp/$case.json")"
	done
	holds "the suites of $case add up" equal \
		"$(xpath 'concat(sum(//testsuite/@tests), " ", sum(//testsuite/@failures), " ",
			sum(//testsuite/@skipped))' "$tmp/$case.junit")" \
		"$checks $(jq -r '"\(.counts.fail) \(.counts.inconclusive)"' "$tmp/$case.json")"
	holds "each result of SARIF of $case has the index of its rule" jq -e '.runs[0] |
		(.tool.driver.rules | map(.id)) as $rules | .results | all($rules[.ruleIndex] == .ruleId)' \
		"$tmp/$case.sarif"
done

# ---- what a reader gets is what was written
holds 'a name comes out of XML as it went in' equal \
	"$(xpath 'string((//testcase[@classname="secgauge.time"])[2]/@name)' "$tmp/every.junit")" \
	"\"a\" & 'b'/<i>&lt;</i>"
holds 'a finding comes out of <failure> with its line' equal \
	"$(xpath 'string((//testcase[@classname="secgauge.verdicts"]/failure)[1])' "$tmp/every.junit" |
		tail -n 1)" 'a|b`c*d_e[f](g)\h~i$j/k'
holds 'the machine is a property' equal \
	"$(xpath 'string((//property[@name="cpu"])[1]/@value)' "$tmp/every.junit")" 'A "CPU" <2> GHz'
holds 'every failed verdict is a result of SARIF' jq -en \
	--slurpfile r "$tmp/every.json" --slurpfile s "$tmp/every.sarif" '
	[$r[0].checks[] | select(.kind | IN("policy", "verdicts", "proof", "mismatches"))
		| select(.result == "fail") | .findings | length] | add ==
	([$s[0].runs[0].results[] | select(.level == "error")] | length)'
# A schema that takes everything would find nothing.
jq 'del(.checks[0].unit)' "$tmp/every.json" >"$tmp/bad.json"
holds 'the schema of JSON misses a key' fails follows "$here/../../../results/gate-schema.json" "$tmp/bad.json"
jq '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "a b"' \
	"$tmp/every.sarif" >"$tmp/bad.sarif"
holds 'the schema of SARIF refuses a blank in a URI' fails follows "$here/sarif-schema.json" "$tmp/bad.sarif"
sed '0,/ tests="/s// test="/' "$tmp/every.junit" >"$tmp/bad.junit"
holds 'the schema of JUnit XML refuses an attribute that is none' \
	fails xmllint --noout --nonet --schema "$here/junit.xsd" "$tmp/bad.junit"
