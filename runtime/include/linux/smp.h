/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Calling functions on other CPUs; which CPU this is (<asm/smp.h>). Follows include/linux/smp.h and kernel/smp.c of
 * Linux 6.1.
 *
 * A call is an interrupt of the CPU: `func(info)` runs there in hardirq context, as soon as a decision of the input
 * lets it and interrupts are enabled there; calls for one CPU run in the order in which they were queued. What
 * precedes the call happens before `func`; with `wait`, `func` happens before what follows the call. The caller
 * waits with preemption off and interrupts as they were: it deadlocks with a CPU that keeps interrupts off until
 * the caller does something (finding deadlock).
 *
 * Context: tasks, with interrupts on; with interrupts off or in a handler, hard or soft, it is a finding of kind
 * assertion, as the kernel's WARN_ON_ONCE(). (smp_call_function_single_async(): any.) `func` must not sleep.
 * Scheduling points: the call, and the wait.
 */
#ifndef HOTWEAVE_LINUX_SMP_H
#define HOTWEAVE_LINUX_SMP_H

#include <asm/smp.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Calls ------------------------------------------------------------------------------------- */

typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);

/* A call without memory of its own: the caller's. Zero it or use INIT_CSD() once. */
struct __call_single_data {
	unsigned int u_flags; /* CSD_FLAG_LOCK while it is queued */
	smp_call_func_t func;
	void *info;
};
typedef struct __call_single_data call_single_data_t;

#define CSD_FLAG_LOCK 0x01
#define INIT_CSD(_csd, _func, _info)          \
	do {                                  \
		(_csd)->u_flags = 0;          \
		(_csd)->func = (_func);       \
		(_csd)->info = (_info);       \
	} while (0)

/* On one CPU; on this one `func` runs at once with interrupts off. 0, or -ENXIO if `cpu` is not online. */
int smp_call_function_single(int cpuid, smp_call_func_t func, void *info, int wait);
/* Never waits. -EBUSY if `csd` is still queued. `csd` is free again just before its function runs. Any context. */
int smp_call_function_single_async(int cpu, call_single_data_t *csd);
/* On one CPU of `mask`, this one if possible. -ENXIO if none is online. */
int smp_call_function_any(const struct cpumask *mask, smp_call_func_t func, void *info, int wait);

/* On all online CPUs of `mask` but this one. Preemption must be off (else assertion). */
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);
/* On all online CPUs but this one. */
void smp_call_function(smp_call_func_t func, void *info, int wait);

/* On those online CPUs of `mask` (this one too, with interrupts off) for which `cond_func` is true (NULL: all). */
void on_each_cpu_cond_mask(smp_cond_func_t cond_func, smp_call_func_t func, void *info, bool wait,
			   const struct cpumask *mask);

static inline void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	on_each_cpu_cond_mask(NULL, func, info, wait, cpu_online_mask);
}

static inline void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	on_each_cpu_cond_mask(NULL, func, info, wait, mask);
}

static inline void on_each_cpu_cond(smp_cond_func_t cond_func, smp_call_func_t func, void *info, bool wait)
{
	on_each_cpu_cond_mask(cond_func, func, info, wait, cpu_online_mask);
}

/* Returns when every other online CPU has been in an interrupt since the call. */
void kick_all_cpus_sync(void);

#ifdef __cplusplus
}
#endif
#endif
