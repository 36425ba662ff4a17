/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Branch hints, barriers for the compiler alone, READ_ONCE()/WRITE_ONCE() and data_race(). Follows
 * include/linux/compiler.h of Linux 6.1. Depends on hotweave/access.h.
 */
#ifndef HOTWEAVE_LINUX_COMPILER_H
#define HOTWEAVE_LINUX_COMPILER_H

#include <asm/rwonce.h>
#include <linux/kcsan-checks.h>
#include <linux/compiler_types.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Keeps the compiler from moving memory accesses across; orders nothing between CPUs. A function, not a
 * macro, so that std::barrier keeps its name. */
static __always_inline void barrier(void)
{
	__asm__ __volatile__("" : : : "memory");
}
#define barrier_data(ptr) __asm__ __volatile__("" : : "r"(ptr) : "memory")
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))
#define unreachable() __builtin_unreachable()

/*
 * data_race(expr): the value of expr, whose accesses are not checked for races, nor do others race with them.
 * They remain scheduling points, and memory errors are still findings. expr must not sleep.
 */
#ifdef __cplusplus
#define hotweave_auto auto
#else
#define hotweave_auto __auto_type
#endif
#define data_race(...)                                   \
	({                                               \
		hotweave_data_race_begin();              \
		hotweave_auto hw_value = (__VA_ARGS__);  \
		hotweave_data_race_end();                \
		hw_value;                                \
	})

/*
 * hotweave_missing_annotation(expr, reason): data_race(expr) where the kernel's code, in some version or in all, has a
 * bare access that races and that its authors live with: without it the target would find nothing else. `reason` is
 * a string literal. Every use is a row of docs/annotations.md, which names the versions. No kernel has this macro.
 */
#define hotweave_missing_annotation(expr, reason) data_race((void)sizeof("" reason), (expr))

/* A use the compiler cannot see through: the address of a symbol as a number or a pointer. */
#define RELOC_HIDE(ptr, off) ((__typeof__(ptr))((unsigned long)(ptr) + (off)))
#define absolute_pointer(val) RELOC_HIDE((void *)(val), 0)

/* __is_constexpr(x): 1 if x is an integer constant expression (C only: C++ has constexpr functions). */
#ifndef __cplusplus
#define __is_constexpr(x) \
	_Generic((1 ? (void *)((long)(x) * 0L) : (int *)1), int *: 1, default: 0)
#endif

#define __UNIQUE_ID(prefix) hotweave_paste3_(__UNIQUE_ID_, prefix, __COUNTER__)
#define hotweave_paste3_(a, b, c) hotweave_paste3__(a, b, c)
#define hotweave_paste3__(a, b, c) a##b##c

#endif
