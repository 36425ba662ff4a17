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
