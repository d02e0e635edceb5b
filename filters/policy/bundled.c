/* SPDX-License-Identifier: MIT */
#include "filters/policy/policy.h"

const struct policy_bundled policy_bundled[] = {
	{"container-default", "an allow-list of the size and shape that container engines ship",
	 "filters/profiles/container-default.json", NULL},
	{"docker-default", "Docker's own, as Debian packages it",
	 "/usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json",
	 "golang-github-docker-docker-dev"},
	{"io-server", "a tight allow-list for an event-driven server",
	 "filters/profiles/io-server.json", NULL},
	{"podman-default", "Podman's own, as Debian packages it",
	 "/usr/share/containers/seccomp.json", "golang-github-containers-common"},
	{"small-blocklist", "everything but some forty calls",
	 "filters/profiles/small-blocklist.json", NULL},
	{"strict-2005", "read, write, exit and rt_sigreturn", "filters/profiles/strict-2005.json",
	 NULL},
	{0},
};
