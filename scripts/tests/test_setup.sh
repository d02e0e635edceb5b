#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/setup with a made-up package manager in its PATH: it installs nothing here.
# shellcheck disable=SC2016 # the lines in single quotes are for the made-up commands
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/tools"
for tool in bash env grep sed mktemp tail rm cat true; do ln -s "$(type -P "$tool")" "$tmp/tools/$tool"; done

fake() { # NAME LINE...: a command for the next run
	local name=$1
	shift
	printf '%s\n' "#!$(command -v bash)" "$@" >"$tmp/fakes/$name"
	chmod +x "$tmp/fakes/$name"
}
# A machine where all is installed but the packages named.
machine() { # MISSING...
	rm -rf "$tmp/fakes" "$tmp/apt" && mkdir "$tmp/fakes"
	fake dpkg-query "missing=' $* '" 'for p in "${@:4}"; do' \
		'case $missing in *" $p "*) status=1 ;; *) echo "$p installed" ;; esac; done' \
		'exit ${status-0}'
	fake id 'echo 0'
	fake apt-get "echo \"\${SUDO-}apt-get \$*\" >>$tmp/apt"
}
setup() { # ARGS...: leaves $status, $tmp/out (both streams) and $tmp/apt
	status=0
	PATH=$tmp/fakes:$tmp/tools bash scripts/setup "$@" >"$tmp/out" 2>&1 || status=$?
}
check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		{ echo "exit $status, failed: $*" && cat "$tmp/out"; } | sed 's/^/  /'
	fi
}
gives_up() { # REASON MISSING
	[ "$status" -eq 3 ] && [ "$(tail -n 1 "$tmp/out")" = "scripts/setup: $1; missing Debian packages: $2" ]
}

machine
setup --test
check 'is silent when nothing is missing' test "$status $(cat "$tmp/out")" = '0 '
check 'and installs nothing' test ! -e "$tmp/apt"

machine shellcheck libjansson-dev
setup
check 'installs what building needs' grep -q ' install .* libjansson-dev$' "$tmp/apt"
check 'after an update of the lists' grep -q ' update$' "$tmp/apt"
check 'and says so in one line' test "$status $(cat "$tmp/out")" = '0 scripts/setup: installing libjansson-dev'
setup --test
check 'installs what testing needs' grep -q ' install .* libjansson-dev shellcheck$' "$tmp/apt"

machine shellcheck afl++
setup --fuzz
check 'installs what fuzzing needs' grep -q ' install .* --no-install-recommends afl++$' "$tmp/apt"

machine shellcheck chromium
setup --browser
check 'installs what looking at a report needs' grep -q ' install .* --no-install-recommends chromium$' "$tmp/apt"

machine gcc libmd-dev
fake id 'echo 1000'
setup
check 'not root and without sudo: exit 3 and the exact list' \
	gives_up 'not root, and sudo does not let us' 'gcc libmd-dev'
fake sudo 'exit 1'
setup
check 'not root and sudo wants a password: the same' \
	gives_up 'not root, and sudo does not let us' 'gcc libmd-dev'
check 'and nothing was tried' test ! -e "$tmp/apt"
fake sudo '[ "$1" = -n ] && shift' 'SUDO="sudo " exec "$@"'
setup
check 'not root, through sudo' grep -q '^sudo apt-get .* install .* gcc libmd-dev$' "$tmp/apt"

machine gcc
fake apt-get 'echo "E: no network" >&2' 'exit 100'
setup
check 'apt-get that fails: exit 3 and the exact list' gives_up 'apt-get failed' gcc
check 'with what it said' grep -q 'E: no network' "$tmp/out"
rm "$tmp/fakes/apt-get"
setup
check 'no apt-get: exit 3 and the exact list' gives_up 'no apt-get here' gcc

machine
rm "$tmp/fakes/dpkg-query"
fake id 'echo 1000'
setup
check 'no dpkg: everything is missing' test "$status" -eq 3
setup --tset
check 'an unknown option: exit 2' test "$status $(cat "$tmp/out")" = '2 usage: scripts/setup [--test | --fuzz | --browser]'
