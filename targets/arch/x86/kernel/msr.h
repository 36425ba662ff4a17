/* SPDX-License-Identifier: GPL-2.0-only */
/* modprobe msr, rmmod msr. Context: may sleep; nothing held. */
#pragma once

/* 0, or a negative errno of the callback that failed. */
int msr_init(void);
void msr_exit(void);
