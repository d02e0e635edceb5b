/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's seccomp ABI looks like on every architecture we know: struct seccomp_data,
 * actions, audit values, word size, byte order, system call numbers.
 *
 * The numbers are our own data (syscalls.tsv, one row a name, one column an architecture), newer
 * than the installed libseccomp and kernel headers know; tests check them against both. Nothing
 * here allocates; everything returned is static.
 *
 * Sources: include/uapi/linux/seccomp.h, include/uapi/linux/audit.h, the syscall tables below
 * arch/ and scripts/syscall.tbl in the kernel; seccomp(2).
 */
#ifndef SG_ABI_ABI_H
#define SG_ABI_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/error.h"

/* ---- actions: the 32-bit value a filter returns (seccomp(2), "RETURN VALUE" of the filter) */

#define ABI_RET_KILL_PROCESS 0x80000000u
#define ABI_RET_KILL_THREAD  0x00000000u
#define ABI_RET_TRAP         0x00030000u
#define ABI_RET_ERRNO        0x00050000u
#define ABI_RET_USER_NOTIF   0x7fc00000u
#define ABI_RET_TRACE        0x7ff00000u
#define ABI_RET_LOG          0x7ffc0000u
#define ABI_RET_ALLOW        0x7fff0000u
#define ABI_RET_ACTION_FULL  0xffff0000u
#define ABI_RET_DATA         0x0000ffffu

/* "ALLOW", "ERRNO(1)", "TRACE(0)", "TRAP(7)" (TRAP without a number when 0); a value that is no
 * known action is "0x12345678". KILL and ALLOW values with data bits print as the action alone. */
void abi_verdict_text(uint32_t ret, struct sg_buf *out);
/* The reverse: names as above, also "ERRNO(ENOSYS)" with the errno's name as this machine numbers
 * it, "KILL" = KILL_THREAD, or a number, decimal or with "0x"; any letter case. */
int abi_verdict_parse(const char *text, uint32_t *ret_value, struct sg_err *err);
/*
 * What the kernel does with a value: the action it names, KILL_PROCESS for an unknown one, ERRNO
 * data capped at 4095. Two filters agree when the effects are equal. (kernel/seccomp.c,
 * __seccomp_filter: only ERRNO, TRACE and TRAP look at the data.)
 */
uint32_t abi_verdict_effect(uint32_t ret);
/* Does this value let the call run? (ALLOW and LOG.) */
bool abi_verdict_allows(uint32_t ret);

/* ---- architectures */

enum abi_arch_id {
#define ABI_ARCH(id, ...) ABI_##id,
#include "filters/abi/arches.inc"
	ABI_ARCH_COUNT
};

/* The families of errno numbers: the columns of errnos.inc. */
enum abi_errno_family {
	ABI_ERRNO_GENERIC,
	ABI_ERRNO_MIPS,
	ABI_ERRNO_PARISC,
	ABI_ERRNO_POWERPC,
	ABI_ERRNO_FAMILY_COUNT
};

struct abi_arch {
	enum abi_arch_id id;
	const char *name;      /* ours: "x86_64" */
	const char *scmp_name; /* "SCMP_ARCH_X86_64" */
	const char *go_name;   /* libseccomp-golang's, as in profiles: "amd64", "x86", "mipsel64" */
	const char *goarch;    /* Go's GOARCH where it differs: "386", "mips64le"; else NULL */
	uint32_t audit;        /* AUDIT_ARCH_*: seccomp_data.arch */
	uint8_t word_bits;     /* 32: arguments are seen as 32-bit values */
	bool big_endian;       /* the halves of 64-bit fields stand the other way round */
	uint32_t nr_offset;    /* numbers start here: 0x40000000 for x32, 4000.. for mips, 0 */
	bool has_bitmap;       /* its kernel keeps a const-allow bitmap (not x32, not mips) */
	enum abi_errno_family errnos;
};

