// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Rows of rows.h: interrupt lines and their threads, IPIs, timers that are changed or cancelled, hrtimers. */
#include <asm/processor.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "rows.h"

static int ready;
static int do_nothing(void *) { return 0; }

static void run_on(task_fn a, unsigned int first, task_fn b, unsigned int second)
{
	struct task_struct *ta = kthread_create_on_cpu(a, NULL, first, "a%u");
	struct task_struct *tb = kthread_create_on_cpu(b, NULL, second, "b%u");

	wake_up_process(ta);
	wake_up_process(tb);
	hotweave_join(ta);
	hotweave_join(tb);
}

/* ---- Interrupt lines ---- */

static irqreturn_t first_handler(int, void *)
{
	first_access();
	WRITE_ONCE(ready, 1);
	return IRQ_HANDLED;
}
static irqreturn_t first_handler_late(int, void *)
{
	WRITE_ONCE(ready, 1);
	first_access();
	return IRQ_HANDLED;
}
static irqreturn_t second_handler(int, void *)
{
	second_access();
	return IRQ_HANDLED;
}

/* Waits for a handler that has begun. */
static int synchronises(void *)
{
	if (!READ_ONCE(ready))
		return 0;
	synchronize_irq(5);
	second_access();
	return 0;
}
static int fires(void *)
{
	hotweave_fire_irq(5);
	return 0;
}

/* Its line fires on CPU 1 while CPU 2 does something about it. */
static void run_on_line(irq_handler_t handler, task_fn other)
{
	(void)request_irq(5, handler, 0, "row", NULL);
	run_on(fires, 1, other, 2);
}

static void sync_synchronize_irq(void) { run_on_line(first_handler_late, synchronises); }
ORDERED(synchronize_irq);

static int does_not_synchronise(void *)
{
	if (READ_ONCE(ready))
		second_access();
	return 0;
}
static void sync_not_synchronize_irq(void) { run_on_line(first_handler_late, does_not_synchronise); }
UNORDERED(not_synchronize_irq);

static int disables(void *)
{
	disable_irq(5);
	second_access();
	return 0;
}
static void sync_disable_irq(void) { run_on_line(first_handler, disables); }
ORDERED(disable_irq);
static int disables_nosync(void *)
{
	disable_irq_nosync(5);
	second_access();
	return 0;
}
static void sync_disable_irq_nosync(void) { run_on_line(first_handler, disables_nosync); }
UNORDERED(disable_irq_nosync);

static int frees(void *)
{
	free_irq(5, NULL);
	second_access();
	return 0;
}
static void sync_free_irq(void) { run_on_line(first_handler, frees); }
ORDERED(free_irq);

/* Handler and thread of one line. */
static irqreturn_t wakes_thread(int, void *) { return IRQ_WAKE_THREAD; }
static irqreturn_t first_then_thread(int, void *)
{
	first_access();
	return IRQ_WAKE_THREAD;
}
static void request_threaded(irq_handler_t handler, irq_handler_t thread)
{
	static int device;

	(void)request_threaded_irq(5, handler, thread, IRQF_ONESHOT, "row", &device);
	run_on(fires, 1, do_nothing, 2);
	synchronize_irq(5);
	free_irq(5, &device);
}

static void sync_irq_thread(void) { request_threaded(first_then_thread, second_handler); }
ORDERED(irq_thread);
static void sync_irq_thread_freed(void)
{
	request_threaded(wakes_thread, first_handler);
	second_access();
}
ORDERED(irq_thread_freed);
static void sync_irq_thread_not_freed(void)
{
	(void)request_threaded_irq(5, wakes_thread, first_handler, IRQF_ONESHOT, "row", &ready);
	run_on(fires, 1, does_not_synchronise, 2);
	second_access();
	free_irq(5, &ready);
}
UNORDERED(irq_thread_not_freed);

/* ---- IPIs ---- */

static void ipi_second(void *) { second_access(); }
static void ipi_nothing(void *) { }

/* The interrupt has been raised already by another call. */
static int calls_again(void *)
{
	smp_call_function_single(2, ipi_nothing, NULL, 0);
	first_access();
	smp_call_function_single(2, ipi_second, NULL, 0);
	return 0;
}
static void sync_ipi_again(void) { run_on(calls_again, 1, do_nothing, 0); }
ORDERED(ipi_again);

