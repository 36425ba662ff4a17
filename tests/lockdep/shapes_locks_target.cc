// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Locks of any type behind one set of functions. See shapes.h. */
#include <linux/bug.h>
#include <linux/debug_locks.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/rtmutex.h>
#include <linux/rwlock.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/ww_mutex.h>

#include "shapes.h"

struct any_lock {
	char type, held_mode;
	struct lock_class_key *key;
	union {
		spinlock_t spin;
		raw_spinlock_t raw;
		rwlock_t rw;
		struct mutex mutex;
		struct rw_semaphore rwsem;
		struct rt_mutex rt;
		struct percpu_rw_semaphore percpu;
		struct ww_mutex ww;
		struct lockdep_map map; /* by annotation alone */
	};
};

static struct any_lock fixed[NR_LOCKS];
static struct any_lock *moved[NR_LOCKS];
static struct lock_class_key keys[NR_CLASSES];
static const char *const names[NR_CLASSES] = { "A", "B", "C", "D" };
static DEFINE_WW_CLASS(ww_class);
static struct ww_acquire_ctx contexts[2];
static int nr_contexts;

static struct any_lock *lock_of(int n)
{
	return moved[n] ? moved[n] : &fixed[n];
}

struct lockdep_map *shape_map(int n)
{
	struct any_lock *l = lock_of(n);

	switch (l->type) {
	case 's': return &l->spin.dep_map;
	case 'p': return &l->raw.dep_map;
	case 'k': return &l->rw.dep_map;
	case 'm': return &l->mutex.dep_map;
	case 'q': return &l->rwsem.dep_map;
	case 'T': return &l->rt.dep_map;
	case 'y': return &l->percpu.dep_map;
	case 'W': return &l->ww.base.dep_map;
	default: return &l->map;
	}
}

void shape_init(int n, char type)
{
	struct any_lock *l = lock_of(n);
	struct lock_class_key *key = l->key ? l->key : &keys[n / 2];
	const char *name = names[n / 2];

	l->type = type;
	switch (type) {
	case 's': __spin_lock_init(&l->spin, name, key); break;
	case 'p': __raw_spin_lock_init(&l->raw, name, key, LD_WAIT_SPIN); break;
	case 'k': __rwlock_init(&l->rw, name, key); break;
	case 'm': __mutex_init(&l->mutex, name, key); break;
	case 'q': __init_rwsem(&l->rwsem, name, key); break;
	case 'T': __rt_mutex_init(&l->rt, name, key); break;
	case 'y': __percpu_init_rwsem(&l->percpu, name, key); break;
	case 'W': ww_mutex_init(&l->ww, &ww_class); break;
	default:
		debug_check_no_locks_freed(&l->map, sizeof(l->map));
		lockdep_init_map_wait(&l->map, name, key, 0, type == 'z' ? LD_WAIT_SLEEP : LD_WAIT_CONFIG);
	}
}

char shape_type(int n)
{
	return lock_of(n)->type;
}

static int try_to_take(struct any_lock *l, char mode)
{
	switch (l->type) {
	case 's': return spin_trylock(&l->spin);
	case 'p': return raw_spin_trylock(&l->raw);
	case 'k': return mode == 'w' ? write_trylock(&l->rw) : read_trylock(&l->rw);
	case 'm': return mutex_trylock(&l->mutex);
	case 'q': return mode == 'w' ? down_write_trylock(&l->rwsem) : down_read_trylock(&l->rwsem);
	case 'T': return rt_mutex_trylock(&l->rt);
	case 'y': return percpu_down_read_trylock(&l->percpu);
	default: return ww_mutex_trylock(&l->ww, nr_contexts ? &contexts[nr_contexts - 1] : NULL);
	}
}

static void take_nested(struct any_lock *l, struct lockdep_map *nest)
{
	switch (l->type) {
	case 's': _raw_spin_lock_nest_lock(&l->spin.rlock, nest); break;
	case 'p': _raw_spin_lock_nest_lock(&l->raw, nest); break;
	case 'm': _mutex_lock_nest_lock(&l->mutex, nest); break;
	case 'q': _down_write_nest_lock(&l->rwsem, nest); break;
	case 'T': _rt_mutex_lock_nest_lock(&l->rt, nest); break;
	default: BUG();
	}
}

