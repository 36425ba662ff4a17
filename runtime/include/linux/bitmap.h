/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sets as arrays of unsigned long. Follows include/linux/bitmap.h of Linux 6.1: plain accesses, word by
 * word; `nbits` is the number of valid bits, and bits of the last word above it are ignored.
 */
#ifndef HOTWEAVE_LINUX_BITMAP_H
#define HOTWEAVE_LINUX_BITMAP_H

#include <linux/bitops.h>
#include <linux/find.h>
#include <linux/types.h>

#define BITMAP_FIRST_WORD_MASK(start) (~UL(0) << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(nbits) (~UL(0) >> (-(nbits) & (BITS_PER_LONG - 1)))

/* The valid bits of word i. */
static inline unsigned long hotweave_bitmap_mask(unsigned int i, unsigned int nbits)
{
	return i == nbits / BITS_PER_LONG ? ~(~UL(0) << (nbits % BITS_PER_LONG)) : ~UL(0);
}
#define hotweave_for_each_word(i, nbits) for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)

static inline void bitmap_zero(unsigned long *dst, unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = 0;
}

static inline void bitmap_fill(unsigned long *dst, unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = ~UL(0);
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = src[i];
}

/* True if the result has a bit. */
static inline bool bitmap_and(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
			      unsigned int nbits)
{
	unsigned long any = 0;

	hotweave_for_each_word(i, nbits)
		any |= dst[i] = src1[i] & src2[i] & hotweave_bitmap_mask(i, nbits);
	return any != 0;
}

static inline bool bitmap_andnot(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
				 unsigned int nbits)
{
	unsigned long any = 0;

	hotweave_for_each_word(i, nbits)
		any |= dst[i] = src1[i] & ~src2[i] & hotweave_bitmap_mask(i, nbits);
	return any != 0;
}

static inline void bitmap_or(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
			     unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = src1[i] | src2[i];
}

static inline void bitmap_xor(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
			      unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = src1[i] ^ src2[i];
}

static inline void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	hotweave_for_each_word(i, nbits)
		dst[i] = ~src[i];
}

static inline bool bitmap_equal(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	hotweave_for_each_word(i, nbits) {
		if ((src1[i] ^ src2[i]) & hotweave_bitmap_mask(i, nbits))
			return false;
	}
	return true;
}

static inline bool bitmap_intersects(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_first_and_bit(src1, src2, nbits) < nbits;
}

static inline bool bitmap_subset(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_next_andnot_bit(src1, src2, nbits, 0) >= nbits;
}

static inline bool bitmap_empty(const unsigned long *src, unsigned int nbits)
{
	return find_first_bit(src, nbits) == nbits;
}

static inline bool bitmap_full(const unsigned long *src, unsigned int nbits)
{
	return find_first_zero_bit(src, nbits) == nbits;
}

static inline unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int weight = 0;

	hotweave_for_each_word(i, nbits)
		weight += (unsigned int)hweight_long(src[i] & hotweave_bitmap_mask(i, nbits));
	return weight;
}

static inline void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	for (unsigned int bit = start; bit < start + nbits; bit++)
		__set_bit(bit, map);
}

static inline void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	for (unsigned int bit = start; bit < start + nbits; bit++)
		__clear_bit(bit, map);
}

#endif
