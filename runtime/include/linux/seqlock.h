/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sequence counters and sequence locks. Follows include/linux/seqlock.h of Linux 6.1 (not PREEMPT_RT).
 *
 * A reader notes the count, reads, and reads again if the count has changed: it never keeps a writer off. Writers
 * must exclude each other, and must not be interrupted by a reader of their CPU (it would wait for ever: finding
 * deadlock): the counters associated with a lock assert that it is held, seqcount_t that preemption is off.
 * A write section happens before the read sections that see its end.
 *
 * Races: as KCSAN has it, accesses inside a read section (from begin to retry) and inside a write section count as
 * marked: they race with plain accesses outside of such sections, not with each other. After a read section of a
 * bare counter at most 1000 accesses count so if no retry ends it.
 *
 * Context: any. Scheduling points: each access of the count, each barrier, each wait for a writer.
 * Model: latches (seqcount_latch_t) are here, ww_mutex counters are not.
 */
#ifndef HOTWEAVE_LINUX_SEQLOCK_H
#define HOTWEAVE_LINUX_SEQLOCK_H

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KCSAN_SEQLOCK_REGION_MAX 1000

/* ---- seqcount_t -------------------------------------------------------------------------------- */

typedef struct seqcount {
	unsigned int sequence;
	struct lockdep_map dep_map;
	struct task_struct *writer; /* of the runtime: whom a waiting reader waits for */
} seqcount_t;

#define SEQCNT_ZERO(name) { 0, __DEP_MAP_INIT_TYPE(name, LD_WAIT_INV), NULL }

/* Any context. Its class is the place of this call. */
void __seqcount_init(seqcount_t *s, const char *name, struct lock_class_key *key);
#define seqcount_init(s)                                                  \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__seqcount_init((s), #s, &__key);                         \
	} while (0)

/* The runtime's part: a wait while the count is odd; who writes; what lockdep hears of a reader. */
void hotweave_seqcount_wait(const seqcount_t *s);
void hotweave_seqcount_writer(seqcount_t *s, bool begins);
void hotweave_seqcount_reader(const seqcount_t *s);

/* ---- seqcount_LOCKNAME_t: a counter whose writers hold a certain lock -------------------------- */

#define HOTWEAVE_SEQCOUNT(lockname, locktype)                                                   \
	typedef struct seqcount_##lockname {                                                    \
		seqcount_t seqcount;                                                            \
		locktype *lock;                                                                 \
	} seqcount_##lockname##_t;
HOTWEAVE_SEQCOUNT(raw_spinlock, raw_spinlock_t)
HOTWEAVE_SEQCOUNT(spinlock, spinlock_t)
HOTWEAVE_SEQCOUNT(rwlock, rwlock_t)
HOTWEAVE_SEQCOUNT(mutex, struct mutex)
#undef HOTWEAVE_SEQCOUNT

#define SEQCOUNT_LOCKNAME_ZERO(seq_name, assoc_lock) { SEQCNT_ZERO(seq_name.seqcount), (assoc_lock) }
#define SEQCNT_RAW_SPINLOCK_ZERO(name, lock) SEQCOUNT_LOCKNAME_ZERO(name, lock)
#define SEQCNT_SPINLOCK_ZERO(name, lock) SEQCOUNT_LOCKNAME_ZERO(name, lock)
#define SEQCNT_RWLOCK_ZERO(name, lock) SEQCOUNT_LOCKNAME_ZERO(name, lock)
#define SEQCNT_MUTEX_ZERO(name, lock) SEQCOUNT_LOCKNAME_ZERO(name, lock)

#define seqcount_LOCKNAME_init(s, _lock)                \
	do {                                            \
		seqcount_init(&(s)->seqcount);          \
		(s)->lock = (_lock);                    \
	} while (0)
#define seqcount_raw_spinlock_init(s, lock) seqcount_LOCKNAME_init(s, lock)
#define seqcount_spinlock_init(s, lock) seqcount_LOCKNAME_init(s, lock)
#define seqcount_rwlock_init(s, lock) seqcount_LOCKNAME_init(s, lock)
#define seqcount_mutex_init(s, lock) seqcount_LOCKNAME_init(s, lock)

/* seqprop_ptr(s): the seqcount_t in any of them. seqprop_assert(s): what its writers must hold.
 * seqprop_preemptible(s): must a write section turn preemption off itself? */
