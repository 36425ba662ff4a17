/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Searching bitmaps. Follows include/linux/find.h of Linux 6.1; include <linux/bitops.h> or
 * <linux/bitmap.h>. `size` is in bits; "none" is answered by `size`. Words are read plainly, once each.
 */
#ifndef HOTWEAVE_LINUX_FIND_H
#define HOTWEAVE_LINUX_FIND_H

#include <linux/bits.h>
#include <linux/compiler_types.h>

/* The lowest set bit from `start` on in the combination (a & b) ^ flip; b == NULL means all ones;
 * `bflip` is applied to b first. */
static inline unsigned long hotweave_find_bit(const unsigned long *a, const unsigned long *b, unsigned long bflip,
					      unsigned long flip, unsigned long size, unsigned long start)
{
	unsigned long mask = ~UL(0) << (start % BITS_PER_LONG);

	if (start >= size)
		return size;
	for (unsigned long i = start / BITS_PER_LONG; i * BITS_PER_LONG < size; i++) {
		unsigned long word = a[i] & (b ? b[i] ^ bflip : ~UL(0));

		word = (word ^ flip) & mask;
		if (word) {
			unsigned long bit = i * BITS_PER_LONG + (unsigned long)__builtin_ctzl(word);

			return bit < size ? bit : size;
		}
		mask = ~UL(0);
	}
	return size;
}

static inline unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return hotweave_find_bit(addr, NULL, 0, 0, size, offset);
}

static inline unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return hotweave_find_bit(addr, NULL, 0, ~UL(0), size, offset);
}

static inline unsigned long find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
					      unsigned long size, unsigned long offset)
{
	return hotweave_find_bit(addr1, addr2, 0, 0, size, offset);
}

static inline unsigned long find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
						 unsigned long size, unsigned long offset)
{
	return hotweave_find_bit(addr1, addr2, ~UL(0), 0, size, offset);
}

static inline unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_zero_bit(addr, size, 0);
}

static inline unsigned long find_first_and_bit(const unsigned long *addr1, const unsigned long *addr2,
					       unsigned long size)
{
	return find_next_and_bit(addr1, addr2, size, 0);
}

static inline unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long tail = size % BITS_PER_LONG;

	for (unsigned long i = BITS_TO_LONGS(size); i-- > 0;) {
		unsigned long word = addr[i];

		if (tail && i == size / BITS_PER_LONG)
			word &= ~(~UL(0) << tail);
		if (word)
			return i * BITS_PER_LONG + 63 - (unsigned long)__builtin_clzl(word);
	}
	return size;
}

/* The next set bit, wrapping around at the end; `size` if there is none at all. */
static inline unsigned long find_next_bit_wrap(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	unsigned long bit = find_next_bit(addr, size, offset);

	if (bit < size)
		return bit;
	bit = find_first_bit(addr, offset < size ? offset : size);
	return bit < offset ? bit : size;
}

/* The n-th set bit, from 0. */
static inline unsigned long find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n)
{
	unsigned long bit = find_first_bit(addr, size);

	while (n-- && bit < size)
		bit = find_next_bit(addr, size, bit + 1);
	return bit;
}

#define for_each_set_bit(bit, addr, size) \
	for ((bit) = 0; (bit) = find_next_bit((addr), (size), (bit)), (bit) < (size); (bit)++)
#define for_each_set_bit_from(bit, addr, size) \
	for (; (bit) = find_next_bit((addr), (size), (bit)), (bit) < (size); (bit)++)
#define for_each_clear_bit(bit, addr, size) \
	for ((bit) = 0; (bit) = find_next_zero_bit((addr), (size), (bit)), (bit) < (size); (bit)++)
#define for_each_and_bit(bit, addr1, addr2, size) \
	for ((bit) = 0; (bit) = find_next_and_bit((addr1), (addr2), (size), (bit)), (bit) < (size); (bit)++)
#define for_each_andnot_bit(bit, addr1, addr2, size) \
	for ((bit) = 0; (bit) = find_next_andnot_bit((addr1), (addr2), (size), (bit)), (bit) < (size); (bit)++)

#endif
