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
