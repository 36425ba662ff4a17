/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The kernel's short names of compiler attributes. Follows include/linux/compiler_attributes.h of Linux
 * 6.1. Depends on nothing.
 *
 * Where a kernel name is also spelled by libc or C++ libraries inside their own code, the library wins:
 * `__used` (a member in <spawn.h>) is not defined at all; in C++ `noinline` is empty, because other
 * libraries write __attribute__((noinline)), and `fallthrough` is left to the standard: [[fallthrough]].
 */
#ifndef HOTWEAVE_LINUX_COMPILER_ATTRIBUTES_H
#define HOTWEAVE_LINUX_COMPILER_ATTRIBUTES_H

#include <sys/cdefs.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif

#define __aligned(x) __attribute__((__aligned__(x)))
#define __alias(symbol) __attribute__((__alias__(#symbol)))
#define __always_unused __attribute__((__unused__))
#define __maybe_unused __attribute__((__unused__))
#define __cold __attribute__((__cold__))
#define __must_check __attribute__((__warn_unused_result__))
#define __malloc __attribute__((__malloc__))
#define __mode(x) __attribute__((__mode__(x)))
#define __noreturn __attribute__((__noreturn__))
#define __packed __attribute__((__packed__))
#define __printf(a, b) __attribute__((__format__(__printf__, a, b)))
#define __scanf(a, b) __attribute__((__format__(__scanf__, a, b)))
#define __pure __attribute__((__pure__))
#define __section(section) __attribute__((__section__(section)))
#define __weak __attribute__((__weak__))
#define __designated_init
#define __visible

#ifdef __cplusplus
#define noinline
#else
#define noinline __attribute__((__noinline__))
#define fallthrough __attribute__((__fallthrough__))
#endif

#endif
