/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Per-CPU memory from the heap. Follows include/linux/percpu.h and mm/percpu.c of Linux 6.1. What works on static
 * per-CPU variables (<linux/percpu-defs.h>) works on *ptr and ptr as well: this_cpu_inc(*ptr), per_cpu_ptr(ptr, 1).
 *
 * Reports call the copies after the allocating function: make_counters#1@init@cpu2.
 * Model: the memory is as long as the execution; a freed area is not used again, so that every use after free
 * is seen. 64 KiB for one CPU; when they are used up the execution ends as out-of-budget.
 */
#ifndef HOTWEAVE_LINUX_PERCPU_H
#define HOTWEAVE_LINUX_PERCPU_H

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/mmdebug.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest area and the largest alignment, in bytes. */
#define PCPU_MIN_UNIT_SIZE (32 << 10)

/*
 * An area of `size` bytes for each possible CPU, zeroed, aligned to `align` (a power of two, at most 4096).
 * NULL if the input lets it fail (a choice, once the task has called hotweave_fail_allocations()), and with a WARN for a size of 0 or above
 * PCPU_MIN_UNIT_SIZE, or a bad alignment. Without __GFP_DIRECT_RECLAIM any context, else may sleep (checked).
 * Scheduling point. Source: pcpu_alloc(), mm/percpu.c, 6.1.
 */
void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp);
void __percpu *__alloc_percpu(size_t size, size_t align);
/* Any context. NULL does nothing; a second free, or one of something else, is a finding. Counts as a write of all
 * copies. Scheduling point. */
void free_percpu(void __percpu *ptr);

#define alloc_percpu_gfp(type, gfp) \
	((__typeof__(type) __percpu *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), gfp))
#define alloc_percpu(type) ((__typeof__(type) __percpu *)__alloc_percpu(sizeof(type), __alignof__(type)))

/* True for an address in a copy of a static per-CPU variable. */
bool is_kernel_percpu_address(unsigned long addr);
/* The same, and *can_addr is its address in the copy of CPU 0: one identity for all copies. */
bool __is_kernel_percpu_address(unsigned long addr, unsigned long *can_addr);

/*
 * For a port of the allocator, which defines the three functions above itself: the memory behind an area, which the port has
 * accounted for. `caller` names it in reports, `owner` is the port's. As __alloc_percpu_gfp() and free_percpu() otherwise.
 */
void __percpu *hotweave_percpu_area(size_t size, size_t align, gfp_t gfp, const void *caller, void *owner);
void *hotweave_percpu_area_owner(void __percpu *ptr);
void hotweave_percpu_area_free(void __percpu *ptr);

#ifdef __cplusplus
}
#endif
#endif
