/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Memory barriers and ordered accesses. Follows include/asm-generic/barrier.h of Linux 6.1 and
 * tools/memory-model/linux-kernel.def. No assembly: each is a call of hotweave/access.h, and what it
 * orders is the memory model's business. Any context. Each access and each barrier is a scheduling point.
 */
#ifndef HOTWEAVE_ASM_BARRIER_H
#define HOTWEAVE_ASM_BARRIER_H

#include <asm/processor.h>
#include <linux/compiler.h>

#define smp_mb() hotweave_fence(HOTWEAVE_MB)
#define smp_rmb() hotweave_fence(HOTWEAVE_RMB)
#define smp_wmb() hotweave_fence(HOTWEAVE_WMB)
/* Of devices too; there are none here. */
#define mb() smp_mb()
#define rmb() smp_rmb()
#define wmb() smp_wmb()
#define dma_mb() smp_mb()
#define dma_rmb() smp_rmb()
#define dma_wmb() smp_wmb()
#define virt_mb() smp_mb()
#define virt_rmb() smp_rmb()
#define virt_wmb() smp_wmb()

/* Around an atomic operation without a value, which orders nothing by itself. */
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()
/* After taking a spinlock: orders it with the accesses before it. */
#define smp_mb__after_spinlock() smp_mb()
#define smp_mb__after_unlock_lock() smp_mb()
#define smp_mb__after_srcu_read_unlock() ((void)0)

/* p points to the variable; the value converts as in an assignment. */
#define smp_load_acquire(p) hotweave_load_as((p), HOTWEAVE_ACQUIRE)
#define smp_store_release(p, v)                                    \
	do {                                                       \
		hotweave_store_as((p), (v), HOTWEAVE_RELEASE);     \
	} while (0)
/* Stores `value` to the variable `var` and orders it before everything that follows. */
#define smp_store_mb(var, value)          \
	do {                              \
		WRITE_ONCE(var, value);   \
		smp_mb();                 \
	} while (0)

/* Turns the control dependency on the load before it into an acquire. */
#define smp_acquire__after_ctrl_dep() smp_rmb()
#define smp_read_barrier_depends() ((void)0)

/*
 * Spins until cond_expr, in which VAL names the value of *ptr just loaded, is true; that value.
 */
#define smp_cond_load_relaxed(ptr, cond_expr)                            \
	({                                                               \
		__typeof__(ptr) hw_watched = (ptr);                      \
		__unqual_scalar_typeof(*(ptr)) VAL;                      \
		for (;;) {                                               \
			VAL = READ_ONCE(*hw_watched);                    \
			if (cond_expr)                                   \
				break;                                   \
			cpu_relax();                                     \
		}                                                        \
		VAL;                                                     \
	})
#define smp_cond_load_acquire(ptr, cond_expr)                                    \
	({                                                                       \
		__unqual_scalar_typeof(*(ptr)) hw_final;                         \
		hw_final = smp_cond_load_relaxed((ptr), (cond_expr));            \
		smp_acquire__after_ctrl_dep();                                   \
		hw_final;                                                        \
	})

#endif
