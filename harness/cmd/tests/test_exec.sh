# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=harness/cmd/tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$tmp/no-uname.json" <<'J'
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["uname"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]}
J
for generator in linear bst tuned; do
	sg exec "$tmp/no-uname.json@$generator" -- uname -s
	holds "$generator: the command runs under the filter" grep -q 'Function not implemented' "$tmp/err"
done
prints 'everything else works' '^hello world$' exec "$tmp/no-uname.json@tuned" -- echo hello world
prints 'options of the command are its own' '^--json$' exec allow printf '%s\n' --json
prints 'one process: no fork' "Seccomp_filters:[[:space:]]*3" \
	exec --stack 3 container-default@bst -- grep Seccomp_filters /proc/self/status
exits 'the exit code is the command'"'"'s' 7 exec allow -- sh -c 'exit 7'
holds 'the command has the usual SIGPIPE' test \
	"$("$SECGAUGE" exec allow -- sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status | tail -c 5)" = 0000
refuses 'a command that is not there' 'no-such-command: No such file' exec allow -- no-such-command
sg exec strict-2005@tuned -- true
holds 'a filter that kills execve kills' test "$status" -gt 128
