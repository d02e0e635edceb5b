/* SPDX-License-Identifier: MIT */
/* Facts that take more than reading one line of a file. */
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"
#include "harness/run/env_private.h"
#include "harness/run/facts.h"

/* Since Linux 5.11 (kernel/seccomp.c, SECCOMP_ARCH_NATIVE), on architectures that define it. */
bool run_env_has_bitmap(void)
{
	return run_env_kernel_at_least(5, 11) && abi_nr_limit(abi_arch_native()) > 0;
}

/* ---- virtualisation */

struct known {
	const char *sign, *name;
};

static const char *look_up(const struct known *table, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(text, table[i].sign, strlen(table[i].sign)))
			return table[i].name;
	return NULL;
}

#if defined(__x86_64__) || defined(__i386__)

/* CPUID leaf 1, ECX bit 31: there is a hypervisor; leaf 0x40000000: its signature. */
#define CPUID_HYPERVISOR_BIT (1u << 31)

void run_env_virtualisation(char *ret, size_t size)
{
	static const struct known signatures[] = {
		{"KVMKVMKVM", "kvm"},       {"Microsoft Hv", "hyper-v"},
		{"VMwareVMware", "vmware"}, {"XenVMMXenVMM", "xen"},
		{"TCGTCGTCGTCG", "qemu"},   {"VBoxVBoxVBox", "virtualbox"},
		{"bhyve bhyve ", "bhyve"},  {"ACRNACRNACRN", "acrn"},
	};
	unsigned eax, ebx, ecx = 0, edx;
	unsigned signature[4] = {0};

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) {
		snprintf(ret, size, "unknown");
		return;
	}
	if (!(ecx & CPUID_HYPERVISOR_BIT)) {
		snprintf(ret, size, "none");
		return;
	}
	__cpuid(0x40000000, eax, signature[0], signature[1], signature[2]);

	const char *name = look_up(signatures, SG_COUNT(signatures), (const char *)signature);

	snprintf(ret, size, "%s", name ? name : "unknown hypervisor");
}

#else

/* Firmware names the machine; that it names none of these does not prove bare metal. */
void run_env_virtualisation(char *ret, size_t size)
{
	static const struct known vendors[] = {
		{"QEMU", "qemu"},
		{"KVM", "kvm"},
		{"VMware", "vmware"},
		{"Xen", "xen"},
		{"Amazon EC2", "ec2"},
		{"Google", "gce"},
		{"Microsoft Corporation", "hyper-v"},
	};
	char vendor[64];

	run_fact_read("/sys/class/dmi/id/sys_vendor", "", vendor, sizeof(vendor));

	const char *name = look_up(vendors, SG_COUNT(vendors), vendor);

	snprintf(ret, size, "%s", name ? name : "unknown");
}

#endif

/* ---- the file system of the workloads' directory */

static bool is_below(const char *path, const char *mount)
{
	size_t len = strlen(mount);

	if (!strcmp(mount, "/"))
		return true;
	return !strncmp(path, mount, len) && (path[len] == '/' || !path[len]);
}

/* The last mount on the longest path that leads there. */
void run_env_workdir_fs(char *ret, size_t size)
{
	const char *tmpdir = getenv("TMPDIR");
	char path[PATH_MAX], room[4096];
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent entry;
	size_t longest = 0;

	snprintf(ret, size, "unknown");
	if (!realpath(tmpdir && *tmpdir ? tmpdir : "/tmp", path))
		*path = '\0';
	while (mounts && *path && getmntent_r(mounts, &entry, room, sizeof(room))) {
		size_t len = strlen(entry.mnt_dir);

		if (len < longest || !is_below(path, entry.mnt_dir))
			continue;
		longest = len;
		snprintf(ret, size, "%s", entry.mnt_type);
	}
	if (mounts)
		endmntent(mounts);
}
