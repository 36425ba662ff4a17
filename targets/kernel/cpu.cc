// SPDX-License-Identifier: GPL-2.0-only
/*
 * cpu_hotplug_lock in its two lives (kernel/cpu.c of Linux 4.12 and 4.13).
 *
 * Up to 4.12: a count of readers under a mutex. The writer keeps the mutex, but only once there is no
 * reader left: while it waits it holds nothing, so a reader never queues behind a waiting writer.
 * From fc8dffd379ca: a percpu rwsem.
 * Model: the hotplug state machine is not here; who wants a CPU hotplugger writes a task that takes
 * cpu_maps_update_begin() and cpus_write_lock().
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/cpu.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "../history/history.h"

/* Serialises the updates of the CPU masks. */
static DEFINE_MUTEX(cpu_add_remove_lock);

/* From 4.13. */
static DEFINE_PERCPU_RWSEM(cpu_hotplug_lock);

/* Up to 4.12. */
static struct {
	struct task_struct *active_writer;
	/* Makes the count and the writer's test of it one step; held by the writer as long as it writes. */
	struct mutex lock;
	atomic_t refcount;
	struct wait_queue_head wq;
} cpu_hotplug = {
	NULL,
	__MUTEX_INITIALIZER(cpu_hotplug.lock),
	ATOMIC_INIT(0),
	__WAIT_QUEUE_HEAD_INITIALIZER(cpu_hotplug.wq),
};

void cpu_maps_update_begin(void)
{
	mutex_lock(&cpu_add_remove_lock);
}

void cpu_maps_update_done(void)
{
	mutex_unlock(&cpu_add_remove_lock);
}

static bool current_is_writer(void)
{
	return hotweave_missing_annotation(cpu_hotplug.active_writer,
					   "only the current task makes the answer true, and only it makes it false") == current;
}

static void refcount_read_lock(void)
{
	if (current_is_writer())
		return;
	mutex_lock(&cpu_hotplug.lock);
	atomic_inc(&cpu_hotplug.refcount);
	mutex_unlock(&cpu_hotplug.lock);
}

static void refcount_read_unlock(void)
{
	int refcount;

	if (current_is_writer())
		return;
	refcount = atomic_dec_return(&cpu_hotplug.refcount);
	if (WARN_ON(refcount < 0))
		atomic_inc(&cpu_hotplug.refcount);
	if (refcount <= 0 && waitqueue_active(&cpu_hotplug.wq))
		wake_up(&cpu_hotplug.wq);
}

static void refcount_write_lock(void)
{
	DEFINE_WAIT(wait);

	cpu_hotplug.active_writer = current;
	for (;;) {
		mutex_lock(&cpu_hotplug.lock);
		prepare_to_wait(&cpu_hotplug.wq, &wait, TASK_UNINTERRUPTIBLE);
		if (!atomic_read(&cpu_hotplug.refcount))
			break;
		mutex_unlock(&cpu_hotplug.lock);
		schedule();
	}
	finish_wait(&cpu_hotplug.wq, &wait);
}

static void refcount_write_unlock(void)
{
	cpu_hotplug.active_writer = NULL;
	mutex_unlock(&cpu_hotplug.lock);
}

void cpus_read_lock(void)
{
	if (fixed(FIX_fc8dffd379ca))
		percpu_down_read(&cpu_hotplug_lock);
	else
		refcount_read_lock();
}

void cpus_read_unlock(void)
{
	if (fixed(FIX_fc8dffd379ca))
		percpu_up_read(&cpu_hotplug_lock);
	else
		refcount_read_unlock();
}

void get_online_cpus(void)
{
	cpus_read_lock();
}

void put_online_cpus(void)
{
	cpus_read_unlock();
}

void cpus_write_lock(void)
{
	if (fixed(FIX_fc8dffd379ca))
		percpu_down_write(&cpu_hotplug_lock);
	else
		refcount_write_lock();
}

void cpus_write_unlock(void)
{
	if (fixed(FIX_fc8dffd379ca))
		percpu_up_write(&cpu_hotplug_lock);
	else
		refcount_write_unlock();
}

void cpu_hotplug_begin(void)
{
	cpus_write_lock();
}

void cpu_hotplug_done(void)
{
	cpus_write_unlock();
}

void lockdep_assert_cpus_held(void)
{
	if (fixed(FIX_fc8dffd379ca))
		percpu_rwsem_assert_held(&cpu_hotplug_lock);
}
