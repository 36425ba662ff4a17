/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* module.c with its bug. */
#define MODULE_BUG
#include "module.c"
