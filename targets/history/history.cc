// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history table, of rows.def and profiles.def.
 *
 * A profile named by a version is that kernel as it was, leftovers included: v4.20 has 8df1d0e4a265 and
 * the bug in it. Depends on history.h alone.
 */
#include <linux/version.h>

#include "history.h"

static const struct hotweave_history_row rows[] = {
#define ROW(commit, title, release, changes) { #commit, title, release, changes, NULL },
#define ALTERATION(name, title, changes) { #name, title, "", changes, NULL },
#define LEFT_OUT(name, where, title, changes) { #name, title, "", changes, where },
#include "rows.def"
#undef ROW
#undef ALTERATION
#undef LEFT_OUT
};
static_assert(sizeof(rows) / sizeof(rows[0]) == NR_HISTORY_ROWS);

static const struct hotweave_profile profiles[] = {
#define KERNEL(name, major, minor, patch, description) \
	{ name, description, NULL, KERNEL_VERSION(major, minor, patch), NULL },
#define VARIANT(name, like, description) { name, description, NULL, 0, like },
#include "profiles.def"
#undef KERNEL
#undef VARIANT
};

HOTWEAVE_HISTORY(rows, profiles);
