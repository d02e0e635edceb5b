# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The formats of services, held against what the services document, or read by their own tool.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/../../cmd/tests/lib.sh"
here=$(dirname "$0")

fails() { ! "$@"; }

holds 'the exports are written' "${BUILD:-build}/harness/report/tests/test_exports" "$tmp"
for format in bencher smaller-is-better; do
	holds "$format follows its schema" follows "$here/exports-schema.json" "$tmp/some.$format" "$format"
done
jq '.[] |= (.latency.value |= tostring)' "$tmp/some.bencher" >"$tmp/bad"
holds 'the schema of bencher refuses a number in quotes' \
	fails follows "$here/exports-schema.json" "$tmp/bad" bencher
jq '.[0].value |= tostring' "$tmp/some.smaller-is-better" >"$tmp/bad"
holds 'the schema of smaller-is-better refuses a number in quotes' \
	fails follows "$here/exports-schema.json" "$tmp/bad" smaller-is-better

# compare.py leaves out a row that lacks something, without a word.
rows=$(jq '.benchmarks | length' "$tmp/some.google")
jq '.benchmarks[] |= (.real_time *= 1.05 | .cpu_time *= 1.05)' "$tmp/some.google" >"$tmp/slower.google"
/usr/bin/python3 /usr/share/benchmark/compare.py --no-color benchmarks \
	"$tmp/some.google" "$tmp/slower.google" >"$tmp/compare" 2>&1
holds "compare.py prints each of the $rows rows" \
	test "$(grep -cE '^(null|futex)/.* \+0\.0500 +\+0\.0500 ' "$tmp/compare")" -eq "$rows"
holds 'compare.py tests the repetitions of each row' \
	test "$(grep -c '_pvalue .*U Test, Repetitions: 9 vs 9$' "$tmp/compare")" -eq 7
