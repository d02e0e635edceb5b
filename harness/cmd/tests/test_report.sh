# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Results for people, from the outside: text, page and Markdown of a real run and of doctored ones.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")

# page NAME FILE: well-formed, loads nothing, below 1 MiB ...
page() { holds "$1" /usr/bin/python3 "$here/page.py" "$2"; }
lacks() { if grep -qE -- "$2" "$3"; then flunk "$1" "found $2 in $3"; else pass "$1"; fi; }
has() { holds "$1" grep -qE -- "$2" "$3"; }

"$SECGAUGE" bench --time 0.2 --workload compat,futex,null --generator linear,tuned \
	--json "$tmp/a.json" >"$tmp/table" 2>"$tmp/err"
jq '.context.date = "2031-01-02T03:04:05Z"' "$tmp/a.json" >"$tmp/later.json"

# ---- text
sg report "$tmp/a.json"
holds 'the text ends with the table that bench printed' sh -c \
	"tail -n \$(wc -l <'$tmp/table') '$tmp/out' | diff - '$tmp/table'"
has 'and starts with what it comes to' '^(linear|tuned) costs|^No difference seen' "$tmp/out"
has 'and the noise floor' 'the noise floor' "$tmp/out"
holds 'the text fits 100 columns' test "$(wc -L <"$tmp/out")" -le 100
holds 'a result by standard input' sh -c "'$SECGAUGE' report - <'$tmp/a.json' | diff - '$tmp/out'"

# ---- the page
if command -v gnuplot >/dev/null; then
	sg report "$tmp/a.json" --html "$tmp/a.html" --markdown "$tmp/a.md"
	holds 'page and Markdown at once' test "$status" -eq 0 -a ! -s "$tmp/out" -a ! -s "$tmp/err"
	page 'the page is well-formed and loads nothing' "$tmp/a.html"
	holds 'with its five pictures' test "$(grep -c '<svg class="plot"' "$tmp/a.html")" -eq 5
	has 'with marks' '<use href="#p[0-9]+" class="s1"' "$tmp/a.html"
	has 'with the noise floor' '<polygon class="floor"' "$tmp/a.html"
	lacks 'without a colour of its own' 'rgb\(|stroke=|fill="[^n]' "$tmp/a.html"
	if command -v xmllint >/dev/null; then
		sed -e '/^<style>/,/<\/style>/d' "$tmp/a.html" | sed -n '/<svg class="plot"/,/<\/svg>/p' |
			{ echo '<all>' && cat && echo '</all>'; } >"$tmp/pictures.xml"
		holds 'the pictures are XML' xmllint --noout "$tmp/pictures.xml"
	else
		skip 'the pictures are XML' 'xmllint: not installed'
	fi
else
	skip 'the page with its pictures' 'gnuplot: not installed'
fi
has 'what was not measured, and why' 'no i386 calls|Everything that was asked' "$tmp/a.html"

page 'the example that is committed' "$here/../../../results/example.html"

# ---- several results
sg report "$tmp/later.json" "$tmp/a.json" --text "$tmp/both" --html "$tmp/both.html" --markdown "$tmp/both.md"
holds 'several results' test "$status" -eq 0
date=$(jq -r '.context.date[:16]' "$tmp/a.json")
holds 'the history is oldest first, however they are given' sh -c \
	"grep -oE '${date/T/ }|2031-01-02 03:04' '$tmp/both' | head -n 2 | tr '\n' ' ' | grep -qx '${date/T/ } 2031-01-02 03:04 '"
has 'the newest is the one that is shown' 'secgauge, 2031-01-02 03:04<' "$tmp/both.html"
page 'a page with a history' "$tmp/both.html"
jq '.context.machine.cpu = "another one" | .context.date = "2001-01-01T00:00:00Z"' "$tmp/a.json" >"$tmp/other.json"
sg report "$tmp/other.json" "$tmp/a.json" "$tmp/later.json" --text "$tmp/three" --html "$tmp/three.html"
has 'another machine class is said' 'another machine class, times left out: 2001-01-01 00:00: .*another one' "$tmp/three"
has 'and has exact figures alone' '2001-01-01 00:00 +- +[0-9]' "$tmp/three"
has 'on the page too' 'Of another machine class' "$tmp/three.html"
refuses 'one result where one is taken' '--bencher takes one result, got 2' \
	report "$tmp/a.json" "$tmp/later.json" --bencher -

