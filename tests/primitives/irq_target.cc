// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of irq_test.cc: softirqs, tasklets, interrupt lines, IPIs. */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "../support/tasks.h"

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(mutex);
static int counter;
static int data;
static int log_of[8];
static int logged;

static void note(int what)
{
	log_of[logged++] = what;
}

static struct task_struct *start_on(unsigned int cpu, task_fn fn, const char *name)
{
	struct task_struct *t = kthread_create(fn, NULL, "%s", name);

	kthread_bind(t, cpu);
	wake_up_process(t);
	return t;
}

static void run_on_one(task_fn fn)
{
	hotweave_join(start_on(1, fn, "pinned"));
}

/* ---- Softirqs ---- */

static void soft_tx(struct softirq_action *) { note(NET_TX_SOFTIRQ); }
static void soft_hi(struct softirq_action *) { note(HI_SOFTIRQ); }

static int raises_two(void *)
{
	local_bh_disable();
	raise_softirq(NET_TX_SOFTIRQ);
	raise_softirq(HI_SOFTIRQ);
	raise_softirq(NET_TX_SOFTIRQ);
	BUG_ON(local_softirq_pending() != (1 << NET_TX_SOFTIRQ | 1 << HI_SOFTIRQ));
	BUG_ON(logged);
	local_bh_enable();
	BUG_ON(logged != 2 || log_of[0] != HI_SOFTIRQ || log_of[1] != NET_TX_SOFTIRQ);
	return 0;
}

HOTWEAVE_TARGET(softirq_at_bh_enable, "softirqs run in order of numbers, once, within local_bh_enable")
{
	open_softirq(NET_TX_SOFTIRQ, soft_tx);
	open_softirq(HI_SOFTIRQ, soft_hi);
	run_on_one(raises_two);
}

static void hard_raises(void *)
{
	data = 1;
	raise_softirq_irqoff(NET_RX_SOFTIRQ);
}

static void soft_reads(struct softirq_action *)
{
	BUG_ON(data != 1);
	counter++;
}

static bool counted(void)
{
	return counter == 1;
}

HOTWEAVE_TARGET(softirq_after_irq, "a softirq that a handler raises sees what the handler wrote, and runs")
{
	hotweave_invariant("the softirq ran once", counted, HOTWEAVE_AT_QUIESCENCE);
	open_softirq(NET_RX_SOFTIRQ, soft_reads);
	hotweave_raise_irq(1, hard_raises, NULL);
	hotweave_yield("raised");
}

static void soft_locks(struct softirq_action *)
{
	spin_lock(&spin);
	counter++;
	spin_unlock(&spin);
}

static int locks_plainly(void *)
{
	raise_softirq(NET_RX_SOFTIRQ);
	spin_lock(&spin);
	counter++;
	spin_unlock(&spin);
	return 0;
}

static int locks_bh(void *)
{
	raise_softirq(NET_RX_SOFTIRQ);
	spin_lock_bh(&spin);
	counter++;
	spin_unlock_bh(&spin);
	return 0;
}

HOTWEAVE_TARGET(softirq_spin_plain, "spin_lock against a softirq of the same CPU that takes the lock")
{
	open_softirq(NET_RX_SOFTIRQ, soft_locks);
	run_on_one(locks_plainly);
}

HOTWEAVE_TARGET(softirq_spin_bh, "spin_lock_bh against a softirq of the same CPU that takes the lock")
{
	open_softirq(NET_RX_SOFTIRQ, soft_locks);
	run_on_one(locks_bh);
}

static void soft_sleeps(struct softirq_action *)
{
	mutex_lock(&mutex);
}

HOTWEAVE_TARGET(softirq_sleeps, "a softirq takes a mutex")
{
	open_softirq(NET_RX_SOFTIRQ, soft_sleeps);
	local_bh_disable();
	raise_softirq(NET_RX_SOFTIRQ);
	local_bh_enable();
}

static int raise_count;

static void soft_raises_again(struct softirq_action *)
{
	if (++raise_count < 25)
		raise_softirq(NET_RX_SOFTIRQ);
}

