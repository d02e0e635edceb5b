# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The main job end to end, briefly. Counts, verdicts and shapes are checked here, never times.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

brief=(--time 0.2)
here=$(dirname "$0")

prints 'a workload under a filter' '^null +none ' bench "${brief[@]}" --workload null --generator allow
holds 'the table fits 100 columns' test "$(wc -L <"$tmp/out")" -le 100
holds 'no colour outside a terminal' sh -c "! grep -q \$(printf '\\033') '$tmp/out'"

sg bench "${brief[@]}" --workload null,futex --generator linear,tuned --json "$tmp/a.json" --seed 1
sg bench "${brief[@]}" --workload null,futex --generator linear,tuned --json "$tmp/b.json" --seed 2
rows=$(jq '.benchmarks | length' "$tmp/a.json")
holds 'a row for none, its control and each filter' test \
	"$(jq -r '.benchmarks[].run_name' "$tmp/a.json" | sort -u | tr '\n' ' ')" = \
	'futex/container-default/linear futex/container-default/none futex/container-default/none-aa futex/container-default/tuned null/container-default/linear null/container-default/none null/container-default/none-aa null/container-default/tuned '
holds 'a block of a filter says what its install took' jq -e '[.benchmarks[]
	| select(.run_type == "iteration") | (.run_name | test("/none(-aa)?$")) != (.install_ns > 0)] | all' \
	"$tmp/a.json"
holds 'the result follows its schema' follows "$here/../../../results/schema.json" "$tmp/a.json"
holds 'and so does the one kept of this version' follows "$here/../../../results/schema.json" "$here/../../run/tests/saved/version-2.json"
/usr/bin/python3 /usr/share/benchmark/compare.py --no-color benchmarks "$tmp/a.json" "$tmp/b.json" \
	>"$tmp/compare" 2>&1
names=$(jq '[.benchmarks[].name] | unique | length' "$tmp/a.json")
printed=$(grep -cE '^(null|futex)/[^ ]* +[+-][0-9.]+ +[+-][0-9.]+ ' "$tmp/compare")
# compare.py pairs repetitions up to the smaller count of the two runs
expected=$(jq -s '[.[0].benchmarks, .[1].benchmarks] | map(group_by(.name) | map({key: .[0].name,
	value: length}) | from_entries) | . as [$a, $b] | [$a | keys[] | [$a[.], $b[.]] | min] | add' \
	"$tmp/a.json" "$tmp/b.json")
holds "compare.py prints every row ($names names, $rows rows)" test "$printed" -eq "$expected"
holds 'JSON alone to standard output' sh -c "'$SECGAUGE' bench --time 0.2 --workload null --generator allow --json - |
	jq -e '.benchmarks | length > 3'"

# ---- without times: what a gate on exact figures runs
sg bench --no-time --json "$tmp/exact.json"
holds '--no-time: exit 0' test "$status" -eq 0
holds '--no-time: the result follows its schema' follows "$here/../../../results/schema.json" "$tmp/exact.json"
holds '--no-time: nothing is timed, and rows say so' jq -e '(.benchmarks | length == 0) and
	(.context.summary | length == 0) and .context.settings.seconds == 0 and
	([.skipped[] | select(.name == "null/container-default/tuned" and .status == "untimed" and
	.reason == "--no-time" and .calls_per_op == 1 and .bpf_insns_without_bitmap > 0)] | length == 1)' "$tmp/exact.json"
holds '--no-time: every row has its exact figures, or says why not' jq -e '[.skipped[] |
	select(.status != "unsupported") | .calls_per_op > 0 and .bpf_insns >= 0 and
	.bpf_insns_without_bitmap >= .bpf_insns and .bitmap_share >= 0] | all and length > 50' "$tmp/exact.json"
