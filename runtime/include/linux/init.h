/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Marks of code and data that a kernel discards after boot: nothing here. Follows include/linux/init.h of
 * Linux 6.1. There are no initcalls: a target calls what it needs set up.
 *
 * libc and the C++ library use some of these names inside their own headers. Those headers come first, so
 * that their guards keep them from being read again; <regex> cannot be included after this file.
 */
#ifndef HOTWEAVE_LINUX_INIT_H
#define HOTWEAVE_LINUX_INIT_H

#include <stdlib.h>
#ifdef __cplusplus
#include <memory>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#endif

#define __init
#define __initdata
#define __initconst
#define __exit
#define __exitdata
#define __ref
#define __refdata
#define __refconst
#define __meminit
#define __meminitdata
#define __memexit
#define __memexitdata
#define __paginginit
#define __net_init
#define __init_or_module
#define __setup(str, fn)
#define early_param(str, fn)

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

#define core_initcall(fn) hotweave_unused_initcall(fn)
#define subsys_initcall(fn) hotweave_unused_initcall(fn)
#define device_initcall(fn) hotweave_unused_initcall(fn)
#define late_initcall(fn) hotweave_unused_initcall(fn)
/* Refers to the function, so that it is not reported as unused, and does not call it. */
#define hotweave_unused_initcall(fn) \
	static const initcall_t hotweave_initcall_##fn __attribute__((__unused__)) = fn

#endif
