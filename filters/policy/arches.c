/* SPDX-License-Identifier: MIT */
/* The architectures of a policy: --arch, "architectures" or "archMap". */
#include <string.h>

#include "filters/policy/private.h"

static void add_arch(struct policy *policy, const struct abi_arch *arch)
{
	for (size_t i = 0; i < policy->arch_count; i++)
		if (policy->arches[i] == arch)
			return;
	policy->arches =
		sg_realloc_array(policy->arches, policy->arch_count + 1, sizeof(*policy->arches));
	policy->arches[policy->arch_count++] = arch;
}

static int add_arches(struct policy_reader *reader, const struct sg_json *list, size_t count,
		      struct sg_err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct sg_json item = sg_json_element(list, i);
		const struct abi_arch *arch = NULL;
		int bad = policy_arch_word(&item, reader->selector.native, &arch, err);

		if (bad)
			return bad;
		add_arch(reader->policy, arch);
	}
	return 0;
}

/* Adds the sub-architectures of an entry of archMap that is for the native architecture. */
static int add_mapped(struct policy_reader *reader, const struct sg_json *entry, bool *ret_found,
		      struct sg_err *err)
{
	const char *name = NULL;
	struct sg_json subs = {0};
	size_t count = 0;
	int bad = sg_json_opt_string(entry, policy_key(entry, "architecture"), &name, err);

	if (!bad)
		bad = sg_json_opt_array(entry, policy_key(entry, "subArchitectures"), &subs, &count,
					err);
	if (bad || !name || strcmp(name, reader->selector.native->scmp_name))
		return bad;
	*ret_found = true;
	return add_arches(reader, &subs, count, err);
}

static int read_arch_map(struct policy_reader *reader, const struct sg_json *map, size_t count,
			 struct sg_err *err)
{
	bool found = false;
	int bad = 0;

	for (size_t i = 0; i < count && !found && !bad; i++) {
		const struct sg_json entry = sg_json_element(map, i);

		bad = add_mapped(reader, &entry, &found, err);
	}
	return bad;
}

/*
 * --arch is exact; else the native architecture (libseccomp's seccomp_init puts it into every
 * filter) and those of "architectures", or of the native entry of "archMap".
 */
int policy_arches_read(struct policy_reader *reader, const struct sg_json *at,
		       const struct policy_options *options, struct sg_err *err)
{
	struct sg_json list = {0}, map = {0};
	size_t list_count = 0, map_count = 0;
	int bad = policy_member(at, "architectures", &list, err);

	if (!bad)
		bad = policy_array(&list, &list_count, err);
	if (!bad)
		bad = policy_engine_member(reader, at, "archMap", &map, err);
	if (!bad)
		bad = policy_array(&map, &map_count, err);
	if (bad)
		return bad;
	if (list_count && map_count)
		return sg_json_expected(at, err,
					"either \"architectures\" or \"archMap\", not both");
	if (options->arches) {
		for (size_t i = 0; i < options->arch_count; i++)
			add_arch(reader->policy, options->arches[i]);
		return 0;
	}
	add_arch(reader->policy, reader->selector.native);
	bad = add_arches(reader, &list, list_count, err);
	return bad ? bad : read_arch_map(reader, &map, map_count, err);
}
