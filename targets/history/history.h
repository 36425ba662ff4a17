// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which behaviour belongs to which kernel: the rows that ported code asks about.
 *
 *	if (fixed(FIX_381eab4a6ee8))
 *		mem_hotplug_begin();
 *
 * A row is one commit of the kernel that changed something a port shows; the table itself, and the
 * profiles (sets of rows named by kernel version) are in history.cc. A row is added when ported code
 * needs it, never before. Depends on the target interface alone.
 */
#pragma once

#include <hotweave/target.h>

/* In the order in which they went in. The number of a row has no meaning outside one build. */
enum history_row {
	FIX_fc8dffd379ca,
	FIX_3f906ba23689,
	FIX_f1dd2cd13c4b,
	FIX_b93e0f329e24,
	FIX_d15e59260f62,
	FIX_8df1d0e4a265,
	FIX_381eab4a6ee8,
	FIX_5666848774ef,
	FIX_dee6da22efac,
	FIX_d2ab99403ee0,
	FIX_f1037ec0cc8a,
	NR_HISTORY_ROWS,
};

/* True if the commit is part of the kernel that this execution plays. Any context. */
static inline bool fixed(enum history_row row)
{
	return hotweave_fixed(row);
}
