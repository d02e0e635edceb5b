/* SPDX-License-Identifier: MIT */
#include "filters/abi/abi.h"

#define AUDIT_LE 0x40000000u /* __AUDIT_ARCH_LE of include/uapi/linux/audit.h */

bool abi_audit_big_endian(uint32_t audit)
{
	return !(audit & AUDIT_LE);
}

uint32_t abi_off_half(bool big_endian, int i, bool high)
{
	uint32_t base = i < 0 ? ABI_OFF_IP : ABI_OFF_ARG((uint32_t)i);

	return base + (high != big_endian ? 4 : 0);
}

static void put_halves(uint32_t words[ABI_DATA_WORDS], bool big_endian, int i, uint64_t value)
{
	words[abi_off_half(big_endian, i, false) / 4] = (uint32_t)value;
	words[abi_off_half(big_endian, i, true) / 4] = (uint32_t)(value >> 32);
}

void abi_tuple_words(const struct abi_tuple *tuple, uint32_t words[ABI_DATA_WORDS])
{
	bool big_endian = abi_audit_big_endian(tuple->arch);

	words[ABI_OFF_NR / 4] = tuple->nr;
	words[ABI_OFF_ARCH / 4] = tuple->arch;
	put_halves(words, big_endian, -1, tuple->ip);
	for (int i = 0; i < 6; i++)
		put_halves(words, big_endian, i, tuple->args[i]);
}
