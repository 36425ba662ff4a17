/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * min(), max(), clamp() and swap(). Follows include/linux/minmax.h of Linux 6.1: both operands of min()
 * and max() have one type, min_t() and max_t() convert first, each operand is evaluated once, and constant
 * operands give a constant expression.
 *
 * In C++ these are constexpr templates, not macros, so that std::min and numeric_limits<T>::max() keep
 * their names, and constrained, so that the C++ library's own unqualified swap() stays unambiguous.
 */
#ifndef HOTWEAVE_LINUX_MINMAX_H
#define HOTWEAVE_LINUX_MINMAX_H

#include <linux/compiler.h>

#ifdef __cplusplus
extern "C++" {

template <class T> constexpr T min(T x, T y) { return y < x ? y : x; }
template <class T> constexpr T max(T x, T y) { return x < y ? y : x; }
template <class T> constexpr T min3(T x, T y, T z) { return min(min(x, y), z); }
template <class T> constexpr T max3(T x, T y, T z) { return max(max(x, y), z); }
template <class T> constexpr T clamp(T val, T lo, T hi) { return min(max(val, lo), hi); }
template <class T> constexpr T min_not_zero(T x, T y)
{
	return x == 0 ? y : (y == 0 ? x : min(x, y));
}

template <class T>
constexpr void swap(T &a, T &b) noexcept requires(__is_trivially_copyable(T))
{
	T tmp = a;

	a = b;
	b = tmp;
}

}
#define min_t(type, x, y) (min<type>((type)(x), (type)(y)))
#define max_t(type, x, y) (max<type>((type)(x), (type)(y)))
#define clamp_t(type, val, lo, hi) (clamp<type>((type)(val), (type)(lo), (type)(hi)))
#define clamp_val(val, lo, hi) clamp_t(hotweave_unqual<__typeof__(val)>::type, val, lo, hi)

#else

#define hotweave_pick(x, y, op) ((x) op (y) ? (x) : (y))
#define hotweave_pick_once(type, x, y, op)              \
	({                                              \
		type hw_x = (x);                        \
		type hw_y = (y);                        \
		hotweave_pick(hw_x, hw_y, op);          \
	})
/* Two different types make this sizeof differ from 1: the array's size is then negative. */
#define hotweave_one_type(x, y) \
	((int)sizeof(char[1 - 2 * !__same_type((x), (y))]) == 1)
#define hotweave_both_constant(x, y) \
	(hotweave_one_type(x, y) && __is_constexpr(x) && __is_constexpr(y))
#define hotweave_compare(x, y, op)                                                              \
	__builtin_choose_expr(hotweave_both_constant(x, y), hotweave_pick(x, y, op),            \
			      hotweave_pick_once(__typeof__(x), x, y, op))

#define min(x, y) hotweave_compare(x, y, <)
#define max(x, y) hotweave_compare(x, y, >)
#define min3(x, y, z) min((__typeof__(x))min(x, y), z)
#define max3(x, y, z) max((__typeof__(x))max(x, y), z)
#define min_t(type, x, y) hotweave_compare((type)(x), (type)(y), <)
#define max_t(type, x, y) hotweave_compare((type)(x), (type)(y), >)
#define clamp(val, lo, hi) min((__typeof__(val))max(val, lo), hi)
#define clamp_t(type, val, lo, hi) min_t(type, max_t(type, val, lo), hi)
#define clamp_val(val, lo, hi) clamp_t(__typeof__(val), val, lo, hi)
#define min_not_zero(x, y)                                                               \
	({                                                                               \
		__typeof__(x) hw_first = (x);                                            \
		__typeof__(y) hw_second = (y);                                           \
		hw_first == 0 ? hw_second :                                              \
				(hw_second == 0 ? hw_first : min(hw_first, hw_second));  \
	})
#define swap(a, b)                              \
	do {                                    \
		__typeof__(a) hw_tmp = (a);     \
		(a) = (b);                      \
		(b) = hw_tmp;                   \
	} while (0)
#endif

#endif
