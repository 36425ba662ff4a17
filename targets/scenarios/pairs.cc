// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way into memory hotplug against every other: one target for each pair, which boots the machine, runs the two as
 * tasks and checks what always must hold. What they are: entry_points.h. Which of them race where online and offline take no
 * lock of their own (S1-E) is in tests/history/mutants.def and silent.def.
 */
#include <hotweave/target.h>

#include "entry_points.h"

#define PAIR(a, b)                                                                   \
	HOTWEAVE_TARGET(pair_##a##_##b, #a " against " #b ", see entry_points.h")    \
	{                                                                            \
		boot_entry_points();                                                 \
		run_entry_points(&entry_point_##a, &entry_point_##b);                \
	}                                                                            \
	HOTWEAVE_EXPECT(pair_##a##_##b, "v6.7", "", "S1-I");

#include "pairs.def"
#undef PAIR
