/* SPDX-License-Identifier: MIT */
/*
 * An action and its errno. Without one, ERRNO and TRACE carry EPERM (runc
 * libcontainer/seccomp/seccomp_linux.go, getAction; crun src/libcrun/seccomp.c,
 * libcrun_generate_seccomp). Podman's names win over the numbers (containers/common
 * pkg/seccomp/seccomp_linux.go, getErrno); a name may be a number in quotes there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filters/policy/private.h"

#define MAX_ERRNO 4095 /* include/linux/err.h; kernel/seccomp.c caps ERRNO's data at it */

static bool has_errno(uint32_t action)
{
	return action == ABI_RET_ERRNO || action == ABI_RET_TRACE;
}

static int data_of_number(const struct sg_json *at, uint64_t number, struct policy_action *action,
			  struct sg_err *err)
{
	if (number > ABI_RET_DATA)
		return sg_json_expected(at, err, "an errno of at most 16 bits");
	action->action |= number;
	return 0;
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* The numbers of a name; kept by architecture only where they differ. */
static int data_of_name(const struct policy *policy, const struct sg_json *at, const char *name,
			struct policy_action *action, struct sg_err *err)
{
	uint16_t *numbers = sg_calloc(policy->arch_count, sizeof(*numbers));
	bool differ = false;

	for (size_t i = 0; i < policy->arch_count; i++) {
		numbers[i] = abi_errno(policy->arches[i], name);
		if (!numbers[i]) {
			free(numbers);
			return sg_json_expected(at, err, "the name of an errno, not \"%s\"", name);
		}
		differ |= numbers[i] != numbers[0];
	}
	action->action |= numbers[0];
	if (differ)
		action->errnos = numbers;
	else
		free(numbers);
	return 0;
}

static int data_of_text(const struct policy *policy, const struct sg_json *at, const char *text,
			struct policy_action *action, struct sg_err *err)
{
	if (!is_number(text))
		return data_of_name(policy, at, text, action, err);
	errno = 0;
	unsigned long long number = strtoull(text, NULL, 10);
	return data_of_number(at, errno ? UINT64_MAX : number, action, err);
}

/* The keys that may hold the errno, as found. */
struct errno_fields {
	struct sg_json number_at, name_at;
	uint64_t number;
	const char *name; /* NULL when absent or empty */
};

static int read_fields(struct policy_reader *reader, const struct sg_json *at,
		       const struct policy_action_keys *keys, struct errno_fields *ret,
		       struct sg_err *err)
{
	const char *name = NULL;
	int bad = policy_member(at, keys->errno_number, &ret->number_at, err);

	if (!bad && ret->number_at.value)
		bad = sg_json_u64(&ret->number_at, &ret->number, err);
	if (!bad)
		bad = policy_engine_member(reader, at, keys->errno_name, &ret->name_at, err);
	if (!bad && ret->name_at.value)
		bad = sg_json_string(&ret->name_at, &name, err);
	if (!bad && name && *name)
		ret->name = name;
	return bad;
}

static int add_data(struct policy_reader *reader, const struct errno_fields *fields,
		    struct policy_action *action, struct sg_err *err)
{
	const struct sg_json *at = fields->name ? &fields->name_at : &fields->number_at;
	const uint32_t base = action->action;
	int bad = 0;

	if (fields->name)
		bad = data_of_text(reader->policy, at, fields->name, action, err);
	else if (fields->number_at.value)
		bad = data_of_number(at, fields->number, action, err);
	else
		action->action |= EPERM;
	if (!bad && base == ABI_RET_ERRNO && (action->action & ABI_RET_DATA) > MAX_ERRNO)
		policy_warn(reader, at, "the kernel makes it %d, the largest errno", MAX_ERRNO);
	return bad;
}

int policy_action_read(struct policy_reader *reader, const struct sg_json *at,
		       const struct policy_action_keys *keys, struct policy_action *ret,
		       struct sg_err *err)
{
	struct policy_action action = {0};
	struct errno_fields fields = {0};
	struct sg_json word = {0};
	const char *name = NULL;
	int bad = policy_member(at, keys->action, &word, err);

	if (!bad)
		bad = policy_action_word(&word, &name, &action.action, err);
	if (!bad)
		bad = read_fields(reader, at, keys, &fields, err);
	if (bad)
		return bad;
	if (has_errno(action.action))
		bad = add_data(reader, &fields, &action, err);
	else if (fields.name || fields.number_at.value)
		policy_warn(reader, fields.number_at.value ? &fields.number_at : &fields.name_at,
			    "%s takes no errno: crun refuses this profile, runc ignores it", name);
	if (!bad)
		*ret = action;
	return bad;
}
