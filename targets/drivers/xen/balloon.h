/* SPDX-License-Identifier: GPL-2.0-only */
/* The balloon of a Xen guest: what a scenario does in the toolstack's place. */
#pragma once

#include <linux/types.h>

/* Registers for pages that go online and for memory notifications. Once per execution. Context: may sleep. */
void xen_balloon_init(void);

/*
 * The guest shall grow by one section, and may take the one at `start`: the worker is queued. Context: may sleep.
 * (Kernel: balloon_set_new_target(), called by xenstore's watch without the lock; `target` is written plainly there.)
 */
void balloon_set_new_target(u64 start);

/* Waits until the worker has done what was asked so far. Context: may sleep. */
void xen_balloon_flush(void);
