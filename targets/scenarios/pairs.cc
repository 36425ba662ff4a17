// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way into memory hotplug against every other: one target for each pair, which boots the machine, runs the two as
 * tasks and checks what always must hold. What they are: entry_points.h.
 */
#include <hotweave/target.h>

#include "entry_points.h"

#define PAIR(a, b)                                                                   \
	HOTWEAVE_TARGET(pair_##a##_##b, #a " against " #b ", see entry_points.h")    \
	{                                                                            \
		boot_entry_points();                                                 \
		run_entry_points(&entry_point_##a, &entry_point_##b);                \
	}

#include "pairs.def"
#undef PAIR
