# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

# finds NAME CODE PATTERN ARGS...: that exit code, and standard output matches
finds() {
	local name=$1 code=$2 pattern=$3
	shift 3
	sg prove "$@"
	if [ "$status" -eq "$code" ] && grep -Eq -- "$pattern" "$tmp/out"; then
		pass "$name"
	else
		flunk "$name" "exit $status, not $code; wanted /$pattern/: $(shown)"
	fi
}
# says NAME FILTER ARGS...: exit 1, and jq -e FILTER is true of the JSON
says() {
	local name=$1 filter=$2
	shift 2
	sg prove "$@" --json
	if [ "$status" -eq 1 ] && jq -e "$filter" "$tmp/out" >/dev/null 2>&1; then
		pass "$name"
	else
		flunk "$name" "exit $status; wanted $filter: $(shown)"
	fi
}

x86=(--arch x86_64)

# ---- equal

for generator in linear bst tuned; do
	finds "podman-default@$generator is what the profile says" 0 \
		"^equal: podman-default@$generator gives the policy's verdict on all 2\^48[0-9.]+ specified inputs \([0-9.]+ s\)$" \
		"podman-default@$generator"
done
holds 'what the profile leaves open is counted by class' \
	grep -Eq '^left open by the profile, not compared: .*foreign-arch 2\^512$' "$tmp/out"
finds 'container-default@hand' 0 '^equal: ' container-default@hand
finds 'two generators, where the profile specifies' 0 \
	'^equal: podman-default@bst and podman-default@tuned give .* on all 2\^48[0-9.]+ inputs that podman-default specifies' \
	podman-default@bst podman-default@tuned --under podman-default
finds 'nor do the calls count that a table of libseccomp lacks' 0 \
	'^equal: container-default@linear and container-default@tuned give ' \
	container-default@linear container-default@tuned --under container-default
finds 'no filter and one that allows' 0 '^equal: none and allow .* on all 2\^512 inputs' none allow
json 'as JSON' '.result == "equal" and .a == "podman-default" and .b == "podman-default@bst" and
	(.seconds | type) == "number" and .inputs > 1e144 and .inputs < 1e146 and .under == null and
	.excluded["foreign-arch"] > 1e154 and (has("counterexample") or has("differing") | not) and
	(.dead | length) == 1 and .dead[0].filter == "podman-default@bst" and .dead[0].known' \
	prove podman-default@bst --json

# ---- different: one verdict, one constant by one, one swapped branch

"$SECGAUGE" compile container-default@hand "${x86[@]}" --format asm >"$tmp/right.bpfasm"
plant() { # FILE SED-EXPRESSION
	sed -E "$2" "$tmp/right.bpfasm" >"$tmp/$1.bpfasm"
	"$SECGAUGE" asm "$tmp/$1.bpfasm" -o "$tmp/$1.bpf"
	holds "$1: there is a difference" test "$(diff "$tmp/right.bpfasm" "$tmp/$1.bpfasm" | grep -c '^>')" -eq 1
}
finds 'the filter as it was' 0 '^equal: ' container-default "$tmp/right.bpfasm" "${x86[@]}"

plant verdict 's/ret ERRNO\(38\)/ret ERRNO(1) /'
finds 'one verdict' 1 '^counterexample: x86_64 clone3 \(435\)$' container-default "$tmp/verdict.bpf" "${x86[@]}"
holds 'both verdicts are shown' sh -c "grep -Eq '^  policy  ERRNO\(38\) +container-default$' '$tmp/out' &&
	grep -Eq '^  filter  ERRNO\(1\) +container-default@raw:.*verdict.bpf$' '$tmp/out'"
holds 'the headline counts' grep -Eq "^different: .* does not give the policy's verdict on 2\^448 of 2\^47[0-9.]+ specified inputs" "$tmp/out"
holds 'and where' grep -Eq '^  x86_64 +clone3 \(435\) +ERRNO\(38\) +ERRNO\(1\) +all 2\^448$' "$tmp/out"

plant constant 's/jset #0x7e020000/jset #0x7e020001/'
finds 'one constant by one' 1 '^counterexample: x86_64 clone \(56\) a0=0x1$' container-default "$tmp/constant.bpf" "${x86[@]}"
holds 'only a part of the call differs' grep -Eq '^  x86_64 +clone \(56\) +ALLOW +ERRNO\(1\) +2\^44[0-9.]+, by a0$' "$tmp/out"

plant branch 's/jeq #56, L54/jne #56, L54/'
says 'one swapped branch' '.result == "different" and (.differing | length) >= 1' \
	container-default "$tmp/branch.bpf" "${x86[@]}"

for bug in verdict constant branch; do
	says "$bug: interp and policy confirm" '(.confirmed | contains(["policy", "interp"])) and .contradicted == {}' \
		container-default "$tmp/$bug.bpf" "${x86[@]}"
	holds "$bug: the kernel does, or has a reason not to" jq -e \
		'(.confirmed | contains(["kernel"])) or (.unconfirmed.kernel | length > 0)' "$tmp/out"
	says "$bug: the two filters differ too" '.counterexample.a != .counterexample.b and (.confirmed | contains(["interp"]))' \
		"$tmp/right.bpfasm" "$tmp/$bug.bpfasm"
	sg prove container-default "$tmp/$bug.bpf" "${x86[@]}"
	line=$(sed -n 's/^  secgauge eval/eval/p' "$tmp/out")
	# shellcheck disable=SC2086 # the line is made to be split into words
	exits "$bug: the line to paste shows it" 1 $line
	holds "$bug: as a mismatch" grep -qx 'they do NOT agree' "$tmp/out"
