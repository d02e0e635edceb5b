# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The formats of services, held against what the services document, or read by their own tool.
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

follows() { # FORMAT FILE
	/usr/bin/python3 - "$here/exports-schema.json" "$@" <<'P'
import json, sys
import jsonschema
schema, name, document = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3], encoding='utf-8'))
schema = json.load(open(schema))['$defs'][name]
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.validate(document, schema)
P
}
fails() { ! "$@"; }

holds 'the exports are written' "${BUILD:-build}/harness/report/tests/test_exports" "$out"
for format in bencher smaller-is-better; do
	holds "$format follows its schema" follows "$format" "$out/some.$format"
done
jq '.[] |= (.latency.value |= tostring)' "$out/some.bencher" >"$out/bad"
holds 'the schema of bencher refuses a number in quotes' fails follows bencher "$out/bad"
jq '.[0].value |= tostring' "$out/some.smaller-is-better" >"$out/bad"
holds 'the schema of smaller-is-better refuses a number in quotes' fails follows smaller-is-better "$out/bad"

# compare.py leaves out a row that lacks something, without a word.
rows=$(jq '.benchmarks | length' "$out/some.google")
jq '.benchmarks[] |= (.real_time *= 1.05 | .cpu_time *= 1.05)' "$out/some.google" >"$out/slower.google"
/usr/bin/python3 /usr/share/benchmark/compare.py --no-color benchmarks \
	"$out/some.google" "$out/slower.google" >"$out/compare" 2>&1
holds "compare.py prints each of the $rows rows" \
	test "$(grep -cE '^(null|futex)/.* \+0\.0500 +\+0\.0500 ' "$out/compare")" -eq "$rows"
holds 'compare.py tests the repetitions of each row' \
	test "$(grep -c '_pvalue .*U Test, Repetitions: 9 vs 9$' "$out/compare")" -eq 7