#ifdef __cplusplus
}
extern "C++" {
inline seqcount_t *seqprop_ptr(seqcount_t *s) { return s; }
inline const seqcount_t *seqprop_ptr(const seqcount_t *s) { return s; }
inline bool seqprop_preemptible(const seqcount_t *) { return false; }
inline void seqprop_assert(const seqcount_t *) { lockdep_assert_preemption_disabled(); }
#define HOTWEAVE_SEQPROP(lockname, preemptible)                                                           \
	inline seqcount_t *seqprop_ptr(seqcount_##lockname##_t *s) { return &s->seqcount; }               \
	inline const seqcount_t *seqprop_ptr(const seqcount_##lockname##_t *s) { return &s->seqcount; }   \
	inline bool seqprop_preemptible(const seqcount_##lockname##_t *) { return preemptible; }          \
	inline void seqprop_assert(const seqcount_##lockname##_t *s) { lockdep_assert_held(s->lock); }
HOTWEAVE_SEQPROP(raw_spinlock, false)
HOTWEAVE_SEQPROP(spinlock, false)
HOTWEAVE_SEQPROP(rwlock, false)
HOTWEAVE_SEQPROP(mutex, true)
#undef HOTWEAVE_SEQPROP
}
extern "C" {
#else
#define HOTWEAVE_SEQPROP(s, expr_plain, prop)                                                   \
	_Generic(*(s), seqcount_t : expr_plain,                                                 \
		 seqcount_raw_spinlock_t : hotweave_raw_spinlock_##prop,                        \
		 seqcount_spinlock_t : hotweave_spinlock_##prop,                                \
		 seqcount_rwlock_t : hotweave_rwlock_##prop,                                    \
		 seqcount_mutex_t : hotweave_mutex_##prop)
static inline seqcount_t *hotweave_plain_ptr(const void *s) { return (seqcount_t *)s; }
static inline bool hotweave_plain_preemptible(const void *s) { (void)s; return false; }
static inline void hotweave_plain_assert(const void *s) { (void)s; lockdep_assert_preemption_disabled(); }
#define HOTWEAVE_SEQPROPS(lockname, preemptible_)                                                         \
	static inline seqcount_t *hotweave_##lockname##_ptr(const void *s)                                \
	{                                                                                                 \
		return (seqcount_t *)&((const seqcount_##lockname##_t *)s)->seqcount;                     \
	}                                                                                                 \
	static inline bool hotweave_##lockname##_preemptible(const void *s)                               \
	{                                                                                                 \
		(void)s;                                                                                  \
		return preemptible_;                                                                      \
	}                                                                                                 \
	static inline void hotweave_##lockname##_assert(const void *s)                                    \
	{                                                                                                 \
		lockdep_assert_held(((const seqcount_##lockname##_t *)s)->lock);                          \
	}
HOTWEAVE_SEQPROPS(raw_spinlock, false)
HOTWEAVE_SEQPROPS(spinlock, false)
HOTWEAVE_SEQPROPS(rwlock, false)
HOTWEAVE_SEQPROPS(mutex, true)
#undef HOTWEAVE_SEQPROPS
#define seqprop_ptr(s) HOTWEAVE_SEQPROP(s, hotweave_plain_ptr, ptr)(s)
#define seqprop_preemptible(s) HOTWEAVE_SEQPROP(s, hotweave_plain_preemptible, preemptible)(s)
#define seqprop_assert(s) HOTWEAVE_SEQPROP(s, hotweave_plain_assert, assert)(s)
#endif

/* ---- Readers ----------------------------------------------------------------------------------- */

static inline unsigned int do___read_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq;

	while ((seq = READ_ONCE(s->sequence)) & 1)
		hotweave_seqcount_wait(s);
	kcsan_atomic_next(KCSAN_SEQLOCK_REGION_MAX);
	return seq;
}

static inline unsigned int do_raw_read_seqcount_begin(const seqcount_t *s)
{
	unsigned int seq = do___read_seqcount_begin(s);

	smp_rmb();
	return seq;
}

static inline unsigned int do_read_seqcount_begin(const seqcount_t *s)
{
	hotweave_seqcount_reader(s);
	return do_raw_read_seqcount_begin(s);
}

static inline unsigned int do_raw_read_seqcount(const seqcount_t *s)
{
	unsigned int seq = READ_ONCE(s->sequence);

	smp_rmb();
	kcsan_atomic_next(KCSAN_SEQLOCK_REGION_MAX);
	return seq;
}

static inline int do___read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	kcsan_atomic_next(0);
	return READ_ONCE(s->sequence) != start;
}

static inline int do_read_seqcount_retry(const seqcount_t *s, unsigned int start)
{
	smp_rmb();
	return do___read_seqcount_retry(s, start);
}

/* Lockdep's view of a reader, without reading. */
#define seqcount_lockdep_reader_access(s) hotweave_seqcount_reader(s)

/* Wait until no writer is in; the count, for retry. __: without a barrier. raw_: without lockdep. */
#define read_seqcount_begin(s) do_read_seqcount_begin(seqprop_ptr(s))
#define raw_read_seqcount_begin(s) do_raw_read_seqcount_begin(seqprop_ptr(s))
#define __read_seqcount_begin(s) do___read_seqcount_begin(seqprop_ptr(s))
/* Do not wait: the count as it is; with the low bit off, so that retry is certain if a writer is in. */
#define raw_read_seqcount(s) do_raw_read_seqcount(seqprop_ptr(s))
#define raw_seqcount_begin(s) (raw_read_seqcount(s) & ~1u)
/* True if what was read must be thrown away. */
#define read_seqcount_retry(s, start) do_read_seqcount_retry(seqprop_ptr(s), start)
#define __read_seqcount_retry(s, start) do___read_seqcount_retry(seqprop_ptr(s), start)

/* ---- Writers ----------------------------------------------------------------------------------- */

static inline void do_raw_write_seqcount_begin(seqcount_t *s)
{
	hotweave_seqcount_writer(s, true);
	kcsan_nestable_atomic_begin();
	WRITE_ONCE(s->sequence, READ_ONCE(s->sequence) + 1);
	smp_wmb();
}

static inline void do_raw_write_seqcount_end(seqcount_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->sequence, READ_ONCE(s->sequence) + 1);
	kcsan_nestable_atomic_end();
	hotweave_seqcount_writer(s, false);
}

static inline void do_write_seqcount_begin_nested(seqcount_t *s, int subclass)
{
	lock_acquire(&s->dep_map, (unsigned int)subclass, 0, 0, 1, NULL, 0);
	do_raw_write_seqcount_begin(s);
}

static inline void do_write_seqcount_begin(seqcount_t *s) { do_write_seqcount_begin_nested(s, 0); }

static inline void do_write_seqcount_end(seqcount_t *s)
{
	lock_release(&s->dep_map, 0);
	do_raw_write_seqcount_end(s);
}

static inline void do_write_seqcount_invalidate(seqcount_t *s)
{
	smp_wmb();
	kcsan_nestable_atomic_begin();
	WRITE_ONCE(s->sequence, READ_ONCE(s->sequence) + 2);
	kcsan_nestable_atomic_end();
}

static inline void do_raw_write_seqcount_barrier(seqcount_t *s)
{
	kcsan_nestable_atomic_begin();
	WRITE_ONCE(s->sequence, READ_ONCE(s->sequence) + 1);
	smp_wmb();
	WRITE_ONCE(s->sequence, READ_ONCE(s->sequence) + 1);
	kcsan_nestable_atomic_end();
}

/* Without lockdep, and without the check that writers exclude each other. */
#define raw_write_seqcount_begin(s)                             \
	do {                                                    \
		if (seqprop_preemptible(s))                     \
			preempt_disable();                      \
		do_raw_write_seqcount_begin(seqprop_ptr(s));    \
	} while (0)
#define raw_write_seqcount_end(s)                               \
	do {                                                    \
		do_raw_write_seqcount_end(seqprop_ptr(s));      \
		if (seqprop_preemptible(s))                     \
			preempt_enable();                       \
	} while (0)
#define write_seqcount_begin_nested(s, subclass)                                \
	do {                                                                    \
		seqprop_assert(s);                                              \
		if (seqprop_preemptible(s))                                     \
			preempt_disable();                                      \
		do_write_seqcount_begin_nested(seqprop_ptr(s), subclass);       \
	} while (0)
#define write_seqcount_begin(s) write_seqcount_begin_nested(s, 0)
#define write_seqcount_end(s)                                   \
	do {                                                    \
		do_write_seqcount_end(seqprop_ptr(s));          \
		if (seqprop_preemptible(s))                     \
			preempt_enable();                       \
	} while (0)
/* Makes all readers that are in retry. */
#define write_seqcount_invalidate(s) do_write_seqcount_invalidate(seqprop_ptr(s))
/* Orders the writes before with those after, for readers. */
#define raw_write_seqcount_barrier(s) do_raw_write_seqcount_barrier(seqprop_ptr(s))

/* ---- Latches: two copies of the data, writers may be interrupted by readers -------------------- */

typedef struct {
	seqcount_t seqcount;
} seqcount_latch_t;

#define SEQCNT_LATCH_ZERO(seq_name) { SEQCNT_ZERO(seq_name.seqcount) }
#define seqcount_latch_init(s) seqcount_init(&(s)->seqcount)

/* The low bit says which copy to read. Model: an acquire instead of the dependency on the count. */
static inline unsigned int raw_read_seqcount_latch(const seqcount_latch_t *s)
{
	return smp_load_acquire(&s->seqcount.sequence);
}

static inline int read_seqcount_latch_retry(const seqcount_latch_t *s, unsigned int start)
{
	smp_rmb();
	return READ_ONCE(s->seqcount.sequence) != start;
}

/* Readers go to the other copy. */
static inline void raw_write_seqcount_latch(seqcount_latch_t *s)
{
	smp_wmb();
	WRITE_ONCE(s->seqcount.sequence, READ_ONCE(s->seqcount.sequence) + 1);
	smp_wmb();
}

/* ---- seqlock_t: a counter with its spinlock ---------------------------------------------------- */

typedef struct {
	seqcount_spinlock_t seqcount;
	spinlock_t lock;
} seqlock_t;

#define __SEQLOCK_UNLOCKED(lockname) \
	{ SEQCOUNT_LOCKNAME_ZERO(lockname.seqcount, &(lockname).lock), __SPIN_LOCK_INITIALIZER(lockname.lock) }
#define DEFINE_SEQLOCK(sl) seqlock_t sl = __SEQLOCK_UNLOCKED(sl)
#define seqlock_init(sl)                                                \
	do {                                                            \
		spin_lock_init(&(sl)->lock);                            \
		seqcount_spinlock_init(&(sl)->seqcount, &(sl)->lock);   \
	} while (0)

static inline unsigned int read_seqbegin(const seqlock_t *sl)
{
	unsigned int ret = read_seqcount_begin(&sl->seqcount);

	kcsan_atomic_next(0);
	kcsan_flat_atomic_begin();
	return ret;
}

static inline unsigned int read_seqretry(const seqlock_t *sl, unsigned int start)
{
	kcsan_flat_atomic_end();
	return (unsigned int)read_seqcount_retry(&sl->seqcount, start);
}

#define HOTWEAVE_SEQLOCK(suffix)                                        \
	static inline void write_seqlock##suffix(seqlock_t *sl)         \
	{                                                               \
		spin_lock##suffix(&sl->lock);                           \
		do_write_seqcount_begin(&sl->seqcount.seqcount);        \
	}                                                               \
	static inline void write_sequnlock##suffix(seqlock_t *sl)       \
	{                                                               \
		do_write_seqcount_end(&sl->seqcount.seqcount);          \
		spin_unlock##suffix(&sl->lock);                         \
	}                                                               \
	static inline void read_seqlock_excl##suffix(seqlock_t *sl)     \
	{                                                               \
		spin_lock##suffix(&sl->lock);                           \
	}                                                               \
	static inline void read_sequnlock_excl##suffix(seqlock_t *sl)   \
	{                                                               \
		spin_unlock##suffix(&sl->lock);                         \
	}
/* Write sections; and readers that exclude writers and each other, and change nothing. */
HOTWEAVE_SEQLOCK()
HOTWEAVE_SEQLOCK(_bh)
HOTWEAVE_SEQLOCK(_irq)
#undef HOTWEAVE_SEQLOCK

static inline unsigned long __write_seqlock_irqsave(seqlock_t *sl)
{
	unsigned long flags;

	spin_lock_irqsave(&sl->lock, flags);
	do_write_seqcount_begin(&sl->seqcount.seqcount);
	return flags;
}
#define write_seqlock_irqsave(lock, flags) ((flags) = __write_seqlock_irqsave(lock))

static inline void write_sequnlock_irqrestore(seqlock_t *sl, unsigned long flags)
{
	do_write_seqcount_end(&sl->seqcount.seqcount);
	spin_unlock_irqrestore(&sl->lock, flags);
}

static inline unsigned long __read_seqlock_excl_irqsave(seqlock_t *sl)
{
	unsigned long flags;

	spin_lock_irqsave(&sl->lock, flags);
	return flags;
}
#define read_seqlock_excl_irqsave(lock, flags) ((flags) = __read_seqlock_excl_irqsave(lock))

static inline void read_sequnlock_excl_irqrestore(seqlock_t *sl, unsigned long flags)
{
	spin_unlock_irqrestore(&sl->lock, flags);
}

/* A reader that tries without the lock (*seq even) and takes it the second time (odd). */
static inline void read_seqbegin_or_lock(seqlock_t *lock, int *seq)
{
	if (!(*seq & 1))
		*seq = (int)read_seqbegin(lock);
	else
		read_seqlock_excl(lock);
}

static inline int need_seqretry(seqlock_t *lock, int seq)
{
	return !(seq & 1) && read_seqretry(lock, (unsigned int)seq);
}

static inline void done_seqretry(seqlock_t *lock, int seq)
{
	if (seq & 1)
		read_sequnlock_excl(lock);
}

static inline unsigned long read_seqbegin_or_lock_irqsave(seqlock_t *lock, int *seq)
{
	unsigned long flags = 0;

	if (!(*seq & 1))
		*seq = (int)read_seqbegin(lock);
	else
		read_seqlock_excl_irqsave(lock, flags);
	return flags;
}

static inline void done_seqretry_irqrestore(seqlock_t *lock, int seq, unsigned long flags)
{
	if (seq & 1)
		read_sequnlock_excl_irqrestore(lock, flags);
}

#ifdef __cplusplus
}
#endif
#endif