holds '--no-time: the table has the figures' grep -Eq '^ +linear +[0-9,.]+ +[0-9,.]+ +[0-9,.]+ +[0-9.]+%$' "$tmp/out"
holds '--no-time: and says that it has no times' grep -q 'nothing was timed' "$tmp/out"
holds '--no-time: the table fits 100 columns' test "$(wc -L <"$tmp/out")" -le 100
holds '--no-time: no word of noise' sh -c "! grep -Eq 'noise floor|interval|overhead:' '$tmp/out'"
sg bench --no-time --json "$tmp/again.json"
exact='[.context.filters[] | del(.compile_ns)], .context.policies, .skipped'
holds '--no-time: twice the same' cmp -s <(jq "$exact" "$tmp/exact.json") <(jq "$exact" "$tmp/again.json")
refuses '--no-time and --time' '--no-time: --time says how long' bench --no-time --time 3
refuses '--no-time and --quick' '--no-time: --quick says how long' bench --no-time --quick
sg bench --time 0.2 --workload argcheck-clone --generator tuned --json "$tmp/timed.json"
holds '--no-time: the figures are those of a run with times' test \
	"$(jq '.benchmarks[] | select(.name == "argcheck-clone/container-default/tuned_median") |
		[.calls_per_op, .bpf_insns, .bpf_insns_without_bitmap, .bitmap_share]' "$tmp/timed.json")" = \
	"$(jq '.skipped[] | select(.name == "argcheck-clone/container-default/tuned") |
		[.calls_per_op, .bpf_insns, .bpf_insns_without_bitmap, .bitmap_share]' "$tmp/exact.json")"

# ---- which policy a filter is made of
policy_of() { # FILTER: the architectures of its policy
	jq -r --arg name "$1" '.context as $c | $c.filters[] | select(.name == $name) | .policy_sha256 as $is |
		$c.policies[] | select(.sha256 == $is and .profile == "container-default") | .arches | join(",")' \
		"$tmp/exact.json"
}
holds 'hand is of x86_64 alone' test "$(policy_of hand)" = x86_64
holds 'and so is the linear beside it' test "$(policy_of linear-x86_64)" = x86_64
holds 'the others are of their profile' test "$(policy_of linear) $(policy_of tuned)" = \
	'x86_64,i386,x32 x86_64,i386,x32'
holds 'no policy is there twice' jq -e '.context.policies | length == 2' "$tmp/exact.json"
holds 'a proof says what it came to' jq -e '[.context.filters[] | {(.name): .verify}] | add |
	.linear == "skipped" and .tuned == "equal" and .hand == "equal"' "$tmp/exact.json"

# ---- a profile from standard input is no filter without a profile
printf 'ret ALLOW\n' >"$tmp/x.bpfasm"
"$SECGAUGE" bench --no-time --workload null --filter "$tmp/x.bpfasm" --profile - --generator linear,hand \
	--filter -@tuned --json "$tmp/input.json" >"$tmp/out" 2>"$tmp/err" <"$here/../../../filters/profiles/container-default.json"
holds 'filters without a profile keep to themselves beside standard input' jq -e '[.context.filters[] |
	"\(.profile) \(.name) \(.policy_sha256 != "")"] == ["/dev/stdin linear true", "/dev/stdin linear-x86_64 true",
	"/dev/stdin hand true", "/dev/stdin tuned true", "- x.bpfasm false"]' "$tmp/input.json"
holds 'and so do their rows' jq -e '[.skipped[].name] | index("null//dev/stdin/linear") and index("null/-/x.bpfasm") and
	(index("null/-/linear") | not) and (unique | length) == length' "$tmp/input.json"
holds 'a profile from a pipe is read once, for hand too' sh -c "cat '$here/../../../filters/profiles/container-default.json' |
	'$SECGAUGE' bench --no-time --workload null --profile - | grep -Eq '^ +hand +70 '"

# ---- --bitmap off needs room for one instruction
{ yes 'ld [0]' | head -n 4095; echo 'ret ALLOW'; } >"$tmp/full.bpfasm"
sg bench "${brief[@]}" --workload null --bitmap off --filter "$tmp/full.bpfasm" --filter allow --json "$tmp/full.json"
holds 'a filter without room for the load does not fail the run' test "$status" -eq 0
holds 'and says why it is not there' grep -Eq 'full.bpfasm +unsupported: --bitmap off makes it 4097' "$tmp/out"
holds 'in one row' jq -e '[.skipped[] | .status + ": " + .reason] ==
	["unsupported: --bitmap off makes it 4097 instructions long, and the kernel takes 4096"]' "$tmp/full.json"
exits 'and with the bitmap on it is measured' 0 bench "${brief[@]}" --workload null --filter "$tmp/full.bpfasm"