static bool raised_all(void)
{
	return raise_count == 25;
}

HOTWEAVE_TARGET(softirq_restarts, "a softirq that raises itself goes on later, and ends")
{
	hotweave_invariant("it ran 25 times", raised_all, HOTWEAVE_AT_QUIESCENCE);
	open_softirq(NET_RX_SOFTIRQ, soft_raises_again);
	raise_softirq(NET_RX_SOFTIRQ);
}

/* ---- Tasklets ---- */

static int tasklet_running;

static void tasklet_counts(struct tasklet_struct *)
{
	BUG_ON(!in_serving_softirq());
	BUG_ON(tasklet_running++);
	counter += data;
	tasklet_running--;
}

static DECLARE_TASKLET(tasklet, tasklet_counts);

static int schedules(void *)
{
	tasklet_schedule(&tasklet);
	tasklet_schedule(&tasklet);
	return 0;
}

HOTWEAVE_TARGET(tasklet_serialised, "a tasklet scheduled on two CPUs never runs twice at once, and sees what precedes")
{
	data = 1;
	struct task_struct *a = start_on(1, schedules, "a");
	struct task_struct *b = start_on(2, schedules, "b");

	hotweave_join(a);
	hotweave_join(b);
	tasklet_kill(&tasklet);
	BUG_ON(counter < 1 || counter > 4);
}

HOTWEAVE_TARGET(tasklet_killed, "what a tasklet did precedes the end of tasklet_kill")
{
	data = 1;
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	BUG_ON(counter != 1);
}

HOTWEAVE_TARGET(tasklet_not_killed, "nothing waits for the tasklet")
{
	data = 1;
	tasklet_schedule(&tasklet);
	BUG_ON(counter > 1);
}

HOTWEAVE_TARGET(tasklet_disabled, "a disabled tasklet does not run until it is enabled")
{
	data = 1;
	tasklet_disable(&tasklet);
	tasklet_schedule(&tasklet);
	hotweave_yield("disabled");
	BUG_ON(counter);
	tasklet_enable(&tasklet);
	tasklet_kill(&tasklet);
	BUG_ON(counter != 1);
}

HOTWEAVE_TARGET(tasklet_kill_disabled, "tasklet_kill of a disabled tasklet that is scheduled")
{
	tasklet_disable(&tasklet);
	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
}

/* The tasklet needs the lock that its killer holds. */
static void tasklet_locks(struct tasklet_struct *)
{
	spin_lock(&spin);
	spin_unlock(&spin);
}

static DECLARE_TASKLET(locking_tasklet, tasklet_locks);

static int disables_under_lock(void *)
{
	spin_lock_bh(&spin);
	tasklet_disable_in_atomic(&locking_tasklet);
	tasklet_enable(&locking_tasklet);
	spin_unlock_bh(&spin);
	return 0;
}

static int schedules_locking(void *)
{
	tasklet_schedule(&locking_tasklet);
	return 0;
}

HOTWEAVE_TARGET(tasklet_disable_deadlock, "a tasklet needs a lock whose holder waits for it")
{
	struct task_struct *a = start_on(1, disables_under_lock, "a");
	struct task_struct *b = start_on(2, schedules_locking, "b");

	hotweave_join(a);
	hotweave_join(b);
}

/* ---- Interrupt lines ---- */

struct device {
	int value;
	int seen;
};

static irqreturn_t handles(int irq, void *dev)
{
	struct device *d = (struct device *)dev;

	BUG_ON(irq != 5 || !in_hardirq());
	d->seen += d->value;
	return IRQ_HANDLED;
}

HOTWEAVE_TARGET(irq_line, "a requested handler runs, sees its device, and is gone after free_irq")
{
	struct device *d = (struct device *)kzalloc(sizeof(*d), GFP_KERNEL | __GFP_NOFAIL);

	d->value = 1;
	BUG_ON(request_irq(5, handles, 0, "device", d));
	BUG_ON(request_irq(5, handles, 0, "again", d) != -EBUSY);
	hotweave_fire_irq(5);
	hotweave_yield("fired");
	BUG_ON(!free_irq(5, d));
	BUG_ON(d->seen > 1);
	kfree(d);
	hotweave_fire_irq(5);
	hotweave_yield("fired again");
}