static void only_on_2(void *)
{
	if (smp_processor_id() == 2)
		first_access();
}
static int calls_two(void *)
{
	smp_call_function(only_on_2, NULL, 1);
	second_access();
	return 0;
}
static void sync_ipi_all(void) { run_on(calls_two, 1, do_nothing, 0); }
ORDERED(ipi_all);
static int calls_two_and_does_not_wait(void *)
{
	smp_call_function(only_on_2, NULL, 0);
	second_access();
	return 0;
}
static void sync_ipi_all_not_awaited(void) { run_on(calls_two_and_does_not_wait, 1, do_nothing, 0); }
UNORDERED(ipi_all_not_awaited);

/* A barrier on each CPU, and on the caller's. */
static int first_kick(void *)
{
	first_access();
	kick_all_cpus_sync();
	WRITE_ONCE(ready, 1);
	return 0;
}
static int second_kick(void *)
{
	if (!READ_ONCE(ready))
		return 0;
	kick_all_cpus_sync();
	second_access();
	return 0;
}
static void sync_kick_all_cpus(void) { run_on(first_kick, 1, second_kick, 2); }
ORDERED(kick_all_cpus);

/* ---- Timers ---- */

static void timer_first(struct timer_list *)
{
	WRITE_ONCE(ready, 1);
	first_access();
}
static void timer_second(struct timer_list *) { second_access(); }
static DEFINE_TIMER(first_timer, timer_first);
static DEFINE_TIMER(second_timer, timer_second);

static void until_it_runs(void)
{
	while (!READ_ONCE(ready))
		cpu_relax();
}

