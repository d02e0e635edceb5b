# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

# A filter that allows everything is wrong for any profile that denies something.
cat >allow.bpfasm <<'A'
	ret ALLOW
A
"$SECGAUGE" asm allow.bpfasm -o allow.bpf || exit 1

# ---- nothing to find
json 'right filters have no mismatch' \
	'.seed == 5 and .tuples == 100000 and .mismatches == 0 and .findings == [] and .policies == 0
	and .tuples_per_s > 0 and .interp_tuples_per_s > 0 and .oracle_disagreements == 0
	and .divergences["foreign-arch"] > 0 and .interrupted == false' \
	fuzz --profile container-default --generator linear,tuned,hand --tuples 100000 --seed 5 --json
json 'and are proved equal' \
	'.proved.equal == 3 and .proved.different == 0 and .proved.unknown == 0 and
	.proved.filters == {"linear": "equal", "tuned": "equal", "hand": "equal"}' \
	fuzz --profile container-default --generator linear,tuned,hand --tuples 1000 --json
prints 'which is said to people' '^proved equal to the profile: tuned$' \
	fuzz --profile strict-2005 --generator tuned --tuples 1000
json 'or not, on demand' '.proved.equal == 0 and .proved.filters == {}' \
	fuzz --profile strict-2005 --tuples 1000 --no-verify --json
prints 'for people, with the seed' '^seed 5$' fuzz --profile strict-2005 --tuples 5000 --seed 5
holds 'findings: none' grep -qx 'findings: none' "$tmp/out"
prints 'a fresh seed is printed' '^seed [0-9]+$' fuzz --profile strict-2005 --tuples 2000
holds 'nothing found, nothing written' test -z "$(ls -d fuzz-findings-* 2>/dev/null)"
json 'random policies alone' '.policies == 20 and .policies_per_s > 0 and .tuples > 20 * 1000
	and .proved.equal + .proved.unknown == 20 and .proved.only_by_proof == 0' \
	fuzz --policies 20 --generator tuned --seed 1 --json
prints 'proofs of policies are counted' '^proofs of random policies: [0-9]+ equal, 0 different, [0-9]+ unknown$' \
	fuzz --policies 5 --generator tuned --seed 1
json 'all tuples to the witnesses' '.interp_tuples == 3000 and (.jit_tuples == 3000 or .jit_tuples == 0)
	and has("jit_verdicts_per_s") and .oracle_disagreements == 0' \
	fuzz --profile io-server --generator tuned --tuples 3000 --oracle all --json
json 'coverage and mutants' \
	'.coverage.tuned.insns > 0.9 and .coverage.tuned.edges > 0.9 and .mutants.killed > 0 and
	(.mutants.filters.tuned | (.survivors | length) == .survived and .unknown == 0
	and .tuples == 20000 and (.partial | not))' \
	fuzz --profile strict-2005 --generator tuned --tuples 20000 --coverage --mutants=20000 --json
prints 'time ends it' '^mismatches: 0$' fuzz --profile strict-2005 --generator tuned --time 0.3

exits 'passes that would be left out in vain' 2 fuzz --profile strict-2005 --without knots
holds 'are refused in a line' grep -qx 'secgauge: fuzz: --without: .*' "$tmp/err"

