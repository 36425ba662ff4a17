// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which behaviour belongs to which kernel: the rows that ported code asks about.
 *
 *	if (fixed(FIX_381eab4a6ee8))
 *		mem_hotplug_begin();
 *
 * A row is one commit of the kernel that changed something a port shows, or an alteration: something no
 * kernel had, a proposal or a mutant, which a port asks for with altered(). A third sort is asked for in the same way: what
 * kernels do, but no profile has, because it would be found before everything else. The rows are in rows.def, the
 * profiles (sets of rows by kernel version or variant) in profiles.def. A row is added when ported code
 * needs it, never before. Depends on the target interface alone.
 */
#pragma once

#include <hotweave/target.h>

/* The number of a row has no meaning outside one build. */
enum history_row {
#define ROW(commit, title, release, changes) FIX_##commit,
#define ALTERATION(name, title, changes) ALT_##name,
#define LEFT_OUT(name, where, title, changes) ALT_##name,
#include "rows.def"
#undef ROW
#undef ALTERATION
#undef LEFT_OUT
	NR_HISTORY_ROWS,
};

/* True if the commit is part of the kernel that this execution plays. Any context. */
static inline bool fixed(enum history_row row)
{
	return hotweave_fixed(row);
}

/* True if the profile has this alteration. Any context. */
static inline bool altered(enum history_row row)
{
	return hotweave_fixed(row);
}
