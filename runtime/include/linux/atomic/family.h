/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One family of atomic functions, included by <linux/atomic.h> once per type. No include guard: before
 * each inclusion define HW_ATOMIC (the prefix: atomic), HW_ATOMIC_T (the type: atomic_t), HW_ATOMIC_INT
 * (what functions take and return: int) and HW_ATOMIC_WORD (the unsigned integer of the same size).
 *
 * Follows include/linux/atomic/atomic-instrumented.h and Documentation/atomic_t.txt of Linux 6.1:
 * - operations without a value (atomic_add) are relaxed;
 * - operations with a value are fully ordered without suffix; _acquire, _release and _relaxed say less;
 * - a conditional operation that fails orders nothing;
 * - arithmetic wraps in two's complement.
 * Any context. Every access is one scheduling point.
 */
#define HW_PASTE_(a, b) a##_##b
#define HW_PASTE(a, b) HW_PASTE_(a, b)
#define HW_FN(name) HW_PASTE(HW_ATOMIC, name)
#define HW_INLINE static __always_inline
#define HW_RMW(v, op, operand, order) \
	((HW_ATOMIC_INT)(HW_ATOMIC_WORD)hotweave_rmw(&(v)->counter, sizeof((v)->counter), op, \
						     (HW_ATOMIC_WORD)(operand), order))

HW_INLINE HW_ATOMIC_INT HW_FN(read)(const HW_ATOMIC_T *v) { return READ_ONCE(v->counter); }
HW_INLINE HW_ATOMIC_INT HW_FN(read_acquire)(const HW_ATOMIC_T *v) { return smp_load_acquire(&v->counter); }
HW_INLINE void HW_FN(set)(HW_ATOMIC_T *v, HW_ATOMIC_INT i) { WRITE_ONCE(v->counter, i); }
HW_INLINE void HW_FN(set_release)(HW_ATOMIC_T *v, HW_ATOMIC_INT i) { smp_store_release(&v->counter, i); }

/* Expands use(suffix, order) for the four orders. */
#define HW_ORDERS(use)                  \
	use(, HOTWEAVE_FULL)            \
	use(_acquire, HOTWEAVE_ACQUIRE) \
	use(_release, HOTWEAVE_RELEASE) \
	use(_relaxed, HOTWEAVE_RELAXED)

/* add, sub: v += i, v -= i; *_return: the value after; fetch_*: the value before. */
#define HW_ADD(suffix, order)                                                                             \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_add##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                 \
	{ return HW_RMW(v, HOTWEAVE_ADD, i, order); }                                                     \
	HW_INLINE HW_ATOMIC_INT HW_FN(add_return##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                \
	{ return (HW_ATOMIC_INT)((HW_ATOMIC_WORD)HW_RMW(v, HOTWEAVE_ADD, i, order) + (HW_ATOMIC_WORD)i); } \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_sub##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                 \
	{ return HW_RMW(v, HOTWEAVE_SUB, i, order); }                                                     \
	HW_INLINE HW_ATOMIC_INT HW_FN(sub_return##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                \
	{ return (HW_ATOMIC_INT)((HW_ATOMIC_WORD)HW_RMW(v, HOTWEAVE_SUB, i, order) - (HW_ATOMIC_WORD)i); } \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_inc##suffix)(HW_ATOMIC_T *v) { return HW_FN(fetch_add##suffix)(1, v); } \
	HW_INLINE HW_ATOMIC_INT HW_FN(inc_return##suffix)(HW_ATOMIC_T *v) { return HW_FN(add_return##suffix)(1, v); } \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_dec##suffix)(HW_ATOMIC_T *v) { return HW_FN(fetch_sub##suffix)(1, v); } \
	HW_INLINE HW_ATOMIC_INT HW_FN(dec_return##suffix)(HW_ATOMIC_T *v) { return HW_FN(sub_return##suffix)(1, v); }
HW_ORDERS(HW_ADD)
#undef HW_ADD
HW_INLINE void HW_FN(add)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_add_relaxed)(i, v); }
HW_INLINE void HW_FN(sub)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_sub_relaxed)(i, v); }
HW_INLINE void HW_FN(inc)(HW_ATOMIC_T *v) { HW_FN(fetch_add_relaxed)(1, v); }
HW_INLINE void HW_FN(dec)(HW_ATOMIC_T *v) { HW_FN(fetch_sub_relaxed)(1, v); }

/* and, or, xor, andnot (v &= ~i); fetch_*: the value before. */
#define HW_LOGIC(suffix, order)                                                                           \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_and##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                 \
	{ return HW_RMW(v, HOTWEAVE_AND, i, order); }                                                     \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_andnot##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)              \
	{ return HW_RMW(v, HOTWEAVE_AND, ~i, order); }                                                    \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_or##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                  \
	{ return HW_RMW(v, HOTWEAVE_OR, i, order); }                                                      \
	HW_INLINE HW_ATOMIC_INT HW_FN(fetch_xor##suffix)(HW_ATOMIC_INT i, HW_ATOMIC_T *v)                 \
	{ return HW_RMW(v, HOTWEAVE_XOR, i, order); }
HW_ORDERS(HW_LOGIC)
#undef HW_LOGIC
HW_INLINE void HW_FN(and)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_and_relaxed)(i, v); }
HW_INLINE void HW_FN(andnot)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_andnot_relaxed)(i, v); }
HW_INLINE void HW_FN(or)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_or_relaxed)(i, v); }
HW_INLINE void HW_FN(xor)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { HW_FN(fetch_xor_relaxed)(i, v); }

