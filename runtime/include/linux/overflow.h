/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Arithmetic that notices overflow, and sizes that saturate. Follows include/linux/overflow.h of Linux
 * 6.1. Any context; depends on limits.h.
 */
#ifndef HOTWEAVE_LINUX_OVERFLOW_H
#define HOTWEAVE_LINUX_OVERFLOW_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/types.h>

/* *d becomes the wrapped result; true if it does not fit. */
static inline bool __must_check hotweave_must_check_overflow(bool overflow)
{
	return overflow;
}
#define check_add_overflow(a, b, d) hotweave_must_check_overflow(__builtin_add_overflow((a), (b), (d)))
#define check_sub_overflow(a, b, d) hotweave_must_check_overflow(__builtin_sub_overflow((a), (b), (d)))
#define check_mul_overflow(a, b, d) hotweave_must_check_overflow(__builtin_mul_overflow((a), (b), (d)))

#define is_signed_type(type) (((type)(-1)) < (type)1)
#define overflows_type(x, T)                                    \
	({                                                      \
		__unqual_scalar_typeof(T) hw_fits;              \
		__builtin_add_overflow((x), 0, &hw_fits);       \
	})

/* SIZE_MAX instead of a wrapped result: no allocation of that size succeeds. */
static inline size_t __must_check size_mul(size_t factor1, size_t factor2)
{
	size_t bytes;

	return check_mul_overflow(factor1, factor2, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_add(size_t addend1, size_t addend2)
{
	size_t bytes;

	return check_add_overflow(addend1, addend2, &bytes) ? SIZE_MAX : bytes;
}

static inline size_t __must_check size_sub(size_t minuend, size_t subtrahend)
{
	size_t bytes;

	if (minuend == SIZE_MAX || subtrahend == SIZE_MAX)
		return SIZE_MAX;
	return check_sub_overflow(minuend, subtrahend, &bytes) ? SIZE_MAX : bytes;
}

#define array_size(a, b) size_mul((a), (b))
#define array3_size(a, b, c) size_mul(size_mul((a), (b)), (c))
/* Bytes of `count` elements of a trailing array; of the structure with them. */
#define flex_array_size(p, member, count) \
	size_mul((count), sizeof(*(p)->member))
#define struct_size(p, member, count) \
	size_add(sizeof(*(p)), flex_array_size((p), member, (count)))

#endif
