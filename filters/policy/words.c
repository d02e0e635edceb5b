/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "filters/policy/private.h"

struct word {
	const char *name;
	uint32_t value;
};

/* runtime-spec config-linux.md, "syscalls[].action"; runc libcontainer/seccomp/config.go. */
static const struct word actions[] = {
	{"SCMP_ACT_ALLOW", ABI_RET_ALLOW},
	{"SCMP_ACT_ERRNO", ABI_RET_ERRNO},
	{"SCMP_ACT_KILL", ABI_RET_KILL_THREAD},
	{"SCMP_ACT_KILL_PROCESS", ABI_RET_KILL_PROCESS},
	{"SCMP_ACT_KILL_THREAD", ABI_RET_KILL_THREAD},
	{"SCMP_ACT_LOG", ABI_RET_LOG},
	{"SCMP_ACT_NOTIFY", ABI_RET_USER_NOTIF},
	{"SCMP_ACT_TRACE", ABI_RET_TRACE},
	{"SCMP_ACT_TRAP", ABI_RET_TRAP},
	{0},
};

static const struct word operators[] = {
	{"SCMP_CMP_EQ", POLICY_EQ}, {"SCMP_CMP_GE", POLICY_GE},
	{"SCMP_CMP_GT", POLICY_GT}, {"SCMP_CMP_LE", POLICY_LE},
	{"SCMP_CMP_LT", POLICY_LT}, {"SCMP_CMP_MASKED_EQ", POLICY_MASKED_EQ},
	{"SCMP_CMP_NE", POLICY_NE}, {0},
};

/* The flags that the runtime-spec lists; values of include/uapi/linux/seccomp.h. */
static const struct word flags[] = {
	{"SECCOMP_FILTER_FLAG_LOG", 1u << 1},
	{"SECCOMP_FILTER_FLAG_SPEC_ALLOW", POLICY_FLAG_SPEC_ALLOW},
	{"SECCOMP_FILTER_FLAG_TSYNC", 1u << 0},
	{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 1u << 5},
	{0},
};

const char *policy_op_name(enum policy_op op)
{
	const struct word *w = operators;

	while (w->value != op)
		w++;
	return w->name + strlen("SCMP_CMP_");
}

/* SCMP_ACT_KILL, the older name of KILL_THREAD, stands before it. */
const char *policy_action_name(uint32_t action)
{
	const char *name = NULL;

	for (const struct word *w = actions; w->name; w++)
		if (w->value == (action & ABI_RET_ACTION_FULL))
			name = w->name;
	return name;
}

/* "expected KIND, not "TEXT" (did you mean NAME?)" */
static int unknown(const struct sg_json *at, const char *kind, const char *text,
		   const struct sg_strv *names, struct sg_err *err)
{
	struct sg_hint hint;

	return sg_json_expected(at, err, "%s, not \"%s\"%s", kind, text,
				sg_hint(&hint, text, (const char *const *)names->items,
					names->len));
}

static int read_text(const struct sg_json *at, const char *kind, const char **ret,
		     struct sg_err *err)
{
	return at->value ? sg_json_string(at, ret, err) : sg_json_expected(at, err, "%s", kind);
}

static int look_up(const struct sg_json *at, const char *kind, const struct word *words,
		   struct word *ret, struct sg_err *err)
{
	struct sg_strv names = {0};
	const char *text = NULL;
	int bad = read_text(at, kind, &text, err);

	if (bad)
		return bad;
	for (const struct word *w = words; w->name; w++) {
		if (!strcmp(text, w->name)) {
			*ret = *w;
			return 0;
		}
	}
	for (const struct word *w = words; w->name; w++)
		sg_strv_add(&names, w->name);
	bad = unknown(at, kind, text, &names, err);
	sg_strv_release(&names);
	return bad;
}

int policy_action_word(const struct sg_json *at, const char **ret_name, uint32_t *ret_action,
		       struct sg_err *err)
{
	struct word word = {0};
	int bad = look_up(at, "an action such as SCMP_ACT_ERRNO", actions, &word, err);

	if (!bad) {
		*ret_name = word.name;
		*ret_action = word.value;
	}
	return bad;
}

int policy_op_word(const struct sg_json *at, enum policy_op *ret_op, struct sg_err *err)
{
	struct word word = {0};
	int bad = look_up(at, "an operator such as SCMP_CMP_EQ", operators, &word, err);

	if (!bad)
		*ret_op = word.value;
	return bad;
}

int policy_flag_word(const struct sg_json *at, const char **ret_name, uint32_t *ret_flag,
		     struct sg_err *err)
{
	struct word word = {0};
	int bad = look_up(at, "a flag such as SECCOMP_FILTER_FLAG_LOG", flags, &word, err);

	if (!bad) {
		*ret_name = word.name;
		*ret_flag = word.value;
	}
	return bad;
}

int policy_arch_word(const struct sg_json *at, const struct abi_arch *native,
		     const struct abi_arch **ret, struct sg_err *err)
{
	static const char kind[] = "an architecture such as SCMP_ARCH_X86_64";
	struct sg_strv names = {0};
	const char *text = NULL;
	int bad = read_text(at, kind, &text, err);

	if (bad)
		return bad;
	/* containers/common pkg/seccomp/types.go, ArchNative. */
	const struct abi_arch *arch =
		strcmp(text, "SCMP_ARCH_NATIVE") ? abi_arch_by_name(text) : native;
	if (arch) {
		*ret = arch;
		return 0;
	}
	for (int i = 0; i < ABI_ARCH_COUNT; i++)
		sg_strv_add(&names, abi_arch(i)->scmp_name);
	bad = unknown(at, kind, text, &names, err);
	sg_strv_release(&names);
	return bad;
}
