/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "filters/cbpf/asm_symbol.h"
#include "harness/base/alloc.h"

static void hint(const char *word, const char *const *names, size_t count, struct sg_buf *expected)
{
	struct sg_hint text;

	sg_buf_adds(expected, sg_hint(&text, word, names, count));
}

const struct abi_arch *asm_arch(const char *name, struct sg_buf *expected)
{
	const struct abi_arch *arch = abi_arch_by_name(name);
	const char *names[ABI_ARCH_COUNT];

	if (arch)
		return arch;
	for (int i = 0; i < ABI_ARCH_COUNT; i++)
		names[i] = abi_arch(i)->name;
	sg_buf_adds(expected, "the name of an architecture");
	hint(name, names, ABI_ARCH_COUNT, expected);
	return NULL;
}

static void hint_call(const char *name, const struct abi_arch *arch, struct sg_buf *expected)
{
	size_t count;
	const struct abi_call *calls = abi_calls(arch, &count);
	const char **names = sg_calloc(count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = calls[i].name;
	hint(name, names, count, expected);
	free(names);
}

static bool call_number(const char *name, const struct abi_arch *arch, uint32_t *ret,
			struct sg_buf *expected)
{
	int nr = abi_nr(arch, name);

	if (nr == ABI_NR_NONE) {
		sg_buf_addf(expected, "a system call of %s", arch->name);
		hint_call(name, arch, expected);
		return false;
	}
	*ret = nr;
	return true;
}

/* @name is "BEFORE.CALL" or "arch.NAME", @dot the place of its first dot. */
static bool dotted(const char *name, const char *dot, uint32_t *ret, struct sg_buf *expected)
{
	char *before = sg_strndup(name, dot - name);
	bool is_audit = !strcmp(before, "arch");
	const struct abi_arch *arch = asm_arch(is_audit ? dot + 1 : before, expected);

	free(before);
	if (!arch)
		return false;
	if (!is_audit)
		return call_number(dot + 1, arch, ret, expected);
	*ret = arch->audit;
	return true;
}

bool asm_symbol(const char *name, const struct abi_arch *arch, uint32_t *ret,
		struct sg_buf *expected)
{
	const char *dot = strchr(name, '.');

	if (dot)
		return dotted(name, dot, ret, expected);
	if (arch)
		return call_number(name, arch, ret, expected);
	sg_buf_adds(expected,
		    "a number, #ARCH.CALL or #arch.ARCH (a call alone needs .arch before)");
	return false;
}

uint32_t asm_errno(const char *name, const struct abi_arch *arch)
{
	return abi_errno(arch ? arch : abi_arch(ABI_X86_64), name);
}
