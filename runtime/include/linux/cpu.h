/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The lock against CPU hotplug. Follows include/linux/cpu.h of Linux 4.12 to 5.1; the code behind it is
 * targets/kernel/cpu.cc. The hotplug state machine itself is not here.
 *
 * Up to 4.12 a refcount lock of its own: readers may nest, and the writer may read. From 4.13 a percpu
 * rwsem: neither. Context of all but the assertion: may sleep.
 */
#ifndef HOTWEAVE_LINUX_CPU_H
#define HOTWEAVE_LINUX_CPU_H

#ifdef __cplusplus
extern "C" {
#endif

/* No CPU comes or goes until cpus_read_unlock(). */
void cpus_read_lock(void);
void cpus_read_unlock(void);
/* The names up to 4.12 (kept until 5.15). */
void get_online_cpus(void);
void put_online_cpus(void);

/* Serialises CPU hotplug; taken before cpus_write_lock(). */
void cpu_maps_update_begin(void);
void cpu_maps_update_done(void);

void cpus_write_lock(void);
void cpus_write_unlock(void);
void cpu_hotplug_begin(void);
void cpu_hotplug_done(void);

/* From 4.13: a finding unless the current task holds it. Before: nothing (as the kernel). */
void lockdep_assert_cpus_held(void);

#ifdef __cplusplus
}
#endif
#endif