# ---- filters that get in the way
cat >"$tmp/no-openat.json" <<'J'
{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
 "syscalls": [{"names": ["openat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}
J
prints 'a denied call is named, and not timed' 'denied: .*openat' \
	bench "${brief[@]}" --profile "$tmp/no-openat.json" --generator tuned --workload metadata
prints 'a denied row is one without times, too' 'tuned +denied: .*openat' bench --no-time \
	--profile "$tmp/no-openat.json" --generator tuned --workload metadata
prints '--allow-denied measures it all the same' 'metadata +none' bench "${brief[@]}" --allow-denied \
	--profile "$tmp/no-openat.json" --generator tuned --workload metadata
cat >"$tmp/kill.json" <<'J'
{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
 "syscalls": [{"names": ["getppid"], "action": "SCMP_ACT_KILL_PROCESS"}]}
J
sg bench "${brief[@]}" --allow-denied --profile "$tmp/kill.json" --generator tuned --workload null,futex
holds 'a filter that kills is a finding' test "$status" -eq 1
holds 'the call that killed is named' grep -Eq 'killed: .*getppid' "$tmp/out"
holds 'the other rows go on' grep -Eq '^futex +none +[0-9]' "$tmp/out"
sg bench "${brief[@]}" --profile io-server --generator hand,tuned --workload null
holds 'hand says why it is not there' grep -Eq 'hand +unsupported: ' "$tmp/out"

sg bench "${brief[@]}" --stack 4096 --generator linear --workload null
holds 'a stack that the kernel refuses is a finding' test "$status" -eq 1
holds 'and is said' grep -Eq 'linear +failed: the kernel refuses filter' "$tmp/out"
holds 'a device for the result' "$SECGAUGE" bench "${brief[@]}" --generator allow --workload null --json /dev/null

# ---- one workload each, through a strict allow-list of exactly what it declares
json '--bitmap off: no call is served' '[.benchmarks[] | select(.aggregate_name == "median" and
	(.run_name | endswith("linear"))) | .bitmap_share == 0 and .bpf_insns > 10] | all and length == 1' \
	bench "${brief[@]}" --bitmap off --workload null --generator linear --json -
json 'the bitmap on: null is served whole' '[.benchmarks[] | select(.aggregate_name == "median" and
	(.run_name | endswith("linear"))) | .bitmap_share == 1 and .bpf_insns == 0] | all and length == 1' \
	bench "${brief[@]}" --workload null --generator linear --json -
json '--stack multiplies what is executed' '[.benchmarks[] | select(.aggregate_name == "median" and
	(.run_name | endswith("tuned"))) | .bpf_insns] | length == 1' \
	bench "${brief[@]}" --stack 4 --workload argcheck-personality --generator tuned --json -

# ---- Ctrl-C keeps what was measured, and leaves nothing behind
TMPDIR=$tmp/work
export TMPDIR
mkdir "$TMPDIR"
"$SECGAUGE" bench --time 30 --workload null --generator allow --json "$tmp/cut.json" >"$tmp/out" 2>"$tmp/err" &
bench=$!
sleep 4
kill -INT "$bench"
kill -INT "$bench" # as timeout(1) does, which signals the process and its group
wait "$bench"; code=$?
holds "Ctrl-C exits 130" test "$code" -eq 130
holds 'Ctrl-C: the table says so' grep -q '^Interrupted' "$tmp/out"
holds 'Ctrl-C: the result is whole, and marked' jq -e '.context.interrupted and (.benchmarks | length > 3)' "$tmp/cut.json"
holds 'Ctrl-C: no child is left' sh -c "! pgrep -P $bench"
holds 'Ctrl-C: no file is left' test -z "$(ls -A "$TMPDIR")"
unset TMPDIR

# ---- an ordinary user without capabilities
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp"
	cp "$SECGAUGE" "$tmp/secgauge"
	as_nobody() { (cd / && setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$@"); }
	holds 'an ordinary user measures' as_nobody "$tmp/secgauge" bench --quick --workload \
		null,file-rw,metadata,tcp-echo --generator linear,tuned
	holds 'an ordinary user asks the doctor' as_nobody "$tmp/secgauge" doctor
	holds 'an ordinary user executes' as_nobody "$tmp/secgauge" exec container-default@bst -- true
else
	holds 'an ordinary user measures' "$SECGAUGE" bench --quick --workload null --generator tuned
fi
