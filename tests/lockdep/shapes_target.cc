// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Each row of rows.def as a target: a small interpreter takes and releases the locks that it names. */
#include <hotweave/target.h>
#include <linux/bug.h>
#include <linux/debug_locks.h>
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#define NR_CLASSES 4
#define NR_LOCKS (2 * NR_CLASSES) /* two of each class */

/* Locks by annotation alone. */
struct annotated {
	struct lockdep_map dep_map;
};

static spinlock_t spin[NR_LOCKS];
static struct mutex mutex[NR_LOCKS];
static struct rw_semaphore rwsem[NR_LOCKS];
static struct rt_mutex rt_mutex[NR_LOCKS];
static struct annotated annotated[NR_LOCKS];
static struct lock_class_key keys[NR_CLASSES];
static const char *const names[NR_CLASSES] = { "A", "B", "C", "D" };
static char held_type[NR_LOCKS], held_mode[NR_LOCKS], type_of[NR_LOCKS];
static char row_type, row_mode;
static struct pin_cookie cookie;
static const char *handler_program;
static struct timer_list timer;

static void init_lock(int n, char type)
{
	u8 wait = type == 'p' ? LD_WAIT_SPIN : type == 'k' ? LD_WAIT_CONFIG : LD_WAIT_SLEEP;
	struct lock_class_key *key = &keys[n / 2];
	const char *name = names[n / 2];

	type_of[n] = type;
	switch (type) {
	case 's': __spin_lock_init(&spin[n], name, key); break;
	case 'm': __mutex_init(&mutex[n], name, key); break;
	case 'q': __init_rwsem(&rwsem[n], name, key); break;
	case 'T': __rt_mutex_init(&rt_mutex[n], name, key); break;
	default:
		debug_check_no_locks_freed(&annotated[n], sizeof(annotated[n]));
		lockdep_init_map_wait(&annotated[n].dep_map, name, key, 0, wait);
	}
}

static void set_novalidate(int n)
{
	switch (type_of[n]) {
	case 's': lockdep_set_novalidate_class(&spin[n]); break;
	case 'm': lockdep_set_novalidate_class(&mutex[n]); break;
	case 'q': lockdep_set_novalidate_class(&rwsem[n]); break;
	case 'T': lockdep_set_novalidate_class(&rt_mutex[n]); break;
	default: lockdep_set_novalidate_class(&annotated[n]);
	}
}

static void take(int n, char mode, int subclass, bool try_, struct lockdep_map *nest)
{
	int read = mode == 'w' ? 0 : mode == 'r' ? 1 : 2;

	held_type[n] = type_of[n];
	held_mode[n] = mode;
	switch (type_of[n]) {
	case 's':
		if (try_) {
			BUG_ON(!spin_trylock(&spin[n]));
		} else {
			spin_lock_nested(&spin[n], subclass);
		}
		break;
	case 'm':
		if (try_) {
			BUG_ON(!mutex_trylock(&mutex[n]));
		} else {
			mutex_lock_nested(&mutex[n], subclass);
		}
		break;
	case 'q':
		if (mode == 'w') {
			if (try_) {
				BUG_ON(!down_write_trylock(&rwsem[n]));
			} else {
				down_write_nested(&rwsem[n], subclass);
			}
		} else {
			down_read_nested(&rwsem[n], subclass);
		}
		break;
	case 'T':
		if (try_) {
			BUG_ON(!rt_mutex_trylock(&rt_mutex[n]));
		} else {
			rt_mutex_lock_nested(&rt_mutex[n], subclass);
		}
		break;
	default:
		lock_acquire(&annotated[n].dep_map, subclass, try_, read, 1, nest, 0);
	}
}

static void release(int n)
{
	switch (held_type[n]) {
	case 's': spin_unlock(&spin[n]); break;
	case 'm': mutex_unlock(&mutex[n]); break;
	case 'q':
		if (held_mode[n] == 'w')
			up_write(&rwsem[n]);
		else
			up_read(&rwsem[n]);
		break;
	case 'T': rt_mutex_unlock(&rt_mutex[n]); break;
	default: lock_release(&annotated[n].dep_map, 0);
	}
}

static void interpret(const char *p);

static void hard_handler(void *)
{
	interpret(handler_program);
}

static void soft_handler(struct timer_list *)
{
	interpret(handler_program);
}

/* Lets an interrupt run the program up to the closing parenthesis. */
static void interrupt(char kind, const char *program)
{
	handler_program = program;
	if (kind == 'H') {
		hotweave_raise_irq(2, hard_handler, NULL);
	} else {
		timer_setup(&timer, soft_handler, 0);
		mod_timer(&timer, jiffies + 1);
	}
	msleep(100);
}

static void interpret(const char *p)
{
	char mode = row_mode, type = 0;
	bool try_ = false, init = false, novalidate = false, nested = false;

	for (; *p && *p != ')'; p++) {
		if (*p == ' ')
			continue;
		if (*p == 'H' || *p == 'S') {
			interrupt(*p, p + 2);
			while (*p != ')')
				p++;
		} else if (*p == '-') {
			local_irq_disable();
		} else if (*p == '+') {
			local_irq_enable();
		} else if (*p == 'P') {
			cookie = lockdep_pin_lock(&annotated[0]);
		} else if (*p == 'U') {
			lockdep_unpin_lock(&annotated[0], cookie.val ? cookie : (struct pin_cookie){ 1 });
		} else if (*p == 'w' || *p == 'r' || *p == 'R') {
			mode = *p;
		} else if (*p == 't') {
			try_ = true;
		} else if (*p == 'n') {
			nested = true;
		} else if (*p == 'i') {
			init = true;
		} else if (*p == 'v') {
			novalidate = true;
		} else if (*p >= 'a' && *p <= 'd') {
			int n = 2 * (*p - 'a');

			if (p[1] == '\'')
				n++, p++;
			release(n);
		} else if (*p >= 'A' && *p <= 'D') {
			int n = 2 * (*p - 'A'), subclass = 0;

			if (p[1] == '\'')
				n++, p++;
			if (p[1] == '1')
				subclass = 1, p++;
			if (type && type != type_of[n])
				init_lock(n, type);
			if (init)
				init_lock(n, type_of[n]);
			else if (novalidate)
				set_novalidate(n);
			else
				take(n, mode, subclass, try_, nested ? &annotated[6].dep_map : NULL);
			mode = row_mode;
			type = 0;
			try_ = init = novalidate = nested = false;
		} else {
			type = *p;
		}
	}
}

static void run_row(char type, const char *mode, const char *program)
{
	row_type = type;
	row_mode = *mode;
	for (int n = 0; n < NR_LOCKS; n++)
		init_lock(n, type);
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