static void take_ww(struct any_lock *l)
{
	int error = ww_mutex_lock(&l->ww, nr_contexts ? &contexts[nr_contexts - 1] : NULL);

	BUG_ON(error && error != -EALREADY);
}

static void take_waiting(struct any_lock *l, char mode, int subclass)
{
	switch (l->type) {
	case 's': spin_lock_nested(&l->spin, subclass); break;
	case 'p': raw_spin_lock_nested(&l->raw, subclass); break;
	case 'm': mutex_lock_nested(&l->mutex, subclass); break;
	case 'T': rt_mutex_lock_nested(&l->rt, subclass); break;
	case 'W': take_ww(l); break;
	case 'k':
		if (mode == 'w')
			write_lock_nested(&l->rw, subclass);
		else
			read_lock(&l->rw);
		break;
	case 'q':
		if (mode == 'w')
			down_write_nested(&l->rwsem, subclass);
		else
			down_read_nested(&l->rwsem, subclass);
		break;
	default:
		if (mode == 'w')
			percpu_down_write(&l->percpu);
		else
			percpu_down_read(&l->percpu);
	}
}

void shape_take(int n, const struct take *how)
{
	struct any_lock *l = lock_of(n);
	struct lockdep_map *nest = how->nested ? shape_map(6) : NULL;

	l->held_mode = how->mode;
	if (l->type == 'x' || l->type == 'z')
		lock_acquire(&l->map, how->subclass, how->try_, how->mode == 'w' ? 0 : how->mode == 'r' ? 1 : 2, 1,
			     nest, 0);
	else if (nest)
		take_nested(l, nest);
	else if (how->try_)
		BUG_ON(!try_to_take(l, how->mode));
	else
		take_waiting(l, how->mode, how->subclass);
}

void shape_release(int n)
{
	struct any_lock *l = lock_of(n);
	bool write = l->held_mode == 'w';

	switch (l->type) {
	case 's': spin_unlock(&l->spin); break;
	case 'p': raw_spin_unlock(&l->raw); break;
	case 'm': mutex_unlock(&l->mutex); break;
	case 'T': rt_mutex_unlock(&l->rt); break;
	case 'W': ww_mutex_unlock(&l->ww); break;
	case 'k':
		if (write)
			write_unlock(&l->rw);
		else
			read_unlock(&l->rw);
		break;
	case 'q':
		if (write)
			up_write(&l->rwsem);
		else
			up_read(&l->rwsem);
		break;
	case 'y':
		if (write)
			percpu_up_write(&l->percpu);
		else
			percpu_up_read(&l->percpu);
		break;
	default: lock_release(&l->map, 0);
	}
}

void shape_downgrade(int n)
{
	struct any_lock *l = lock_of(n);

	if (l->type == 'q')
		downgrade_write(&l->rwsem);
	else
		lock_downgrade(shape_map(n), 0);
	l->held_mode = 'r';
}

void shape_allocate(int n)
{
	char type = shape_type(n);

	moved[n] = (struct any_lock *)kzalloc(sizeof(*moved[n]), GFP_KERNEL | __GFP_NOFAIL);
	shape_init(n, type);
}

void shape_free(int n)
{
	/* What a writer has begun must be over before the memory goes. */
	if (moved[n]->type == 'y' && !lock_is_held(&moved[n]->percpu.dep_map))
		percpu_free_rwsem(&moved[n]->percpu);
	kfree(moved[n]);
	moved[n] = NULL;
}

void shape_dynamic_key(int n, bool registered)
{
	struct any_lock *l = lock_of(n);

	l->key = (struct lock_class_key *)kzalloc(sizeof(*l->key), GFP_KERNEL | __GFP_NOFAIL);
	if (registered)
		lockdep_register_key(l->key);
	shape_init(n, l->type);
}

void shape_register_again(int n)
{
	lockdep_register_key(lock_of(n)->key);
}

void shape_forget_key(int n)
{
	lockdep_unregister_key(lock_of(n)->key);
	kfree(lock_of(n)->key);
	lock_of(n)->key = NULL;
}

void shape_ww_begin(void)
{
	ww_acquire_init(&contexts[nr_contexts++], &ww_class);
}

void shape_ww_end(void)
{
	ww_acquire_fini(&contexts[--nr_contexts]);
}
