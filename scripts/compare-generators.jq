# SPDX-License-Identifier: MIT
# For scripts/compare-generators: samples to figures, figures to a table.

# ---- statistics

# Of an array of numbers; null when it is empty.
def median:
	sort as $sorted | length as $n
	| if $n == 0 then null else ($sorted[($n - 1) / 2 | floor] + $sorted[$n / 2 | floor]) / 2 end;

# The place, from either end, of the order statistics that hold the median with at least 95%,
# whatever the distribution: the largest k with P(B < k) <= 2.5% for B binomial with n and 1/2.
# Of fewer than six values the whole range is all there is.
def interval_place:
	. as $n
	| {k: 0, below: 0, next: pow(0.5; $n)} # P(B < k), P(B = k)
	| until(.below + .next > 0.025;
		.below += .next | .k += 1 | .next *= ($n - .k + 1) / .k)
	| [.k, 1] | max;

# {estimate, low, high, samples}; null when there is nothing.
def estimate:
	map(select(. != null)) as $samples
	| ($samples | length | interval_place) as $k | ($samples | sort) as $sorted
	| if $samples == [] then null
	  else {estimate: ($samples | median), low: $sorted[$k - 1], high: $sorted[-$k], samples: $samples}
	  end;

# Of the differences of pairs, each with what the reference took in the same round or block.
def estimate_over($reference):
	[., $reference] | transpose | map(select(all(. != null)) | .[0] - .[1]) | estimate;

# ---- samples to figures

def installs($bench; $filter):
	[$bench.benchmarks[]? | select(.run_type == "iteration" and (.name | endswith("/" + $filter)))
		| .install_ns];

