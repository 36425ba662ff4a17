/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The other name of <linux/jump_label.h>, as in Linux 6.1. */
#ifndef HOTWEAVE_LINUX_STATIC_KEY_H
#define HOTWEAVE_LINUX_STATIC_KEY_H

#include <linux/jump_label.h>

#endif
