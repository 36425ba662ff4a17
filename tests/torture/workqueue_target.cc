// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Torture of workqueues: three threads queue, delay, flush and cancel two works and their followers on workqueues of
 * several kinds; a work never runs twice at a time, runs after it was queued, and sees what its queuer wrote.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

struct job {
	struct delayed_work dwork;
	struct workqueue_struct *wq;
	atomic_t busy;
	atomic_t queued, runs;
	int data;	/* of the work alone */
	int again;	/* times that it queues itself */
};

static struct job jobs[2];
static struct workqueue_struct *ordered;
static DEFINE_MUTEX(lock);

static void run_job(struct work_struct *work)
{
	struct job *job = container_of(to_delayed_work(work), struct job, dwork);

	BUG_ON(atomic_inc_return(&job->busy) != 1);
	BUG_ON(current_work() != work);
	job->data++;
	if (hotweave_choose(2)) {
		mutex_lock(&lock);
		mutex_unlock(&lock);
	}
	if (job->again) {
		job->again--;
		queue_work(job->wq, work);
	}
	atomic_inc(&job->runs);
	BUG_ON(atomic_dec_return(&job->busy) != 0);
}

static void operate(struct job *job, unsigned int what)
{
	switch (what) {
	case 0:
		if (queue_work_on((int)hotweave_choose(3), job->wq, &job->dwork.work))
			atomic_inc(&job->queued);
		break;
	case 1:
		if (queue_delayed_work(job->wq, &job->dwork, hotweave_choose(2)))
			atomic_inc(&job->queued);
		break;
	case 2:
		mod_delayed_work(job->wq, &job->dwork, 1);
		break;
	case 3:
		flush_delayed_work(&job->dwork);
		break;
	case 4:
		cancel_delayed_work(&job->dwork);
		break;
	case 5:
		cancel_delayed_work_sync(&job->dwork);
		break;
	case 6:
		flush_workqueue(job->wq);
		break;
	}
}

static int works(void *)
{
	for (int i = 0; i < 3; i++)
		operate(&jobs[hotweave_choose(2)], hotweave_choose(7));
	return 0;
}

static void prepare(void)
{
	static const char *const name = "tortured";
	struct workqueue_struct *wq;

	switch (hotweave_choose(4)) {
	case 0:
		wq = system_wq;
		break;
	case 1:
		wq = alloc_workqueue("%s", WQ_UNBOUND, 2, name);
		break;
	case 2:
		wq = alloc_workqueue("%s", WQ_MEM_RECLAIM | WQ_HIGHPRI, 1, name);
		break;
	default:
		wq = alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name);
		break;
	}
	for (int i = 0; i < 2; i++) {
		INIT_DELAYED_WORK(&jobs[i].dwork, run_job);
		jobs[i].wq = wq;
		jobs[i].again = (int)hotweave_choose(2);
	}
}

HOTWEAVE_TARGET(workqueue_torture, "three threads queue, flush and cancel two works")
{
	prepare();
	run_three(works, works, works);
	for (int i = 0; i < 2; i++) {
		if (hotweave_choose(2))
			flush_delayed_work(&jobs[i].dwork);
		cancel_delayed_work_sync(&jobs[i].dwork);
		BUG_ON(delayed_work_pending(&jobs[i].dwork));
		BUG_ON(work_busy(&jobs[i].dwork.work));
		BUG_ON(atomic_read(&jobs[i].runs) != jobs[i].data);
	}
	if (jobs[0].wq != system_wq)
		destroy_workqueue(jobs[0].wq);
}

/* ---- Works of an ordered workqueue: in the order of queueing, one at a time ---- */

struct numbered {
	struct work_struct work;
	int number;
};

static struct numbered numbered[4];
static int last;	/* of the works alone: the workqueue orders them */

static void run_numbered(struct work_struct *work)
{
	struct numbered *n = container_of(work, struct numbered, work);

	BUG_ON(n->number != last + 1);
	if (hotweave_choose(2))
		cond_resched();
	last++;
}

static int queues_numbered(void *)
{
	for (int i = 0; i < 4; i++) {
		mutex_lock(&lock);
		numbered[i].number = i + 1;
		INIT_WORK(&numbered[i].work, run_numbered);
		queue_work(ordered, &numbered[i].work);
		mutex_unlock(&lock);
	}
	return 0;
}

static int makes_noise(void *)
{
	static DECLARE_WORK(noise, [](struct work_struct *) { cond_resched(); });

	for (int i = 0; i < 2; i++) {
		schedule_work_on((int)hotweave_choose(3), &noise);
		if (hotweave_choose(2))
			flush_work(&noise);
	}
	return 0;
}

