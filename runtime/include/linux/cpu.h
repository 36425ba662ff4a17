/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * CPU hotplug: the lock against it, and taking CPUs down and up. Follows include/linux/cpu.h,
 * include/linux/cpuhplock.h and kernel/cpu.c of Linux 6.1, with the lock of earlier versions as well. States and
 * their callbacks: <linux/cpuhotplug.h>.
 *
 * The lock: up to 4.12 a count of readers under a mutex: readers may nest, a reader never queues behind a
 * waiting writer, and the writer may read. From 4.13 a percpu rwsem (fc8dffd379ca): neither; a callback that runs
 * in another task than the writer's waits for the writer, who waits for it.
 * Order: device_hotplug_lock > cpu_add_remove_lock > cpu_hotplug_lock > cpuhp_state_mutex.
 * Model: try_online_node() does nothing unless the program has one; all CPUs are on node 0.
 */
#ifndef HOTWEAVE_LINUX_CPU_H
#define HOTWEAVE_LINUX_CPU_H

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The lock. Context of all but trylock, unlock and assertions: may sleep --------------------------- */

/* No CPU comes or goes until cpus_read_unlock(). */
void cpus_read_lock(void);
/* 1 with the lock, 0 without. Never sleeps. (Up to 4.12 the kernel has none; here it behaves as 4.13 would.) */
int cpus_read_trylock(void);
void cpus_read_unlock(void);
/* The names up to 4.12 (kept until 5.15). */
void get_online_cpus(void);
void put_online_cpus(void);

/* Serialises CPU hotplug and all that changes the CPU masks; taken before cpus_write_lock(). */
void cpu_maps_update_begin(void);
void cpu_maps_update_done(void);

void cpus_write_lock(void);
void cpus_write_unlock(void);
void cpu_hotplug_begin(void);
void cpu_hotplug_done(void);

/* From 4.13: a finding (missing-lock) unless the current task holds it. Before: nothing (as the kernel). */
void lockdep_assert_cpus_held(void);
/* 1 if the current task holds it, in either mode. */
int lockdep_is_cpus_held(void);

/* While disabled, cpu_up() and cpu_down() return -EBUSY. Calls nest; one enable too many is a finding.
 * Context: may sleep. */
void cpu_hotplug_disable(void);
void cpu_hotplug_enable(void);

/* ---- CPUs going down and coming up. Context: may sleep; the caller holds no hotplug lock -------------- */

/*
 * Brings a CPU up to CPUHP_ONLINE or down to CPUHP_OFFLINE through all states in between; on the way the
 * callbacks of the states run, and if one fails, the opposite callbacks of those that had succeeded.
 * 0; -EINVAL for a CPU that is not possible or present; -EBUSY while disabled or (down) for the last online
 * CPU; what a callback returned. Nothing to do: 0 (up), -EINVAL (down of an offline CPU).
 * Direct entries, without device_hotplug_lock: those of suspend and of rcutorture up to 5.6. (6.1 keeps both
 * static and offers the next pair.) Source: cpu_up(), cpu_down(), _cpu_up(), _cpu_down(), kernel/cpu.c, 6.1.
 * Model: which tasks a CPU runs while it goes down is as up to 5.10: any, until stop_machine() takes it away.
 */
int cpu_up(unsigned int cpu);
int cpu_down(unsigned int cpu);
/*
 * The same through the device core: under device_hotplug_lock if the program has the ported driver core.
 * remove_cpu(): -EPERM for CPU 0, which has no such file (x86 without CONFIG_BOOTPARAM_HOTPLUG_CPU0).
 * Both return 1 if there is nothing to do, as device_online() does. Source: add_cpu(), remove_cpu(), 6.1.
 */
int add_cpu(unsigned int cpu);
int remove_cpu(unsigned int cpu);

/*
 * As far as `target` (up or down), as /sys/devices/system/cpu/cpuN/hotplug/target does.
 * Source: write_cpuhp_target(), 6.1. The state a CPU is in: cpuhp_get_state().
 */
int hotweave_cpu_target(unsigned int cpu, enum cpuhp_state target);
enum cpuhp_state hotweave_cpu_state(unsigned int cpu);
/*
 * The next callback of that state on that CPU fails with -EAGAIN without being called, as
 * /sys/devices/system/cpu/cpuN/hotplug/fail does. CPUHP_INVALID: none. Any context.
 */
void hotweave_cpu_fail(unsigned int cpu, enum cpuhp_state state);

#ifdef __cplusplus
}
#endif
#endif
