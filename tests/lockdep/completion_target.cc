// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Completions as locks (check/lockdep_completions.cc): who waits with A held, for whom, and what that one took when.
 * Every target ends with A inside B: a cycle if B was taken inside A's wait.
 */
#include <hotweave/target.h>
#include <linux/completion.h>
#include <linux/cpuhotplug.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/version.h>
#include <linux/workqueue.h>

static const struct hotweave_history_row rows[] = {
	{ "completion_tracking", "linux-next, 2017", "", "lockdep tracks completions" },
};
static const struct hotweave_profile profiles[] = {
	{ "plain", "", NULL, KERNEL_VERSION(4, 13, 0), NULL },
	{ "tracked", "", NULL, 0, "plain+completion_tracking" },
};
HOTWEAVE_HISTORY(rows, profiles);

static DEFINE_MUTEX(A);
static DEFINE_MUTEX(B);
static DECLARE_COMPLETION(begun);
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(done);

static void take_B(void)
{
	mutex_lock(&B);
	mutex_unlock(&B);
}

static void A_inside_B(void)
{
	mutex_lock(&B);
	mutex_lock(&A);
	mutex_unlock(&A);
	mutex_unlock(&B);
}

static void wait_with_A(void)
{
	mutex_lock(&A);
	wait_for_completion(&done);
	mutex_unlock(&A);
}

static int takes_B_then_completes(void *)
{
	take_B();
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_cycle, "A is held over a wait that B must end")
{
	struct task_struct *t = kthread_run(takes_B_then_completes, NULL, "completer");

	wait_with_A();
	A_inside_B();
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_cycle_last, "the same, A inside B first: complete() closes the cycle")
{
	struct task_struct *t;

	A_inside_B();
	t = kthread_run(takes_B_then_completes, NULL, "completer");
	wait_with_A();
	hotweave_join(t);
}

static int takes_B_early(void *)
{
	take_B();
	complete(&begun);
	wait_for_completion(&go);
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_taken_before, "B was taken before the wait began")
{
	struct task_struct *t = kthread_run(takes_B_early, NULL, "completer");

	wait_for_completion(&begun);
	complete(&go);
	wait_with_A();
	A_inside_B();
	hotweave_join(t);
}

static int completes_at_once(void *)
{
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_not_awaited, "completed before anybody waits")
{
	struct task_struct *t = kthread_run(takes_B_then_completes, NULL, "completer");

	hotweave_join(t);
	wait_with_A();
	A_inside_B();
}

static int takes_B_then_completes_all(void *)
{
	take_B();
	complete_all(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_all, "complete_all() adds nothing")
{
	struct task_struct *t = kthread_run(takes_B_then_completes_all, NULL, "completer");

	wait_with_A();
	A_inside_B();
	hotweave_join(t);
}

static int tries_B_then_completes(void *)
{
	if (mutex_trylock(&B))
		mutex_unlock(&B);
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_tried, "B was only tried")
{
	struct task_struct *t = kthread_run(tries_B_then_completes, NULL, "completer");

	wait_with_A();
	A_inside_B();
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_not_held, "A is given up before the wait")
{
	struct task_struct *t = kthread_run(takes_B_then_completes, NULL, "completer");

	mutex_lock(&A);
	mutex_unlock(&A);
	wait_for_completion(&done);
	A_inside_B();
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_recursion, "two waits of one class: the second is not inside the first")
{
	struct task_struct *t = kthread_run(completes_at_once, NULL, "one"), *u = kthread_run(completes_at_once, NULL, "two");

	wait_with_A();
	wait_with_A();
	hotweave_join(t);
	hotweave_join(u);
}

static void work_takes_B(struct work_struct *)
{
	take_B();
}

static void work_completes(struct work_struct *)
{
	complete(&done);
}

static void work_takes_B_then_completes(struct work_struct *)
{
	take_B();
	complete(&done);
}

static DECLARE_WORK(taking, work_takes_B);
static DECLARE_WORK(completing, work_completes);
static DECLARE_WORK(both, work_takes_B_then_completes);

HOTWEAVE_TARGET(completion_work, "B is taken by the work that completes")
{
	schedule_work(&both);
	wait_with_A();
	A_inside_B();
}

HOTWEAVE_TARGET(completion_earlier_work, "B is taken by an earlier work of the same worker")
{
	schedule_work(&taking);
	schedule_work(&completing);
	wait_with_A();
	A_inside_B();
}

/* Lockdep keeps the latest 64 locks of a task. */
static DEFINE_MUTEX(C);
static int takes_B_long_ago(void *)
{
	take_B();
	for (int i = 0; i < 64; i++) {
		mutex_lock(&C);
		mutex_unlock(&C);
	}
	complete(&done);
	return 0;
}

HOTWEAVE_TARGET(completion_forgotten, "B is taken longer ago than lockdep remembers")
{
	struct task_struct *t = kthread_run(takes_B_long_ago, NULL, "completer");

	wait_with_A();
	A_inside_B();
	hotweave_join(t);
}

static int callback(unsigned int)
{
	take_B();
	return 0;
}

HOTWEAVE_TARGET(completion_cpuhp, "B is taken by a callback of the hotplug thread, whom A's holder waits for")
{
	mutex_lock(&A);
	cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "test", callback, NULL);
	mutex_unlock(&A);
	A_inside_B();
}

/* One class for all completions of one init site. */
struct request {
	struct completion done;
};

static int takes_B_for(void *request)
{
	take_B();
	complete(&((struct request *)request)->done);
	return 0;
}

static void request_with(struct mutex *held, const char *name)
{
	struct request request;
	struct task_struct *t;

	init_completion(&request.done);
	mutex_lock(held);
	t = kthread_run(takes_B_for, &request, "%s", name);
	wait_for_completion(&request.done);
	mutex_unlock(held);
	hotweave_join(t);
}

HOTWEAVE_TARGET(completion_site, "C waits for one object, A for another of the same init site")
{
	request_with(&C, "one");
	request_with(&A, "two");
	mutex_lock(&B);
	mutex_lock(&C);
	mutex_unlock(&C);
	mutex_unlock(&B);
}
