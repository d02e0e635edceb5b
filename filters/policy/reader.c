/* SPDX-License-Identifier: MIT */
/*
 * The document. What its keys mean is looked up in moby/profiles seccomp/seccomp.go (type Seccomp),
 * containers/common pkg/seccomp/types.go (the same) and the runtime-spec's config-linux.md; the
 * engines hand the runtime-spec's form to runc (libcontainer/specconv/spec_linux.go, SetupSeccomp)
 * or crun (src/libcrun/seccomp.c), whose rules apply to all three.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "filters/policy/private.h"

const char *policy_key(const struct sg_json *at, const char *key)
{
	json_t *object = (json_t *)at->value; /* jansson's iterators take no const */

	if (json_object_get(object, key))
		return key;
	for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i))
		if (!strcasecmp(json_object_iter_key(i), key))
			return json_object_iter_key(i);
	return key;
}

int policy_member(const struct sg_json *at, const char *key, struct sg_json *ret,
		  struct sg_err *err)
{
	return sg_json_member(at, policy_key(at, key), ret, err);
}

int policy_array(const struct sg_json *at, size_t *ret_count, struct sg_err *err)
{
	return at->value ? sg_json_array(at, ret_count, err) : 0;
}

void policy_warn(struct policy_reader *reader, const struct sg_json *at, const char *fmt, ...)
{
	struct sg_buf path = {0};
	char text[512];
	va_list ap;

	if (reader->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sg_json_path(at, &path);
	sg_strv_addf(&reader->policy->warnings, "%s: %s", sg_buf_text(&path), text);
	sg_buf_release(&path);
}

int policy_engine_member(struct policy_reader *reader, const struct sg_json *at, const char *key,
			 struct sg_json *ret, struct sg_err *err)
{
	int bad = policy_member(at, key, ret, err);

	if (bad || !reader->bundle || !ret->value)
		return bad;
	if (!sg_strv_contains(&reader->ignored, key)) {
		sg_strv_add(&reader->ignored, key);
		policy_warn(reader, ret,
			    "this key is Docker's or Podman's; in a bundle runc and crun ignore "
			    "it, and so do we");
	}
	ret->value = NULL;
	return 0;
}

/* ---- flags */

/*
 * Where "flags" is absent both runtimes ask for SPEC_ALLOW (runc SetupSeccomp; crun
 * libcrun_apply_seccomp): without it seccomp implied a costly mitigation before Linux 5.16.
 */
static int read_flags(struct policy_reader *reader, const struct sg_json *at, struct sg_err *err)
{
	struct policy *policy = reader->policy;
	struct sg_json list = {0};
	size_t count = 0;
	int bad = policy_member(at, "flags", &list, err);

	if (!bad)
		bad = policy_array(&list, &count, err);
	if (!bad && !list.value) {
		policy->seccomp_flags = POLICY_FLAG_SPEC_ALLOW;
		sg_strv_add(&policy->flag_names, "SECCOMP_FILTER_FLAG_SPEC_ALLOW");
	}
	for (size_t i = 0; i < count && !bad; i++) {
		const struct sg_json item = sg_json_element(&list, i);
		const char *name = NULL;
		uint32_t flag = 0;

		bad = policy_flag_word(&item, &name, &flag, err);
		if (bad || (policy->seccomp_flags & flag))
			continue;
		policy->seccomp_flags |= flag;
		sg_strv_add(&policy->flag_names, name);
	}
	return bad;
}

/* ---- the whole */

static int read_rules(struct policy_reader *reader, const struct sg_json *list, size_t count,
		      struct sg_err *err)
{
	int bad = 0;

	for (size_t i = 0; i < count && !bad; i++) {
		const struct sg_json entry = sg_json_element(list, i);

		bad = policy_entry_read(reader, &entry, i, err);
	}
	return bad;
}

/* No default action and no rules: the engines and runc take seccomp as switched off. */
static bool is_switched_off(const struct sg_json *action, size_t rule_count)
{
	const char *word = NULL;

	if (rule_count)
		return false;
	return !action->value || (!sg_json_string(action, &word, NULL) && !*word);
}

static int read_default(struct policy_reader *reader, const struct sg_json *at, struct sg_err *err)
{
	static const struct policy_action_keys keys = {"defaultAction", "defaultErrnoRet",
						       "defaultErrno"};
	struct policy_action action = {0};
	int bad = policy_action_read(reader, at, &keys, &action, err);

	if (!bad) {
		reader->policy->default_action = action.action;
		reader->policy->default_errnos = action.errnos;
	}
	return bad;
}

/* The seccomp object itself. */
static int read_seccomp(struct policy_reader *reader, const struct sg_json *at,
			const struct policy_options *options, struct sg_err *err)
{
	struct sg_json rules = {0}, action = {0};
	size_t count = 0;
	int bad = policy_arches_read(reader, at, options, err);

	if (!bad)
		bad = policy_member(at, "syscalls", &rules, err);
	if (!bad)
		bad = policy_array(&rules, &count, err);
	if (!bad)
		bad = policy_member(at, "defaultAction", &action, err);
	if (bad)
		return bad;
	if (is_switched_off(&action, count)) {
		reader->policy->no_filter = true;
		reader->policy->default_action = ABI_RET_ALLOW;
		policy_warn(reader, at, "no default action and no rules: no filter is installed");
		return 0;
	}
	bad = read_flags(reader, at, err);
	if (!bad)
		bad = read_default(reader, at, err);
	return bad ? bad : read_rules(reader, &rules, count, err);
}

/* Is the document a bundle's config.json (runtime-spec config.md)? Then its seccomp object. */
static int find_seccomp(struct policy_reader *reader, const struct sg_json *root,
			struct sg_json *linux_part, struct sg_json *ret, struct sg_err *err)
{
	struct sg_json version = {0};
	int bad = policy_member(root, "ociVersion", &version, err);

	if (!bad)
		bad = policy_member(root, "linux", linux_part, err);
	if (bad || (!version.value && !linux_part->value)) {
		*ret = *root;
		return bad;
	}
	reader->bundle = true;
	if (!linux_part->value)
		return sg_json_expected(linux_part, err, "an object with \"seccomp\" in it");
	bad = policy_member(linux_part, "seccomp", ret, err);
	if (!bad && !ret->value)
		bad = sg_json_expected(ret, err, "the seccomp object; this bundle has none");
	return bad;
}

static int read_document(struct policy_reader *reader, const struct sg_json *root,
			 const struct policy_options *options, struct sg_err *err)
{
	struct sg_json linux_part = {0}, seccomp = {0};
	const struct abi_arch *native = options->arches ? options->arches[0] : abi_arch_native();
	int bad = policy_selector_init(&reader->selector, native, options, err);

	if (!bad)
		bad = find_seccomp(reader, root, &linux_part, &seccomp, err);
	if (!bad)
		bad = read_seccomp(reader, &seccomp, options, err);
	policy_selector_release(&reader->selector);
	return bad;
}

int policy_parse(const char *text, size_t len, const char *file,
		 const struct policy_options *options, struct policy *ret_policy,
		 struct sg_err *err)
{
	json_t *json;
	int bad = sg_json_parse(text, len, file, &json, err);

	if (bad)
		return bad;
	const struct sg_json root = sg_json_root(json, file);
	bad = policy_read(&root, options, ret_policy, err);
	json_decref(json);
	return bad;
}

int policy_read(const struct sg_json *at, const struct policy_options *options,
		struct policy *ret_policy, struct sg_err *err)
{
	struct policy policy = {.name = sg_strdup(at->file),
				.foreign_action = ABI_RET_KILL_PROCESS};
	struct policy_reader reader = {.policy = &policy};
	int bad = read_document(&reader, at, options, err);

	sg_strv_release(&reader.ignored);
	if (bad) {
		policy_release(&policy);
		return bad;
	}
	policy_normalize(&policy);
	policy_seal(&policy);
	*ret_policy = policy;
	return 0;
}
