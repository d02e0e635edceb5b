# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What is wrong gets one clear line and exit 2; nothing is half-written.
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

profile() { # NAME TEXT
	printf '%s' "$2" >"$tmp/$1.json"
}
bad_profile() { # NAME TEXT PATTERN
	profile "$1" "$2"
	refuses "profile: $1" "$3" compile "$tmp/$1.json@tuned"
}

bad_profile truncated '{"defaultAction": "SCMP_ACT_ALLOW", "sysc' 'truncated.json:1'
bad_profile wrong-shape '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": 5}]}' \
	'wrong-shape.json: \$\.syscalls\[0\]\.names: expected'
bad_profile unknown-action '{"defaultAction": "SCMP_ACT_ALOW", "syscalls": []}' 'SCMP_ACT_ALLOW'
bad_profile unknown-operator '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"],
	"action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQUAL"}]}]}' \
	'\$\.syscalls\[0\]\.args\[0\]\.op: .*SCMP_CMP_EQ'
bad_profile argument-six '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"],
	"action": "SCMP_ACT_ERRNO", "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]}]}' \
	'\$\.syscalls\[0\]\.args\[0\]\.index'
bad_profile value-above-64-bits '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"],
	"action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 18446744073709551616,
	"op": "SCMP_CMP_EQ"}]}]}' '64 bits'
bad_profile empty '' 'empty'

mkdir "$tmp/folder" "$tmp/folder.bpf"
refuses 'profile: a directory' 'directory' compile "$tmp/folder@bst"
refuses 'profile: no such file' 'no-such-profile' compile "no-such-profile@bst"
refuses 'profile: nearest name' "podman-default" compile "podman-defalt@bst"
refuses 'generator: nearest name' linear compile "podman-default@linaer"
refuses 'filter: no generator' 'PROFILE@GENERATOR' compile "podman-default"
refuses 'filter: raw without a file' 'raw:FILE' compile "podman-default@raw"

: >"$tmp/empty.bpf"
head -c 12 /dev/zero >"$tmp/odd.bpf"
# 4,097 times RET ALLOW
for ((i = 0; i < 4097; i++)); do printf '\x06\x00\x00\x00\x00\x00\xff\x7f'; done >"$tmp/long.bpf"
# ld [66]; ret ALLOW
printf '\x20\x00\x00\x00\x42\x00\x00\x00\x06\x00\x00\x00\x00\x00\xff\x7f' >"$tmp/offset.bpf"
refuses 'raw: empty' 'empty.bpf' disasm "$tmp/empty.bpf"
refuses 'raw: a directory' 'directory' disasm "$tmp/folder.bpf"
refuses 'raw: size' 'multiple of 8' disasm "$tmp/odd.bpf"
refuses 'raw: 4,097 instructions' '4,?096' disasm "$tmp/long.bpf"
refuses 'raw: a load at offset 66' '66' disasm "$tmp/offset.bpf"
refuses 'raw: missing' 'nowhere.bpf' disasm "$tmp/nowhere.bpf"

printf 'ld nr\njeq #0, nowhere\nret ALLOW\n' >"$tmp/label.bpfasm"
refuses 'assembly: unknown label' 'label.bpfasm:2: .*nowhere' asm "$tmp/label.bpfasm" -o "$tmp/out.bpf"
holds 'assembly: nothing is written' test ! -e "$tmp/out.bpf"
refuses 'assembly: no output named' 'FILE -o OUT' asm "$tmp/label.bpfasm"

printf 'x read\n' >"$tmp/bad.mix"
refuses 'mix: weight' 'bad.mix:1' compile container-default@tuned --mix "$tmp/bad.mix"

refuses 'bench: nearest workload' file-rw bench --workload file-wr
refuses 'bench: --time 0' 'positive' bench --time 0
refuses 'bench: --time text' 'positive' bench --time soon
refuses 'bench: operand' 'no operand' bench container-default
refuses 'bench: --stack 0' '--stack' bench --stack 0
refuses 'bench: --bitmap maybe' 'on or off' bench --bitmap maybe
refuses 'bench: no such folder for the result' 'no/such' bench --json no/such/file.json
refuses 'bench: a directory for the result' 'directory' bench --json "$tmp"
refuses 'bench: unknown generator' bst bench --generator bts
refuses 'arch: unknown' 'x86_64' compile container-default@bst --arch x86_46
refuses 'arch: twice' 'twice' compile container-default@bst --arch x86_64,amd64
refuses 'optimize: unknown' 'uniform' compile container-default@tuned --optimize unifrm
refuses 'eval: unknown call' personality eval container-default@bst --syscall personalty
refuses 'eval: argument 6' '0 to 5' eval container-default@bst --syscall read --arg 6=1
refuses 'eval: argument without a value' 'I=V' eval container-default@bst --syscall read --arg 1
refuses 'eval: value above 64 bits' '18446744073709551615' \
	eval container-default@bst --syscall read --arg 0=0x10000000000000000
refuses 'eval: neither call nor table' '--syscall' eval container-default@bst
printf 'c000003e 0 0 0\n' >"$tmp/table"
refuses 'eval: a short line of a table' 'table:1: expected' eval container-default@bst --batch "$tmp/table"
refuses 'eval: unknown oracle' 'did you mean kernel' \
	eval container-default@bst --syscall read --oracle kernal
refuses 'list: unknown kind' 'workloads' list workload
refuses 'command: nearest name' bench bnech
refuses 'exec: nothing to execute' 'FILTER -- CMD' exec allow

exits 'a full disk is said, exit 3' 3 compile container-default@bst -o /dev/full
