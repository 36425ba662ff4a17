/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Per-CPU variables: definition, addresses of copies, and operations on the current CPU's copy. Follows
 * include/linux/percpu-defs.h of Linux 6.1 (SMP). Include <linux/percpu.h> instead.
 *
 * DEFINE_PER_CPU(int, x) defines a template that no code may touch: an access to x itself is a finding of kind
 * wild-access. Each CPU has a copy, which starts every execution as the template was initialised. Reports call
 * the copies x@cpu0, x@cpu1 … A __percpu pointer (&x, or what alloc_percpu() returned) is dereferenced after
 * per_cpu_ptr() and its like; per_cpu_ptr() of anything else is a finding.
 *
 * Three families of operations on the current CPU's copy, as in the kernel:
 *
 *   this_cpu_*    Any context. One step for everybody on this CPU, interrupts included. A marked access (as
 *                 READ_ONCE() and WRITE_ONCE() are), ordered after and before every section of this CPU with
 *                 preemption or interrupts off. Scheduling points: one, before it; the CPU is the one the task
 *                 is on after that.
 *   __this_cpu_*  Preemption must be off, else a finding of kind wrong-cpu (CONFIG_DEBUG_PREEMPT). Plain
 *                 accesses: interrupts may come between the load and the store of __this_cpu_inc(), and code
 *                 that runs on another CPU may race with them. (On x86 they are single instructions; the
 *                 generic kernel code behaves as here.) Scheduling points: each access.
 *   raw_cpu_*     The same without the check, for code that accepts an approximate result: marked accesses,
 *                 the load and the store of raw_cpu_inc() are two steps. Scheduling points: each access.
 *
 * Types: integers, enums and pointers of 1, 2, 4 or 8 bytes; else a compile error. An operand is converted to
 * the variable's type.
 * Model: sections (shared-aligned, read-mostly …) are one; alignment alone is kept.
 */
#ifndef HOTWEAVE_LINUX_PERCPU_DEFS_H
#define HOTWEAVE_LINUX_PERCPU_DEFS_H

#include <hotweave/access.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/threads.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Definition ----------------------------------------------------------------------------------- */

#define PER_CPU_BASE_SECTION "hw_percpu"
#define __PCPU_ATTRS(sec) __percpu __attribute__((section(PER_CPU_BASE_SECTION)))

#define DECLARE_PER_CPU_SECTION(type, name, sec) extern __PCPU_ATTRS(sec) __typeof__(type) name
#define DEFINE_PER_CPU_SECTION(type, name, sec) __PCPU_ATTRS(sec) __typeof__(type) name

/* File scope; `static` may precede, an initialiser may follow. In C++ that must be a constant. */
#define DECLARE_PER_CPU(type, name) DECLARE_PER_CPU_SECTION(type, name, "")
#define DEFINE_PER_CPU(type, name) DEFINE_PER_CPU_SECTION(type, name, "")
#define DECLARE_PER_CPU_FIRST(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_FIRST(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name) DECLARE_PER_CPU(type, name) ____cacheline_aligned_in_smp
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU(type, name) ____cacheline_aligned_in_smp
#define DECLARE_PER_CPU_ALIGNED(type, name) DECLARE_PER_CPU(type, name) ____cacheline_aligned
#define DEFINE_PER_CPU_ALIGNED(type, name) DEFINE_PER_CPU(type, name) ____cacheline_aligned
#define DECLARE_PER_CPU_PAGE_ALIGNED(type, name) DECLARE_PER_CPU(type, name) __attribute__((__aligned__(4096)))
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name) DEFINE_PER_CPU(type, name) __attribute__((__aligned__(4096)))
#define DECLARE_PER_CPU_READ_MOSTLY(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_READ_MOSTLY(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_DECRYPTED(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_DECRYPTED(type, name) DEFINE_PER_CPU(type, name)

#define EXPORT_PER_CPU_SYMBOL(var) EXPORT_SYMBOL(var)
#define EXPORT_PER_CPU_SYMBOL_GPL(var) EXPORT_SYMBOL_GPL(var)

/* ---- Addresses: no scheduling point, any context unless it says otherwise ---------------------------- */

/* The copy of `cpu`, of the current CPU (the latter with the check of __this_cpu_* if `what`). Pointers near
 * NULL stay as they are; for a CPU that cannot exist the result is the template, which must not be accessed. */
