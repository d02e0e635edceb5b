/* SPDX-License-Identifier: MIT */
#include "filters/gen/scmp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/child.h"
#include "harness/base/clock.h"

#define TIMEOUT_S    10.0
#define MEMORY_BYTES (512u << 20)

struct job {
	const struct policy *policy;
	uint32_t optimize;
};

/* What the child hands over: this, the instructions, then the names it skipped, NUL behind each. */
struct answer {
	uint64_t compile_ns;
	uint64_t insn_bytes;
};

/* ---- in the child: errors are a line of text in @out, and 1 */

static int refuse(struct sg_buf *out, int code, const char *what, const char *name)
{
	sg_buf_addf(out, "%s%s%s: %s", what, name ? " " : "", name ? name : "",
		    strerrordesc_np(-code));
	return 1;
}

static uint32_t arch_token(const struct abi_arch *arch)
{
	const char *name = arch->scmp_name + strlen("SCMP_ARCH_");
	char lower[32];
	size_t i;

	for (i = 0; name[i] && i + 1 < sizeof(lower); i++)
		lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	lower[i] = '\0';
	return seccomp_arch_resolve_name(lower);
}

static int add_arch(scmp_filter_ctx ctx, const struct abi_arch *arch, struct sg_buf *out)
{
	uint32_t token = arch_token(arch);
	int r = token ? seccomp_arch_add(ctx, token) : -EINVAL;

	if (r < 0 && r != -EEXIST)
		return refuse(out, r, "architecture", arch->name);
	return 0;
}

/* A fresh filter for @count architectures: those of the list, and not the native one unless it is
 * among them. */
static scmp_filter_ctx new_filter(const struct job *job, size_t first, size_t count,
				  struct sg_buf *out)
{
	const struct policy *policy = job->policy;
	scmp_filter_ctx ctx = seccomp_init(policy_action_on(policy, NULL, first));
	bool native = false;
	size_t i;
	int r;

	if (!ctx) {
		refuse(out, -EINVAL, "the default action", NULL);
		return NULL;
	}
	for (i = first; i < first + count; i++)
		native |= arch_token(policy->arches[i]) == seccomp_arch_native();
	r = native ? 0 : seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE);
	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, job->optimize);
	if (r < 0)
		refuse(out, r, "the filter's attributes", NULL);
	for (i = first; r == 0 && i < first + count; i++)
		r = add_arch(ctx, policy->arches[i], out);
	if (r == 0)
		return ctx;
	seccomp_release(ctx);
	return NULL;
}

static struct scmp_arg_cmp compare(const struct policy_cond *cond)
{
	static const enum scmp_compare ops[] = {
		[POLICY_NE] = SCMP_CMP_NE,
		[POLICY_LT] = SCMP_CMP_LT,
		[POLICY_LE] = SCMP_CMP_LE,
		[POLICY_EQ] = SCMP_CMP_EQ,
		[POLICY_GE] = SCMP_CMP_GE,
		[POLICY_GT] = SCMP_CMP_GT,
		[POLICY_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){cond->arg, ops[cond->op], cond->value, cond->value_two};
}

static int add_rule(scmp_filter_ctx ctx, const struct policy_rule *rule, uint32_t action, int nr,
		    struct sg_buf *out)
{
	struct scmp_arg_cmp conds[6];
	size_t i;
	int r;

	for (i = 0; i < rule->cond_count; i++)
		conds[i] = compare(&rule->conds[i]);
	r = seccomp_rule_add_array(ctx, action, nr, (unsigned int)rule->cond_count, conds);
	if (r == 0)
		return 0;
	sg_buf_addf(out, "$.syscalls[%zu]: rule ", rule->entry);
	abi_verdict_text(action, out);
	return refuse(out, r, " for", rule->name);
}

/* All rules with the actions they have on one architecture. */
static int add_rules(scmp_filter_ctx ctx, const struct policy *policy, size_t arch_index,
		     struct sg_buf *out)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];
		uint32_t action = policy_action_on(policy, rule, arch_index);
		int nr = seccomp_syscall_resolve_name(rule->name);

		if (nr != __NR_SCMP_ERROR && action != policy_action_on(policy, NULL, arch_index))
			r = add_rule(ctx, rule, action, nr, out);
	}
	return r;
}

static scmp_filter_ctx build_filter(const struct job *job, size_t first, size_t count,
				    struct sg_buf *out)
{
	scmp_filter_ctx ctx = new_filter(job, first, count, out);

	if (ctx && add_rules(ctx, job->policy, first, out) != 0) {
		seccomp_release(ctx);
		return NULL;
	}
	return ctx;
}

/* Errno names have other numbers on some architectures: then one filter an architecture, merged. */
static bool same_everywhere(const struct policy *policy)
{
	size_t arch, rule;

	for (arch = 1; arch < policy->arch_count; arch++) {
		if (policy_action_on(policy, NULL, arch) != policy_action_on(policy, NULL, 0))
			return false;
		for (rule = 0; rule < policy->rule_count; rule++) {
			const struct policy_rule *at = &policy->rules[rule];

			if (policy_action_on(policy, at, arch) != policy_action_on(policy, at, 0))
				return false;
		}
	}
	return true;
}

