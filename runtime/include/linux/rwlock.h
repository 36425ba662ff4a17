/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reader/writer spinlocks. Follows include/linux/rwlock.h, rwlock_api_smp.h and kernel/locking/qrwlock.c of
 * Linux 6.1 (queued rwlocks, as on most architectures).
 *
 * Many readers or one writer; spinning, with preemption off as <linux/spinlock.h> has it. A reader that finds a
 * writer waiting queues behind it, although only readers hold the lock: a task that holds the read side and asks
 * again deadlocks with that writer. In interrupts, and with bottom halves off, a reader only waits for a writer
 * that holds the lock: there the read side is recursive. lockdep is told the same (read=2 there, else read=1;
 * read=2 everywhere before 5.10). Writers are never recursive.
 * What a writer did happens before what later owners do, what readers did before what later writers do.
 *
 * Context and scheduling points: as spinlocks. Unlocked by a task that is no owner in that mode: lock-misuse.
 */
#ifndef HOTWEAVE_LINUX_RWLOCK_H
#define HOTWEAVE_LINUX_RWLOCK_H

#include <linux/bottom_half.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/spinlock_types.h>
#include <linux/typecheck.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Initialisation; the class is the place of the call. Any context. */
void __rwlock_init(rwlock_t *lock, const char *name, struct lock_class_key *key);
#define rwlock_init(lock)                                                 \
	do {                                                              \
		static struct lock_class_key __key;                       \
		__rwlock_init((lock), #lock, &__key);                     \
	} while (0)

void _raw_read_lock(rwlock_t *lock);
void _raw_read_lock_bh(rwlock_t *lock);
void _raw_read_lock_irq(rwlock_t *lock);
unsigned long _raw_read_lock_irqsave(rwlock_t *lock);
/* 1 if taken, 0 if not. A waiting writer makes it fail. */
int _raw_read_trylock(rwlock_t *lock);
void _raw_read_unlock(rwlock_t *lock);
void _raw_read_unlock_bh(rwlock_t *lock);
void _raw_read_unlock_irq(rwlock_t *lock);
void _raw_read_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
void _raw_write_lock(rwlock_t *lock);
void _raw_write_lock_nested(rwlock_t *lock, int subclass);
void _raw_write_lock_bh(rwlock_t *lock);
void _raw_write_lock_irq(rwlock_t *lock);
unsigned long _raw_write_lock_irqsave(rwlock_t *lock);
int _raw_write_trylock(rwlock_t *lock);
int hotweave_write_trylock_irqsave(rwlock_t *lock, unsigned long *flags);
void _raw_write_unlock(rwlock_t *lock);
void _raw_write_unlock_bh(rwlock_t *lock);
void _raw_write_unlock_irq(rwlock_t *lock);
void _raw_write_unlock_irqrestore(rwlock_t *lock, unsigned long flags);
/* True if somebody waits in the queue. Scheduling point. */
int hotweave_rwlock_is_contended(rwlock_t *lock);

#define read_lock(lock) _raw_read_lock(lock)
#define read_lock_bh(lock) _raw_read_lock_bh(lock)
#define read_lock_irq(lock) _raw_read_lock_irq(lock)
#define read_lock_irqsave(lock, flags)                          \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		(flags) = _raw_read_lock_irqsave(lock);         \
	} while (0)
#define read_trylock(lock) _raw_read_trylock(lock)
#define read_unlock(lock) _raw_read_unlock(lock)
#define read_unlock_bh(lock) _raw_read_unlock_bh(lock)
#define read_unlock_irq(lock) _raw_read_unlock_irq(lock)
#define read_unlock_irqrestore(lock, flags)                     \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		_raw_read_unlock_irqrestore(lock, flags);       \
	} while (0)

#define write_lock(lock) _raw_write_lock(lock)
#define write_lock_nested(lock, subclass) _raw_write_lock_nested(lock, subclass)
#define write_lock_bh(lock) _raw_write_lock_bh(lock)
#define write_lock_irq(lock) _raw_write_lock_irq(lock)
#define write_lock_irqsave(lock, flags)                         \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		(flags) = _raw_write_lock_irqsave(lock);        \
	} while (0)
#define write_trylock(lock) _raw_write_trylock(lock)
#define write_trylock_irqsave(lock, flags) hotweave_write_trylock_irqsave(lock, &(flags))
#define write_unlock(lock) _raw_write_unlock(lock)
#define write_unlock_bh(lock) _raw_write_unlock_bh(lock)
#define write_unlock_irq(lock) _raw_write_unlock_irq(lock)
#define write_unlock_irqrestore(lock, flags)                    \
	do {                                                    \
		typecheck(unsigned long, flags);                \
		_raw_write_unlock_irqrestore(lock, flags);      \
	} while (0)

#define rwlock_is_contended(lock) hotweave_rwlock_is_contended(lock)
#define rwlock_needbreak(lock) rwlock_is_contended(lock)

#ifdef __cplusplus
}
#endif
#endif
