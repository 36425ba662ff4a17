// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Each row of rows.def as a target: a small interpreter takes and releases the locks that it names. */
#include <hotweave/target.h>
#include <linux/bottom_half.h>
#include <linux/debug_locks.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "shapes.h"

/* A reader of program text: what it has read so far of the next lock. */
struct reader {
	const char *p;
	struct take how;
	char type, action;
};

static char row_mode;
static struct pin_cookie cookie;
static unsigned int scope_before;
static const char *handler_program;
static struct timer_list timer;
static struct work_struct work;
static struct lock_class_key other_key;

static void interpret(const char *p);

static void hard_handler(void *)
{
	interpret(handler_program);
}

static void soft_handler(struct timer_list *)
{
	interpret(handler_program);
}

static void work_handler(struct work_struct *)
{
	interpret(handler_program);
}

/* Lets an interrupt or a worker run the program up to the closing parenthesis. */
static const char *elsewhere(char kind, const char *program)
{
	handler_program = program;
	if (kind == 'J') {
		schedule_work(&work);
		flush_work(&work);
	} else if (kind == 'H') {
		hotweave_raise_irq(2, hard_handler, NULL);
		msleep(100);
	} else {
		timer_setup(&timer, soft_handler, 0);
		mod_timer(&timer, jiffies + 1);
		msleep(100);
	}
	while (*program != ')')
		program++;
	return program;
}

/* "A'1": the lock's number, and the subclass. */
static int lock_number(struct reader *r)
{
	int n = 2 * ((*r->p | 0x20) - 'a');

	if (r->p[1] == '\'')
		n++, r->p++;
	if (r->p[1] == '1')
		r->how.subclass = 1, r->p++;
	return n;
}

static void might_take(int n, const struct take *how)
{
	lock_acquire(shape_map(n), how->subclass, 0, how->mode == 'w' ? 0 : how->mode == 'r' ? 1 : 2, 1, NULL, 0);
	lock_release(shape_map(n), 0);
}

static void act(int n, const struct reader *r)
{
	switch (r->action) {
	case 'i': shape_init(n, shape_type(n)); break;
	case 'v': lockdep_init_map(shape_map(n), "novalidate", &__lockdep_no_validate__, 0); break;
	case '?': might_take(n, &r->how); break;
	case '~': shape_downgrade(n); break;
	case '%': lock_set_subclass(shape_map(n), 1, 0); break;
	case '=': lock_set_class(shape_map(n), "other", &other_key, 0, 0); break;
	case '^': shape_allocate(n); break;
	case '!': shape_free(n); break;
	case '@': shape_dynamic_key(n, true); break;
	case '$': shape_dynamic_key(n, false); break;
	case '&': shape_register_again(n); break;
	case '#': shape_forget_key(n); break;
	default: shape_take(n, &r->how);
	}
}

static void next_name(struct reader *r)
{
	r->how = (struct take){ row_mode, 0, false, false };
	r->type = r->action = 0;
}

/* A letter that is complete by itself. */
static bool simple(struct reader *r)
{
	switch (*r->p) {
	case ' ': return true;
	case '-': local_irq_disable(); return true;
	case '+': local_irq_enable(); return true;
	case '<': local_bh_disable(); return true;
	case '>': local_bh_enable(); return true;
	case '{': shape_ww_begin(); return true;
	case '}': shape_ww_end(); return true;
	case '[': fs_reclaim_acquire(GFP_KERNEL); return true;
	case ']': fs_reclaim_release(GFP_KERNEL); return true;
	case 'G': kfree(kmalloc(16, GFP_KERNEL)); return true;
	case 'g': kfree(kmalloc(16, GFP_NOFS)); return true;
	case 'e': kfree(kmalloc(16, GFP_ATOMIC)); return true;
	case 'l': kfree(kmalloc(16, GFP_KERNEL | __GFP_NOLOCKDEP)); return true;
	case 'N': scope_before = memalloc_nofs_save(); return true;
	case 'O': memalloc_nofs_restore(scope_before); return true;
	case 'I': scope_before = memalloc_noio_save(); return true;
	case 'E': memalloc_noio_restore(scope_before); return true;
	case 'Q': scope_before = memalloc_noreclaim_save(); return true;
	case 'Z': memalloc_noreclaim_restore(scope_before); return true;
	case 'F': flush_work(&work); return true;
	case 'P': cookie = lock_pin_lock(shape_map(0)); return true;
	case 'U': lock_unpin_lock(shape_map(0), cookie.val ? cookie : (struct pin_cookie){ 1 }); return true;
	case 'H':
	case 'S':
	case 'J': r->p = elsewhere(*r->p, r->p + 2); return true;
	default: return false;
	}
}

static void named(struct reader *r)
{
	char c = *r->p;
	int n;

	if (c >= 'a' && c <= 'd') {
		shape_release(lock_number(r));
	} else if (c >= 'A' && c <= 'D') {
		n = lock_number(r);
		if (r->type && r->type != shape_type(n))
			shape_init(n, r->type);
		act(n, r);
		next_name(r);
	} else if (c == 'w' || c == 'r' || c == 'R') {
		r->how.mode = c;
	} else if (c == 't') {
		r->how.try_ = true;
	} else if (c == 'n') {
		r->how.nested = true;
	} else if (strchr("iv?~%=^!@$&#", c)) {
		r->action = c;
	} else {
		r->type = c;
	}
}

static void interpret(const char *p)
{
	struct reader r = { p, { row_mode, 0, false, false }, 0, 0 };

	for (; *r.p && *r.p != ')'; r.p++) {
		if (!simple(&r))
			named(&r);
	}
}

static void run_row(char type, const char *mode, const char *program)
{
	row_mode = *mode;
	INIT_WORK(&work, work_handler);
	for (int n = 0; n < NR_LOCKS; n++)
		shape_init(n, type);
	interpret(program);
}

#define ROW(name, type, mode, program, old, new_)                    \
	HOTWEAVE_TARGET(lockdep_##name, program)                     \
	{                                                            \
		run_row(type, mode, program);                        \
	}
#define ROW_RT ROW
#include "rows.def"

/* More classes than lockdep has room for: a verdict of its own. */
static struct lock_class_key many_keys[8193];

HOTWEAVE_TARGET(lockdep_too_many_classes, "8,193 classes")
{
	for (int i = 0; i < 8193; i++) {
		struct lockdep_map map;

		lockdep_init_map(&map, "many", &many_keys[i], 0);
		lock_map_acquire(&map);
		lock_map_release(&map);
	}
}

HOTWEAVE_TARGET(lockdep_many_classes, "as many classes as there may be")
{
	for (int i = 0; i < 8000; i++) {
		struct lockdep_map map;

		lockdep_init_map(&map, "many", &many_keys[i], 0);
		lock_map_acquire(&map);
		lock_map_release(&map);
	}
}
