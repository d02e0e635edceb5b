#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/ci as its users call it: by hand, from the GitHub action, from the GitLab job, from
# pre-commit, in a repository of their own that holds a profile and its baseline. SECGAUGE.
set -uo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
SECGAUGE=$(realpath "${SECGAUGE:-$root/build/secgauge}")
export SECGAUGE
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
cd "$house" || exit 3
unset GITHUB_STEP_SUMMARY PROFILES BASELINE EXACT BENCH_OPTIONS GATE_OPTIONS OUT

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		{ echo "failed: $*" && head -c 1500 out err; } | sed 's/^/  /'
	fi
}
# exits CODE COMMAND...
exits() {
	local want=$1 code=0
	shift
	"$@" >out 2>err </dev/null || code=$?
	[ "$code" -eq "$want" ]
}
one_line() { [ "$(wc -l <err)" -eq 1 ] && grep -q "$1" err; }
by_hand() { "$root/scripts/ci/check" --exact --baseline seccomp/baseline.json "$@" seccomp/web.json -- --generator tuned; }

# The steps of an action or of a job, as their runner would run them.
as_github() { # INPUT=VALUE...
	python3 - "$root/scripts/ci" "$@" <<-'PYTHON'
		import os, re, subprocess, sys, yaml
		action = yaml.safe_load(open(sys.argv[1] + "/action.yml"))
		values = {k: v.get("default") for k, v in action["inputs"].items()}
		values.update(word.split("=", 1) for word in sys.argv[2:])
		missing = [k for k, v in action["inputs"].items() if v.get("required") and not values[k]]
		assert not missing and action["runs"]["using"] == "composite", missing
		def expand(text):
		    text = text.replace("${{ github.action_path }}", sys.argv[1])
		    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text)
		for step in action["runs"]["steps"]:
		    env = dict(os.environ, **{k: expand(v) for k, v in step["env"].items()})
		    code = subprocess.run([step["shell"], "-c", expand(step["run"])], env=env).returncode
		    if code:
		        sys.exit(code)
		for output in action["outputs"].values():
		    assert os.path.exists(expand(output["value"])), output
	PYTHON
}
as_gitlab() { # VARIABLE=VALUE...
	mkdir -p builds && ln -sfn "$root" builds/secgauge
	python3 - "$root/scripts/ci/gitlab-ci.yml" "$@" <<-'PYTHON'
		import os, subprocess, sys, yaml
		job = yaml.safe_load(open(sys.argv[1]))[".secgauge"]
		env = dict(os.environ, CI_BUILDS_DIR="builds", **job["variables"])
		env.update(word.split("=", 1) for word in sys.argv[2:])
		for line in job["script"]:
		    code = subprocess.run(["sh", "-c", line], env=env).returncode
		    if code:
		        sys.exit(code)
		for path in job["artifacts"]["paths"] + [job["artifacts"]["reports"]["junit"]]:
		    path = path.replace("$OUT", env["OUT"])
		    assert os.path.exists(path), path
	PYTHON
}
as_pre_commit() { # FILE...
	local entry
	entry=$(python3 -c 'import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))[0]["entry"])' \
		"$root/.pre-commit-hooks.yaml")
	# shellcheck disable=SC2086 # the entry is a command with its arguments
	"$root"/$entry --baseline seccomp/baseline.json "$@"
}

mkdir seccomp
cat >seccomp/web.json <<-'JSON'
	{"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
	 {"names": ["read", "write", "close", "exit_group"], "action": "SCMP_ACT_ALLOW"},
	 {"names": ["personality"], "action": "SCMP_ACT_ALLOW",
	  "args": [{"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}]}
JSON

check 'without a baseline it says how to make one' exits 2 by_hand
check 'in one line' one_line 'update'
check '--update makes it' exits 0 by_hand --update
check 'nothing half-written beside it' test "$(ls seccomp)" = "$(printf 'baseline.json\nweb.json')"
check 'nothing changed: fine' exits 0 by_hand
check 'all outputs are there' exits 0 ls secgauge-out/{result.json,gate.json,junit.xml,summary.md,findings.sarif}
check 'the GitHub action: fine' \
	exits 0 as_github profiles=seccomp/web.json baseline=seccomp/baseline.json 'bench-options=--generator tuned'
check 'the GitLab job: fine' \
	exits 0 as_gitlab PROFILES=seccomp/web.json BASELINE=seccomp/baseline.json EXACT=true OUT=elsewhere
check 'pre-commit: fine' exits 0 as_pre_commit seccomp/web.json

sed -i 's/"value": 8/"value": 9/' seccomp/web.json
export GITHUB_STEP_SUMMARY=$house/step.md
check 'another constant in a rule: fails' exits 1 by_hand
check 'and names the call' grep -q personality out
check 'in the summary of the job, too' grep -q personality step.md
unset GITHUB_STEP_SUMMARY
check 'the GitHub action: fails' \
	exits 1 as_github profiles=seccomp/web.json baseline=seccomp/baseline.json
check 'the GitLab job: fails' exits 1 as_gitlab PROFILES=seccomp/web.json BASELINE=seccomp/baseline.json
check 'pre-commit: fails' exits 1 as_pre_commit seccomp/web.json
check 'options reach the gate' exits 0 by_hand --gate --allow=policy,verdicts

echo '{"defaultAction": "SCMP_ACT_' >seccomp/web.json
check 'a broken profile: bad input' exits 2 by_hand
check 'and one line about it' one_line 'seccomp/web.json'
check 'EXACT that is neither true nor false: bad input' \
	exits 2 as_gitlab PROFILES=seccomp/web.json BASELINE=seccomp/baseline.json EXACT=maybe
check 'an unknown option: bad input' exits 2 "$root/scripts/ci/check" --bogus
check 'no profile: bad input' exits 2 "$root/scripts/ci/check" --baseline x

ln -s "$root/scripts" scripts
while read -r line; do
	check "the README: $line" exits 0 bash -c "$line"
done < <(sed -n 's/^\$ \(scripts\/ci\/check .*\)/\1/p' "$root/README.md")
check 'which is more than one command' test "$(ls results/runs)" = web.json
check 'the workflow calls what is here' python3 - "$root" <<-'PYTHON'
	import sys, yaml
	jobs = yaml.safe_load(open(sys.argv[1] + "/.github/workflows/ci.yml"))["jobs"]
	runs = {s.get("run") for job in jobs.values() for s in job["steps"]}
	targets = open(sys.argv[1] + "/Makefile").read()
	assert ".ci/run" in runs and "make gate EXACT=1" in runs and "\ngate:" in targets
PYTHON
