/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Numbers from strings. Follows include/linux/kstrtox.h and lib/kstrtox.c of Linux 6.1.
 * The whole string must be the number, but for one newline at its end. Return 0, -EINVAL (not a number)
 * or -ERANGE (does not fit). Any context.
 */
#ifndef HOTWEAVE_LINUX_KSTRTOX_H
#define HOTWEAVE_LINUX_KSTRTOX_H

#include <linux/errno.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline unsigned int hotweave_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : ~0u;
}

/* base 0: 0x… is hexadecimal, 0… octal, anything else decimal. A leading + is allowed. */
static inline int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long value = 0;
	const char *first;
	bool overflow = false;

	if (*s == '+')
		s++;
	if (base == 0)
		base = s[0] != '0' ? 10 : (s[1] | 0x20) == 'x' && hotweave_digit(s[2]) < 16 ? 16 : 8;
	if (base == 16 && s[0] == '0' && (s[1] | 0x20) == 'x')
		s += 2;
	for (first = s; hotweave_digit(*s) < base; s++) {
		overflow |= __builtin_mul_overflow(value, base, &value);
		overflow |= __builtin_add_overflow(value, hotweave_digit(*s), &value);
	}
	if (overflow)
		return -ERANGE;
	if (s == first || (*s == '\n' ? s[1] : s[0]))
		return -EINVAL;
	*res = value;
	return 0;
}

/* The same with a sign. */
static inline int kstrtoll(const char *s, unsigned int base, long long *res)
{
	unsigned long long value;
	const bool negative = *s == '-';
	const int ret = kstrtoull(negative ? s + 1 : s, base, &value);

	if (ret)
		return ret;
	if (negative && s[1] == '+')
		return -EINVAL;
	if (value > (unsigned long long)__LONG_LONG_MAX__ + negative)
		return -ERANGE;
	*res = negative ? (long long)(0 - value) : (long long)value;
	return 0;
}

/* kstrtou8() to kstrtoul(): values of other types, which must fit. */
#define HOTWEAVE_KSTRTO(name, type, wide, parse)                                          \
	static inline int name(const char *s, unsigned int base, type *res)               \
	{                                                                                 \
		wide value;                                                               \
		const int ret = parse(s, base, &value);                                   \
                                                                                          \
		if (ret)                                                                  \
			return ret;                                                       \
		if (value != (wide)(type)value)                                           \
			return -ERANGE;                                                   \
		*res = (type)value;                                                       \
		return 0;                                                                 \
	}
HOTWEAVE_KSTRTO(kstrtoul, unsigned long, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtol, long, long long, kstrtoll)
HOTWEAVE_KSTRTO(kstrtouint, unsigned int, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtoint, int, long long, kstrtoll)
HOTWEAVE_KSTRTO(kstrtou64, u64, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtos64, s64, long long, kstrtoll)
HOTWEAVE_KSTRTO(kstrtou32, u32, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtos32, s32, long long, kstrtoll)
HOTWEAVE_KSTRTO(kstrtou16, u16, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtos16, s16, long long, kstrtoll)
HOTWEAVE_KSTRTO(kstrtou8, u8, unsigned long long, kstrtoull)
HOTWEAVE_KSTRTO(kstrtos8, s8, long long, kstrtoll)

/* y, t, 1, on: true; n, f, 0, off: false; only the first letters are looked at. */
static inline int kstrtobool(const char *s, bool *res)
{
	char c = *s ? (char)(*s | 0x20) : '\0';
	char next = c == 'o' ? (char)(s[1] | 0x20) : '\0';

	if (c != 'y' && c != 't' && *s != '1' && next != 'n' && c != 'n' && c != 'f' && *s != '0' && next != 'f')
		return -EINVAL;
	*res = c == 'y' || c == 't' || *s == '1' || next == 'n';
	return 0;
}

#ifdef __cplusplus
}
#endif
#endif
