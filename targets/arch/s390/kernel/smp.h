/* SPDX-License-Identifier: GPL-2.0-only */
/* New CPUs of a logical partition of s390. */
#pragma once

/* Boot: the file `rescan`, after cpu_dev_init(). */
void s390_smp_init(void);
/* Makes a device of each CPU that has none. 0 or what registering said. Context: may sleep. */
int smp_rescan_cpus(void);
