/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Strings. Follows include/linux/string.h of Linux 5.1: libc's functions, and what the kernel adds to
 * them. Any context; no scheduling points but those of the memory they touch.
 */
#ifndef HOTWEAVE_LINUX_STRING_H
#define HOTWEAVE_LINUX_STRING_H

#include <stdbool.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* True if equal, a newline at the end of either one left aside: `echo` writes one. */
static inline bool sysfs_streq(const char *s1, const char *s2)
{
	while (*s1 && *s1 == *s2) {
		s1++;
		s2++;
	}
	if (*s1 == *s2)
		return true;
	return (!*s1 && *s2 == '\n' && !s2[1]) || (*s1 == '\n' && !s1[1] && !*s2);
}

#ifdef __cplusplus
}
#endif
#endif
