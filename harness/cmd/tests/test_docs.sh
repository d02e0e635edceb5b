# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The examples of the README, the manual page and `secgauge help` are run, so that they cannot lie.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../../.." && pwd)
examples=$tmp/examples

# README: lines "$ secgauge ..." of console blocks; manual: literal blocks; help: after "Examples:".
# shellcheck disable=SC2016 # backquotes are the README's
sed -n '/^```console/,/^```/s/^\$ \(build\/\)\?\(secgauge .*\)/\2/p' "$top/README.md" >"$examples"
sed -n '/^\.Bd -literal/,/^\.Ed/s/^secgauge/&/p' "$top/harness/secgauge.1" >>"$examples"
"$SECGAUGE" help | sed -n '/^Examples:/,/^$/s/^  secgauge/secgauge/p' >>"$examples"
holds 'there are examples to run' test "$(wc -l <"$examples")" -ge 10

# The long ones are cut short: what counts here is that they run and print what they promise.
sort -u "$examples" | while read -r line; do
	short=$line
	case $line in
	*"secgauge bench"*) short="$line --time 0.1 --workload null" ;;
	*"secgauge jit"*) short="$line --time 0.1" ;;
	esac
	mkdir -p "$tmp/folder" && cd "$tmp/folder" || exit
	PATH=$(dirname "$SECGAUGE"):$PATH
	export PATH
	if bash -c "$short" >"$tmp/out" 2>"$tmp/err" </dev/null && [ -s "$tmp/out" ]; then
		pass "$line"
	elif grep -q 'no right to load BPF programs' "$tmp/err"; then
		skip "$line" "bpf: $(sed -n 's/^secgauge: \(no right\)/\1/p' "$tmp/err")"
	else
		flunk "$line" "$(shown)"
	fi
done

for command in $("$SECGAUGE" list commands --json | jq -r '.commands[].name'); do
	holds "the manual knows $command" grep -q "Cm $command" "$top/harness/secgauge.1"
	holds "the README knows $command" grep -q "\`$command\`" "$top/README.md"
done
# Every long option of every command stands in the manual.
for command in bench report fuzz prove gate eval jit compile asm disasm exec; do
	for option in $("$SECGAUGE" "$command" --help | sed -nE 's/^ +(-., )?(--[a-z]+(-[a-z]+)*).*/\2/p' | sort -u); do
		case $option in --help | --usage) continue ;; esac
		holds "the manual knows $option of $command" grep -q -- "Fl -${option#--}" \
			"$top/harness/secgauge.1"
	done
done
holds 'the manual page is well-formed' mandoc -T lint -W warning "$top/harness/secgauge.1"
for code in 0 1 2 3 130; do
	holds "the README explains exit code $code" grep -Eq "^\| ?\`?$code\`? ?\|" "$top/README.md"
done