# ---- hostile names: markup, gnuplot's strings, terminals, services
hostile='<script>alert(1)<\/script>\"&`touch '$tmp'\/pwned`'\''{{0}}|*x* @all #1 \u202e'
jq --arg to "$(printf '%b' "${hostile//\\\//\/}" | sed 's/\//∕/g')" \
	'walk(if type == "string" then gsub("container-default"; $to) else . end)
	| .context.notes += ["a <b>note</b>"]' "$tmp/a.json" >"$tmp/hostile.json"
sg report "$tmp/hostile.json" --html "$tmp/hostile.html" --markdown "$tmp/hostile.md" --text "$tmp/hostile"
holds 'hostile names are taken' test "$status" -eq 0
page 'their page is well-formed' "$tmp/hostile.html"
lacks 'their markup is none' '<script>alert|<b>note' "$tmp/hostile.html"
has 'their names are there' '&lt;script&gt;alert\(1\)' "$tmp/hostile.html"
holds 'gnuplot ran nothing of theirs' test ! -e "$tmp/pwned"
lacks 'in Markdown neither' '<script>|<b>note|[^\\]\*x|@all|#1' "$tmp/hostile.md"

# ---- Markdown: each row of a table has the columns of its head
holds 'the rows of the Markdown tables fit their heads' awk -F'([^\\\\]|^)\\|' '
	!/^\|/ { columns = 0; next }
	!columns { columns = NF }
	NF != columns { print; bad = 1 }
	END { exit bad }' "$tmp/both.md" "$tmp/a.md" "$tmp/hostile.md"

# ---- what is missing
jq '.context.interrupted = true' "$tmp/a.json" >"$tmp/cut.json"
sg report "$tmp/cut.json" --html "$tmp/cut.html" --markdown "$tmp/cut.md" --text "$tmp/cut"
has 'an interrupted result is marked at the top of the page' 'class="banner" role="note"><b>Interrupted' "$tmp/cut.html"
has 'in Markdown' '^\*\*Interrupted' "$tmp/cut.md"
has 'and in text' '^Interrupted' "$tmp/cut"
jq '.benchmarks = [] | .context.summary = [] | .skipped = [{"name": "null/container-default/tuned",
	"status": "interrupted", "reason": ""}]' "$tmp/a.json" >"$tmp/none.json"
sg report "$tmp/none.json" --html "$tmp/none.html" --markdown "$tmp/none.md" --text "$tmp/none"
holds 'a result without a measurement' test "$status" -eq 0
has 'says so' 'Nothing was measured' "$tmp/none"
page 'and has a page' "$tmp/none.html"

"$SECGAUGE" bench --no-time --workload null,uring --generator linear,tuned --json "$tmp/exact.json" >"$tmp/table"
sg report "$tmp/exact.json" --html "$tmp/exact.html" --markdown "$tmp/exact.md" --text "$tmp/exact"
has 'a result without times has a headline of its own' \
	'^linear executes [0-9.]+ instructions a call of the mix, tuned [0-9.]+\.$' "$tmp/exact"
holds 'and the table that bench printed' sh -c \
	"tail -n \$(wc -l <'$tmp/table') '$tmp/exact' | diff - '$tmp/table'"
page 'and a page' "$tmp/exact.html"
has 'with its rows' '<bdi>null</bdi></th><td><bdi>tuned' "$tmp/exact.html"

jq '(.benchmarks[] | select(.aggregate_name == "median" and (.run_name | endswith("tuned"))))
	|= (.ratio = 1e15 | .ratio_high = 1e15 | .ratio_low = 1e-6 | .overhead_ns = -1e15
		| .overhead_ns_low = -1e15 | .overhead_ns_high = 1e15)
	| .context.summary[0].ratio_high = 1e15' "$tmp/a.json" >"$tmp/wide.json"
sg report "$tmp/wide.json" "$tmp/later.json" --html "$tmp/wide.html" --text "$tmp/wide" --markdown "$tmp/wide.md"
holds 'figures of any size' test "$status" -eq 0 -a ! -s "$tmp/err"
page 'have a page too' "$tmp/wide.html"

mkdir "$tmp/bin"
PATH=$tmp/bin sg report "$tmp/a.json" --html "$tmp/plain.html"
holds 'without gnuplot: exit 0' test "$status" -eq 0
holds 'and one warning' test "$(cat "$tmp/err")" = \
	'secgauge: warning: the report has no pictures: gnuplot: not installed'
has 'and the page says so in their place' 'class="absent">unsupported: gnuplot: not installed' "$tmp/plain.html"
page 'and is well-formed' "$tmp/plain.html"
for behaviour in 'exit 3' 'kill -9 $$' 'echo "<svg><g>"' 'echo "gnuplot: line 7: nonsense" >&2; exit 1'; do
	printf '%s\n' '#!/bin/sh' "$behaviour" >"$tmp/bin/gnuplot"
	chmod +x "$tmp/bin/gnuplot"
	PATH=$tmp/bin:/bin sg report "$tmp/a.json" --html "$tmp/plain.html"
	holds "gnuplot that does $behaviour: no pictures, exit 0" test "$status" -eq 0 -a -s "$tmp/err" \
		-a "$(grep -c 'class="absent">unsupported: gnuplot' "$tmp/plain.html")" -eq 5
done

# ---- bad input
refuses 'no result' 'report: expected a RESULT' report
refuses 'a file that is not there' 'nowhere.json' report "$tmp/nowhere.json"
echo '{}' >"$tmp/empty.json"
refuses 'no result file' 'empty.json: .*expected' report "$tmp/empty.json"
refuses 'a folder that is not there' 'nowhere/page.html' report "$tmp/a.json" --html "$tmp/nowhere/page.html"
exits 'an unknown option' 2 report "$tmp/a.json" --pdf "$tmp/x"
