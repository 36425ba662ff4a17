/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Bits of arrays of unsigned long, and of single words. Follows include/linux/bitops.h,
 * include/asm-generic/bitops/ and Documentation/atomic_bitops.txt of Linux 6.1.
 *
 * set_bit(), clear_bit(), change_bit(): atomic, relaxed. test_and_*_bit(): atomic, fully ordered. _lock:
 * acquire; _unlock: release. test_bit(): a marked load. The __ forms: plain. Searching (<linux/find.h>) reads plainly.
 * Any context; each access of memory is a scheduling point, the functions on single words are not.
 */
#ifndef HOTWEAVE_LINUX_BITOPS_H
#define HOTWEAVE_LINUX_BITOPS_H

#include <asm/barrier.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* ---- Bits in memory ---------------------------------------------------------------------------- */

static __always_inline unsigned long hotweave_bit_rmw(long nr, volatile unsigned long *addr,
						      enum hotweave_rmw_op op, unsigned long operand,
						      enum hotweave_order order)
{
	return hotweave_rmw(addr + BIT_WORD(nr), sizeof(*addr), op, operand, order);
}

static __always_inline void set_bit(long nr, volatile unsigned long *addr)
{
	hotweave_bit_rmw(nr, addr, HOTWEAVE_OR, BIT_MASK(nr), HOTWEAVE_RELAXED);
}

static __always_inline void clear_bit(long nr, volatile unsigned long *addr)
{
	hotweave_bit_rmw(nr, addr, HOTWEAVE_AND, ~BIT_MASK(nr), HOTWEAVE_RELAXED);
}

static __always_inline void change_bit(long nr, volatile unsigned long *addr)
{
	hotweave_bit_rmw(nr, addr, HOTWEAVE_XOR, BIT_MASK(nr), HOTWEAVE_RELAXED);
}

static __always_inline void clear_bit_unlock(long nr, volatile unsigned long *addr)
{
	hotweave_bit_rmw(nr, addr, HOTWEAVE_AND, ~BIT_MASK(nr), HOTWEAVE_RELEASE);
}

static __always_inline bool test_and_set_bit(long nr, volatile unsigned long *addr)
{
	return hotweave_bit_rmw(nr, addr, HOTWEAVE_OR, BIT_MASK(nr), HOTWEAVE_FULL) & BIT_MASK(nr);
}

static __always_inline bool test_and_set_bit_lock(long nr, volatile unsigned long *addr)
{
	return hotweave_bit_rmw(nr, addr, HOTWEAVE_OR, BIT_MASK(nr), HOTWEAVE_ACQUIRE) & BIT_MASK(nr);
}

static __always_inline bool test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	return hotweave_bit_rmw(nr, addr, HOTWEAVE_AND, ~BIT_MASK(nr), HOTWEAVE_FULL) & BIT_MASK(nr);
}

static __always_inline bool test_and_change_bit(long nr, volatile unsigned long *addr)
{
	return hotweave_bit_rmw(nr, addr, HOTWEAVE_XOR, BIT_MASK(nr), HOTWEAVE_FULL) & BIT_MASK(nr);
}

static __always_inline bool test_bit(unsigned long nr, const volatile unsigned long *addr)
{
	return READ_ONCE(addr[BIT_WORD(nr)]) & BIT_MASK(nr);
}

static __always_inline bool test_bit_acquire(unsigned long nr, const volatile unsigned long *addr)
{
	return smp_load_acquire(&addr[BIT_WORD(nr)]) & BIT_MASK(nr);
}

static __always_inline void assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		set_bit(nr, addr);
	else
		clear_bit(nr, addr);
}

/* ---- The same with plain accesses -------------------------------------------------------------- */

static inline void __set_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline void __change_bit(unsigned long nr, unsigned long *addr)
{
	addr[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static inline bool __test_and_set_bit(unsigned long nr, unsigned long *addr)
{
	unsigned long old = addr[BIT_WORD(nr)];

	addr[BIT_WORD(nr)] = old | BIT_MASK(nr);
	return old & BIT_MASK(nr);
}

static inline bool __test_and_clear_bit(unsigned long nr, unsigned long *addr)
{
	unsigned long old = addr[BIT_WORD(nr)];

	addr[BIT_WORD(nr)] = old & ~BIT_MASK(nr);
	return old & BIT_MASK(nr);
}

static inline bool __test_and_change_bit(unsigned long nr, unsigned long *addr)
{
	unsigned long old = addr[BIT_WORD(nr)];

	addr[BIT_WORD(nr)] = old ^ BIT_MASK(nr);
	return old & BIT_MASK(nr);
}

static inline void __assign_bit(unsigned long nr, unsigned long *addr, bool value)
{
	if (value)
		__set_bit(nr, addr);
	else
		__clear_bit(nr, addr);
}

/* Release without atomicity: the holder of the bit is the word's only writer. */
static inline void __clear_bit_unlock(unsigned long nr, volatile unsigned long *addr)
{
	unsigned long old = READ_ONCE(addr[BIT_WORD(nr)]);

	smp_store_release(&addr[BIT_WORD(nr)], old & ~BIT_MASK(nr));
}

/* ---- Bits of a word ---------------------------------------------------------------------------- */

static inline unsigned int hweight8(unsigned int w) { return (unsigned int)__builtin_popcount(w & 0xff); }
static inline unsigned int hweight16(unsigned int w) { return (unsigned int)__builtin_popcount(w & 0xffff); }
static inline unsigned int hweight32(unsigned int w) { return (unsigned int)__builtin_popcount(w); }
static inline unsigned long hweight64(u64 w) { return (unsigned long)__builtin_popcountll(w); }
static inline unsigned long hweight_long(unsigned long w) { return hweight64(w); }

/* Index of the lowest, the highest set bit; undefined for 0. */
static inline unsigned long __ffs(unsigned long word) { return (unsigned long)__builtin_ctzl(word); }
static inline unsigned long __fls(unsigned long word) { return 63 - (unsigned long)__builtin_clzl(word); }
/* Index of the lowest clear bit; undefined for ~0. */
static inline unsigned long ffz(unsigned long word) { return __ffs(~word); }
/* The same counted from 1; 0 for 0. ffs() is libc's. */
static inline int fls(unsigned int x) { return x ? 32 - __builtin_clz(x) : 0; }
static inline int fls64(u64 x) { return x ? 64 - __builtin_clzll(x) : 0; }
static inline unsigned int fls_long(unsigned long l) { return (unsigned int)fls64(l); }
static inline unsigned int __ffs64(u64 word) { return (unsigned int)__ffs(word); }

static inline u32 rol32(u32 word, unsigned int shift) { return (word << (shift & 31)) | (word >> (-shift & 31)); }
static inline u32 ror32(u32 word, unsigned int shift) { return (word >> (shift & 31)) | (word << (-shift & 31)); }
static inline u64 rol64(u64 word, unsigned int shift) { return (word << (shift & 63)) | (word >> (-shift & 63)); }
static inline u64 ror64(u64 word, unsigned int shift) { return (word >> (shift & 63)) | (word << (-shift & 63)); }

static inline s32 sign_extend32(u32 value, int index) { return (s32)(value << (31 - index)) >> (31 - index); }
static inline s64 sign_extend64(u64 value, int index) { return (s64)(value << (63 - index)) >> (63 - index); }

#include <linux/find.h>
#include <strings.h>

#endif