HOTWEAVE_TARGET(irq_line_freed_early, "the device is freed before its handler")
{
	struct device *d = (struct device *)kzalloc(sizeof(*d), GFP_KERNEL | __GFP_NOFAIL);

	BUG_ON(request_irq(5, handles, 0, "device", d));
	hotweave_fire_irq(5);
	kfree(d);
	free_irq(5, d);
}

HOTWEAVE_TARGET(irq_line_late_write, "the device is written after the request: nothing orders the handler")
{
	static struct device d;

	BUG_ON(request_irq(5, handles, 0, "device", &d));
	d.value = 1;
	hotweave_fire_irq(5);
	hotweave_yield("fired");
	free_irq(5, &d);
}

static struct device shared_device;

HOTWEAVE_TARGET(irq_disabled, "no handler runs between disable_irq and enable_irq, and a kept interrupt runs after")
{
	BUG_ON(request_irq(5, handles, 0, "device", &shared_device));
	disable_irq(5);
	shared_device.value = 1;
	hotweave_fire_irq(5);
	hotweave_fire_irq(5);
	hotweave_yield("disabled");
	BUG_ON(shared_device.seen);
	enable_irq(5);
	hotweave_yield("enabled");
	disable_irq(5);
	BUG_ON(shared_device.seen > 2);
	enable_irq(5);
	free_irq(5, &shared_device);
}

HOTWEAVE_TARGET(irq_disabled_nosync, "disable_irq_nosync does not wait for a handler that runs")
{
	BUG_ON(request_irq(5, handles, 0, "device", &shared_device));
	hotweave_fire_irq(5);
	disable_irq_nosync(5);
	shared_device.value = 1;
}

HOTWEAVE_TARGET(irq_enable_unbalanced, "enable_irq too often")
{
	BUG_ON(request_irq(5, handles, 0, "device", &shared_device));
	enable_irq(5);
}

static irqreturn_t handler_locks(int, void *)
{
	spin_lock(&spin);
	spin_unlock(&spin);
	return IRQ_HANDLED;
}

static int synchronizes_under_lock(void *)
{
	spin_lock_irq(&spin);
	synchronize_hardirq(5);
	spin_unlock_irq(&spin);
	return 0;
}

static int fires(void *)
{
	hotweave_fire_irq(5);
	return 0;
}

HOTWEAVE_TARGET(irq_synchronize_deadlock, "synchronize_hardirq under a lock that the handler needs")
{
	BUG_ON(request_irq(5, handler_locks, 0, "device", NULL));
	struct task_struct *a = start_on(1, synchronizes_under_lock, "a");
	struct task_struct *b = start_on(2, fires, "b");

	hotweave_join(a);
	hotweave_join(b);
}

static irqreturn_t wakes_thread(int, void *)
{
	return IRQ_WAKE_THREAD;
}

static irqreturn_t thread_handles(int, void *dev)
{
	struct device *d = (struct device *)dev;

	BUG_ON(in_interrupt());
	mutex_lock(&mutex);
	d->seen++;
	mutex_unlock(&mutex);
	return IRQ_HANDLED;
}

HOTWEAVE_TARGET(irq_thread, "a threaded handler sleeps, and is waited for by synchronize_irq and free_irq")
{
	BUG_ON(request_threaded_irq(5, wakes_thread, thread_handles, IRQF_ONESHOT, "device", &shared_device));
	hotweave_fire_irq(5);
	hotweave_fire_irq(5);
	hotweave_yield("fired");
	synchronize_irq(5);
	disable_irq(5);
	shared_device.value = shared_device.seen;
	enable_irq(5);
	free_irq(5, &shared_device);
	BUG_ON(shared_device.seen > 2);
}

/* ---- IPIs ---- */

