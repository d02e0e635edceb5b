/* SPDX-License-Identifier: MIT */
/*
 * "includes" and "excludes", as moby's profiles/seccomp/seccomp_linux.go (setupSeccomp) and
 * containers/common's pkg/seccomp/seccomp_linux.go (the same name) decide them: every exclude keeps
 * the entry out if any of its values holds; every include keeps it out unless an architecture
 * holds and all capabilities do. Podman has no minKernel.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "filters/policy/private.h"

/* "5.4", "6.1.0-18-amd64": two numbers count (moby kernel_linux.go, parseRelease). */
static bool parse_release(const char *text, unsigned *ret_kernel, unsigned *ret_major)
{
	char *end = NULL;

	if (!isdigit((unsigned char)*text))
		return false;
	unsigned long kernel = strtoul(text, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return false;
	unsigned long major = strtoul(end + 1, NULL, 10);
	if (kernel > UINT_MAX || major > UINT_MAX)
		return false;
	*ret_kernel = kernel;
	*ret_major = major;
	return true;
}

static int read_kernel(struct policy_selector *selector, const char *option, struct sg_err *err)
{
	struct utsname running;

	if (option)
		return parse_release(option, &selector->kernel, &selector->major)
			       ? 0
			       : sg_err_input(err, EINVAL,
					      "kernel version \"%s\": expected two numbers such as "
					      "5.4",
					      option);
	if (uname(&running) || !parse_release(running.release, &selector->kernel, &selector->major))
		return sg_err_env(err, ENOTSUP,
				  "the running kernel's version cannot be read; "
				  "give one with --kernel");
	return 0;
}

int policy_selector_init(struct policy_selector *selector, const struct abi_arch *native,
			 const struct policy_options *options, struct sg_err *err)
{
	selector->native = native;
	int bad = read_kernel(selector, options->kernel, err);
	if (!bad && options->caps)
		bad = policy_caps_parse(options->caps, &selector->caps, err);
	return bad;
}

void policy_selector_release(struct policy_selector *selector)
{
	sg_strv_release(&selector->caps);
}

/*
 * Podman compares "arches" with libseccomp-golang's name of the architecture, Docker with one of
 * its own (goToNative), which differs for two.
 */
static bool is_native(const struct policy_selector *selector, const char *word)
{
	const struct abi_arch *native = selector->native;

	if (native->id == ABI_LOONGARCH64 && !strcmp(word, "loongarch64"))
		return true;
	if (native->id == ABI_MIPS64ELN32 && !strcmp(word, "mips3l64n32"))
		return true;
	return !strcmp(word, native->go_name);
}

static bool has_cap(const struct policy_selector *selector, const char *word)
{
	return sg_strv_contains(&selector->caps, word);
}

/* How many words of the list hold, and how many there are. */
struct tally {
	size_t hold, total;
};

static int count(const struct policy_selector *selector, const struct sg_json *filter,
		 const char *key, bool (*holds)(const struct policy_selector *, const char *),
		 struct tally *ret, struct sg_err *err)
{
	struct sg_json list = {0};
	int bad = sg_json_opt_array(filter, policy_key(filter, key), &list, &ret->total, err);

	for (size_t i = 0; i < ret->total && !bad; i++) {
		const struct sg_json item = sg_json_element(&list, i);
		const char *word = NULL;

		bad = sg_json_string(&item, &word, err);
		if (!bad && holds(selector, word))
			ret->hold++;
	}
	return bad;
}

/* moby seccomp.go, KernelVersion.UnmarshalJSON: two numbers of at most 8 bits; "" means 0.0. */
static bool parse_min_kernel(const char *text, unsigned *ret_kernel, unsigned *ret_major)
{
	*ret_kernel = *ret_major = 0;
	if (!*text)
		return true;
	return strspn(text, "0123456789.") == strlen(text) &&
	       strchr(text, '.') == strrchr(text, '.') &&
	       parse_release(text, ret_kernel, ret_major) && *ret_kernel <= UINT8_MAX &&
	       *ret_major <= UINT8_MAX && (*ret_kernel || *ret_major);
}

/* The kernel as a list of at most one word, so that it counts like the others. */
static int count_kernel(const struct policy_selector *selector, const struct sg_json *filter,
			struct tally *ret, struct sg_err *err)
{
	unsigned kernel, major;
	const char *text = NULL;
	const char *key = policy_key(filter, "minKernel");
	int bad = sg_json_opt_string(filter, key, &text, err);

	if (bad || !text)
		return bad;
	if (!parse_min_kernel(text, &kernel, &major)) {
		struct sg_json at = {0};

		bad = sg_json_member(filter, key, &at, err);
		return bad ? bad
			   : sg_json_expected(&at, err,
					      "a kernel version such as \"4.8\", not \"%s\"", text);
	}
	ret->total = 1;
	ret->hold = selector->kernel > kernel ||
		    (selector->kernel == kernel && selector->major >= major);
	return 0;
}

struct filter_tally {
	struct tally arches, caps, kernel;
};

static int count_all(const struct policy_selector *selector, const struct sg_json *filter,
		     struct filter_tally *ret, struct sg_err *err)
{
	if (!filter->value)
		return 0;
	int bad = count(selector, filter, "arches", is_native, &ret->arches, err);
	if (!bad)
		bad = count(selector, filter, "caps", has_cap, &ret->caps, err);
	if (!bad)
		bad = count_kernel(selector, filter, &ret->kernel, err);
	return bad;
}

int policy_selected(const struct policy_selector *selector, const struct sg_json *includes,
		    const struct sg_json *excludes, bool *ret, struct sg_err *err)
{
	struct filter_tally in = {0}, out = {0};
	int bad = count_all(selector, includes, &in, err);

	if (!bad)
		bad = count_all(selector, excludes, &out, err);
	if (bad)
		return bad;
	bool excluded = out.arches.hold || out.caps.hold || out.kernel.hold;
	bool included = (in.arches.hold || !in.arches.total) && in.caps.hold == in.caps.total &&
			in.kernel.hold == in.kernel.total;
	*ret = included && !excluded;
	return 0;
}