def row($bench; $linear):
	[.compiles[].compile_ns] as $compiles
	| installs($bench; .filter) as $installs
	| {generator, operand: (.operand + (if .options == "" then "" else " " + .options end))}
	+ .compiled[0]
	+ if .compiled[0].refused then {} else {
		verify: ([.proofs[].result // "failed"] | unique | join("/")),
		verify_reason: .proofs[0].reason,
		counterexample: .proofs[0].counterexample,
		compile_ns: ($compiles | estimate),
		compile_over_linear_ns: (if .generator == "linear" then null
			else $compiles | estimate_over($linear) end),
		install_ns: ($installs | estimate),
		install_over_allow_ns: ($installs | estimate_over(installs($bench; "allow"))),
		proof_ns: ([.proofs[].seconds | if . then . * 1e9 else null end] | estimate),
	} end
	| with_entries(select(.value != null));

# Of all rows' samples, $profile, and $bench, a result file of secgauge.
def group:
	$ARGS.named.profile as $profile | $ARGS.named.bench[0] as $bench |
	[.[0].compiles[].compile_ns] as $linear
	| map(row($bench; $linear)) as $rows
	| {profile: $profile, arches: ([$rows[] | .bitmap_served // {} | keys_unsorted] | max_by(length)),
		rounds: (map(.proofs | length) | max), blocks: (installs($bench; "allow") | length),
		no_installs: $bench.no_installs, machine: $bench.context.machine, rows: $rows}
	| with_entries(select(.value != null));

def is_file: .operand | contains("@raw:");
# Of all groups: is there something that a generator got wrong?
def findings: any(.[].rows[]?; (is_file | not) and (.refused != null or .verify == "different"));

# Of all groups, and $version.
def report: {
	schema_version: 1,
	version: $ARGS.named.version,
	machine: (map(.machine // empty) | .[0] | if . then del(.load_start, .load_end) else null end),
	groups: map(if .machine then .load_start = .machine.load_start | .load_end = .machine.load_end else . end
		| del(.machine)),
};

# ---- figures to a table

def fixed($decimals):
	if . == null then "-" else
		(. * pow(10; $decimals) | round) as $n
		| ($n | fabs | tostring) as $digits
		| ("0" * ($decimals + 1 - ($digits | length)) // "") + $digits
		| (if $n < 0 then "-" else "" end)
		+ if $decimals == 0 then . else .[:-$decimals] + "." + .[-$decimals:] end
	end;
def signed($decimals): fixed($decimals) | if test("^[0-9]") then "+" + . else . end;
def left($width): . + (" " * ($width - length) // "");
def right($width): (" " * ($width - length) // "") + .;

def cell(shown): if . == null then "-" else "\(.estimate | shown) [\(.low | shown), \(.high | shown)]" end;
def micro: . / 1e3 | fixed(0);
def micro_signed: . / 1e3 | signed(0);
def milli: . / 1e6 | fixed(2);

def name: if length > 24 then .[:21] + "..." else . end | "  " + left(25);

def figures_head: ("" | name) + ([
	("length" | right(6)), ("mix" | right(8)), ("left" | right(8)), ("uniform" | right(8)),
	("worst" | right(6)), ("longest" | right(8)), ("bitmap serves" | right(16)), ("  verify")
] | join(" "));
def figures_row: (.generator | name) + if .refused then "refused: \(.refused)" else [
	(.filter_insns | tostring | right(6)),
	(.mix_insns | fixed(3) | right(8)),
	(.left_insns | fixed(4) | right(8)),
	(.uniform_insns | fixed(3) | right(8)),
	(.worst_insns | tostring | right(6)),
	(if .longest_path_exact then "" else "<=" end + (.longest_path_insns | tostring) | right(8)),
	([.bitmap_served[] | tostring] | join("/") | right(16)),
	"  " + .verify
] | join(" ") end;

def times_head: ("" | name) + ([
	("compile, us" | left(22)), ("over linear, us" | left(23)), ("install over allow, us" | left(23)),
	"proof, ms"
] | join(" "));
def times_row: (.generator | name) + ([
	(.compile_ns | cell(micro) | left(22)),
	(.compile_over_linear_ns | cell(micro_signed) | left(23)),
	(.install_over_allow_ns | cell(micro_signed) | left(23)),
	(.proof_ns | cell(milli))
] | join(" "));

# Why a filter is not equal to the policy; nothing where it is.
def remark: if .counterexample then .generator + " differs: "
	+ (.counterexample | "\(.arch) \(.syscall // .nr)"
		+ ([.args | to_entries[] | select(.value != "0x0") | " a\(.key)=\(.value)"] | add // "")
		+ " is \(.a) by the policy, \(.b) by the filter")
	elif .verify_reason then "\(.generator) is not proved: \(.verify_reason)"
	else empty end;

def conditions: [
	"\(.rounds) rounds",
	if .no_installs then "no installs: \(.no_installs)" else "\(.blocks) blocks of installs" end,
	(.machine // empty | "load \(.load_start | fixed(2)) to \(.load_end | fixed(2))")
] | join("; ");

# Of a group.
def table:
	if .skipped then "\(.profile): skipped: \(.skipped)", "" else
		.profile + (.arches | if . then " for " + join(", ") else "" end),
		figures_head, (.rows[] | figures_row),
		times_head, (.rows[] | select(.refused | not) | times_row),
		(.rows[] | "  " + remark),
		"  " + conditions,
		""
	end;

def notes:
	"length   instructions of the filter",
	"mix      executed instructions a call over the mix, were there no bitmap",
	"left     the same, of the calls that the kernel's bitmap leaves to run",
	"uniform  mean over all allowed calls of the first architecture",
	"worst    of these calls the one that executes most",
	"longest  the longest path that any input takes; <= where only a bound is known",
	"bitmap   calls with a name that skip the filter, by architecture",
	"verify   the prover: is the verdict the policy's for every input that the policy specifies?",
	"compile  in the generator alone, without a proof, each time in a fresh process",
	"install  what seccomp(2) takes more than for the one-instruction filter in the same block",
	"proof    of the filter against the policy, from the two as they are read to the answer",
	"Times: median [95% interval]. Over linear, over allow: of the paired differences.";
