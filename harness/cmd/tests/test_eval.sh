# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

personality=(--arch x86_64 --syscall personality --arg "0=0xffffffff")
for generator in linear bst tuned; do
	prints "podman-default@$generator: personality(0xffffffff)" \
		'^ALLOW, [0-9]+ instructions executed, not served by the bitmap$' \
		eval "podman-default@$generator" "${personality[@]}"
done
prints 'container-default@hand: personality(0xffffffff)' '^ALLOW, .* not served by the bitmap$' \
	eval container-default@hand "${personality[@]}"
prints 'read is served by the bitmap' '^ALLOW, .* served by the bitmap, which executes none' \
	eval podman-default@bst --syscall read
json 'as JSON' '.verdict == "ERRNO(1)" and .insns > 1 and .bitmap == false' \
	eval container-default@linear --syscall personality --arg 0=1 --json
json 'a foreign architecture is killed' '.verdict == "KILL_PROCESS" and .bitmap == false' \
	eval container-default@tuned --policy-arch x86_64 --arch aarch64 --syscall read --json
json 'without a filter everything is allowed' '.verdict == "ALLOW" and .insns == 0' \
	eval none --syscall read --json
prints 'a number instead of a name' '^ERRNO' eval container-default@bst --syscall 9999
prints 'a trace ends in the return' 'ret' eval container-default@tuned --syscall read --trace
sg eval container-default@tuned --syscall read --trace
holds 'a trace has a line an executed instruction' test "$(grep -c 'A=0x' "$tmp/out")" -eq \
	"$(sed -n 's/^[A-Z].*, \([0-9]*\) instruct.*/\1/p' "$tmp/out")"

cat >"$tmp/table" <<'T'
# arch nr a0 a1 a2 a3 a4 a5
c000003e 0 3 0 0 0 0 0
c000003e 87 ffffffff 0 0 0 0 0
0xc000003e 0x87 0x1 0 0 0 0 0

c00000b7 0 0 0 0 0 0 0
T
sg eval container-default@bst --policy-arch x86_64 --batch "$tmp/table"
holds 'a table of tuples' test "$(tr '\n' ' ' <"$tmp/out")" = '7fff0000 7fff0000 00050001 00000000 '
exits 'a table from standard input' 0 eval container-default@bst --batch -

# ---- oracles

for oracle in policy interp compiled; do
	prints "personality(1) by $oracle" '^ERRNO\(1\), [0-9]+ instr' \
		eval container-default@bst --syscall personality --arg 0=1 --oracle "$oracle"
done
# The kernel may be out of reach, by either way; then it stays listed, with the reason.
unsupported() { "$SECGAUGE" list oracles --json | jq -r ".oracles[] | select(.name == \"$1\").unsupported // \"\""; }
by_kernel() { # ORACLE WORD-OF-SKIPS
	local reason
	reason=$(unsupported "$1")
	if [ -z "$reason" ]; then
		prints "personality(1) by $1" '^ERRNO\(1\), [0-9]+ instr' \
			eval container-default@bst --syscall personality --arg 0=1 --oracle "$1"
		json "$1 beside the others" ".agree and .oracles.$1 == \"ALLOW\"" \
			eval container-default@linear --syscall read --oracle all --json
	else
		skip "personality(1) by $1" "$2: $reason"
		json "without $1 there is a reason" ".agree and (.unsupported.$1 | length > 0)" \
			eval container-default@linear --syscall read --oracle all --json
	fi
}
by_kernel kernel kernel
by_kernel jit bpf
json 'all oracles side by side' '.agree and .class == "specified" and
	(.oracles | .policy == "ALLOW" and .interp == "ALLOW" and .compiled == "ALLOW") and
	(.oracles + .unsupported | length) == 5' \
	eval container-default@linear --syscall read --oracle all --json
prints 'all oracles as text' '^they agree$' eval container-default@tuned --syscall read --oracle all
json 'without a profile the policy is unsupported' '(.unsupported.policy | length > 0) and .agree and
	.oracles.interp == "ALLOW" and (has("class") | not)' eval allow --syscall read --oracle all --json
exits 'one oracle that does not run here' 3 eval allow --syscall read --oracle policy
holds 'says why' grep -qx 'secgauge: --oracle policy: the filter comes without a profile to hold it against' "$tmp/err"
exits 'a filter that is not what the profile says is a finding' 1 \
	eval container-default@none --syscall reboot --oracle all
holds 'the verdicts are shown all the same' grep -Eq '^  policy +ERRNO\(1\)$' "$tmp/out"
holds 'and what they amount to' grep -qx 'they do NOT agree' "$tmp/out"
exits 'the same as JSON' 1 eval container-default@none --syscall reboot --oracle all --json
holds 'with the verdicts' jq -e '(.agree | not) and .oracles.policy == "ERRNO(1)" and .oracles.interp == "ALLOW"' "$tmp/out"
prints 'a tuple that the profile leaves open is no finding' '^they differ where the profile leaves it open \(x32\)$' \
	eval container-default@linear --policy-arch x86_64 --syscall 0x40000001 --oracle all
sg eval container-default@bst --policy-arch x86_64 --batch "$tmp/table" --oracle compiled
holds 'a table by another oracle' test "$(tr '\n' ' ' <"$tmp/out")" = '7fff0000 7fff0000 00050001 00000000 '
sg eval container-default@bst --policy-arch x86_64 --batch "$tmp/table" --oracle all
# shellcheck disable=SC2016 # $ is awk's
holds 'a table by all of them: a column each' awk '
	NR == 1 { columns = NF - 1; if ($0 !~ /^# policy interp compiled/) exit 1; next }
	NF != columns || (NR < 5 && $1 != $3) { exit 1 }' "$tmp/out"
holds 'a table by all of them: a row a tuple' test "$(wc -l <"$tmp/out")" -eq 5
exits 'a table with a mismatch is a finding' 1 \
	eval container-default@none --policy-arch x86_64 --batch "$tmp/table" --oracle all
yes 'c000003e 0 3 0 0 0 0 0' | head -n 9000 >"$tmp/long"
sg eval container-default@bst --batch "$tmp/long" --oracle compiled
holds 'a long table' test "$(sort "$tmp/out" | uniq -c | tr -s ' ')" = ' 9000 7fff0000'
