/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/run/control.h"
#include "harness/run/cpus.h"

/* Often enough to notice a death or Ctrl-C at once, rarely enough to leave the kernel's locks to
 * the child. */
#define LOOK_EVERY_NS   1000000u
#define SPINS_A_GLANCE  64
#define SLEEP_ON_ONE_NS 200000

static void wait_a_bit(const struct run_control *control)
{
	const struct timespec nap = {0, SLEEP_ON_ONE_NS};

	if (control->one_cpu) {
		nanosleep(&nap, NULL);
		return;
	}
	for (int i = 0; i < SPINS_A_GLANCE; i++)
		run_relax();
}

static bool has_died(struct run_process *process)
{
	if (!waitpid(process->pid, &process->status, WNOHANG))
		return false;
	process->pid = 0;
	return true;
}

static bool is_finished(const struct run_process *process)
{
	return atomic_load_explicit(&process->slot->finished, memory_order_acquire) >
	       process->turns;
}

static enum run_event await(const struct run_control *control, struct run_process *process,
			    uint64_t limit_ns)
{
	uint64_t start_ns = sg_monotonic_ns(), looked_ns = start_ns;

	while (!is_finished(process)) {
		uint64_t now_ns = sg_monotonic_ns();

		if (now_ns - looked_ns < LOOK_EVERY_NS) {
			wait_a_bit(control);
			continue;
		}
		looked_ns = now_ns;
		if (has_died(process))
			return RUN_EVENT_DIED;
		if (control->interrupted && *control->interrupted)
			return RUN_EVENT_INTERRUPTED;
		if (now_ns - start_ns > limit_ns)
			return RUN_EVENT_LATE;
	}
	return process->slot->failed ? RUN_EVENT_FAILED : RUN_EVENT_DONE;
}

/*
 * The child spins in user mode by now: a stop inside a system call would come back as EINTR, or
 * re-enter the kernel as restart_syscall(2) through the filter.
 */
static enum run_event stop(struct run_process *process)
{
	kill(-process->pid, SIGSTOP);
	while (waitpid(process->pid, &process->status, WUNTRACED) < 0 && errno == EINTR)
		;
	if (WIFSTOPPED(process->status))
		return RUN_EVENT_DONE;
	process->pid = 0;
	return RUN_EVENT_DIED;
}

static enum run_event await_and_stop(const struct run_control *control, struct run_process *process,
				     uint64_t limit_ns)
{
	enum run_event event = await(control, process, limit_ns);

	return event == RUN_EVENT_DONE ? stop(process) : event;
}

enum run_event run_process_start(const struct run_control *control, const struct run_job *job,
				 struct run_slot *slot, uint64_t limit_ns, struct run_process *ret)
{
	memset(slot, 0, sizeof(*slot));
	*ret = (struct run_process){.slot = slot, .ops = job->warmup_ops};
	ret->pid = fork();
	if (!ret->pid)
		run_child(job, slot);
	if (ret->pid < 0) {
		ret->pid = 0;
		sg_err_env(&slot->err, errno, "cannot start a process: %m");
		return RUN_EVENT_FAILED;
	}
	/* Both sides do: whoever comes first. The child would wait for its turn on the processor
	 * on which we spin, before it could leave it by itself: 3 ms. */
	run_cpu_pin(ret->pid, job->cpu);
	setpgid(ret->pid, ret->pid);
	return await_and_stop(control, ret, limit_ns);
}

enum run_event run_process_turn(const struct run_control *control, struct run_process *process,
				uint64_t ops, uint64_t limit_ns)
{
	process->slot->ops = ops;
	process->turns++;
	process->ops += ops;
	atomic_store_explicit(&process->slot->ordered, process->turns, memory_order_release);
	kill(-process->pid, SIGCONT);
	return await_and_stop(control, process, limit_ns);
}

void run_process_kill(const struct run_process *process)
{
	if (process->pid <= 0)
		return;
	kill(-process->pid, SIGKILL);
	kill(process->pid, SIGKILL);
}

void run_process_end(struct run_process *process)
{
	if (process->pid <= 0)
		return;
	run_process_kill(process);
	while (waitpid(process->pid, &process->status, 0) < 0 && errno == EINTR)
		;
	process->pid = 0;
}
