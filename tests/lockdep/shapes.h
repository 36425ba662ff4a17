/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Locks of any type behind one set of functions, for the interpreter of rows.def (shapes_target.cc).
 * Lock n of NR_LOCKS belongs to class n / 2. Depends on the kernel's headers alone.
 */
#ifndef HOTWEAVE_TESTS_LOCKDEP_SHAPES_H
#define HOTWEAVE_TESTS_LOCKDEP_SHAPES_H

#include <linux/lockdep.h>

#define NR_CLASSES 4
#define NR_LOCKS (2 * NR_CLASSES) /* two of each class */

struct take {
	char mode; /* w exclusive, r shared, R shared and recursive (of annotated locks) */
	int subclass;
	bool try_;
	bool nested; /* in the first lock of class D */
};

/* Types: as in rows.def. */
void shape_init(int n, char type);
char shape_type(int n);
void shape_take(int n, const struct take *how);
void shape_release(int n);
void shape_downgrade(int n);
struct lockdep_map *shape_map(int n);

/* The lock moves into memory of its own; and gives that back. */
void shape_allocate(int n);
void shape_free(int n);

/* The lock gets a key in dynamic memory: registered, or not. Unregistering frees the memory. */
void shape_dynamic_key(int n, bool registered);
void shape_forget_key(int n);
void shape_register_again(int n);

/* The context of the ww_mutexes. */
void shape_ww_begin(void);
void shape_ww_end(void);

#endif
