// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two ways to give a zone its first pages, at once: `probe`, which adds a block and onlines it, and the `online` file of
 * another block. The node has no memory before.
 */
#include <hotweave/target.h>

#include "memory.h"

#define OFFLINE 4UL
#define ADDED 5UL

HOTWEAVE_TARGET(probe_vs_online_empty_zone, "sysfs 'online' and 'probe' give an empty zone its first pages")
{
	boot_memory(1UL << 0);
	run_online_and_probe(OFFLINE, ADDED);
}

HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "S1-C", "data-race", "S1-C: kswapd_run()");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "S1-D", "missing-lock data-race", "S1-D 1F");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "v4.13", "missing-lock data-race", "S1-D 1F");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "S1-E", "data-race lost-update invariant null-deref out-of-bounds lock-misuse", "S1-E 1B 1C");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "v4.19", "data-race lost-update invariant null-deref out-of-bounds", "S1-E 1B 1C");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "S1-F", "lock-misuse", "S1-F 1J");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "S1-G", "", "S1-G");
HOTWEAVE_EXPECT(probe_vs_online_empty_zone, "v6.7", "", "S1-I");
