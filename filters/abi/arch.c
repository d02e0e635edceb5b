/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

enum { ORDER_LE, ORDER_BE };

static const struct abi_arch arches[] = {
#define ABI_ARCH(id_, name_, audit_, word_bits_, order_, nr_offset_, bitmap_, errnos_, table_) \
	[ABI_##id_].id = ABI_##id_, [ABI_##id_].name = name_, [ABI_##id_].audit = audit_,      \
	[ABI_##id_].word_bits = word_bits_, [ABI_##id_].big_endian = ORDER_##order_,           \
	[ABI_##id_].nr_offset = nr_offset_, [ABI_##id_].has_bitmap = bitmap_,                  \
	[ABI_##id_].errnos = ABI_ERRNO_##errnos_,
#define ABI_ARCH_NAMES(id_, scmp_name_, go_name_, goarch_)                  \
	[ABI_##id_].scmp_name = scmp_name_, [ABI_##id_].go_name = go_name_, \
	[ABI_##id_].goarch = goarch_,
#include "filters/abi/arches.inc"
};

const struct abi_arch *abi_arch(enum abi_arch_id id)
{
	return &arches[id];
}

static bool is_name_of(const struct abi_arch *arch, const char *name)
{
	return !strcmp(name, arch->name) || !strcmp(name, arch->scmp_name) ||
	       !strcmp(name, arch->go_name) || (arch->goarch && !strcmp(name, arch->goarch));
}

const struct abi_arch *abi_arch_by_name(const char *name)
{
	for (size_t i = 0; i < SG_COUNT(arches); i++)
		if (is_name_of(&arches[i], name))
			return &arches[i];
	return NULL;
}

const struct abi_arch *abi_arch_by_audit(uint32_t audit)
{
	for (size_t i = 0; i < SG_COUNT(arches); i++)
		if (arches[i].audit == audit)
			return &arches[i];
	return NULL;
}

#if defined(__x86_64__) && defined(__ILP32__)
#define NATIVE ABI_X32
#elif defined(__x86_64__)
#define NATIVE ABI_X86_64
#elif defined(__i386__)
#define NATIVE ABI_I386
#elif defined(__aarch64__)
#define NATIVE ABI_AARCH64
#elif defined(__arm__)
#define NATIVE ABI_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE ABI_RISCV64
#elif defined(__loongarch_lp64)
#define NATIVE ABI_LOONGARCH64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define NATIVE ABI_PPC64LE
#elif defined(__powerpc64__)
#define NATIVE ABI_PPC64
#elif defined(__powerpc__)
#define NATIVE ABI_PPC
#elif defined(__s390x__)
#define NATIVE ABI_S390X
#elif defined(__s390__)
#define NATIVE ABI_S390
#elif defined(__mips__) && defined(__MIPSEB__)
#define NATIVE (_MIPS_SIM == _ABI64 ? ABI_MIPS64 : _MIPS_SIM == _ABIN32 ? ABI_MIPS64N32 : ABI_MIPS)
#elif defined(__mips__)
#define NATIVE \
	(_MIPS_SIM == _ABI64 ? ABI_MIPS64EL : _MIPS_SIM == _ABIN32 ? ABI_MIPS64ELN32 : ABI_MIPSEL)
#elif defined(__hppa__) && defined(__LP64__)
#define NATIVE ABI_PARISC64
#elif defined(__hppa__)
#define NATIVE ABI_PARISC
#elif defined(__m68k__)
#define NATIVE ABI_M68K
#elif defined(__sh__) && defined(__LITTLE_ENDIAN__)
#define NATIVE ABI_SH
#elif defined(__sh__)
#define NATIVE ABI_SHEB
#else
#error "an architecture that filters/abi does not know: see filters/abi/README.md"
#endif

const struct abi_arch *abi_arch_native(void)
{
	return &arches[NATIVE];
}

static const struct abi_arch *by_hex(const char *text)
{
	char *end;

	if (strncasecmp(text, "0x", 2) || strlen(text) > strlen("0x00000000"))
		return NULL;
	unsigned long audit = strtoul(text, &end, 16);
	return *end || end == text + 1 ? NULL : abi_arch_by_audit(audit);
}

static const char *hint_at(struct sg_hint *hint, const char *text)
{
	const char *spellings[4 * SG_COUNT(arches)];
	size_t count = 0;

	for (size_t i = 0; i < SG_COUNT(arches); i++) {
		spellings[count++] = arches[i].name;
		spellings[count++] = arches[i].scmp_name;
		spellings[count++] = arches[i].go_name;
		if (arches[i].goarch)
			spellings[count++] = arches[i].goarch;
	}
	return sg_hint(hint, text, spellings, count);
}

static int refuse(const char *text, struct sg_err *err)
{
	struct sg_buf known = {0};
	struct sg_hint hint;

	for (size_t i = 0; i < SG_COUNT(arches); i++)
		sg_buf_addf(&known, "%s%s", i ? ", " : "", arches[i].name);
	int ret = sg_err_input(err, EINVAL, "unknown architecture \"%s\"%s; known: %s", text,
			       hint_at(&hint, text), sg_buf_text(&known));
	sg_buf_release(&known);
	return ret;
}

int abi_arch_parse(const char *text, const struct abi_arch **ret, struct sg_err *err)
{
	const struct abi_arch *arch = abi_arch_by_name(text);

	if (!arch)
		arch = by_hex(text);
	if (!arch)
		return refuse(text, err);
	*ret = arch;
	return 0;
}