void *hotweave_per_cpu_ptr(const volatile void *ptr, unsigned int cpu);
void *hotweave_this_cpu_ptr(const volatile void *ptr, const char *what);

/* Bytes from a per-CPU pointer to the copy of a CPU; 0 for one that cannot exist. */
unsigned long hotweave_per_cpu_offset(unsigned int cpu);
#define per_cpu_offset(cpu) hotweave_per_cpu_offset(cpu)
#define __my_cpu_offset per_cpu_offset(raw_smp_processor_id())
#define my_cpu_offset per_cpu_offset(smp_processor_id())

#ifdef __cplusplus
}
extern "C++" {
template <class T> static inline T *hotweave_percpu_as(T *, void *copy) { return static_cast<T *>(copy); }
}
extern "C" {
#else
#define hotweave_percpu_as(ptr, copy) ((__typeof__((ptr) + 0))(copy))
#endif

/* A compile error unless `ptr` is a pointer. */
#define __verify_pcpu_ptr(ptr)                                               \
	do {                                                                 \
		const volatile void *__vpp_verify = (ptr);                   \
		(void)__vpp_verify;                                          \
	} while (0)

#define SHIFT_PERCPU_PTR(__p, __offset) \
	hotweave_percpu_as((__p), (void *)((unsigned long)(__p) + (unsigned long)(__offset)))

#define per_cpu_ptr(ptr, cpu) hotweave_percpu_as((ptr), hotweave_per_cpu_ptr((ptr), (unsigned int)(cpu)))
#define per_cpu(var, cpu) (*per_cpu_ptr(&(var), cpu))

#define raw_cpu_ptr(ptr) hotweave_percpu_as((ptr), hotweave_this_cpu_ptr((ptr), (const char *)0))
#define arch_raw_cpu_ptr(ptr) raw_cpu_ptr(ptr)
/* Preemption off, or the task bound to its CPU; else a finding of kind wrong-cpu. The pointer is stale as soon
 * as that ends. */
#define this_cpu_ptr(ptr) hotweave_percpu_as((ptr), hotweave_this_cpu_ptr((ptr), "this_cpu_ptr()"))

/* Preemption goes off with get_ and on again with put_, which is a scheduling point. */
#define get_cpu_var(var)                          \
	(*({                                      \
		preempt_disable();                \
		this_cpu_ptr(&(var));             \
	}))
#define put_cpu_var(var)                          \
	do {                                      \
		(void)&(var);                     \
		preempt_enable();                 \
	} while (0)
#define get_cpu_ptr(var)                          \
	({                                        \
		preempt_disable();                \
		this_cpu_ptr(var);                \
	})
#define put_cpu_ptr(var)                          \
	do {                                      \
		(void)(var);                      \
		preempt_enable();                 \
	} while (0)

/* ---- Operations -------------------------------------------------------------------------------------- */

uint64_t hotweave_this_cpu_load(const volatile void *pcp, unsigned int size);
void hotweave_this_cpu_store(volatile void *pcp, unsigned int size, uint64_t value);
uint64_t hotweave_this_cpu_rmw(volatile void *pcp, unsigned int size, enum hotweave_rmw_op op, uint64_t operand);
uint64_t hotweave_this_cpu_cmpxchg(volatile void *pcp, unsigned int size, uint64_t old, uint64_t desired);

#define hotweave_pcpu_type(pcp) __typeof__((pcp))
/* A value of the variable's type as bits, and back. */
#define hotweave_pcpu_bits(pcp, val) ((uint64_t)(hotweave_pcpu_type(pcp))(val))
#define hotweave_pcpu_value(pcp, bits)                                                             \
	({                                                                                         \
		_Static_assert(__native_word(pcp), "per-CPU operation on a type of no machine size"); \
		(hotweave_pcpu_type(pcp))(bits);                                                   \
	})
#define hotweave_pcpu_rmw(pcp, op, val)                                                            \
	hotweave_pcpu_value(pcp, hotweave_this_cpu_rmw(&(pcp), sizeof(pcp), (op), hotweave_pcpu_bits(pcp, val)))

#define this_cpu_read(pcp) hotweave_pcpu_value(pcp, hotweave_this_cpu_load(&(pcp), sizeof(pcp)))
#define this_cpu_write(pcp, val) hotweave_this_cpu_store(&(pcp), sizeof(pcp), hotweave_pcpu_bits(pcp, val))
#define this_cpu_add(pcp, val) ((void)hotweave_pcpu_rmw(pcp, HOTWEAVE_ADD, val))
#define this_cpu_and(pcp, val) ((void)hotweave_pcpu_rmw(pcp, HOTWEAVE_AND, val))
#define this_cpu_or(pcp, val) ((void)hotweave_pcpu_rmw(pcp, HOTWEAVE_OR, val))
#define this_cpu_sub(pcp, val) this_cpu_add(pcp, -(hotweave_pcpu_type(pcp))(val))
#define this_cpu_inc(pcp) this_cpu_add(pcp, 1)
#define this_cpu_dec(pcp) this_cpu_sub(pcp, 1)
/* The value after. */
#define this_cpu_add_return(pcp, val)                                                              \
	({                                                                                         \
		hotweave_pcpu_type(pcp) hw_added = (hotweave_pcpu_type(pcp))(val);                 \
		(hotweave_pcpu_type(pcp))(hotweave_pcpu_rmw(pcp, HOTWEAVE_ADD, hw_added) + hw_added); \
	})
#define this_cpu_sub_return(pcp, val) this_cpu_add_return(pcp, -(hotweave_pcpu_type(pcp))(val))
#define this_cpu_inc_return(pcp) this_cpu_add_return(pcp, 1)
#define this_cpu_dec_return(pcp) this_cpu_add_return(pcp, -1)
/* The value before. */
#define this_cpu_xchg(pcp, nval) hotweave_pcpu_rmw(pcp, HOTWEAVE_XCHG, nval)
#define this_cpu_cmpxchg(pcp, oval, nval)                                                          \
	hotweave_pcpu_value(pcp, hotweave_this_cpu_cmpxchg(&(pcp), sizeof(pcp), hotweave_pcpu_bits(pcp, oval), \
							   hotweave_pcpu_bits(pcp, nval)))

/* What the other two families are made of, on the address that `ptr_fn` gives: plain, or marked in two steps. */
#define hotweave_pcpu_checked(pcp, what) \
	hotweave_percpu_as(&(pcp), hotweave_this_cpu_ptr(&(pcp), "__this_cpu_" what "()"))
#define hotweave_pcpu_word(pcp) _Static_assert(__native_word(pcp), "per-CPU operation on a type of no machine size")

#define __this_cpu_read(pcp)                                                  \
	({                                                                    \
		hotweave_pcpu_word(pcp);                                      \
		*hotweave_pcpu_checked(pcp, "read");                          \
	})
#define __this_cpu_write(pcp, val)                                            \
	do {                                                                  \
		hotweave_pcpu_word(pcp);                                      \
		*hotweave_pcpu_checked(pcp, "write") = (val);                 \
	} while (0)
#define hotweave_pcpu_plain(pcp, what, assign, val)                           \
	do {                                                                  \
		hotweave_pcpu_word(pcp);                                      \
		__typeof__(&(pcp)) hw_copy = hotweave_pcpu_checked(pcp, what); \
		*hw_copy assign (val);                                        \
	} while (0)
#define __this_cpu_add(pcp, val) hotweave_pcpu_plain(pcp, "add", +=, val)
#define __this_cpu_and(pcp, val) hotweave_pcpu_plain(pcp, "and", &=, val)
#define __this_cpu_or(pcp, val) hotweave_pcpu_plain(pcp, "or", |=, val)
#define __this_cpu_sub(pcp, val) hotweave_pcpu_plain(pcp, "sub", -=, val)
#define __this_cpu_inc(pcp) hotweave_pcpu_plain(pcp, "inc", +=, 1)
#define __this_cpu_dec(pcp) hotweave_pcpu_plain(pcp, "dec", -=, 1)
#define hotweave_pcpu_plain_return(pcp, what, val)                            \
	({                                                                    \
		hotweave_pcpu_word(pcp);                                      \
		__typeof__(&(pcp)) hw_copy = hotweave_pcpu_checked(pcp, what); \
		hotweave_pcpu_type(pcp) hw_after =                            \
			(hotweave_pcpu_type(pcp))(*hw_copy + (hotweave_pcpu_type(pcp))(val)); \
		*hw_copy = hw_after;                                          \
		hw_after;                                                     \
	})
#define __this_cpu_add_return(pcp, val) hotweave_pcpu_plain_return(pcp, "add_return", val)
#define __this_cpu_sub_return(pcp, val) hotweave_pcpu_plain_return(pcp, "sub_return", -(hotweave_pcpu_type(pcp))(val))
#define __this_cpu_inc_return(pcp) hotweave_pcpu_plain_return(pcp, "inc_return", 1)
#define __this_cpu_dec_return(pcp) hotweave_pcpu_plain_return(pcp, "dec_return", -1)
#define __this_cpu_xchg(pcp, nval)                                            \
	({                                                                    \
		hotweave_pcpu_word(pcp);                                      \
		__typeof__(&(pcp)) hw_copy = hotweave_pcpu_checked(pcp, "xchg"); \
		hotweave_pcpu_type(pcp) hw_before = *hw_copy;                 \
		*hw_copy = (nval);                                            \
		hw_before;                                                    \
	})
#define __this_cpu_cmpxchg(pcp, oval, nval)                                   \
	({                                                                    \
		hotweave_pcpu_word(pcp);                                      \
		__typeof__(&(pcp)) hw_copy = hotweave_pcpu_checked(pcp, "cmpxchg"); \
		hotweave_pcpu_type(pcp) hw_before = *hw_copy;                 \
		if (hw_before == (oval))                                      \
			*hw_copy = (nval);                                    \
		hw_before;                                                    \
	})

#define raw_cpu_read(pcp) READ_ONCE(*raw_cpu_ptr(&(pcp)))
#define raw_cpu_write(pcp, val) WRITE_ONCE(*raw_cpu_ptr(&(pcp)), (val))
#define hotweave_pcpu_raw(pcp, operator_, val)                                \
	do {                                                                  \
		__typeof__(&(pcp)) hw_copy = raw_cpu_ptr(&(pcp));             \
		WRITE_ONCE(*hw_copy, (hotweave_pcpu_type(pcp))(READ_ONCE(*hw_copy) operator_ (val))); \
	} while (0)
#define raw_cpu_add(pcp, val) hotweave_pcpu_raw(pcp, +, val)
#define raw_cpu_and(pcp, val) hotweave_pcpu_raw(pcp, &, val)
#define raw_cpu_or(pcp, val) hotweave_pcpu_raw(pcp, |, val)
#define raw_cpu_sub(pcp, val) hotweave_pcpu_raw(pcp, -, val)
#define raw_cpu_inc(pcp) raw_cpu_add(pcp, 1)
#define raw_cpu_dec(pcp) raw_cpu_sub(pcp, 1)
#define raw_cpu_add_return(pcp, val)                                          \
	({                                                                    \
		__typeof__(&(pcp)) hw_copy = raw_cpu_ptr(&(pcp));             \
		hotweave_pcpu_type(pcp) hw_after =                            \
			(hotweave_pcpu_type(pcp))(READ_ONCE(*hw_copy) + (hotweave_pcpu_type(pcp))(val)); \
		WRITE_ONCE(*hw_copy, hw_after);                               \
		hw_after;                                                     \
	})
#define raw_cpu_sub_return(pcp, val) raw_cpu_add_return(pcp, -(hotweave_pcpu_type(pcp))(val))
#define raw_cpu_inc_return(pcp) raw_cpu_add_return(pcp, 1)
#define raw_cpu_dec_return(pcp) raw_cpu_add_return(pcp, -1)
#define raw_cpu_xchg(pcp, nval)                                               \
	({                                                                    \
		__typeof__(&(pcp)) hw_copy = raw_cpu_ptr(&(pcp));             \
		hotweave_pcpu_type(pcp) hw_before = READ_ONCE(*hw_copy);      \
		WRITE_ONCE(*hw_copy, (nval));                                 \
		hw_before;                                                    \
	})
#define raw_cpu_cmpxchg(pcp, oval, nval)                                      \
	({                                                                    \
		__typeof__(&(pcp)) hw_copy = raw_cpu_ptr(&(pcp));             \
		hotweave_pcpu_type(pcp) hw_before = READ_ONCE(*hw_copy);      \
		if (hw_before == (oval))                                      \
			WRITE_ONCE(*hw_copy, (nval));                         \
		hw_before;                                                    \
	})

#ifdef __cplusplus
}
#endif
#endif
