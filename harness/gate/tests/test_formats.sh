# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Each format held against its schema or read by a reader of its own: with no check at all, with
# every kind and result under names that mean something to the reader, and with 5,000 checks.
# shellcheck disable=SC2016 # jq has variables too, and a name a backtick
set -uo pipefail
here=$(dirname "$0")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

holds() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$out/said" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		head -c 600 "$out/said" | sed 's/^/  /'
	fi
}

follows() { # SCHEMA FILE
	/usr/bin/python3 - "$1" "$2" <<'P'
import json, sys
import jsonschema
schema, document = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.validate(document, schema)
P
}
fails() { ! "$@"; }
equal() { [ "$1" = "$2" ] || { echo "$1, not $2" && false; }; }
xpath() { xmllint --xpath "$1" "$2"; }

holds 'the reports are written' "${BUILD:-build}/harness/gate/tests/test_formats" "$out"

for case in empty every many; do
	holds "JSON of $case follows results/gate-schema.json" \
		follows "$here/../../../results/gate-schema.json" "$out/$case.json"
	holds "SARIF of $case follows its schema" follows "$here/sarif-schema.json" "$out/$case.sarif"
	holds "JUnit XML of $case follows its schema" \
		xmllint --noout --nonet --schema "$here/junit.xsd" "$out/$case.junit"
	checks=$(jq '.checks | length' "$out/$case.json")
	holds "a case for each of $checks checks of $case" \
		equal "$(xpath 'count(//testcase)' "$out/$case.junit")" "$checks"
	for pair in fail:failure inconclusive:skipped pass:system-out; do
		holds "each ${pair%:*} of $case is a ${pair#*:}" equal \
			"$(xpath "count(//testcase/${pair#*:})" "$out/$case.junit")" \
			"$(jq "[.checks[] | select(.result == \"${pair%:*}\")] | length" "$out/$case.json")"
	done
	holds "the suites of $case add up" equal \
		"$(xpath 'concat(sum(//testsuite/@tests), " ", sum(//testsuite/@failures), " ",
			sum(//testsuite/@skipped))' "$out/$case.junit")" \
		"$checks $(jq -r '"\(.counts.fail) \(.counts.inconclusive)"' "$out/$case.json")"
	holds "each result of SARIF of $case has the index of its rule" jq -e '.runs[0] |
		(.tool.driver.rules | map(.id)) as $rules | .results | all($rules[.ruleIndex] == .ruleId)' \
		"$out/$case.sarif"
done

# ---- what a reader gets is what was written
holds 'a name comes out of XML as it went in' equal \
	"$(xpath 'string((//testcase[@classname="secgauge.time"])[2]/@name)' "$out/every.junit")" \
	"\"a\" & 'b'/<i>&lt;</i>"
holds 'a finding comes out of <failure> with its line' equal \
	"$(xpath 'string((//testcase[@classname="secgauge.verdicts"]/failure)[1])' "$out/every.junit" |
		tail -n 1)" 'a|b`c*d_e[f](g)\h~i$j/k'
holds 'the machine is a property' equal \
	"$(xpath 'string((//property[@name="cpu"])[1]/@value)' "$out/every.junit")" 'A "CPU" <2> GHz'
holds 'every failed verdict is a result of SARIF' jq -en \
	--slurpfile r "$out/every.json" --slurpfile s "$out/every.sarif" '
	[$r[0].checks[] | select(.kind | IN("policy", "verdicts", "proof", "mismatches"))
		| select(.result == "fail") | .findings | length] | add ==
	([$s[0].runs[0].results[] | select(.level == "error")] | length)'
# A schema that takes everything would find nothing.
jq 'del(.checks[0].unit)' "$out/every.json" >"$out/bad.json"
holds 'the schema of JSON misses a key' fails follows "$here/../../../results/gate-schema.json" "$out/bad.json"
jq '.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = "a b"' \
	"$out/every.sarif" >"$out/bad.sarif"
holds 'the schema of SARIF refuses a blank in a URI' fails follows "$here/sarif-schema.json" "$out/bad.sarif"
sed '0,/ tests="/s// test="/' "$out/every.junit" >"$out/bad.junit"
holds 'the schema of JUnit XML refuses an attribute that is none' \
	fails xmllint --noout --nonet --schema "$here/junit.xsd" "$out/bad.junit"