done

says 'the keys of a counterexample' '(.counterexample | .arch == "x86_64" and .syscall == "clone" and .nr == 56 and
	.ip == "0x0" and .args == ["0x1", "0x0", "0x0", "0x0", "0x0", "0x0"] and .a == "ALLOW" and .b == "ERRNO(1)") and
	(.differing == [{arch: "x86_64", low: 56, high: 56, a: "ALLOW", b: "ERRNO(1)",
		inputs: .differing_inputs, args: [0], by_ip: false, syscall: "clone"}]) and .more_differing == false' \
	container-default "$tmp/constant.bpf" "${x86[@]}"
says 'a generator may differ where the profile leaves it open' '.result == "different" and .under == null' \
	podman-default@linear podman-default@tuned
finds 'and is told how to leave that out' 1 '^all inputs count, .*--under podman-default leaves them out$' \
	podman-default@linear podman-default@tuned
# shellcheck disable=SC2016 # for the inner shell
line=$(sed -n 's/^  \(echo .*\)secgauge eval/\1 "$SECGAUGE" eval/p' "$tmp/out" | head -n 1)
holds 'an unknown architecture is a row to paste' sh -c "SECGAUGE='$SECGAUGE'; $line | tail -n 1 | grep -q ' 00000000'"
finds 'no filter is not what a profile says' 1 '\.\.\. and .* more \(--json has' podman-default@none

cat >"$tmp/ip.bpfasm" <<'A'
	ld arch
	jne #arch.x86_64, fine
	ld ip.hi
	jeq #0x5, odd
fine:	ret ALLOW
odd:	ret LOG
A
finds 'the instruction pointer counts' 1 '^counterexample: x86_64 read \(0\) ip=0x500000000$' allow "$tmp/ip.bpfasm"
holds 'and is what a region hangs on' grep -Eq '^  x86_64 .* ALLOW +LOG +2\^448, by ip$' "$tmp/out"
says 'and in JSON' 'any(.differing[]; .args == [] and .by_ip)' allow "$tmp/ip.bpfasm"

# ---- dead code

cat >"$tmp/dead.bpfasm" <<'A'
	ld nr
	jgt #10, big
	jeq #11, never
	ret ALLOW
big:	ret LOG
never:	ret TRAP
A
finds 'dead code is counted' 1 '^dead in B: 1 instruction that no input reaches, 1 edge that none takes \(--dead lists them\)$' \
	allow "$tmp/dead.bpfasm"
finds 'and listed' 1 '^ +5  ret TRAP +no input comes here$' allow "$tmp/dead.bpfasm" --dead
holds 'edges too' grep -Eq '^ +2  jeq #11, \+2 +never yes$' "$tmp/out"
says 'as JSON' '.dead[1] == {filter: .b, known: true, insns: [5], edges: [{insn: 2, to: 5, condition: true}]}' \
	allow "$tmp/dead.bpfasm"

# ---- unknown: a + b is (a | b) + (a & b), but who would see that below two multiplications

cat >"$tmp/sum.bpfasm" <<'A'
	ld args[0].lo
	tax
	ld args[1].lo
	add x
	st M[0]
	ld args[2].lo
	tax
	ld M[0]
	mul x
	mul x
	ret a
A
cat >"$tmp/bits.bpfasm" <<'A'
	ld args[0].lo
	tax
	ld args[1].lo
	and x
	st M[0]
	ld args[1].lo
	or x
	ldx M[0]
	add x
	st M[0]
	ld args[2].lo
	tax
	ld M[0]
	mul x
	mul x
	ret a
A
exits 'a proof that stays unknown' 3 prove "$tmp/sum.bpfasm" "$tmp/bits.bpfasm" --time 0.2 --json
holds 'has a reason' jq -e '.result == "unknown" and (.reason | length > 0) and (has("counterexample") | not)' "$tmp/out"

# ---- what is refused

exits 'a generator that refuses is a finding' 1 prove strict-2005@linear --arch x86_64,s390x
holds 'in one line' test "$(wc -l <"$tmp/err")" -eq 1
exits 'hand for another profile' 3 prove podman-default@hand
refuses 'no operand' 'expected PROFILE@GENERATOR, PROFILE FILE, or two FILTERs' prove
refuses 'three operands' "one filter or two, got 'x' too" prove allow none x
refuses 'a filter without a profile' "'allow' comes without a profile to prove it against" prove allow
refuses 'a profile alone' "'podman-default' is no filter: expected PROFILE@GENERATOR" prove podman-default
refuses 'a profile and no file' "'podman-default@bst': expected a .bpf or .bpfasm file .* 'podman-default'" \
	prove podman-default podman-default@bst
refuses 'a misspelt generator' 'did you mean tuned' prove podman-default@tunde allow
refuses 'a misspelt profile' 'podman-defalt' prove podman-defalt "$tmp/right.bpfasm"
refuses 'a missing file' 'nowhere.bpf' prove podman-default nowhere.bpf
refuses 'a profile of --under that is none' 'nowhere' prove allow none --under nowhere
refuses '--under and one filter' '--under goes with two filters' prove podman-default@bst --under podman-default
refuses '--under and a profile' '--under goes with two filters' prove podman-default x.bpf --under podman-default
refuses 'no time' '--time: expected a positive number' prove allow none --time 0
