/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/oracle/tests/support.h"

/* ---- what is left behind */

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static unsigned long mapped_pages(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	return pages;
}

static void judge_a_little(void)
{
	const struct random_shape shape = {50, true, true, true, 6};
	struct abi_tuple tuples[40];
	uint32_t verdicts[SG_COUNT(tuples)];
	struct cbpf_prog prog = {0};
	struct sg_rng rng;

	sg_rng_seed(&rng, 18);
	random_prog(&rng, &shape, &prog);
	for (size_t i = 0; i < SG_COUNT(tuples); i++)
		tuples[i] = random_tuple(&rng, &prog);
	judge_progs("kernel", &prog, 1, tuples, SG_COUNT(tuples), verdicts, NULL);
	cbpf_release(&prog);
}

static void nothing_is_left_behind(void **state)
{
	size_t fds;
	unsigned long pages;

	(void)state;
	if (!can_use("kernel"))
		skip();
	judge_a_little();
	fds = count_fds();
	pages = mapped_pages();
	for (int i = 0; i < 10; i++)
		judge_a_little();
	assert_int_equal(count_fds(), fds);
	assert_in_range(mapped_pages(), 0, pages + 64);
	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
}

/* A caller that waits for any child of its own is not handed one of ours. */
static void workers_are_no_children_to_wait_for(void **state)
{
	struct sock_filter insn = STMT(BPF_RET | BPF_K, ABI_RET_TRAP);
	const struct cbpf_prog prog = {.insns = &insn, .len = 1};
	const struct abi_tuple tuple = {.nr = 1, .arch = 0xc000003e};
	struct chain chain;
	uint32_t verdict;

	(void)state;
	if (!can_use("kernel"))
		skip();
	chain_init(&chain, &prog, 1);

	struct oracle_session *session = open_oracle("kernel", &chain.subject);

	judge("kernel", session, &tuple, 1, &verdict, NULL);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	find_oracle("kernel")->close(session);
}

static int refuse_seccomp(void)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {SG_COUNT(insns), insns};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}

static int ask_where_refused(void *ctx, struct sg_buf *out)
{
	const struct oracle_subject nothing = {0};
	struct sg_err err = {0};
	int r;

	(void)ctx;
	if (refuse_seccomp())
		return 1;
	r = find_oracle("kernel")->supported(&nothing, &err);
	sg_buf_addf(out, "%d %d %s", r, err.kind, err.msg);
	return 0;
}

static void a_machine_that_refuses_seccomp_is_told(void **state)
{
	const struct sg_child_limits limits = {.wall_s = 60};
	struct sg_child_result result;
	struct sg_buf out = {0};
	struct sg_err err = {0};
	char wanted[128];

	(void)state;
	if (!can_use("kernel"))
		skip();
	snprintf(wanted, sizeof(wanted),
		 "%d %d the kernel refuses the rewritten filter of 7 instructions: "
		 "Operation not permitted",
		 -ENOTSUP, SG_ERR_ENV);
	assert_int_equal(sg_child_run(ask_where_refused, NULL, &limits, &out, &result, &err), 0);
	assert_int_equal(result.end, SG_CHILD_OK);
	assert_string_equal(sg_buf_text(&out), wanted);
	sg_buf_release(&out);
}

/* ---- the end of the parent */

/* The first child of a process, 0 when it has none. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *children;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	children = fopen(path, "re");
	if (!children)
		return 0;
	if (fscanf(children, "%d", &child) != 1)
		child = 0;
	fclose(children);
	return child;
}

/* Gone, or a zombie that nobody has waited for yet. */
static bool is_dead(pid_t pid)
{
	char path[64], status = 'Z';
	FILE *stat;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = fopen(path, "re");
	if (!stat)
		return true;
	if (fscanf(stat, "%*d (%*[^)]) %c", &status) != 1)
		status = 'Z';
	fclose(stat);
	return status == 'Z' || status == 'X';
}

static void keep_a_session_open(int ready_fd)
{
	struct sock_filter insn = STMT(BPF_RET | BPF_K, ABI_RET_TRAP);
	const struct cbpf_prog prog = {.insns = &insn, .len = 1};
	const struct abi_tuple tuple = {.nr = 1, .arch = 0xc000003e};
	struct chain chain;
	uint32_t verdict;

	chain_init(&chain, &prog, 1);

	struct oracle_session *session = open_oracle("kernel", &chain.subject);

	judge("kernel", session, &tuple, 1, &verdict, NULL);
	if (write(ready_fd, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void workers_die_with_their_parent(void **state)
{
	int ready[2];
	char byte;
	pid_t parent, worker;

	(void)state;
	if (!can_use("kernel"))
		skip();
	assert_int_equal(pipe(ready), 0);
	parent = fork();
	if (parent == 0)
		keep_a_session_open(ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	worker = child_of(parent);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	if (!worker) {
		printf("SKIP: proc: no list of children here (CONFIG_PROC_CHILDREN)\n");
		skip();
	}
	for (int i = 0; i < 1000 && !is_dead(worker); i++)
		usleep(10000);
	assert_true(is_dead(worker));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(workers_are_no_children_to_wait_for),
		cmocka_unit_test(a_machine_that_refuses_seccomp_is_told),
		cmocka_unit_test(workers_die_with_their_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
