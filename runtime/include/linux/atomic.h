/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * atomic_t (int), atomic64_t (s64) and atomic_long_t (long). Follows include/linux/atomic.h of Linux 6.1;
 * the functions and their ordering are in <linux/atomic/family.h>. Types and initialisers: <linux/types.h>.
 * In C++ atomic_and(), _or() and _xor() keep their names: only the bare words are operators there.
 */
#ifndef HOTWEAVE_LINUX_ATOMIC_H
#define HOTWEAVE_LINUX_ATOMIC_H

#include <asm/barrier.h>
#include <asm/cmpxchg.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* C11's generic macros of these names, if <stdatomic.h> came first: here the kernel's functions win. */
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_or
#undef atomic_fetch_xor
#undef atomic_fetch_and

#define HW_ATOMIC atomic
#define HW_ATOMIC_T atomic_t
#define HW_ATOMIC_INT int
#define HW_ATOMIC_WORD unsigned int
#include <linux/atomic/family.h>

#define HW_ATOMIC atomic64
#define HW_ATOMIC_T atomic64_t
#define HW_ATOMIC_INT s64
#define HW_ATOMIC_WORD u64
#include <linux/atomic/family.h>

typedef atomic64_t atomic_long_t;
#define ATOMIC_LONG_INIT(i) ATOMIC64_INIT(i)

#define HW_ATOMIC atomic_long
#define HW_ATOMIC_T atomic_long_t
#define HW_ATOMIC_INT long
#define HW_ATOMIC_WORD unsigned long
#include <linux/atomic/family.h>

#define atomic_cond_read_acquire(v, c) smp_cond_load_acquire(&(v)->counter, (c))
#define atomic_cond_read_relaxed(v, c) smp_cond_load_relaxed(&(v)->counter, (c))
#define atomic64_cond_read_acquire(v, c) smp_cond_load_acquire(&(v)->counter, (c))
#define atomic64_cond_read_relaxed(v, c) smp_cond_load_relaxed(&(v)->counter, (c))
#define atomic_long_cond_read_acquire(v, c) atomic64_cond_read_acquire((v), (c))
#define atomic_long_cond_read_relaxed(v, c) atomic64_cond_read_relaxed((v), (c))

#endif
