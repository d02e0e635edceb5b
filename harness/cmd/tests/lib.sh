# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For test scripts: source it, then call the checks. A case prints "ok - NAME", "not ok - NAME" or
# "skip - NAME: REASON", which scripts/run-tests counts. SECGAUGE is the program under test.
set -uo pipefail

SECGAUGE=${SECGAUGE:-build/secgauge}
SECGAUGE=$(realpath "$SECGAUGE")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

pass() { echo "ok - $1"; }
flunk() { # NAME WHY
	echo "not ok - $1"
	echo "  $2"
}
skip() { echo "skip - $1: $2"; }

# Runs secgauge; leaves $status, $tmp/out and $tmp/err.
sg() {
	status=0
	"$SECGAUGE" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
}

shown() { head -c 2000 "$tmp/out" "$tmp/err" | tr '\n' '~'; }

# exits NAME CODE ARGS...
exits() {
	local name=$1 code=$2
	shift 2
	sg "$@"
	if [ "$status" -eq "$code" ]; then pass "$name"; else flunk "$name" "exit $status, not $code: $(shown)"; fi
}

# prints NAME PATTERN ARGS...: exit 0, and standard output matches the extended expression
prints() {
	local name=$1 pattern=$2
	shift 2
	sg "$@"
	if [ "$status" -eq 0 ] && grep -Eq -- "$pattern" "$tmp/out"; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted /$pattern/: $(shown)"
	fi
}

# refuses NAME PATTERN ARGS...: exit 2, nothing on standard output, one line that matches
refuses() {
	local name=$1 pattern=$2
	shift 2
	sg "$@"
	if [ "$status" -eq 2 ] && [ ! -s "$tmp/out" ] && [ "$(wc -l <"$tmp/err")" -eq 1 ] &&
		grep -Eq -- "$pattern" "$tmp/err"; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted one line like /$pattern/: $(shown)"
	fi
}

# holds NAME COMMAND...: the command succeeds
holds() {
	local name=$1
	shift
	if "$@" >"$tmp/holds" 2>&1; then pass "$name"; else flunk "$name" "$* failed: $(head -c 500 "$tmp/holds")"; fi
}

# follows SCHEMA FILE [DEFINITION]: a JSON document is what the schema says, or what it defines by
# that name; for holds
follows() {
	/usr/bin/python3 - "$@" <<'P'
import json, sys
import jsonschema
schema, document = (json.load(open(name, encoding='utf-8')) for name in sys.argv[1:3])
for name in sys.argv[3:]:
    schema = schema['$defs'][name]
jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.validate(document, schema)
P
}

# json NAME FILTER ARGS...: exit 0, and jq -e FILTER is true of standard output
json() {
	local name=$1 filter=$2
	shift 2
	sg "$@"
	if [ "$status" -eq 0 ] && jq -e "$filter" "$tmp/out" >/dev/null 2>&1; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted $filter: $(shown)"
	fi
}
