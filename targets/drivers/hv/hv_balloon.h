/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory from a Hyper-V host: what a scenario does in the host's place. */
#pragma once

#include <linux/types.h>

/* Registers for pages that go online and for memory notifications. Once per execution. Context: may sleep. */
void hv_balloon_init(void);

/* The host offers the section at `start`: a work is queued. One request at a time. Context: any. */
void hv_hot_add_request(u64 start);
/* Waits until it is done. Context: may sleep. */
void hv_balloon_flush(void);

/* What the work does: adds the section, and waits up to five seconds until memory was onlined. Context: may sleep. */
void hv_mem_hot_add(u64 start);
