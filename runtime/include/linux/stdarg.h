/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Variable arguments: the compiler's own. Follows include/linux/stdarg.h of Linux 6.1. Depends on nothing. */
#ifndef HOTWEAVE_LINUX_STDARG_H
#define HOTWEAVE_LINUX_STDARG_H

#include <stdarg.h>

#endif
