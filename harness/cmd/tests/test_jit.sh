# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Counts, verdicts and refusals; never a time.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

refuses 'a filter is wanted' 'expected a FILTER' jit
refuses 'no filter is none' "'none' is no filter" jit none
refuses 'a time is wanted' '^secgauge: --time: expected a positive' jit allow --time 0
refuses 'an unknown profile' 'nowhere' jit nowhere@bst
printf '1 socketcall\n' >"$tmp/other.mix"
refuses 'a mix of another architecture' 'has no call of x86_64' \
	jit container-default@tuned --arch x86_64 --mix "$tmp/other.mix"

sg jit allow --time 0.01
if [ "$status" -eq 3 ]; then
	holds 'the reason is one line' test "$(wc -l <"$tmp/err")" -eq 1
	skip 'the microscope' "bpf: $(sed 's/^secgauge: //' "$tmp/err")"
	exit 0
fi

json 'the keys of a filter' '.mix == "io" and (.interrupted | not) and (.filters | length) == 1 and
	(.filters[0] | .filter == "container-default@linear" and .arch == "x86_64" and
	(.ns_per_verdict | type) == "number" and .low <= .ns_per_verdict and .ns_per_verdict <= .high and
	.code_bytes > 1000 and .insns > 60 and .rounds >= 8 and (has("reason") | not))' \
	jit container-default@linear --arch x86_64 --time 0.01 --json
holds 'the same by call' jq -e '.filters[0].syscalls | length == 16 and
	all(.[]; .low <= .ns_per_verdict and .ns_per_verdict <= .high and .insns > 0 and has("ns_per_insn")) and
	(map(select(.syscall == "personality"))[0] | .args[0] == "0xffffffff" and .nr == 135 and
	.verdict == "ALLOW" and (.bitmap | not)) and
	(map(select(.syscall == "read"))[0] | .bitmap and .weight == 30)' "$tmp/out"
insns=$("$SECGAUGE" compile container-default@linear --arch x86_64 --json | jq .mix_insns)
holds 'instructions are those of compile' jq -e "(.filters[0].insns - $insns | fabs) < 1e-6" "$tmp/out"

json 'one instruction is no code beyond itself' '.filters[0].code_bytes == 0 and .filters[0].insns == 1' \
	jit allow --time 0.01 --json
json 'several filters, in order' '[.filters[].filter] == ["strict-2005@tuned", "strict-2005@bst"]' \
	jit strict-2005@tuned strict-2005@bst --time 0.01 --json
printf '3 getppid\n1 reboot a0=fee1dead\n' >"$tmp/own.mix"
json 'a mix of ones own' '.filters[0].syscalls | length == 2 and .[1].syscall == "reboot" and
	.[1].args[0] == "0xfee1dead" and .[1].verdict == "ERRNO(1)"' \
	jit container-default@tuned --mix "$tmp/own.mix" --time 0.01 --json

prints 'as text' '^container-default@bst +-?[0-9.]+ +\[-?[0-9.]+, -?[0-9.]+\] ' jit container-default@bst --time 0.01
holds 'with each call' grep -Eq '^ *0\.1% +personality a0=0xffffffff .* ALLOW$' "$tmp/out"
holds 'and what the bitmap serves' grep -Eq '^ *30% +read .* ALLOW, bitmap$' "$tmp/out"
holds 'within 100 columns' awk 'length > 100 { exit 1 }' "$tmp/out"

# More divisions than the verifier can patch.
{
	yes '	div x' | head -n 4095
	echo '	ret a'
} >"$tmp/divisions.bpfasm"
json 'what the verifier refuses has its reason, and the interpreter'"'"'s figures' \
	'.filters[0] | .ns_per_verdict == null and .low == null and .code_bytes == null and .insns == 1 and
	(.reason | test("the kernel refuses the program")) and (.syscalls[0] | .ns_per_verdict == null and .insns == 1)' \
	jit "$tmp/divisions.bpfasm" --json
prints 'the same as text' 'interpreter only' jit "$tmp/divisions.bpfasm"
holds 'within as many columns' awk 'length > 100 { exit 1 }' "$tmp/out"

"$SECGAUGE" jit container-default@tuned --time 60 --json >"$tmp/out" 2>"$tmp/err" &
pid=$!
caught=0
until ((0x$caught & 2)) || ! kill -0 "$pid" 2>/dev/null; do # until SIGINT, 2, has a handler
	sleep 0.1
	caught=$(awk '/^SigCgt/ { print $2 }' "/proc/$pid/status")
done
sleep 1
kill -INT "$pid"
status=0
wait "$pid" || status=$?
holds 'interrupted, it exits with 130' test "$status" -eq 130
holds 'and writes what it has' jq -e '.interrupted' "$tmp/out"
