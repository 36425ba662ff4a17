/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which CPU this is. Follows include/linux/smp.h of Linux 6.1. Apart from it so that <linux/sched.h> can have it
 * without everything else.
 */
#ifndef HOTWEAVE_ASM_SMP_H
#define HOTWEAVE_ASM_SMP_H

#include <linux/preempt.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The model CPU that the current task is on. smp_processor_id() asks for a context in which that stays true:
 * preemption, bottom halves, interrupts or migration off, or a task bound to one CPU; elsewhere it is a finding
 * of kind wrong-cpu. Not scheduling points. Source: debug_smp_processor_id(), lib/smp_processor_id.c, 6.1.
 */
unsigned int hotweave_smp_processor_id(void);
unsigned int hotweave_raw_smp_processor_id(void);
#define smp_processor_id() hotweave_smp_processor_id()
#define raw_smp_processor_id() hotweave_raw_smp_processor_id()
#define __smp_processor_id() hotweave_raw_smp_processor_id()

/* The same with preemption off until put_cpu(). */
#define get_cpu()                         \
	({                                \
		preempt_disable();        \
		smp_processor_id();       \
	})
#define put_cpu() preempt_enable()

#ifdef __cplusplus
}
#endif
#endif
