/* SPDX-License-Identifier: MIT */
/* Errors are a line of text in @out, and 1 or a NULL. */
#include "filters/gen/scmp_child.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/alloc.h"
#include "harness/base/clock.h"

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

/* The @count architectures of the list, and the native one only where it is among them. That goes
 * first: an empty filter takes any byte order, the first architecture then decides. */
static int set_arches(scmp_filter_ctx ctx, const struct policy *policy, size_t first, size_t count,
		      struct sg_buf *out)
{
	bool native = false;
	size_t i;
	int r;

	for (i = first; i < first + count; i++)
		native |= arch_token(policy->arches[i]) == seccomp_arch_native();
	r = native ? 0 : seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE);
	if (r < 0)
		return refuse(out, r, "removing the native architecture", NULL);
	for (i = first; r == 0 && i < first + count; i++)
		r = add_arch(ctx, policy->arches[i], out);
	return r;
}

static scmp_filter_ctx new_filter(const struct scmp_job *job, size_t first, size_t count,
				  struct sg_buf *out)
{
	scmp_filter_ctx ctx = seccomp_init(policy_action_on(job->policy, NULL, first));
	int r;

	if (!ctx) {
		refuse(out, -EINVAL, "the default action", NULL);
		return NULL;
	}
	r = set_arches(ctx, job->policy, first, count, out);
	if (r == 0) {
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, job->optimize);
		if (r < 0)
			refuse(out, r, "its own optimisation", NULL);
	}
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

static scmp_filter_ctx build_filter(const struct scmp_job *job, size_t first, size_t count,
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

static scmp_filter_ctx build_merged(const struct scmp_job *job, struct sg_buf *out)
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

/* libseccomp answers -1 for a name that no table of its has, less than -10000 for one that only
 * this architecture lacks; numbers between stand for what socketcall and ipc multiplex. */
static bool is_unknown(const struct abi_arch *arch, const char *name)
{
	int nr = seccomp_syscall_resolve_name_arch(arch_token(arch), name);

	return nr == __NR_SCMP_ERROR || nr < -10000;
}

/* What the policy's rules name, an architecture of it has, and libseccomp's tables lack. */
static void list_unknown(const struct policy *policy, struct sg_buf *out)
{
	struct sg_strv listed = {0};
	size_t i, j;

	for (i = 0; i < policy->rule_count; i++) {
		const char *name = policy->rules[i].name;

		if (sg_strv_contains(&listed, name))
			continue;
		sg_strv_add(&listed, name);
		for (j = 0; j < policy->arch_count; j++) {
			const struct abi_arch *arch = policy->arches[j];

			if (abi_nr(arch, name) == ABI_NR_NONE || !is_unknown(arch, name))
				continue;
			sg_buf_addf(out, "%s:%s", arch->name, name);
			sg_buf_add(out, "", 1);
		}
	}
	sg_strv_release(&listed);
}

int scmp_run_job(void *arg, struct sg_buf *out)
{
	const struct scmp_job *job = arg;
	struct sg_buf insns = {0};
	struct scmp_answer answer = {.compile_ns = sg_monotonic_ns()};
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
		list_unknown(job->policy, out);
	}
	sg_buf_release(&insns);
	return r;
}