/* xchg and cmpxchg return the value before; try_cmpxchg returns success and updates *old on failure. */
#define HW_EXCHANGE(suffix, order)                                                                        \
	HW_INLINE HW_ATOMIC_INT HW_FN(xchg##suffix)(HW_ATOMIC_T *v, HW_ATOMIC_INT i)                      \
	{ return HW_RMW(v, HOTWEAVE_XCHG, i, order); }                                                    \
	HW_INLINE HW_ATOMIC_INT HW_FN(cmpxchg##suffix)(HW_ATOMIC_T *v, HW_ATOMIC_INT old, HW_ATOMIC_INT i) \
	{                                                                                                 \
		return (HW_ATOMIC_INT)(HW_ATOMIC_WORD)hotweave_cmpxchg_bits(                              \
			&v->counter, sizeof(v->counter), (HW_ATOMIC_WORD)old, (HW_ATOMIC_WORD)i, order);  \
	}                                                                                                 \
	HW_INLINE bool HW_FN(try_cmpxchg##suffix)(HW_ATOMIC_T *v, HW_ATOMIC_INT *old, HW_ATOMIC_INT i)    \
	{                                                                                                 \
		HW_ATOMIC_INT expected = *old;                                                            \
		HW_ATOMIC_INT found = HW_FN(cmpxchg##suffix)(v, expected, i);                             \
		if (found != expected)                                                                    \
			*old = found;                                                                     \
		return found == expected;                                                                 \
	}
HW_ORDERS(HW_EXCHANGE)
#undef HW_EXCHANGE

HW_INLINE bool HW_FN(sub_and_test)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { return HW_FN(sub_return)(i, v) == 0; }
HW_INLINE bool HW_FN(dec_and_test)(HW_ATOMIC_T *v) { return HW_FN(dec_return)(v) == 0; }
HW_INLINE bool HW_FN(inc_and_test)(HW_ATOMIC_T *v) { return HW_FN(inc_return)(v) == 0; }
HW_INLINE bool HW_FN(add_negative)(HW_ATOMIC_INT i, HW_ATOMIC_T *v) { return HW_FN(add_return)(i, v) < 0; }

/* v += a unless v == u; the value before. */
HW_INLINE HW_ATOMIC_INT HW_FN(fetch_add_unless)(HW_ATOMIC_T *v, HW_ATOMIC_INT a, HW_ATOMIC_INT u)
{
	HW_ATOMIC_INT c = HW_FN(read)(v);

	while (c != u) {
		if (HW_FN(try_cmpxchg)(v, &c, (HW_ATOMIC_INT)((HW_ATOMIC_WORD)c + (HW_ATOMIC_WORD)a)))
			break;
	}
	return c;
}

HW_INLINE bool HW_FN(add_unless)(HW_ATOMIC_T *v, HW_ATOMIC_INT a, HW_ATOMIC_INT u)
{
	return HW_FN(fetch_add_unless)(v, a, u) != u;
}

HW_INLINE bool HW_FN(inc_not_zero)(HW_ATOMIC_T *v)
{
	return HW_FN(add_unless)(v, 1, 0);
}

HW_INLINE bool HW_FN(inc_unless_negative)(HW_ATOMIC_T *v)
{
	HW_ATOMIC_INT c = HW_FN(read)(v);

	do {
		if (c < 0)
			return false;
	} while (!HW_FN(try_cmpxchg)(v, &c, (HW_ATOMIC_INT)((HW_ATOMIC_WORD)c + 1)));
	return true;
}

HW_INLINE bool HW_FN(dec_unless_positive)(HW_ATOMIC_T *v)
{
	HW_ATOMIC_INT c = HW_FN(read)(v);

	do {
		if (c > 0)
			return false;
	} while (!HW_FN(try_cmpxchg)(v, &c, (HW_ATOMIC_INT)((HW_ATOMIC_WORD)c - 1)));
	return true;
}

/* Decrements unless the result would be negative; the value after, or the negative one it would have been. */
HW_INLINE HW_ATOMIC_INT HW_FN(dec_if_positive)(HW_ATOMIC_T *v)
{
	HW_ATOMIC_INT c = HW_FN(read)(v);
	HW_ATOMIC_INT dec;

	do {
		dec = (HW_ATOMIC_INT)((HW_ATOMIC_WORD)c - 1);
		if (dec < 0)
			break;
	} while (!HW_FN(try_cmpxchg)(v, &c, dec));
	return dec;
}

#undef HW_ORDERS
#undef HW_RMW
#undef HW_INLINE
#undef HW_FN
#undef HW_PASTE
#undef HW_PASTE_
#undef HW_ATOMIC
#undef HW_ATOMIC_T
#undef HW_ATOMIC_INT
#undef HW_ATOMIC_WORD
