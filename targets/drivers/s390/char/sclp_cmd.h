/* SPDX-License-Identifier: GPL-2.0-only */
/* Standby memory of s390: what a scenario does in the machine's place. */
#pragma once

#include <linux/types.h>

/* Registers for memory notifications. Once per execution. Context: may sleep. */
void sclp_mem_init(void);

/* The machine has standby memory at `start`, one block of node 0: it is added. 0 or what adding said. Context: may sleep. */
int sclp_add_standby_memory(u64 start);
