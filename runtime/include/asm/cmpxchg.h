/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * xchg(), cmpxchg() and try_cmpxchg() on any scalar variable of 1, 2, 4 or 8 bytes. Follows
 * Documentation/atomic_t.txt and include/linux/atomic/atomic-instrumented.h of Linux 6.1. Any context.
 * Each is one scheduling point, before its effect; a failed compare orders nothing. `ptr` is evaluated
 * once. Include <linux/atomic.h> instead.
 */
#ifndef HOTWEAVE_ASM_CMPXCHG_H
#define HOTWEAVE_ASM_CMPXCHG_H

#include <linux/compiler.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif
/*
 * hotweave_cmpxchg() under the promise that it does not keep the address of `expected`. With it the
 * compiler knows that no other task can see that local variable and does not instrument its accesses,
 * which would otherwise become scheduling points of their own.
 */
bool hotweave_cmpxchg_local_expected(volatile void *p, unsigned int size,
				     uint64_t *expected __attribute__((__noescape__)), uint64_t desired,
				     enum hotweave_order order) __asm__("hotweave_cmpxchg");
#ifdef __cplusplus
}
#endif

/* The bits found at p: equal to `old` if and only if `desired` was stored. */
static __always_inline uint64_t hotweave_cmpxchg_bits(volatile void *p, unsigned int size, uint64_t old,
						      uint64_t desired, enum hotweave_order order)
{
	hotweave_cmpxchg_local_expected(p, size, &old, desired, order);
	return old;
}

#ifdef __cplusplus
extern "C++" {

template <class T>
__always_inline T hotweave_xchg_as(volatile T *p, typename hotweave_unqual<T>::type value, hotweave_order order)
{
	return hotweave_from_bits<T>(
		hotweave_rmw(p, sizeof(T), HOTWEAVE_XCHG, hotweave_to_bits<T>(value), order));
}

template <class T>
__always_inline T hotweave_cmpxchg_as(volatile T *p, typename hotweave_unqual<T>::type old,
				      typename hotweave_unqual<T>::type desired, hotweave_order order)
{
	return hotweave_from_bits<T>(hotweave_cmpxchg_bits(p, sizeof(T), hotweave_to_bits<T>(old),
							   hotweave_to_bits<T>(desired), order));
}

}
#else

#define hotweave_xchg_as(p, v, order)                                                            \
	({                                                                                       \
		__typeof__(p) hw_place = (p);                                                    \
		union {                                                                          \
			uint64_t bits;                                                           \
			__unqual_scalar_typeof(*(p)) value;                                      \
		} hw_new = { 0 };                                                                \
		hw_new.value = (v);                                                              \
		hw_new.bits = hotweave_rmw(hw_place, sizeof(*(p)), HOTWEAVE_XCHG, hw_new.bits, (order)); \
		hw_new.value;                                                                    \
	})

#define hotweave_cmpxchg_as(p, o, n, order)                                                      \
	({                                                                                       \
		__typeof__(p) hw_place = (p);                                                    \
		union {                                                                          \
			uint64_t bits;                                                           \
			__unqual_scalar_typeof(*(p)) value;                                      \
		} hw_old = { 0 }, hw_new = { 0 };                                                \
		hw_old.value = (o);                                                              \
		hw_new.value = (n);                                                              \
		hw_old.bits = hotweave_cmpxchg_bits(hw_place, sizeof(*(p)), hw_old.bits, hw_new.bits, (order)); \
		hw_old.value;                                                                    \
	})
#endif

/* Stores and compares as above; on failure *oldp becomes the value found. Returns success. */
#define hotweave_try_cmpxchg_as(p, oldp, n, order)                                               \
	({                                                                                       \
		__typeof__(oldp) hw_oldp = (oldp);                                               \
		__unqual_scalar_typeof(*(oldp)) hw_expected = *hw_oldp;                          \
		__unqual_scalar_typeof(*(oldp)) hw_found =                                       \
			hotweave_cmpxchg_as((p), hw_expected, (n), order);                       \
		bool hw_done = hw_found == hw_expected;                                          \
		if (!hw_done)                                                                    \
			*hw_oldp = hw_found;                                                     \
		hw_done;                                                                         \
	})

/* The value before, whether or not it was exchanged. */
#define xchg(ptr, v) hotweave_xchg_as((ptr), (v), HOTWEAVE_FULL)
#define xchg_acquire(ptr, v) hotweave_xchg_as((ptr), (v), HOTWEAVE_ACQUIRE)
#define xchg_release(ptr, v) hotweave_xchg_as((ptr), (v), HOTWEAVE_RELEASE)
#define xchg_relaxed(ptr, v) hotweave_xchg_as((ptr), (v), HOTWEAVE_RELAXED)

#define cmpxchg(ptr, o, n) hotweave_cmpxchg_as((ptr), (o), (n), HOTWEAVE_FULL)
#define cmpxchg_acquire(ptr, o, n) hotweave_cmpxchg_as((ptr), (o), (n), HOTWEAVE_ACQUIRE)
#define cmpxchg_release(ptr, o, n) hotweave_cmpxchg_as((ptr), (o), (n), HOTWEAVE_RELEASE)
#define cmpxchg_relaxed(ptr, o, n) hotweave_cmpxchg_as((ptr), (o), (n), HOTWEAVE_RELAXED)
#define cmpxchg64(ptr, o, n) cmpxchg((ptr), (o), (n))
#define cmpxchg64_acquire(ptr, o, n) cmpxchg_acquire((ptr), (o), (n))
#define cmpxchg64_release(ptr, o, n) cmpxchg_release((ptr), (o), (n))
#define cmpxchg64_relaxed(ptr, o, n) cmpxchg_relaxed((ptr), (o), (n))
/* Atomic against interrupts of this CPU alone in the kernel; against everybody here. */
#define cmpxchg_local(ptr, o, n) cmpxchg_relaxed((ptr), (o), (n))
#define sync_cmpxchg(ptr, o, n) cmpxchg((ptr), (o), (n))

#define try_cmpxchg(ptr, oldp, n) hotweave_try_cmpxchg_as((ptr), (oldp), (n), HOTWEAVE_FULL)
#define try_cmpxchg_acquire(ptr, oldp, n) hotweave_try_cmpxchg_as((ptr), (oldp), (n), HOTWEAVE_ACQUIRE)
#define try_cmpxchg_release(ptr, oldp, n) hotweave_try_cmpxchg_as((ptr), (oldp), (n), HOTWEAVE_RELEASE)
#define try_cmpxchg_relaxed(ptr, oldp, n) hotweave_try_cmpxchg_as((ptr), (oldp), (n), HOTWEAVE_RELAXED)

#endif