const struct abi_arch *abi_arch(enum abi_arch_id id);
/* By our name, SCMP_ARCH_*, or one of Go's names, exact spelling; NULL when unknown. */
const struct abi_arch *abi_arch_by_name(const char *name);
/* The first architecture with this audit value (x86_64, not x32); NULL when foreign. */
const struct abi_arch *abi_arch_by_audit(uint32_t audit);
/* The architecture of this machine's processes. */
const struct abi_arch *abi_arch_native(void);
/* For --arch: any of the names, or an audit value in hex with "0x"; the error shows the nearest
 * name and all of ours. */
int abi_arch_parse(const char *text, const struct abi_arch **ret, struct sg_err *err);

/* ---- system calls. Numbers are as seccomp_data.nr has them: x32's carry bit 30. */

#define ABI_NR_NONE (-1)
#define ABI_X32_BIT 0x40000000u

/* ABI_NR_NONE when the architecture lacks the call or nobody knows the name. */
int abi_nr(const struct abi_arch *arch, const char *name);
/*
 * The same in two steps, for whoever asks for one name on several architectures: the name's place
 * in abi_names(), -1 when nobody knows it, and the number of the name at a place.
 */
int abi_name_index(const char *name);
int abi_nr_of(const struct abi_arch *arch, int name_index);
/* NULL when no call of the architecture has the number. On x86_64 a number with bit 30 is not
 * x32's: ask for the x32 architecture. */
const char *abi_name(const struct abi_arch *arch, uint32_t nr);
/* Does any architecture have a call of this name? */
bool abi_name_known(const char *name);
/* Every name, sorted; *ret_count of them. */
const char *const *abi_names(size_t *ret_count);
/* The calls of an architecture, ascending by number. */
struct abi_call {
	uint32_t nr;
	const char *name;
};
const struct abi_call *abi_calls(const struct abi_arch *arch, size_t *ret_count);
/*
 * Numbers at and above this one never have a place in the kernel's bitmap: one past the last call
 * of our table, which is the kernel's own rule (NR_syscalls; SECCOMP_ARCH_NATIVE_NR and _COMPAT_NR
 * in arch/.../include/asm/seccomp.h). 0 where there is no bitmap: x32 and mips.
 */
uint32_t abi_nr_limit(const struct abi_arch *arch);

/*
 * The multiplexers: is @name ("socket", "semop") also reachable through socketcall(2) or ipc(2) on
 * @arch? Returns the multiplexer's name ("socketcall", "ipc") when @arch has it, else NULL.
 */
const char *abi_multiplexer(const struct abi_arch *arch, const char *name);

/* The number of an errno ("EPERM") on @arch (mips numbers ENOSYS 89), 0 when unknown. */
int abi_errno(const struct abi_arch *arch, const char *name);

/* ---- the input of a filter */

#define ABI_DATA_BYTES 64
#define ABI_DATA_WORDS 16
#define ABI_OFF_NR     0
#define ABI_OFF_ARCH   4
#define ABI_OFF_IP     8
#define ABI_OFF_ARG(i) (16u + 8u * (i))

/* One input of a filter, in the numbers people use; the byte order is the architecture's. */
struct abi_tuple {
	uint32_t nr;
	uint32_t arch; /* audit value */
	uint64_t ip;
	uint64_t args[6];
};

/* Byte order of an audit value: bit 31 (__AUDIT_ARCH_64BIT) and bit 30 (__AUDIT_ARCH_LE). */
bool abi_audit_big_endian(uint32_t audit);
/* Offset of the low or high half of argument @i (or of the instruction pointer, @i = -1). */
uint32_t abi_off_half(bool big_endian, int i, bool high);
/* The tuple as the 16 words that LD|W|ABS at 4 * i sees. */
void abi_tuple_words(const struct abi_tuple *tuple, uint32_t words[ABI_DATA_WORDS]);

#endif
