/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Error numbers carried in pointers: the last 4095 addresses are no objects. Follows include/linux/err.h
 * of Linux 6.1. Any context; no scheduling points. Depends on compiler.h.
 */
#ifndef HOTWEAVE_LINUX_ERR_H
#define HOTWEAVE_LINUX_ERR_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#define MAX_ERRNO 4095
#define IS_ERR_VALUE(x) unlikely((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)

/* -ENOMEM and the like as a pointer. */
static inline void *__must_check ERR_PTR(long error)
{
	return (void *)error;
}

/* The error number in a pointer for which IS_ERR() holds. */
static inline long __must_check PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool __must_check IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE(ptr);
}

static inline bool __must_check IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}

/* The same error in a pointer of another type. */
static inline void *__must_check ERR_CAST(const void *ptr)
{
	return (void *)(unsigned long)ptr;
}

/* The error in `ptr`, or 0. */
static inline int __must_check PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}

#endif
