/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * lockdep: classes of locks, the annotations that locks make, and the assertions that one is held.
 * Follows include/linux/lockdep.h of Linux 6.1 with CONFIG_PROVE_LOCKING. What is checked: docs/detectors.md.
 *
 * Every lock of this interface begins with a struct hotweave_lock (the engine's state) and has a
 * `dep_map`. A lock that was never initialised is reported as lock-misuse at its first use.
 *
 * A class is a key and a subclass. A lock's key is the place of its init macro, or the lock itself if it is
 * static and statically initialised. All of lockdep's memory begins empty in each execution.
 *
 * Context: any, for everything in this file. Scheduling points: none in this file.
 * Model: addresses (`ip`) are ignored: reports show the whole stack. A broken rule ends the execution with a
 * finding; the kernel warns once and switches lockdep off. With lockdep off (--lockdep off, lockdep_off(), after
 * a first report) lock_is_held() answers from the engine's own list of held locks, where the kernel says "unknown".
 */
#ifndef HOTWEAVE_LINUX_LOCKDEP_H
#define HOTWEAVE_LINUX_LOCKDEP_H

#include <linux/lockdep_types.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/* ---- The state of a lock -------------------------------------------------------------------------- */

/* Engine state of a lock. Written by the runtime only; zero plus `magic` is the unlocked state. */
struct hotweave_lock {
	unsigned int magic;
	unsigned int write_clock; /* what the last exclusive owner published */
	unsigned int read_clock;  /* what all shared owners published since */
	unsigned int readers;     /* shared owners now */
	struct task_struct *owner; /* exclusive owner */
	struct task_struct *first_waiter, *last_waiter;
};

#define HOTWEAVE_LOCK_MAGIC 0x4c4f434bu
#define __HOTWEAVE_LOCK_INIT { HOTWEAVE_LOCK_MAGIC, 0, 0, 0, NULL, NULL, NULL }
#define __DEP_MAP_INIT_TYPE(lockname, inner) \
	{ NULL, { NULL, NULL }, #lockname, LD_WAIT_INV, inner, LD_LOCK_NORMAL }
#define __DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_SLEEP)
#define __SPIN_DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_CONFIG)
#define __RAW_SPIN_DEP_MAP_INIT(lockname) __DEP_MAP_INIT_TYPE(lockname, LD_WAIT_SPIN)

/* For the initialisers of locks: unlocked state, a class by `key` and `name`, wait type `inner`. A finding of
 * kind lock-misuse if the current task holds a lock in this memory ("held lock freed"). */
void hotweave_lock_init(struct hotweave_lock *lock, struct lockdep_map *map, const char *name,
			struct lock_class_key *key, enum lockdep_wait_type inner);

/* ---- Classes -------------------------------------------------------------------------------------- */

/* A map that is no lock's: for things that act like locks. For static definitions. */
#define STATIC_LOCKDEP_MAP_INIT(_name, _key) \
	{ (struct lock_class_key *)(void *)(_key), { NULL, NULL }, (_name), LD_WAIT_INV, LD_WAIT_INV, LD_LOCK_NORMAL }

/* Makes `lock` a map of class `key` and `subclass`. `name` lives as long as the map. A key that is neither static
 * nor registered is a finding of kind lock-misuse. inner, outer: enum lockdep_wait_type. */
void lockdep_init_map_type(struct lockdep_map *lock, const char *name, struct lock_class_key *key, int subclass,
			   u8 inner, u8 outer, u8 lock_type);

static inline void lockdep_init_map_waits(struct lockdep_map *lock, const char *name, struct lock_class_key *key,
					  int subclass, u8 inner, u8 outer)
{
	lockdep_init_map_type(lock, name, key, subclass, inner, outer, LD_LOCK_NORMAL);
}

static inline void lockdep_init_map_wait(struct lockdep_map *lock, const char *name, struct lock_class_key *key,
					 int subclass, u8 inner)
{
	lockdep_init_map_waits(lock, name, key, subclass, inner, LD_WAIT_INV);
}

static inline void lockdep_init_map(struct lockdep_map *lock, const char *name, struct lock_class_key *key, int subclass)
{
	lockdep_init_map_wait(lock, name, key, subclass, LD_WAIT_INV);
}

/* Keys in dynamic memory: to be registered before the first use, and unregistered before the memory is freed. */
void lockdep_register_key(struct lock_class_key *key);
void lockdep_unregister_key(struct lock_class_key *key);

/* Give an initialised lock (anything with a dep_map) another class. Not while it is held. */
#define lockdep_set_class(lock, key_)                                                           \
	lockdep_init_map_type(&(lock)->dep_map, #key_, key_, 0, (lock)->dep_map.wait_type_inner, \
			      (lock)->dep_map.wait_type_outer, (lock)->dep_map.lock_type)
#define lockdep_set_class_and_name(lock, key_, name_)                                           \
	lockdep_init_map_type(&(lock)->dep_map, name_, key_, 0, (lock)->dep_map.wait_type_inner, \
			      (lock)->dep_map.wait_type_outer, (lock)->dep_map.lock_type)
#define lockdep_set_class_and_subclass(lock, key_, sub)                                           \
	lockdep_init_map_type(&(lock)->dep_map, #key_, key_, sub, (lock)->dep_map.wait_type_inner, \
			      (lock)->dep_map.wait_type_outer, (lock)->dep_map.lock_type)
#define lockdep_set_subclass(lock, sub)                                                                  \
	lockdep_init_map_type(&(lock)->dep_map, #lock, hotweave_lock_key(&(lock)->dep_map), sub,         \
			      (lock)->dep_map.wait_type_inner, (lock)->dep_map.wait_type_outer, \
			      (lock)->dep_map.lock_type)
#define lockdep_set_novalidate_class(lock) lockdep_set_class_and_name(lock, &__lockdep_no_validate__, #lock)

/* The map's key; a static lock gets its own (its class is itself). */
struct lock_class_key *hotweave_lock_key(struct lockdep_map *map);

/* A map of the same class, for a lock whose own map may go away meanwhile. */
static inline void lockdep_copy_map(struct lockdep_map *to, struct lockdep_map *from)
{
	*to = *from;
	to->key = hotweave_lock_key(from);
	to->class_cache[0] = to->class_cache[1] = NULL;
}

/* Is the lock of that class? */
#define lockdep_match_class(lock, key_) lockdep_match_key(&(lock)->dep_map, key_)
static inline int lockdep_match_key(struct lockdep_map *lock, struct lock_class_key *key)
{
	return lock->key == key;
}

/* ---- Acquire and release -------------------------------------------------------------------------- */

/*
 * The annotations that every lock makes, and that code may make for things that act like locks.
 * read: 0 exclusive, 1 shared, 2 shared and recursive. check: 0 only asserts may see it, 1 fully checked.
 * trylock: not 0: it does not wait. nest_lock: a held lock that serialises all of this class.
 * lock_acquire() comes before the wait for the lock, lock_release() before the release. An acquisition that
 * fails after lock_acquire() (a signal) is followed by lock_release(). Source: kernel/locking/lockdep.c, 6.1.
 */
void lock_acquire(struct lockdep_map *lock, unsigned int subclass, int trylock, int read, int check,
		  struct lockdep_map *nest_lock, unsigned long ip);
/* A map that the current task does not hold is a finding of kind lock-misuse ("bad unlock balance"). */
void lock_release(struct lockdep_map *lock, unsigned long ip);

/* For statistics in the kernel; nothing here. */
static inline void lock_contended(struct lockdep_map *lock, unsigned long ip) { (void)lock; (void)ip; }
static inline void lock_acquired(struct lockdep_map *lock, unsigned long ip) { (void)lock; (void)ip; }

#define lock_acquire_exclusive(l, s, t, n, i) lock_acquire(l, s, t, 0, 1, n, i)
#define lock_acquire_shared(l, s, t, n, i) lock_acquire(l, s, t, 1, 1, n, i)
#define lock_acquire_shared_recursive(l, s, t, n, i) lock_acquire(l, s, t, 2, 1, n, i)

/* A reader of an rwlock_t may take it again in an interrupt only: queued rwlocks are fair otherwise. */
bool read_lock_is_recursive(void);

#define spin_acquire(l, s, t, i) lock_acquire_exclusive(l, s, t, NULL, i)
#define spin_acquire_nest(l, s, t, n, i) lock_acquire_exclusive(l, s, t, n, i)
#define spin_release(l, i) lock_release(l, i)

#define rwlock_acquire(l, s, t, i) lock_acquire_exclusive(l, s, t, NULL, i)
#define rwlock_acquire_read(l, s, t, i) lock_acquire(l, s, t, read_lock_is_recursive() ? 2 : 1, 1, NULL, i)
#define rwlock_release(l, i) lock_release(l, i)

#define seqcount_acquire(l, s, t, i) lock_acquire_exclusive(l, s, t, NULL, i)
#define seqcount_acquire_read(l, s, t, i) lock_acquire_shared_recursive(l, s, t, NULL, i)
#define seqcount_release(l, i) lock_release(l, i)

#define mutex_acquire(l, s, t, i) lock_acquire_exclusive(l, s, t, NULL, i)
#define mutex_acquire_nest(l, s, t, n, i) lock_acquire_exclusive(l, s, t, n, i)
#define mutex_release(l, i) lock_release(l, i)

#define rwsem_acquire(l, s, t, i) lock_acquire_exclusive(l, s, t, NULL, i)
#define rwsem_acquire_nest(l, s, t, n, i) lock_acquire_exclusive(l, s, t, n, i)
#define rwsem_acquire_read(l, s, t, i) lock_acquire_shared(l, s, t, NULL, i)
#define rwsem_release(l, i) lock_release(l, i)

/* The subclass of the inner one of two locks of one class. */
#define SINGLE_DEPTH_NESTING 1

#define lock_map_acquire(l) lock_acquire_exclusive(l, 0, 0, NULL, 0)
#define lock_map_acquire_read(l) lock_acquire_shared_recursive(l, 0, 0, NULL, 0)
#define lock_map_acquire_tryread(l) lock_acquire_shared_recursive(l, 0, 1, NULL, 0)
#define lock_map_release(l) lock_release(l, 0)

/* This place may take the lock, even if it does not now: checked as if it did. */
#define might_lock(lock)                                                \
	do {                                                            \
		lock_acquire(&(lock)->dep_map, 0, 0, 0, 1, NULL, 0);    \
		lock_release(&(lock)->dep_map, 0);                      \
	} while (0)
#define might_lock_read(lock)                                           \
	do {                                                            \
		lock_acquire(&(lock)->dep_map, 0, 0, 1, 1, NULL, 0);    \
		lock_release(&(lock)->dep_map, 0);                      \
	} while (0)
#define might_lock_nested(lock, subclass)                                      \
	do {                                                                   \
		lock_acquire(&(lock)->dep_map, subclass, 0, 0, 1, NULL, 0);    \
		lock_release(&(lock)->dep_map, 0);                             \
	} while (0)

/* A held lock becomes one of another class, or a reader's. Not held: as lock_release(). */
void lock_set_class(struct lockdep_map *lock, const char *name, struct lock_class_key *key, unsigned int subclass,
		    unsigned long ip);
static inline void lock_set_subclass(struct lockdep_map *lock, unsigned int subclass, unsigned long ip)
{
	lock_set_class(lock, lock->name, hotweave_lock_key(lock), subclass, ip);
}
void lock_downgrade(struct lockdep_map *lock, unsigned long ip);

/* ---- Pins: the lock must not be released until it is unpinned -------------------------------------- */

struct pin_cookie lock_pin_lock(struct lockdep_map *lock);
void lock_repin_lock(struct lockdep_map *lock, struct pin_cookie cookie);
void lock_unpin_lock(struct lockdep_map *lock, struct pin_cookie cookie);

#define NIL_COOKIE ((struct pin_cookie){ 0U })
#define lockdep_pin_lock(l) lock_pin_lock(&(l)->dep_map)
#define lockdep_repin_lock(l, c) lock_repin_lock(&(l)->dep_map, (c))
#define lockdep_unpin_lock(l, c) lock_unpin_lock(&(l)->dep_map, (c))

/* ---- Questions and assertions --------------------------------------------------------------------- */

#define LOCK_STATE_UNKNOWN (-1)
#define LOCK_STATE_NOT_HELD 0
#define LOCK_STATE_HELD 1

/* Does the current task (or what it interrupts) hold the lock? read: -1 in any mode, 0 exclusive, 1 shared. */
int lock_is_held_type(const struct lockdep_map *lock, int read);
static inline int lock_is_held(const struct lockdep_map *lock) { return lock_is_held_type(lock, -1); }

#define lockdep_is_held(lock) lock_is_held(&(lock)->dep_map)
#define lockdep_is_held_type(lock, r) lock_is_held_type(&(lock)->dep_map, (r))

/* Locks that the task holds, lock maps included. */
int hotweave_lockdep_depth(struct task_struct *task);
#define lockdep_depth(tsk) hotweave_lockdep_depth(tsk)
/* True while the task is between lockdep_off() and lockdep_on(). */
int hotweave_lockdep_recursing(struct task_struct *task);
#define lockdep_recursing(tsk) hotweave_lockdep_recursing(tsk)

/* A failed assertion is a finding of kind missing-lock; the text is that of the expression. */
void hotweave_assert_held(const struct lockdep_map *map, int mode, const char *expression);
void hotweave_assert_not_held(const struct lockdep_map *map, const char *expression);
void hotweave_assert_lockdep(bool holds, const char *expression);

#define lockdep_assert(cond) hotweave_assert_lockdep(!!(cond), #cond)
#define lockdep_assert_once(cond) hotweave_assert_lockdep(!!(cond), #cond)
#define lockdep_assert_held(l) hotweave_assert_held(&(l)->dep_map, -1, #l)
#define lockdep_assert_held_write(l) hotweave_assert_held(&(l)->dep_map, 0, #l)
#define lockdep_assert_held_read(l) hotweave_assert_held(&(l)->dep_map, 1, #l)
#define lockdep_assert_held_once(l) hotweave_assert_held(&(l)->dep_map, -1, #l)
#define lockdep_assert_not_held(l) hotweave_assert_not_held(&(l)->dep_map, #l)
#define lockdep_assert_none_held_once() hotweave_assert_lockdep(hotweave_lockdep_depth(NULL) == 0, "no lock held")

/* Where interrupts, bottom halves and preemption must be in a state. Findings of kind assertion. */
void hotweave_assert_context(int what, const char *expression);
#define lockdep_assert_irqs_enabled() hotweave_assert_context(0, "lockdep_assert_irqs_enabled()")
#define lockdep_assert_irqs_disabled() hotweave_assert_context(1, "lockdep_assert_irqs_disabled()")
#define lockdep_assert_in_irq() hotweave_assert_context(2, "lockdep_assert_in_irq()")
#define lockdep_assert_no_hardirq() hotweave_assert_context(3, "lockdep_assert_no_hardirq()")
#define lockdep_assert_preemption_enabled() hotweave_assert_context(4, "lockdep_assert_preemption_enabled()")
#define lockdep_assert_preemption_disabled() hotweave_assert_context(5, "lockdep_assert_preemption_disabled()")
#define lockdep_assert_in_softirq() hotweave_assert_context(6, "lockdep_assert_in_softirq()")

/* ---- lockdep itself ------------------------------------------------------------------------------- */

/* The current task's locks are not seen until lockdep_on(). Nests. A lock taken before may be released between. */
void lockdep_off(void);
void lockdep_on(void);
/* Return to user space: the current task must hold nothing (finding lock-leak). */
void lockdep_sys_exit(void);
static inline void lockdep_init(void) {}
static inline void lockdep_init_task(struct task_struct *task) { (void)task; }
static inline void lockdep_free_task(struct task_struct *task) { (void)task; }

#ifdef __cplusplus
}
#endif
#endif
