/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Type checks as expressions. Follows include/linux/typecheck.h of Linux 6.1. Depends on build_bug.h. */
#ifndef HOTWEAVE_LINUX_TYPECHECK_H
#define HOTWEAVE_LINUX_TYPECHECK_H

#include <linux/build_bug.h>

/* 1; does not compile if x is not of the type. */
#define typecheck(type, x)                                                          \
	({                                                                          \
		type hw_dummy;                                                      \
		hotweave_static_assert(__same_type(hw_dummy, x), "type mismatch");  \
		1;                                                                  \
	})
#define typecheck_fn(type, function)                         \
	({                                                   \
		type hw_fn = (function);                     \
		(void)hw_fn;                                 \
	})

#endif
