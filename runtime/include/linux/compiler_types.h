/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Annotations that mean something to sparse, KCSAN or the section layout of a kernel, and nothing here,
 * and tests on types. Follows include/linux/compiler_types.h of Linux 6.1.
 *
 * In C++, hotweave_unqual<T> and hotweave_same<A, B> replace what C does with builtins, so that no header
 * of the C++ library is needed.
 */
#ifndef HOTWEAVE_LINUX_COMPILER_TYPES_H
#define HOTWEAVE_LINUX_COMPILER_TYPES_H

#include <linux/compiler_attributes.h>

#define __user
#define __iomem
#ifndef __percpu
#define __percpu
#endif
#define __rcu
#define __kernel
#define __nocast
#define __force
#define __safe
#define __private
#define ACCESS_PRIVATE(p, member) ((p)->member)

/* Sparse's lock contexts: lockdep and the race detector check what these only promise. */
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __cond_acquires(x)
#define __acquire(x) ((void)0)
#define __release(x) ((void)0)
#define __cond_lock(x, c) (c)

#define notrace
#define noinstr noinline
#define asmlinkage
#define __latent_entropy
/*
 * __no_kcsan: the function's accesses are not seen: no scheduling points, no races, no memory errors.
 * __data_racy (6.10; fields and variables): accesses to it are as marked ones, without being written so.
 */
#if defined(__has_attribute) && __has_attribute(disable_sanitizer_instrumentation)
#define __disable_sanitizer_instrumentation __attribute__((disable_sanitizer_instrumentation))
#define __no_sanitize_thread __attribute__((no_sanitize("thread")))
#else
#define __disable_sanitizer_instrumentation
#define __no_sanitize_thread
#endif
#define __no_kcsan __no_sanitize_thread __disable_sanitizer_instrumentation
#define __data_racy volatile
#define __no_sanitize_address
#define __no_sanitize_or_inline __always_inline
#define __randomize_layout
#define __no_randomize_layout
#define __read_mostly
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define noinline_for_stack noinline

#ifdef __cplusplus
extern "C++" {
template <class T> struct hotweave_unqual { typedef T type; };
template <class T> struct hotweave_unqual<const T> { typedef T type; };
template <class T> struct hotweave_unqual<volatile T> { typedef T type; };
template <class T> struct hotweave_unqual<const volatile T> { typedef T type; };

template <class A, class B> struct hotweave_same { static constexpr bool value = false; };
template <class A> struct hotweave_same<A, A> { static constexpr bool value = true; };
}
#define __unqual_scalar_typeof(x) hotweave_unqual<__typeof__(x)>::type
#define __same_type(a, b)                                                            \
	(hotweave_same<hotweave_unqual<__typeof__(a)>::type,                         \
		       hotweave_unqual<__typeof__(b)>::type>::value)
#else
#define __unqual_scalar_typeof(x) __typeof_unqual__(x)
/* True if both have one type but for qualifiers. */
#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
#ifndef typeof
#define typeof __typeof__
#endif
#endif

/* True for the types that READ_ONCE() and WRITE_ONCE() take: sizes that hardware accesses in one go. */
#define __native_word(t)                                                                       \
	(sizeof(t) == 1 || sizeof(t) == 2 || sizeof(t) == 4 || sizeof(t) == 8)

#endif
