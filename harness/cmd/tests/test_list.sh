# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

for kind in arches checks commands formats generators oracles passes profiles reporters targets workloads; do
	prints "list $kind" "^(fuzz )?$kind( of the gate)?:|^architectures:" list "$kind"
done
json 'list --json has every kind' '[keys[]] == ["arches", "checks", "commands", "formats", "generators", "oracles", "passes", "profiles", "reporters", "targets", "workloads"]' list --json
# shellcheck disable=SC2016 # $have is jq's
json 'every workload of the design' '[.workloads[].name] as $have |
	["null", "file-rw", "stream", "metadata", "wal", "readdir", "mmap", "pipe", "unix-echo", "tcp-echo",
	"futex", "uring", "start", "argcheck-personality", "argcheck-socket", "argcheck-clone", "denied",
	"compat", "mix"] - $have == []' list --json
json 'every generator of the design' '[.generators[].name] | sort ==
	["allow", "bst", "hand", "linear", "none", "raw", "tuned"]' list --json
json 'every oracle of the design' '[.oracles[].name] == ["policy", "interp", "compiled", "kernel", "jit"]' \
	list oracles --json
json 'every format of the gate of the design' '["text", "json", "junit", "markdown", "sarif"]
	- [.formats[].name] == []' list --json
prints 'doctor says what is usable' '^(yes|no) ' doctor
json 'doctor --json' 'length > 5 and all(.[]; has("capability") and has("usable") and has("reason"))
	and all(.[]; .usable or (.reason | length > 0))' doctor --json
for command in bench eval compile asm disasm exec fuzz gate list doctor; do
	prints "$command --help" "Usage: secgauge $command" "$command" --help
	prints "help $command" "Usage: secgauge $command" help "$command"
done
prints '--version' '^secgauge [0-9.]+$' --version
exits 'no command at all is a usage error' 2