static scmp_filter_ctx build_merged(const struct job *job, struct sg_buf *out)
{
	scmp_filter_ctx all = build_filter(job, 0, 1, out), one;
	size_t i;
	int r;

	for (i = 1; all && i < job->policy->arch_count; i++) {
		one = build_filter(job, i, 1, out);
		r = one ? seccomp_merge(all, one) : -EINVAL;
		if (r == 0)
			continue;
		if (one) {
			refuse(out, r, "merging the filter of", job->policy->arches[i]->name);
			seccomp_release(one);
		}
		seccomp_release(all);
		all = NULL;
	}
	return all;
}

/* The instructions, through a file in memory: the call of libseccomp 2.5 that gives them. */
static int export(scmp_filter_ctx ctx, struct sg_buf *insns, struct sg_buf *out)
{
	struct sock_filter chunk[512];
	int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t len = 0;
	int r;

	if (fd < 0)
		return refuse(out, -errno, "memfd_create", NULL);
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		refuse(out, r, "seccomp_export_bpf", NULL);
	else if (lseek(fd, 0, SEEK_SET) == 0) {
		while ((len = read(fd, chunk, sizeof(chunk))) > 0)
			sg_buf_add(insns, chunk, (size_t)len);
	}
	close(fd);
	return r < 0;
}

static void list_skipped(const struct policy *policy, struct sg_buf *out)
{
	struct sg_strv skipped = {0};
	size_t i;

	for (i = 0; i < policy->rule_count; i++) {
		const char *name = policy->rules[i].name;

		if (seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR ||
		    !abi_name_known(name) || sg_strv_contains(&skipped, name))
			continue;
		sg_strv_add(&skipped, name);
		sg_buf_add(out, name, strlen(name) + 1);
	}
	sg_strv_release(&skipped);
}

static int run_job(void *arg, struct sg_buf *out)
{
	const struct job *job = arg;
	struct sg_buf insns = {0};
	struct answer answer = {.compile_ns = sg_monotonic_ns()};
	scmp_filter_ctx ctx = same_everywhere(job->policy)
				      ? build_filter(job, 0, job->policy->arch_count, out)
				      : build_merged(job, out);
	int r = 1;

	if (ctx) {
		r = export(ctx, &insns, out);
		seccomp_release(ctx);
	}
	if (r == 0) {
		answer.compile_ns = sg_monotonic_ns() - answer.compile_ns;
		answer.insn_bytes = insns.len;
		sg_buf_add(out, &answer, sizeof(answer));
		sg_buf_add(out, insns.data, insns.len);
		list_skipped(job->policy, out);
	}
	sg_buf_release(&insns);
	return r;
}

/* ---- in the parent */

static void library_version(char *ret, size_t len)
{
	const struct scmp_version *version = seccomp_version();

	snprintf(ret, len, "libseccomp %u.%u.%u", version->major, version->minor, version->micro);
}

static void warn_of_skipped(const char *names, size_t len, struct gen_filter *filter)
{
	struct sg_buf list = {0};
	const char *end = names + len;

	for (; names < end; names += strlen(names) + 1)
		sg_buf_addf(&list, "%s%s", list.len ? ", " : "", names);
	if (list.len)
		sg_strv_addf(&filter->warnings, "%s does not know: %s", filter->version, list.data);
	sg_buf_release(&list);
}

static int read_answer(const struct sg_buf *out, struct gen_filter *filter, struct sg_err *err)
{
	struct answer answer;
	struct sock_filter insn;
	size_t at = sizeof(answer), end;

	if (out->len < sizeof(answer))
		return sg_err_internal(err, EPROTO, "libseccomp's child gave a short answer");
	memcpy(&answer, out->data, sizeof(answer));
	filter->compile_ns = answer.compile_ns;
	for (end = at + answer.insn_bytes; at + sizeof(insn) <= end; at += sizeof(insn)) {
		memcpy(&insn, out->data + at, sizeof(insn));
		cbpf_add(&filter->prog, insn);
	}
	warn_of_skipped(out->data + end, out->len - end, filter);
	return 0;
}

static int explain(const struct sg_child_result *result, const struct sg_child_limits *limits,
		   const struct sg_buf *out, const char *version, struct sg_err *err)
{
	struct sg_buf how = {0};
	int r;

	if (result->end == SG_CHILD_FAILED)
		return sg_err_finding(err, EINVAL, "%s refuses: %s", version, sg_buf_text(out));
	sg_child_describe(result, limits, &how);
	r = sg_err_finding(err, result->end == SG_CHILD_HUNG ? ETIME : ECHILD, "%s %s", version,
			   sg_buf_text(&how));
	sg_buf_release(&how);
	return r;
}

int scmp_build(const struct gen_request *request, uint32_t optimize, struct gen_filter *ret_filter,
	       struct sg_err *err)
{
	struct job job = {request->policy, optimize};
	struct sg_child_limits limits = {
		.wall_s = request->timeout_s > 0 ? request->timeout_s : TIMEOUT_S,
		.memory_bytes = MEMORY_BYTES,
	};
	struct sg_child_result result;
	struct sg_buf out = {0};
	int r;

	library_version(ret_filter->version, sizeof(ret_filter->version));
	ret_filter->none = request->policy->no_filter;
	if (ret_filter->none)
		return 0;
	r = sg_child_run(run_job, &job, &limits, &out, &result, err);
	if (r == 0 && result.end == SG_CHILD_OK)
		r = read_answer(&out, ret_filter, err);
	else if (r == 0)
		r = explain(&result, &limits, &out, ret_filter->version, err);
	sg_buf_release(&out);
	return r;
}
