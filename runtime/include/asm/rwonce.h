/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * READ_ONCE() and WRITE_ONCE(), and the typed load and store that barriers and atomics are made of.
 * Follows include/asm-generic/rwonce.h of Linux 6.1; the access itself is the runtime's (hotweave/access.h).
 *
 * Any scalar type of 1, 2, 4 or 8 bytes: integers, bool, enums, pointers. Values travel bit by bit, so
 * nothing is converted on the way. A bit-field or a structure is a compile error, as in the kernel.
 * Context: any. Each is one scheduling point, before its effect.
 *
 * Include <linux/compiler.h> instead of this file.
 */
#ifndef HOTWEAVE_ASM_RWONCE_H
#define HOTWEAVE_ASM_RWONCE_H

#include <hotweave/access.h>
#include <linux/compiler_types.h>

/*
 * READ_ONCE(x): the value of x, read exactly once. Relaxed, pointers included: what a dependency orders
 * is the memory model's to know.
 * WRITE_ONCE(x, val): stores val, converted to x's type, exactly once. A statement.
 * hotweave_load_as(p, order), hotweave_store_as(p, val, order): the same for *p and any order.
 */
#define READ_ONCE(x) hotweave_load_as(&(x), HOTWEAVE_RELAXED)
#define WRITE_ONCE(x, val)                                            \
	do {                                                          \
		hotweave_store_as(&(x), (val), HOTWEAVE_RELAXED);     \
	} while (0)
/* For READ_ONCE() of memory that is not naturally aligned or may vanish; the same here. */
#define __READ_ONCE(x) READ_ONCE(x)
#define __WRITE_ONCE(x, val) WRITE_ONCE(x, val)
#define READ_ONCE_NOCHECK(x) READ_ONCE(x)

#ifdef __cplusplus
extern "C++" {

/* An integer or pointer as the 64 bits it occupies, and back. */
template <class T> union hotweave_bits {
	static_assert(__native_word(T), "marked access to a type that is not 1, 2, 4 or 8 bytes");
	uint64_t bits;
	T value;
};

template <class T> __always_inline T hotweave_from_bits(uint64_t bits)
{
	hotweave_bits<T> u = { bits };
	return u.value;
}

template <class T> __always_inline uint64_t hotweave_to_bits(T value)
{
	hotweave_bits<T> u = { 0 };
	u.value = value;
	return u.bits;
}

template <class T> __always_inline T hotweave_load_as(const volatile T *p, hotweave_order order)
{
	return hotweave_from_bits<T>(hotweave_load(p, sizeof(T), order));
}

/* The value's type does not take part in deduction: it converts to *p's, as in an assignment. */
template <class T>
__always_inline void hotweave_store_as(volatile T *p, typename hotweave_unqual<T>::type value,
				       hotweave_order order)
{
	hotweave_store(p, sizeof(T), hotweave_to_bits<T>(value), order);
}

}
#else

#define hotweave_load_as(p, order)                                                                  \
	({                                                                                          \
		_Static_assert(__native_word(*(p)), "marked access to a type of no machine size");  \
		union {                                                                             \
			uint64_t bits;                                                              \
			__unqual_scalar_typeof(*(p)) value;                                         \
		} hw_loaded = { hotweave_load((p), sizeof(*(p)), (order)) };                        \
		hw_loaded.value;                                                                    \
	})

#define hotweave_store_as(p, val, order)                                                            \
	({                                                                                          \
		_Static_assert(__native_word(*(p)), "marked access to a type of no machine size");  \
		__typeof__(p) hw_place = (p);                                                       \
		union {                                                                             \
			uint64_t bits;                                                              \
			__unqual_scalar_typeof(*(p)) value;                                         \
		} hw_stored = { 0 };                                                                \
		hw_stored.value = (val);                                                            \
		hotweave_store(hw_place, sizeof(*(p)), hw_stored.bits, (order));                    \
	})

#endif
#endif
