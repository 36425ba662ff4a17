/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Marked memory accesses: what READ_ONCE(), WRITE_ONCE(), smp_load_acquire(), atomics and barriers of
 * include/linux are made of. Not for targets: they use the kernel's names.
 *
 * Plain accesses never come here; the compiler's instrumentation reports them. A marked load returns a
 * value from the runtime, because a weak memory model may return an older one than memory holds.
 *
 * Contract of every function: `p` is naturally aligned, `size` is 1, 2, 4 or 8 (bytes); values travel
 * zero-extended in 64 bits. Any context. Each call on memory that targets share (their globals, the heap,
 * task stacks) is one scheduling point, before its effect; on other memory it is the bare access, and below
 * 64 KiB a finding of kind null-deref.
 */
#ifndef HOTWEAVE_ACCESS_H
#define HOTWEAVE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum hotweave_order {
	HOTWEAVE_RELAXED,
	HOTWEAVE_ACQUIRE,
	HOTWEAVE_RELEASE,
	HOTWEAVE_FULL, /* the kernel's fully ordered read-modify-write: smp_mb() before and after */
};

enum hotweave_rmw_op {
	HOTWEAVE_ADD,
	HOTWEAVE_SUB,
	HOTWEAVE_AND,
	HOTWEAVE_OR,
	HOTWEAVE_XOR,
	HOTWEAVE_XCHG,
};

enum hotweave_fence {
	HOTWEAVE_MB,
	HOTWEAVE_RMB,
	HOTWEAVE_WMB,
};

uint64_t hotweave_load(const volatile void *p, unsigned int size, enum hotweave_order order);
void hotweave_store(volatile void *p, unsigned int size, uint64_t value, enum hotweave_order order);
/* Returns the value before the operation. */
uint64_t hotweave_rmw(volatile void *p, unsigned int size, enum hotweave_rmw_op op, uint64_t operand,
		      enum hotweave_order order);
/* Stores `desired` if *p == *expected; else stores the value found into *expected. Returns success.
 * A failed compare is a relaxed load. */
bool hotweave_cmpxchg(volatile void *p, unsigned int size, uint64_t *expected, uint64_t desired,
		      enum hotweave_order order);
void hotweave_fence(enum hotweave_fence fence);

/* Until the matching end, plain accesses of the current task are not checked for races: data_race(). They
 * remain scheduling points, and memory errors are still findings. Nests. */
void hotweave_data_race_begin(void);
void hotweave_data_race_end(void);

#ifdef __cplusplus
}
#endif
#endif
