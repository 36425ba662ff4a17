// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock of memory hotplug in its three lives (mm/memory_hotplug.c of Linux 3.8, 3.19, 4.12 and 4.13).
 *
 * Up to 3.15: mem_hotplug_mutex, lock_memory_hotplug(), which also keeps hibernation out.
 * From bfc8c90139eb: a count of readers under a mutex, and (from 4.11) memory_add_remove_lock around the
 * writer. A writer that finds readers sleeps without the mutex until the last of them wakes it, so a reader
 * never queues behind a waiting writer.
 * From 3f906ba23689: a percpu rwsem whose writer first takes cpu_hotplug_lock for read.
 */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/cpu.h>
#include <linux/lockdep.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/suspend.h>

#include "../history/history.h"

/* Up to 3.15. */
static DEFINE_MUTEX(mem_hotplug_mutex);

/* From 4.13. */
static DEFINE_PERCPU_RWSEM(mem_hotplug_lock);

/* 3.16 to 4.12. */
static struct {
	struct task_struct *active_writer;
	/* Protects refcount; keeps new readers out while a writer is at work. */
	struct mutex lock;
	int refcount;
	/* What lockdep sees of the count. */
	struct lockdep_map dep_map;
} mem_hotplug = {
	NULL,
	__MUTEX_INITIALIZER(mem_hotplug.lock),
	0,
	STATIC_LOCKDEP_MAP_INIT("mem_hotplug.lock", &mem_hotplug.dep_map),
};

/* 4.11, 4.12: serialises the writers, so that active_writer has one owner. Before, two writers overwrite it. */
static DEFINE_MUTEX(memory_add_remove_lock);

/* ---- The mutex: lock_memory_hotplug(), 3.8 ------------------------------------------------------------ */

void lock_memory_hotplug(void)
{
	mutex_lock(&mem_hotplug_mutex);
	lock_system_sleep();
}

void unlock_memory_hotplug(void)
{
	unlock_system_sleep();
	mutex_unlock(&mem_hotplug_mutex);
}

/* ---- The count: get_online_mems(), mem_hotplug_begin(), 3.19 to 4.12 ------------------------------------ */

static bool current_is_writer(void)
{
	return hotweave_missing_annotation(mem_hotplug.active_writer,
					   "only the current task makes the answer true, and only it makes it false") == current;
}

static void refcount_read_lock(void)
{
	if (current_is_writer())
		return;
	lock_map_acquire_read(&mem_hotplug.dep_map);
	mutex_lock(&mem_hotplug.lock);
	mem_hotplug.refcount++;
	mutex_unlock(&mem_hotplug.lock);
}

static void refcount_read_unlock(void)
{
	struct task_struct *writer;

	if (current_is_writer())
		return;
	mutex_lock(&mem_hotplug.lock);
	if (WARN_ON(!mem_hotplug.refcount))
		mem_hotplug.refcount++;
	/*
	 * A writer that comes after this look has yet to take the mutex and will find the count itself: the
	 * look may miss it.
	 */
	if (!--mem_hotplug.refcount) {
		writer = hotweave_missing_annotation(mem_hotplug.active_writer, "a later writer finds the count itself");
		if (writer)
			wake_up_process(writer);
	}
	mutex_unlock(&mem_hotplug.lock);
	lock_map_release(&mem_hotplug.dep_map);
}

static void refcount_write_lock(void)
{
	if (fixed(FIX_55adc1d05dca))
		mutex_lock(&memory_add_remove_lock);
	mem_hotplug.active_writer = current;
	lock_map_acquire(&mem_hotplug.dep_map);
	for (;;) {
		mutex_lock(&mem_hotplug.lock);
		if (!mem_hotplug.refcount)
			break;
		__set_current_state(TASK_UNINTERRUPTIBLE);
		mutex_unlock(&mem_hotplug.lock);
		schedule();
	}
}

static void refcount_write_unlock(void)
{
	mem_hotplug.active_writer = NULL;
	mutex_unlock(&mem_hotplug.lock);
	lock_map_release(&mem_hotplug.dep_map);
	if (fixed(FIX_55adc1d05dca))
		mutex_unlock(&memory_add_remove_lock);
}

/* ---- The percpu rwsem: mem_hotplug_begin(), 4.13 -------------------------------------------------------- */

/* S0-C: as proposed in between, the lock alone. */
static bool takes_cpu_hotplug_lock(void)
{
	return !altered(ALT_mem_hotplug_begin_without_cpus_read_lock);
}

static void percpu_write_lock(void)
{
	if (takes_cpu_hotplug_lock())
		cpus_read_lock();
	percpu_down_write(&mem_hotplug_lock);
}

static void percpu_write_unlock(void)
{
	percpu_up_write(&mem_hotplug_lock);
	if (takes_cpu_hotplug_lock())
		cpus_read_unlock();
}

/* ---- Whichever it is ------------------------------------------------------------------------------------ */

void get_online_mems(void)
{
	if (!fixed(FIX_bfc8c90139eb))
		lock_memory_hotplug();
	else if (fixed(FIX_3f906ba23689))
		percpu_down_read(&mem_hotplug_lock);
	else
		refcount_read_lock();
}

void put_online_mems(void)
{
	if (!fixed(FIX_bfc8c90139eb))
		unlock_memory_hotplug();
	else if (fixed(FIX_3f906ba23689))
		percpu_up_read(&mem_hotplug_lock);
	else
		refcount_read_unlock();
}

void mem_hotplug_begin(void)
{
	if (!fixed(FIX_bfc8c90139eb))
		lock_memory_hotplug();
	else if (fixed(FIX_3f906ba23689))
		percpu_write_lock();
	else
		refcount_write_lock();
}

void mem_hotplug_done(void)
{
	if (!fixed(FIX_bfc8c90139eb))
		unlock_memory_hotplug();
	else if (fixed(FIX_3f906ba23689))
		percpu_write_unlock();
	else
		refcount_write_unlock();
}

void assert_mem_hotplug_write_held(void)
{
	if (!fixed(FIX_dee6da22efac))
		return;
	if (!fixed(FIX_bfc8c90139eb))
		lockdep_assert_held(&mem_hotplug_mutex);
	else if (fixed(FIX_3f906ba23689))
		lockdep_assert_held_write(&mem_hotplug_lock);
	else
		lockdep_assert_held_write(&mem_hotplug.lock);
}

bool mem_hotplug_is_quiet(void)
{
	return !mem_hotplug.refcount && !mem_hotplug.active_writer && !mutex_is_locked(&mem_hotplug.lock) &&
	       !mutex_is_locked(&memory_add_remove_lock) && !mutex_is_locked(&mem_hotplug_mutex) &&
	       !percpu_is_read_locked(&mem_hotplug_lock) && !percpu_is_write_locked(&mem_hotplug_lock);
}