static void ipi_adds(void *info)
{
	BUG_ON(!irqs_disabled());
	counter += *(int *)info;
}

static int calls_two(void *)
{
	int by = 2;

	BUG_ON(smp_call_function_single(2, ipi_adds, &by, 1));
	BUG_ON(counter != 2);
	BUG_ON(smp_call_function_single(1, ipi_adds, &by, 1));
	BUG_ON(counter != 4);
	BUG_ON(smp_call_function_single(7, ipi_adds, &by, 1) != -ENXIO);
	return 0;
}

HOTWEAVE_TARGET(ipi_single, "a call is done when it returns, and ordered both ways")
{
	run_on_one(calls_two);
}

static int calls_and_goes_on(void *)
{
	static int by = 1;

	smp_call_function_single(2, ipi_adds, &by, 0);
	BUG_ON(counter > 1);
	return 0;
}

HOTWEAVE_TARGET(ipi_not_awaited, "without wait nothing orders the function before what follows")
{
	run_on_one(calls_and_goes_on);
}

static void ipi_marks(void *)
{
	log_of[raw_smp_processor_id()]++;
}

static bool not_cpu_two(int cpu, void *)
{
	return cpu != 2;
}

static int calls_all(void *)
{
	on_each_cpu(ipi_marks, NULL, 1);
	BUG_ON(log_of[0] != 1 || log_of[1] != 1 || log_of[2] != 1);
	smp_call_function(ipi_marks, NULL, 1);
	BUG_ON(log_of[0] != 2 || log_of[1] != 1 || log_of[2] != 2);
	on_each_cpu_cond(not_cpu_two, ipi_marks, NULL, 1);
	BUG_ON(log_of[0] != 3 || log_of[1] != 2 || log_of[2] != 2);
	on_each_cpu_mask(cpumask_of(2), ipi_marks, NULL, 1);
	BUG_ON(log_of[2] != 3);
	kick_all_cpus_sync();
	return 0;
}

HOTWEAVE_TARGET(ipi_many, "which CPUs each call reaches")
{
	run_on_one(calls_all);
}

static void ipi_async(void *)
{
	counter++;
}

static call_single_data_t csd;

static int calls_async(void *)
{
	INIT_CSD(&csd, ipi_async, NULL);
	int first = smp_call_function_single_async(2, &csd);
	int second = smp_call_function_single_async(2, &csd);

	BUG_ON(first || (second && second != -EBUSY));
	return 0;
}

HOTWEAVE_TARGET(ipi_async_busy, "an asynchronous call that is still queued is busy")
{
	run_on_one(calls_async);
}

static int calls_with_irqs_off(void *)
{
	local_irq_disable();
	smp_call_function(ipi_marks, NULL, 1);
	local_irq_enable();
	return 0;
}

HOTWEAVE_TARGET(ipi_irqs_off, "smp_call_function with interrupts off")
{
	run_on_one(calls_with_irqs_off);
}

static int calls_under_lock(void *)
{
	spin_lock(&spin);
	smp_call_function(ipi_marks, NULL, 1);
	spin_unlock(&spin);
	return 0;
}

static int spins_with_irqs_off(void *)
{
	spin_lock_irq(&spin);
	spin_unlock_irq(&spin);
	return 0;
}

static int spins_with_irqs_on(void *)
{
	spin_lock(&spin);
	spin_unlock(&spin);
	return 0;
}

HOTWEAVE_TARGET(ipi_deadlock, "a CPU spins with interrupts off for a lock whose holder calls it")
{
	struct task_struct *a = start_on(1, calls_under_lock, "a");
	struct task_struct *b = start_on(2, spins_with_irqs_off, "b");

	hotweave_join(a);
	hotweave_join(b);
}

HOTWEAVE_TARGET(ipi_no_deadlock, "a CPU spins with interrupts on for a lock whose holder calls it")
{
	struct task_struct *a = start_on(1, calls_under_lock, "a");
	struct task_struct *b = start_on(2, spins_with_irqs_on, "b");

	hotweave_join(a);
	hotweave_join(b);
}
