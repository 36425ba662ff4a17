/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Strings: libc's, and what the kernel adds. Follows include/linux/string.h of Linux 6.1; The compiler's instrumentation sees these accesses as it sees all others.
 */
#ifndef HOTWEAVE_LINUX_STRING_H
#define HOTWEAVE_LINUX_STRING_H

#include <linux/errno.h>
#include <linux/gfp_types.h>
#include <linux/types.h>
#include <string.h>
#include <strings.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Copies on the heap, as kmalloc(): <linux/slab.h>. NULL for a NULL string, or if there is no memory. At most `max`
 * (`len`) characters, kmemdup_nul() with a 0 at the end. Any of them is freed with kfree().
 * Context: as kmalloc(). Scheduling point.
 * Model: kstrdup_const() always copies.
 */
char *kstrdup(const char *s, gfp_t gfp);
char *kstrndup(const char *s, size_t max, gfp_t gfp);
void *kmemdup(const void *src, size_t len, gfp_t gfp);
char *kmemdup_nul(const char *s, size_t len, gfp_t gfp);
const char *kstrdup_const(const char *s, gfp_t gfp);
void kfree_const(const void *x);

#ifdef __cplusplus
}
#endif

/* Copies at most count - 1 characters and ends the copy; its length, or -E2BIG if it was cut. */
static inline ssize_t strscpy(char *dest, const char *src, size_t count)
{
	if (count == 0)
		return -E2BIG;
	for (size_t i = 0; i < count; i++) {
		dest[i] = src[i];
		if (!src[i])
			return (ssize_t)i;
	}
	dest[count - 1] = '\0';
	return -E2BIG;
}

/* The same, and the rest of dest becomes 0. */
static inline ssize_t strscpy_pad(char *dest, const char *src, size_t count)
{
	ssize_t written = strscpy(dest, src, count);

	if (written >= 0 && (size_t)written + 1 < count)
		memset(dest + written + 1, 0, count - (size_t)written - 1);
	return written;
}

static inline bool strstarts(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

/* Length of the prefix if there, else 0. */
static inline size_t str_has_prefix(const char *str, const char *prefix)
{
	return strstarts(str, prefix) ? strlen(prefix) : 0;
}

/* Equal, not counting a newline at the end of either: what a user wrote to a sysfs file. */
static inline bool sysfs_streq(const char *s1, const char *s2)
{
	while (*s1 && *s1 == *s2)
		s1++, s2++;
	if (*s1 == *s2)
		return true;
	return (!*s1 && s2[0] == '\n' && !s2[1]) || (s1[0] == '\n' && !s1[1] && !*s2);
}

/* Index of `string` in array (up to n entries or NULL), or -EINVAL. */
static inline int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n && array[i]; i++) {
		if (strcmp(array[i], string) == 0)
			return (int)i;
	}
	return -EINVAL;
}

static inline int __sysfs_match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++) {
		if (sysfs_streq(array[i], s))
			return (int)i;
	}
	return -EINVAL;
}
#define sysfs_match_string(array, s) __sysfs_match_string((array), sizeof(array) / sizeof((array)[0]), (s))

/* The first byte that differs from c, or NULL. */
static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *p = (const u8 *)start;

	for (size_t i = 0; i < bytes; i++) {
		if (p[i] != (u8)c)
			return (void *)(p + i);
	}
	return NULL;
}

static inline void memzero_explicit(void *s, size_t count)
{
	memset(s, 0, count);
}

/* File name without its directories. */
static inline const char *kbasename(const char *path)
{
	const char *tail = strrchr(path, '/');

	return tail ? tail + 1 : path;
}

#endif
