/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filters/abi/abi.h"
#include "harness/base/alloc.h"

#define ERRNO_MAX 4095u /* MAX_ERRNO of include/linux/err.h */

enum data_rule {
	DATA_IGNORED,  /* the kernel does not look at the low 16 bits */
	DATA_OPTIONAL, /* shown when it is not 0 */
	DATA_SHOWN,
};

static const struct action {
	const char *name;
	uint32_t value;
	enum data_rule data;
} actions[] = {
	{"KILL_PROCESS", ABI_RET_KILL_PROCESS, DATA_IGNORED},
	{"KILL_THREAD", ABI_RET_KILL_THREAD, DATA_IGNORED},
	{"TRAP", ABI_RET_TRAP, DATA_OPTIONAL},
	{"ERRNO", ABI_RET_ERRNO, DATA_SHOWN},
	{"USER_NOTIF", ABI_RET_USER_NOTIF, DATA_IGNORED},
	{"TRACE", ABI_RET_TRACE, DATA_SHOWN},
	{"LOG", ABI_RET_LOG, DATA_IGNORED},
	{"ALLOW", ABI_RET_ALLOW, DATA_IGNORED},
	{"KILL", ABI_RET_KILL_THREAD, DATA_IGNORED}, /* the older name: read, never written */
};

static const struct action *action_of(uint32_t ret)
{
	for (size_t i = 0; i < SG_COUNT(actions); i++)
		if (actions[i].value == (ret & ABI_RET_ACTION_FULL))
			return &actions[i];
	return NULL;
}

void abi_verdict_text(uint32_t ret, struct sg_buf *out)
{
	const struct action *action = action_of(ret);
	uint32_t data = ret & ABI_RET_DATA;

	if (!action)
		sg_buf_addf(out, "0x%08x", ret);
	else if (action->data == DATA_SHOWN || (action->data == DATA_OPTIONAL && data))
		sg_buf_addf(out, "%s(%u)", action->name, data);
	else
		sg_buf_adds(out, action->name);
}

uint32_t abi_verdict_effect(uint32_t ret)
{
	const struct action *action = action_of(ret);

	if (!action)
		return ABI_RET_KILL_PROCESS;
	if (action->data == DATA_IGNORED)
		return action->value;
	if (action->value == ABI_RET_ERRNO && (ret & ABI_RET_DATA) > ERRNO_MAX)
		return ABI_RET_ERRNO | ERRNO_MAX;
	return ret;
}

bool abi_verdict_allows(uint32_t ret)
{
	uint32_t action = ret & ABI_RET_ACTION_FULL;

	return action == ABI_RET_ALLOW || action == ABI_RET_LOG;
}

/* ---- reading */

static const struct action *action_named(const char *name, size_t len)
{
	for (size_t i = 0; i < SG_COUNT(actions); i++)
		if (strlen(actions[i].name) == len && !strncasecmp(actions[i].name, name, len))
			return &actions[i];
	return NULL;
}

/* A whole number up to @max, decimal or hex with "0x", in the first @len bytes of @text. */
static bool parse_number(const char *text, size_t len, unsigned long max, uint32_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	errno = 0;
	unsigned long value = strtoul(text, &end, hex ? 16 : 10);
	if (errno || end != text + len || value > max)
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* "EPERM", any letter case, as this machine numbers it; 0 when it is no errno's name. */
static uint32_t parse_errno(const char *text, size_t len)
{
	char name[32];

	if (len >= sizeof(name))
		return 0;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)toupper((unsigned char)text[i]);
	name[len] = '\0';
	return (uint32_t)abi_errno(abi_arch_native(), name);
}

/* What stands in parentheses: a number, for ERRNO also a name. */
static bool parse_data(const struct action *action, const char *text, size_t len, uint32_t *ret)
{
	if (parse_number(text, len, ABI_RET_DATA, ret))
		return true;
	*ret = action->value == ABI_RET_ERRNO ? parse_errno(text, len) : 0;
	return *ret != 0;
}

static int parse_with_data(const struct action *action, const char *data, const char *whole,
			   uint32_t *ret_value, struct sg_err *err)
{
	size_t len = strcspn(data, ")");
	uint32_t number;

	if (strcmp(data + len, ")") != 0)
		return sg_err_input(err, EINVAL, "verdict \"%s\": expected %s(NUMBER)", whole,
				    action->name);
	if (action->data == DATA_IGNORED)
		return sg_err_input(err, EINVAL, "verdict \"%s\": %s takes no number", whole,
				    action->name);
	if (!parse_data(action, data, len, &number))
		return sg_err_input(err, EINVAL,
				    "verdict \"%s\": \"%.*s\" is no number up to 65535%s", whole,
				    (int)len, data,
				    action->value == ABI_RET_ERRNO ? " and no errno's name" : "");
	*ret_value = action->value | number;
	return 0;
}

int abi_verdict_parse(const char *text, uint32_t *ret_value, struct sg_err *err)
{
	size_t len = strcspn(text, "(");
	const struct action *action = action_named(text, len);

	if (!action) {
		if (parse_number(text, strlen(text), UINT32_MAX, ret_value))
			return 0;
		return sg_err_input(err, EINVAL,
				    "unknown verdict \"%s\"; expected ALLOW, LOG, "
				    "ERRNO(N), TRACE(N), TRAP, USER_NOTIF, KILL_THREAD, "
				    "KILL_PROCESS or a 32-bit number",
				    text);
	}
	if (text[len])
		return parse_with_data(action, text + len + 1, text, ret_value, err);
	if (action->data == DATA_SHOWN)
		return sg_err_input(err, EINVAL, "verdict \"%s\": expected %s(NUMBER)", text,
				    action->name);
	*ret_value = action->value;
	return 0;
}