# ---- something to find
found=(fuzz --filter 'strict-2005@raw:allow.bpf' --tuples 5000 --seed 3)
exits 'a wrong filter' 1 "${found[@]}" -o found
holds 'the proof finds it as well' grep -q '^proved different: allow.bpf$' "$tmp/out"
holds 'it says what was wanted and what was got' grep -Eq 'wanted, ALLOW got' "$tmp/out"
holds 'within 100 columns' awk 'length > 100 { exit 1 }' "$tmp/out"
finding=$(printf '%s\n' found/* | head -1)
holds 'a finding is a directory' test -s "$finding/finding.json" -a -s "$finding/tuple.txt"
exits 'as JSON' 1 "${found[@]}" -o found2 --json
holds 'with its keys' jq -e '.findings[0] | .generator == "raw" and .kind == "mismatch" and .count > 0
	and (.signature | length) > 0 and (.directory | startswith("found2/")) and .got == "ALLOW"' "$tmp/out"
exits 'without -o' 1 "${found[@]}"
holds 'a folder named by the seed' test -d fuzz-findings-3

exits 'replay: it still happens' 1 fuzz --replay "$finding"
holds 'in one line' grep -Eq '^still happens: .* wanted, ALLOW got$' "$tmp/out"
exits 'replay as JSON' 1 fuzz --replay "$finding" --json
holds 'it says so too' jq -e '.happens and .kind == "mismatch" and .got == "ALLOW"' "$tmp/out"
exits 'minimize in place' 0 fuzz --minimize "$finding"
holds 'it is where it was' test -s "$finding/finding.json"
holds 'and nothing beside it' test "$(printf '%s\n' "$finding".* )" = "$finding.*"
exits 'the small one still happens' 1 fuzz --replay "$finding"

# A mended generator: the same policy and tuple, another generator.
cp -r "$finding" mended
jq '.generator = "tuned" | del(.raw_file)' "$finding/finding.json" >mended/finding.json
exits 'replay: mended' 0 fuzz --replay mended
holds 'it says that' grep -q '^no longer happens: ' "$tmp/out"
cp mended/finding.json before.json
exits 'what does not happen is not made smaller' 1 fuzz --minimize mended
holds 'and stays as it was' cmp mended/finding.json before.json

signature=$(jq -r .signature "$finding/finding.json")
jq -r '.findings[] | "\(.generator) \(.signature)"' /dev/null >known.txt
for directory in found/*; do
	jq -r '"\(.generator) \(.signature) # seen before"' "$directory/finding.json" >>known.txt
done
holds 'there is a signature' test -n "$signature"
"$SECGAUGE" "${found[@]}" -o found4 --json >all.json 2>/dev/null
jq -r '.findings[] | "\(.generator) \(.signature) # known"' all.json >known.txt
exits 'known findings do not count' 0 "${found[@]}" -o found4 --known known.txt
holds 'they are shown all the same' grep -q '(known)$' "$tmp/out"

exits 'a finding that cannot be written' 1 "${found[@]}" -o /proc/nothing
holds 'is printed in full' grep -q '"defaultAction"' "$tmp/out"
holds 'with a warning' grep -q 'could not be written' "$tmp/err"
if [ -e /dev/full ] && mount -t tmpfs -o size=16k none "$(mkdir -p full && echo full)" 2>/dev/null; then
	head -c 20k /dev/zero >full/filling 2>/dev/null
	exits 'a full disk' 1 "${found[@]}" -o full/findings
	holds 'loses no finding' grep -q '"defaultAction"' "$tmp/out"
	umount full
else
	skip 'a full disk' 'privilege: no tmpfs can be mounted'
fi

# ---- Ctrl-C keeps what was found
"$SECGAUGE" "${found[@]}" --tuples 1000000000000 -o interrupted --json >"$tmp/out" 2>"$tmp/err" &
pid=$!
for _ in $(seq 100); do
	[ -n "$(ls interrupted 2>/dev/null)" ] && break
	sleep 0.1
done
kill -INT $pid
wait $pid
holds 'interrupted: exit 130' test $? -eq 130
holds 'the summary is whole' jq -e '.interrupted and .tuples > 0 and (.findings | length) > 0' "$tmp/out"
holds 'the finding is there' test -s "$(printf '%s\n' interrupted/*/finding.json | head -1)"

# A slow machine may need longer until it comes to the mutants.
for seconds in 1 4 16 64; do
	timeout -s INT "$seconds" "$SECGAUGE" fuzz --profile container-default --generator linear \
		--tuples 1000 --mutants=1000000000000 >"$tmp/out" 2>"$tmp/err"
	status=$?
	grep -q '^mutants of' "$tmp/out" && break
done
holds 'mutants interrupted' test $status -eq 124
holds 'what there is, is partial' grep -Eq \
	'^mutants of linear: [0-9]+ killed, .*; partial: interrupted after [0-9]+ tuples$' "$tmp/out"

# ---- bad input
refuses 'an unknown generator' 'unknown generator "tund".*tuned' fuzz --generator tund
refuses 'raw without a file' 'raw needs a file' fuzz --generator raw
refuses 'no tuples' '^secgauge: --tuples: expected a number from 1' fuzz --tuples 0
refuses 'no time' '^secgauge: --time: expected a positive number' fuzz --time 0
refuses 'a seed that is none' '^secgauge: --seed: ' fuzz --seed x
refuses 'an operand' 'takes no operand' fuzz podman-default
refuses 'an unknown profile' 'no-such' fuzz --profile no-such
refuses 'profile and filter' 'not both' fuzz --profile strict-2005 --filter strict-2005@tuned
refuses 'replay and minimize' 'not both' fuzz --replay a --minimize b
refuses 'a filter without a profile' 'no profile' fuzz --filter allow.bpf
refuses 'an oracle that is none' "expected sample or all, got 'x'" fuzz --oracle x
refuses 'hand and random policies' 'random policies' fuzz --policies 1 --generator hand
refuses 'the output is a file' 'not a folder' fuzz -o allow.bpf --tuples 1
refuses 'no file of known findings' 'nowhere' fuzz --known nowhere --tuples 1
refuses 'no finding to replay' 'nowhere' fuzz --replay nowhere
refuses 'no finding to minimize' 'nowhere' fuzz --minimize nowhere
mkdir corrupt && echo '{' >corrupt/finding.json
refuses 'a corrupt finding' 'corrupt' fuzz --replay corrupt
exits 'hand for another profile' 3 fuzz --profile strict-2005 --generator hand