/* Its callback is at work. */
#define CANCELS(name, cancel)                                      \
	static int cancels_##name(void *)                          \
	{                                                          \
		until_it_runs();                                   \
		cancel;                                            \
		second_access();                                   \
		return 0;                                          \
	}                                                          \
	static void sync_##name(void)                              \
	{                                                          \
		mod_timer(&first_timer, jiffies + 1);              \
		run_on(do_nothing, 1, cancels_##name, 2);          \
	}
CANCELS(timer_cancelled, del_timer_sync(&first_timer))
ORDERED(timer_cancelled);
CANCELS(timer_shutdown, timer_shutdown_sync(&first_timer))
ORDERED(timer_shutdown);
CANCELS(timer_tried, while (try_to_del_timer_sync(&first_timer) < 0) cpu_relax())
ORDERED(timer_tried);
CANCELS(timer_deleted, del_timer(&first_timer))
UNORDERED(timer_deleted);

/* Who changes it comes before its callback, also where somebody else had armed it. */
static int first_then_mod(void *)
{
	first_access();
	mod_timer(&second_timer, jiffies + 2);
	return 0;
}
static void sync_timer_armed_once(void)
{
	run_on(first_then_mod, 1, do_nothing, 2);
	msleep(100);
}
ORDERED(timer_armed_once);

/* Arming again, and disarming, are ordered after who had armed it. */
static DEFINE_TIMER(quiet_timer, [](struct timer_list *) {});
static int first_arms(void *)
{
	first_access();
	mod_timer(&quiet_timer, jiffies + 1000);
	WRITE_ONCE(ready, 1);
	return 0;
}
#define ARMED(name, then)                                                    \
	static int second_##name(void *)                                     \
	{                                                                    \
		if (!READ_ONCE(ready))                                       \
			return 0;                                            \
		then;                                                        \
		second_access();                                             \
		return 0;                                                    \
	}                                                                    \
	static void sync_##name(void)                                        \
	{                                                                    \
		run_on(first_arms, 1, second_##name, 2);                     \
		del_timer(&quiet_timer);                                     \
	}
ARMED(timer_armed_again, mod_timer(&quiet_timer, jiffies + 2000))
ORDERED(timer_armed_again);
ARMED(timer_disarmed, if (!del_timer(&quiet_timer)) return 0)
ORDERED(timer_disarmed);
ARMED(timer_pending, (void)timer_pending(&quiet_timer))
UNORDERED(timer_pending);

static int first_disarms(void *)
{
	first_access();
	/* It may have expired. */
	if (del_timer(&quiet_timer))
		WRITE_ONCE(ready, 1);
	return 0;
}
static int second_arms(void *)
{
	if (!READ_ONCE(ready))
		return 0;
	mod_timer(&quiet_timer, jiffies + 1000);
	second_access();
	return 0;
}
static void sync_timer_disarmed_first(void)
{
	mod_timer(&quiet_timer, jiffies + 1000);
	run_on(first_disarms, 1, second_arms, 2);
	del_timer(&quiet_timer);
}
ORDERED(timer_disarmed_first);

static struct hrtimer hr;
static enum hrtimer_restart hr_first(struct hrtimer *)
{
	WRITE_ONCE(ready, 1);
	first_access();
	return HRTIMER_NORESTART;
}
static enum hrtimer_restart hr_second(struct hrtimer *)
{
	second_access();
	return HRTIMER_NORESTART;
}

static void init_hr(enum hrtimer_restart (*function)(struct hrtimer *))
{
	hrtimer_init(&hr, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hr.function = function;
}

static int hr_started(void *)
{
	first_access();
	hrtimer_start(&hr, ns_to_ktime(1000), HRTIMER_MODE_REL);
	return 0;
}
static int hr_started_early(void *)
{
	hrtimer_start(&hr, ns_to_ktime(1000), HRTIMER_MODE_REL);
	first_access();
	return 0;
}
static void sync_hrtimer(void)
{
	init_hr(hr_second);
	run_on(hr_started, 1, do_nothing, 2);
	msleep(10);
}
ORDERED(hrtimer);
static void sync_hrtimer_early(void)
{
	init_hr(hr_second);
	run_on(hr_started_early, 1, do_nothing, 2);
	msleep(10);
}
UNORDERED(hrtimer_early);

#define HR_CANCELS(name, cancel)                                   \
	static int cancels_##name(void *)                          \
	{                                                          \
		until_it_runs();                                   \
		cancel;                                            \
		second_access();                                   \
		return 0;                                          \
	}                                                          \
	static void sync_##name(void)                              \
	{                                                          \
		init_hr(hr_first);                                 \
		hrtimer_start(&hr, ns_to_ktime(1000), HRTIMER_MODE_REL); \
		run_on(do_nothing, 1, cancels_##name, 2);          \
	}
HR_CANCELS(hrtimer_cancelled, hrtimer_cancel(&hr))
ORDERED(hrtimer_cancelled);
HR_CANCELS(hrtimer_tried, while (hrtimer_try_to_cancel(&hr) < 0) cpu_relax())
ORDERED(hrtimer_tried);
HR_CANCELS(hrtimer_active, (void)hrtimer_try_to_cancel(&hr))
UNORDERED(hrtimer_active);

/* ---- Works ---- */

static void work_first(struct work_struct *)
{
	WRITE_ONCE(ready, 1);
	first_access();
}
static DECLARE_WORK(work_of_first, work_first);

static int cancels_work(void *)
{
	cancel_work_sync(&work_of_first);
	second_access();
	return 0;
}
static int cancels_work_too(void *)
{
	cancel_work_sync(&work_of_first);
	return 0;
}
/* Two cancel: one of them waits for the other. */
static void sync_cancel_twice(void)
{
	schedule_work_on(1, &work_of_first);
	run_on(cancels_work, 2, cancels_work_too, 0);
}
ORDERED(cancel_twice);

/* ---- Static keys: whoever changes one comes before those that see it changed, by the text's rewriting ---- */

static DEFINE_STATIC_KEY_FALSE(key);

static int first_enables(void *)
{
	first_access();
	static_branch_enable(&key);
	return 0;
}
static int second_branches(void *)
{
	if (static_branch_unlikely(&key))
		second_access();
	return 0;
}
static void sync_static_key(void) { run_on(first_enables, 1, second_branches, 2); }
ORDERED(static_key);

/* The count says nothing about the branches. */
static int second_counts(void *)
{
	if (static_key_count(&key.key) > 0)
		second_access();
	return 0;
}
static void sync_static_key_count(void) { run_on(first_enables, 1, second_counts, 2); }
UNORDERED(static_key_count);

/* ---- Objects that are type-safe by RCU: from one user to the next ---- */

static struct kmem_cache *cache;

static int uses_and_frees(void *)
{
	void *p = kmem_cache_alloc(cache, GFP_KERNEL);

	first_access();
	kmem_cache_free(cache, p);
	WRITE_ONCE(ready, 1);
	return 0;
}
static int uses_again(void *)
{
	void *p;

	if (!READ_ONCE(ready))
		return 0;
	p = kmem_cache_alloc(cache, GFP_KERNEL);
	second_access();
	kmem_cache_free(cache, p);
	return 0;
}

static void sync_typesafe_cache(void)
{
	cache = kmem_cache_create("row", 16, 8, SLAB_TYPESAFE_BY_RCU, NULL);
	run_on(uses_and_frees, 1, uses_again, 2);
}
ORDERED(typesafe_cache);
static void sync_plain_cache(void)
{
	cache = kmem_cache_create("row", 16, 8, 0, NULL);
	run_on(uses_and_frees, 1, uses_again, 2);
}
UNORDERED(plain_cache);
