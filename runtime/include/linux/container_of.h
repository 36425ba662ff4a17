/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From a member to the structure around it. Follows include/linux/container_of.h of Linux 6.1.
 * Any context; no memory is accessed. Depends on compiler_types.h.
 */
#ifndef HOTWEAVE_LINUX_CONTAINER_OF_H
#define HOTWEAVE_LINUX_CONTAINER_OF_H

#include <linux/compiler_types.h>
#include <linux/stddef.h>

/*
 * container_of(ptr, type, member): the `type` whose `member` ptr points to. A pointer to anything but
 * that member's type, or void, does not compile. const is lost, as in the kernel.
 */
#define container_of(ptr, type, member) \
	((type *)(hotweave_member_address(ptr, type, member) - offsetof(type, member)))

#ifdef __cplusplus
extern "C++" {
/* M cannot be deduced from the argument, which therefore has to convert to a pointer to it. */
template <class M> __always_inline char *hotweave_as_bytes(const volatile M *member)
{
	return (char *)member;
}
template <class M, class V>
__always_inline char *hotweave_as_bytes(V *p)
	requires(hotweave_same<typename hotweave_unqual<V>::type, void>::value)
{
	return (char *)p;
}
}
#define hotweave_member_address(ptr, around, member) \
	hotweave_as_bytes<hotweave_unqual<__typeof__(((around *)0)->member)>::type>(ptr)
#else
#define hotweave_member_address(ptr, type, member)                                                  \
	({                                                                                          \
		_Static_assert(__same_type(*(ptr), ((type *)0)->member) || __same_type(*(ptr), void), \
			       "container_of: the pointer is not to the member");                  \
		(char *)(ptr);                                                                      \
	})
#endif

/* As above; an error pointer or NULL is handed through. */
#define container_of_safe(ptr, type, member)                                                    \
	({                                                                                      \
		__typeof__(ptr) hw_member = (ptr);                                              \
		(unsigned long)hw_member - 1 >= (unsigned long)-4096L ?                         \
			(type *)(void *)hw_member : container_of(hw_member, type, member);      \
	})

#endif