static void order_of(struct workqueue_struct *wq)
{
	ordered = wq;
	run_two(queues_numbered, makes_noise);
	if (hotweave_choose(2))
		flush_work(&numbered[3].work);
	else
		destroy_workqueue(wq);
	BUG_ON(last != 4);
}

HOTWEAVE_TARGET(workqueue_torture_ordered, "works of an ordered workqueue run one after the other")
{
	order_of(alloc_ordered_workqueue("ordered", hotweave_choose(2) ? WQ_MEM_RECLAIM : 0));
}

HOTWEAVE_TARGET(workqueue_torture_mutant_ordered, "the same is expected of a concurrent workqueue")
{
	order_of(alloc_workqueue("concurrent", WQ_UNBOUND, 0));
}
HOTWEAVE_EXPECT(workqueue_torture_mutant_ordered, "", "data-race assertion", "");

/* ---- Works on the heap ---- */

struct owned {
	struct work_struct work;
	int result;
};

static void run_owned(struct work_struct *work)
{
	container_of(work, struct owned, work)->result = 1;
}

static void frees_itself(struct work_struct *work)
{
	struct owned *o = container_of(work, struct owned, work);

	o->result = 1;
	kfree(o);
}

static struct owned *new_owned(work_func_t run)
{
	struct owned *o = (struct owned *)kzalloc(sizeof(*o), GFP_KERNEL);

	INIT_WORK(&o->work, run);
	schedule_work(&o->work);
	return o;
}

static int owns(void *)
{
	struct owned *o = new_owned(run_owned);

	if (hotweave_choose(2)) {
		flush_work(&o->work);
		BUG_ON(!o->result);
	} else {
		cancel_work_sync(&o->work);
	}
	kfree(o);
	return 0;
}

static int gives_away(void *)
{
	new_owned(frees_itself);
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_heap, "works on the heap are freed by who waits for them, or by themselves")
{
	run_three(owns, owns, gives_away);
}

static int frees_without_cancel(void *)
{
	kfree(new_owned(run_owned));
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_mutant_free, "a work is freed and nobody made sure that it does not run")
{
	run_two(frees_without_cancel, owns);
}
HOTWEAVE_EXPECT(workqueue_torture_mutant_free, "", "use-after-free data-race", "");

static int frees_without_sync(void *)
{
	struct owned *o = new_owned(run_owned);

	cancel_work(&o->work);
	kfree(o);
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_mutant_cancel, "cancel_work() where cancel_work_sync() is needed")
{
	run_two(frees_without_sync, owns);
}
HOTWEAVE_EXPECT(workqueue_torture_mutant_cancel, "", "use-after-free data-race", "");

/* ---- While a CPU goes and comes ---- */

static struct job hot;

static int queues_on_hot_cpu(void *)
{
	for (int i = 0; i < 3; i++) {
		if (queue_work_on(1, system_wq, &hot.dwork.work))
			atomic_inc(&hot.queued);
		if (hotweave_choose(2))
			flush_work(&hot.dwork.work);
	}
	flush_work(&hot.dwork.work);
	return 0;
}

static void is_there(struct work_struct *)
{
	BUG_ON(smp_processor_id() != 1);
}

static DECLARE_WORK(back, is_there);

static int cycles_cpu(void *)
{
	BUG_ON(remove_cpu(1));
	BUG_ON(add_cpu(1));
	queue_work_on(1, system_wq, &back);
	flush_work(&back);
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_hotplug, "works are queued on a CPU that goes and comes")
{
	INIT_DELAYED_WORK(&hot.dwork, run_job);
	run_two(queues_on_hot_cpu, cycles_cpu);
	BUG_ON(atomic_read(&hot.runs) != atomic_read(&hot.queued));
}

/* ---- Flushing where it must not be ---- */

static DECLARE_WORK(locking, [](struct work_struct *) {
	mutex_lock(&lock);
	mutex_unlock(&lock);
});

static int flushes_under_lock(void *)
{
	schedule_work(&locking);
	mutex_lock(&lock);
	flush_work(&locking);
	mutex_unlock(&lock);
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_mutant_flush_locked, "a work is flushed under a lock that it takes")
{
	run_two(flushes_under_lock, owns);
}
HOTWEAVE_EXPECT(workqueue_torture_mutant_flush_locked, "", "deadlock lock-order", "");

static void flushes_itself(struct work_struct *work)
{
	flush_work(work);
}

static DECLARE_WORK(selfish, flushes_itself);

static int queues_selfish(void *)
{
	schedule_work(&selfish);
	return 0;
}

HOTWEAVE_TARGET(workqueue_torture_mutant_self, "a work flushes itself")
{
	run_two(queues_selfish, owns);
}
HOTWEAVE_EXPECT(workqueue_torture_mutant_self, "", "recursive-lock deadlock lock-order", "");
