/* SPDX-License-Identifier: MIT */
#include "harness/oracle/kernel_order.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/oracle/kernel_child.h"
#include "harness/oracle/oracles.h"

enum outcome {
	NOTHING, /* the thread died before its call returned */
	TRAPPED,
	FAILED,
	UNAVAILABLE, /* ENOSYS */
	EXECUTED,
	PROCESS_DIED,
};

struct kernel_order {
	uint32_t actions[KERNEL_ORDER_MAX_FILTERS];
	size_t count;
	enum outcome outcome;
	uint32_t index; /* of the filter, when TRAPPED or FAILED */
};

/* ---- the child: a thread under the filters, and one that sees what becomes of it */

/* Shared with the parent. */
struct trial {
	struct kernel_order order; /* actions in; outcome out */
	int32_t install_errno;
	pid_t parent;
	volatile pid_t thread; /* 0 when it is gone (CLONE_CHILD_CLEARTID) */
	char stack[KERNEL_STACK_BYTES] __attribute__((aligned(64)));
};
/* For the signal handler, which has no argument; each child has its own. Volatile, since clone() is
 * declared as a leaf: stores to what nobody else sees may be put off until after it. */
static struct trial *volatile trial;

#define DATA_OF(index) ((uint32_t)(index) + 1)

static KERNEL_CHILD_CODE void record(enum outcome outcome, uint32_t data)
{
	trial->order.outcome = outcome;
	trial->order.index = data - DATA_OF(0);
}

static KERNEL_CHILD_CODE void on_trap(int signum, siginfo_t *info, void *context)
{
	(void)signum;
	(void)context;
	record(TRAPPED, (uint32_t)info->si_errno);
}

static KERNEL_CHILD_CODE long install(uint32_t value)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ABI_OFF_NR),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, value),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {SG_COUNT(insns), insns};

	return kernel_call4(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&prog, 0);
}

static KERNEL_CHILD_CODE int thread_main(void *ctx)
{
	struct trial *t = ctx;
	struct kernel_order *order = &t->order;
	long r;

	for (size_t i = 0; i < order->count; i++) {
		r = install(order->actions[i] | DATA_OF(i));
		if (r) {
			t->install_errno = (int32_t)-r;
			return 1;
		}
	}
	r = kernel_call4(SYS_getppid, 0, 0, 0, 0);
	if (order->outcome != NOTHING)
		return 0;
	if (r == -ENOSYS)
		record(UNAVAILABLE, DATA_OF(0));
	else if (r < 0)
		record(FAILED, (uint32_t)-r);
	else
		record(EXECUTED, DATA_OF(0));
	return 0;
}

static KERNEL_CHILD_CODE int child_main(void *ctx)
{
	const int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			  CLONE_SYSVSEM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	const struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	const struct rlimit none = {0, 0};
	sigset_t traps;
	struct trial *t = ctx;
	pid_t tid;

	trial = t;
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != t->parent)
		kernel_exit(1);
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	sigaction(SIGSYS, &action, NULL);
	sigemptyset(&traps);
	sigaddset(&traps, SIGSYS);
	sigprocmask(SIG_UNBLOCK, &traps, NULL);
	if (clone(thread_main, t->stack + sizeof(t->stack), flags, t, &t->thread, NULL,
		  &t->thread) < 0)
		kernel_exit(1);
	while ((tid = t->thread))
		syscall(SYS_futex, &t->thread, FUTEX_WAIT, tid, NULL, NULL, 0);
	kernel_exit(0);
	return 0;
}

/* ---- its parent */

static int read_end(const struct trial *t, int status, struct kernel_order *ret, struct sg_err *err)
{
	if (t->install_errno) {
		errno = t->install_errno;
		return sg_err_env(err, errno, "the kernel refuses a stack of %zu filters: %m",
				  ret->count);
	}
	*ret = t->order;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		ret->outcome = PROCESS_DIED;
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		return sg_err_env(err, ECHILD,
				  "the child that asks for precedence ended with status 0x%x",
				  status);
	return 0;
}

/* Fills the outcome of @order. */
static int ask(struct kernel_order *order, struct sg_err *err)
{
	struct kernel_process process = {0};
	struct trial *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool has_ended;
	int r;

	if (shared == MAP_FAILED)
		return sg_err_env(err, errno, "no shared memory: %m");
	shared->order = *order;
	shared->parent = getpid();
	r = kernel_process_start(child_main, shared, 0, &process, err);
	if (!r) {
		r = kernel_process_wait(&process, -1, &has_ended, err);

		int status = kernel_process_end(&process);

		if (!r)
			r = read_end(shared, status, order, err);
	}
	munmap(shared, sizeof(*shared));
	return r;
}

void kernel_orders_release(struct kernel_orders *orders)
{
	free(orders->items);
	*orders = (struct kernel_orders){0};
}

/* NULL without error when too many were asked for. */
static int find(struct kernel_orders *orders, const struct kernel_order *wanted,
		const struct kernel_order **ret, struct sg_err *err)
{
	struct kernel_order asked = *wanted;
	int r;

	*ret = NULL;
	for (size_t i = 0; i < orders->len && !*ret; i++)
		if (orders->items[i].count == wanted->count &&
		    !memcmp(orders->items[i].actions, wanted->actions, sizeof(wanted->actions)))
			*ret = &orders->items[i];
	if (*ret || orders->len == KERNEL_ORDER_MAX_ASKED)
		return 0;
	r = ask(&asked, err);
	if (r)
		return r;
	SG_GROW(orders->items, orders->len, orders->cap);
	orders->items[orders->len] = asked;
	*ret = &orders->items[orders->len++];
	return 0;
}

/* Would following this value look like that? */
static bool fits(const struct kernel_order *order, size_t i, uint32_t value)
{
	switch (order->outcome) {
	case TRAPPED:
	case FAILED: return i == order->index;
	case UNAVAILABLE:
		return (value & ABI_RET_ACTION_FULL) == ABI_RET_TRACE ||
		       (value & ABI_RET_ACTION_FULL) == ABI_RET_USER_NOTIF;
	case EXECUTED: return abi_verdict_allows(value);
	case PROCESS_DIED: return abi_verdict_effect(value) == ABI_RET_KILL_PROCESS;
	default: return abi_verdict_effect(value) == ABI_RET_KILL_THREAD;
	}
}

/* Of values that would look the same, known if they are the same. */
static void resolve(const struct kernel_order *order, const uint32_t *values, uint32_t *ret_verdict,
		    bool *ret_known)
{
	bool found = false;

	*ret_known = true;
	for (size_t i = 0; i < order->count; i++) {
		if (!fits(order, i, values[i]))
			continue;
		if (found && abi_verdict_effect(values[i]) != abi_verdict_effect(*ret_verdict))
			*ret_known = false;
		*ret_verdict = found ? oracle_join(values[i], *ret_verdict) : values[i];
		found = true;
	}
	*ret_known = *ret_known && found;
}

int kernel_orders_join(struct kernel_orders *orders, const uint32_t *values, size_t count,
		       uint32_t *ret_verdict, bool *ret_known, struct sg_err *err)
{
	struct kernel_order wanted = {.count = count};
	const struct kernel_order *order;
	int r;

	*ret_known = false;
	if (count > KERNEL_ORDER_MAX_FILTERS)
		return 0;
	for (size_t i = 0; i < count; i++)
		wanted.actions[i] = values[i] & ABI_RET_ACTION_FULL;
	r = find(orders, &wanted, &order, err);
	if (r || !order)
		return r;
	resolve(order, values, ret_verdict, ret_known);
	return 0;
}
