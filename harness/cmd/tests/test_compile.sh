# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

for generator in linear bst tuned; do
	sg compile "podman-default@$generator" -o "$tmp/$generator.bpf"
	holds "$generator: the file has the length that the summary says" test \
		"$(($(stat -c %s "$tmp/$generator.bpf") / 8))" -eq \
		"$(awk '/length/ { print $2 }' "$tmp/out")"
	"$SECGAUGE" disasm "$tmp/$generator.bpf" >"$tmp/$generator.bpfasm"
	"$SECGAUGE" asm "$tmp/$generator.bpfasm" -o "$tmp/again.bpf"
	holds "$generator: asm(disasm(x)) == x" cmp "$tmp/$generator.bpf" "$tmp/again.bpf"
done

# With libseccomp 2.5.4, podman-default for x86_64: the field's published figures, within 1%.
within() { # KEY VALUE: a jq expression
	echo "(.$1 / $2 - 1 | fabs) < 0.01"
}
x86=(--arch x86_64 --json)
if "$SECGAUGE" compile container-default@bst --json | jq -e '.version == "libseccomp 2.5.4"' >/dev/null; then
	json 'linear reproduces the field' "$(within filter_insns 377) and $(within mix_insns 65.5) and
		$(within uniform_insns 173) and $(within worst_insns 354) and
		$(within left_insns 1.77)" compile podman-default@linear "${x86[@]}"
	json 'bst reproduces the field' "$(within filter_insns 467) and $(within mix_insns 14.4) and
		$(within uniform_insns 15.4) and $(within worst_insns 21) and .left_insns < 0.11" \
		compile podman-default@bst "${x86[@]}"
else
	skip 'the figures of the field' 'they are of libseccomp 2.5.4'
fi
json 'tuned is short and fast' '.mix_insns <= 8 and .filter_insns <= 150' \
	compile podman-default@tuned "${x86[@]}"
json 'tuned serves what linear serves' ".bitmap_served.x86_64 ==
	$("$SECGAUGE" compile podman-default@linear "${x86[@]}" | jq .bitmap_served.x86_64)" \
	compile podman-default@tuned "${x86[@]}"
json 'x32 is never served' '.bitmap_served.x32 == 0 and .bitmap_served.x86_64 > 300' \
	compile podman-default@tuned --json --arch x86_64,x32

json 'allow is one instruction' '.filter_insns == 1 and .worst_insns == 1 and .left_insns == 0' \
	compile allow --json
refuses 'none cannot be written' 'no filter' compile none -o "$tmp/none.bpf"
prints 'assembly to standard output' '^[[:space:]]*ret ' compile strict-2005@tuned --format asm
prints 'a C array' 'struct sock_filter filter' compile strict-2005@tuned --format c
json 'JSON instructions' 'length > 3 and (.[0] | has("code") and has("jt") and has("jf") and has("k"))' \
	compile strict-2005@tuned --format json
prints 'somebody else'"'"'s filter' 'length +[0-9]+ instr' compile "podman-default@raw:$tmp/bst.bpf"
holds 'a profile from standard input' sh -c "'$SECGAUGE' compile -@tuned --arch x86_64 --json \
	</usr/share/containers/seccomp.json 2>/dev/null | jq -e '.filter_insns < 150'"
cat >"$tmp/odd.json" <<'J'
{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"],
 "syscalls": [{"names": ["opennat", "open"], "action": "SCMP_ACT_ERRNO"}]}
J
json 'flags and unknown names are listed' '.flags == ["SECCOMP_FILTER_FLAG_LOG"] and
	.unknown_names == ["opennat"]' compile "$tmp/odd.json@tuned" --json
holds 'unknown names are warned of' grep -q 'opennat (did you mean openat?)' "$tmp/err"

# ---- the proof

for generator in linear bst tuned; do
	json "podman-default@$generator is proved" '.verify == "equal" and (has("counterexample") | not)' \
		compile "podman-default@$generator" --json
done
json 'hand too' '.verify == "equal"' compile container-default@hand --json
prints 'the summary says so' '^  verify +equal$' compile podman-default@tuned
for filter in podman-default@tuned podman-default@bst; do
	json "not with --no-verify: $filter" '.verify == "skipped"' compile "$filter" --no-verify --json
done
json 'what has no policy is not proved' '.verify == "skipped"' compile "$tmp/bst.bpf" --json
json 'what claims nothing neither' '.verify == "skipped"' compile podman-default@none --json
"$SECGAUGE" compile container-default@hand --format asm | sed 's/ret ERRNO(38)/ret ALLOW/' >"$tmp/wrong.bpfasm"
wrong="container-default@raw:$tmp/wrong.bpfasm"
exits 'a wrong filter is a finding' 1 compile "$wrong" --arch x86_64 -o "$tmp/wrong.bpf"
holds 'the summary says what is wrong' grep -Eq \
	'^  verify +DIFFERENT from the policy: x86_64 clone3 \(435\): ERRNO\(38\) wanted, ALLOW got$' "$tmp/out"
holds 'it is written all the same' test -s "$tmp/wrong.bpf"
exits 'the same as JSON' 1 compile "$wrong" --arch x86_64 --json
holds 'with the counterexample' jq -e '.verify == "different" and (.counterexample | .syscall == "clone3" and
	.arch == "x86_64" and .nr == 435 and .a == "ERRNO(38)" and .b == "ALLOW")' "$tmp/out"
exits 'the same where the filter goes to standard output' 1 compile "$wrong" --arch x86_64 --format c
holds 'then it is said on the other one' grep -qx \
	'secgauge: verify: DIFFERENT from the policy: x86_64 clone3 (435): ERRNO(38) wanted, ALLOW got' "$tmp/err"
json 'not with --no-verify' '.verify == "skipped"' compile "$wrong" --arch x86_64 --no-verify --json

cd / && prints 'works from any folder' 'length' compile container-default@hand --arch x86_64
