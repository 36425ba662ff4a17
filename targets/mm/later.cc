// SPDX-License-Identifier: GPL-2.0-only
/*
 * What memory hotplug calls of neighbours that have nothing to do yet: nothing migrates.
 */
#include "internal.h"

__attribute__((weak)) int do_migrate_range(unsigned long start_pfn, unsigned long end_pfn)
{
	(void)start_pfn;
	(void)end_pfn;
	return 0;
}
