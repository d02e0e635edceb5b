/* SPDX-License-Identifier: MIT */
/*
 * One element of "syscalls": names, an action, conditions. It becomes a rule for each name; and
 * where an argument index repeats, a rule for each condition (runc
 * libcontainer/seccomp/seccomp_linux.go, matchCall; crun src/libcrun/seccomp.c,
 * libcrun_generate_seccomp).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "filters/policy/private.h"

#define ARG_COUNT 6

struct entry {
	struct sg_strv names;
	struct policy_action action;
	struct policy_cond *conds;
	size_t cond_count;
	bool split;
};

static void release(struct entry *entry)
{
	sg_strv_release(&entry->names);
	free(entry->action.errnos);
	free(entry->conds);
}

/* runc refuses an empty one too (matchCall); blanks would forge lines of the canonical text. */
static bool is_name(const char *text)
{
	size_t i = 0;

	while (isgraph((unsigned char)text[i]))
		i++;
	return i && !text[i];
}

static int add_name(struct entry *entry, const struct sg_json *at, struct sg_err *err)
{
	const char *name = NULL;
	int bad = sg_json_string(at, &name, err);

	if (!bad && !is_name(name))
		bad = sg_json_expected(at, err, "the name of a system call");
	if (!bad)
		sg_strv_add(&entry->names, name);
	return bad;
}

static int read_names(struct policy_reader *reader, const struct sg_json *at, struct entry *entry,
		      struct sg_err *err)
{
	struct sg_json list = {0}, single = {0};
	const char *name = NULL;
	size_t count = 0;
	int bad = sg_json_opt_array(at, policy_key(at, "names"), &list, &count, err);

	for (size_t i = 0; i < count && !bad; i++) {
		const struct sg_json item = sg_json_element(&list, i);

		bad = add_name(entry, &item, err);
	}
	if (!bad)
		bad = policy_engine_member(reader, at, "name", &single, err);
	if (!bad && single.value)
		bad = sg_json_string(&single, &name, err);
	if (bad)
		return bad;
	const bool named = name && *name;
	if (named && count) /* moby seccomp_linux.go, setupSeccomp; Podman's likewise */
		return sg_json_expected(at, err, "either \"name\" or \"names\", not both");
	if (!named && !count)
		policy_warn(reader, at, "names no system call");
	return named ? add_name(entry, &single, err) : 0;
}

static int required_u64(const struct sg_json *at, const char *key, uint64_t *ret,
			struct sg_json *ret_at, struct sg_err *err)
{
	int bad = policy_member(at, key, ret_at, err);

	return bad ? bad : sg_json_u64(ret_at, ret, err);
}

/* The runtime-spec requires index, value and op; crun refuses a profile that lacks one. */
static int read_cond(const struct sg_json *at, struct policy_cond *ret, struct sg_err *err)
{
	struct sg_json member = {0};
	uint64_t index = 0;
	int bad = required_u64(at, "index", &index, &member, err);

	if (!bad && index >= ARG_COUNT)
		bad = sg_json_expected(&member, err, "an argument index of 0 to 5");
	if (!bad)
		ret->arg = index;
	if (!bad)
		bad = required_u64(at, "value", &ret->value, &member, err);
	if (!bad)
		bad = sg_json_opt_u64(at, policy_key(at, "valueTwo"), &ret->value_two, NULL, err);
	if (!bad)
		bad = policy_member(at, "op", &member, err);
	if (!bad)
		bad = policy_op_word(&member, &ret->op, err);
	return bad;
}

static int read_conds(struct policy_reader *reader, const struct sg_json *at, struct entry *entry,
		      struct sg_err *err)
{
	struct sg_json list = {0};
	size_t count = 0;
	unsigned seen = 0;
	int bad = sg_json_opt_array(at, policy_key(at, "args"), &list, &count, err);

	entry->conds = sg_calloc(count, sizeof(*entry->conds));
	for (size_t i = 0; i < count && !bad; i++) {
		const struct sg_json item = sg_json_element(&list, i);
		struct policy_cond *cond = &entry->conds[entry->cond_count++];

		bad = read_cond(&item, cond, err);
		entry->split |= (seen & 1u << cond->arg) != 0;
		seen |= 1u << cond->arg;
	}
	if (!bad && entry->split)
		policy_warn(reader, &list,
			    "an argument index repeats: each of the %zu conditions becomes a rule "
			    "of its own, as in runc and crun",
			    count);
	return bad;
}

static int read_selected(struct policy_reader *reader, const struct sg_json *at, bool *ret,
			 struct sg_err *err)
{
	struct sg_json includes = {0}, excludes = {0};
	int bad = policy_engine_member(reader, at, "includes", &includes, err);

	if (!bad)
		bad = policy_engine_member(reader, at, "excludes", &excludes, err);
	return bad ? bad : policy_selected(&reader->selector, &includes, &excludes, ret, err);
}

static void add_rule(struct policy *policy, const struct entry *entry, const char *name,
		     size_t index, const struct policy_cond *conds, size_t cond_count)
{
	struct policy_rule rule = {
		.name = sg_strdup(name),
		.action = entry->action.action,
		.errnos = policy_errnos_dup(policy, entry->action.errnos),
		.cond_count = cond_count,
		.entry = index,
	};

	if (cond_count)
		memcpy(rule.conds, conds, cond_count * sizeof(*conds));
	SG_GROW(policy->rules, policy->rule_count, policy->rule_cap);
	policy->rules[policy->rule_count++] = rule;
}

static void add_rules(struct policy *policy, const struct entry *entry, size_t index)
{
	for (size_t n = 0; n < entry->names.len; n++) {
		const char *name = entry->names.items[n];

		if (!entry->split)
			add_rule(policy, entry, name, index, entry->conds, entry->cond_count);
		for (size_t c = 0; entry->split && c < entry->cond_count; c++)
			add_rule(policy, entry, name, index, &entry->conds[c], 1);
	}
}

int policy_entry_read(struct policy_reader *reader, const struct sg_json *at, size_t index,
		      struct sg_err *err)
{
	static const struct policy_action_keys keys = {"action", "errnoRet", "errno"};
	struct entry entry = {0};
	bool selected = false;
	int bad = read_selected(reader, at, &selected, err);

	/* What does not apply here is checked all the same, so that a slip in it shows. */
	reader->quiet = !selected;
	if (!bad)
		bad = read_names(reader, at, &entry, err);
	if (!bad)
		bad = policy_action_read(reader, at, &keys, &entry.action, err);
	if (!bad)
		bad = read_conds(reader, at, &entry, err);
	if (!bad && selected)
		add_rules(reader->policy, &entry, index);
	reader->quiet = false;
	release(&entry);
	return bad;
}
