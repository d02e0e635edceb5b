/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <strings.h>

#include "filters/policy/private.h"

/* include/uapi/linux/capability.h */
static const char *const capabilities[] = {
	"CAP_AUDIT_CONTROL",   "CAP_AUDIT_READ",   "CAP_AUDIT_WRITE",
	"CAP_BLOCK_SUSPEND",   "CAP_BPF",          "CAP_CHECKPOINT_RESTORE",
	"CAP_CHOWN",           "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH",
	"CAP_FOWNER",          "CAP_FSETID",       "CAP_IPC_LOCK",
	"CAP_IPC_OWNER",       "CAP_KILL",         "CAP_LEASE",
	"CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN",    "CAP_MAC_OVERRIDE",
	"CAP_MKNOD",           "CAP_NET_ADMIN",    "CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST",   "CAP_NET_RAW",      "CAP_PERFMON",
	"CAP_SETFCAP",         "CAP_SETGID",       "CAP_SETPCAP",
	"CAP_SETUID",          "CAP_SYSLOG",       "CAP_SYS_ADMIN",
	"CAP_SYS_BOOT",        "CAP_SYS_CHROOT",   "CAP_SYS_MODULE",
	"CAP_SYS_NICE",        "CAP_SYS_PACCT",    "CAP_SYS_PTRACE",
	"CAP_SYS_RAWIO",       "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG",  "CAP_WAKE_ALARM",
};

/* moby daemon/pkg/oci/caps/defaults.go, DefaultCapabilities. */
static const char docker[] = "CAP_AUDIT_WRITE,CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER,CAP_FSETID,"
			     "CAP_KILL,CAP_MKNOD,CAP_NET_BIND_SERVICE,CAP_NET_RAW,CAP_SETFCAP,"
			     "CAP_SETGID,CAP_SETPCAP,CAP_SETUID,CAP_SYS_CHROOT";

/* containers/common pkg/config/default.go, DefaultCapabilities. */
static const char podman[] = "CAP_CHOWN,CAP_DAC_OVERRIDE,CAP_FOWNER,CAP_FSETID,CAP_KILL,"
			     "CAP_NET_BIND_SERVICE,CAP_SETFCAP,CAP_SETGID,CAP_SETPCAP,CAP_SETUID,"
			     "CAP_SYS_CHROOT";

static const char *set_of(const char *word)
{
	if (!strcasecmp(word, "docker"))
		return docker;
	return strcasecmp(word, "podman") ? NULL : podman;
}

static const char *capability(const char *word)
{
	const char *stem = strncasecmp(word, "CAP_", 4) ? word : word + 4;

	for (size_t i = 0; i < SG_COUNT(capabilities); i++)
		if (!strcasecmp(stem, capabilities[i] + 4))
			return capabilities[i];
	return NULL;
}

static int unknown(const char *word, struct sg_err *err)
{
	const char *nearest = sg_nearest(word, capabilities, SG_COUNT(capabilities));

	if (!nearest)
		return sg_err_input(err, EINVAL,
				    "unknown capability \"%s\" (none, docker, podman, or names "
				    "such as CAP_SYS_ADMIN)",
				    word);
	return sg_err_input(err, EINVAL, "unknown capability \"%s\" (did you mean %s?)", word,
			    nearest);
}

static int add_word(struct sg_strv *caps, const char *word, struct sg_err *err)
{
	const char *set = set_of(word), *name = capability(word);

	if (!strcasecmp(word, "none"))
		return 0;
	if (set)
		sg_strv_split(caps, set);
	else if (name)
		sg_strv_add(caps, name);
	else
		return unknown(word, err);
	return 0;
}

int policy_caps_parse(const char *text, struct sg_strv *caps, struct sg_err *err)
{
	struct sg_strv words = {0};
	int bad = 0;

	sg_strv_split(&words, text);
	for (size_t i = 0; i < words.len && !bad; i++)
		bad = add_word(caps, words.items[i], err);
	sg_strv_release(&words);
	return bad;
}
