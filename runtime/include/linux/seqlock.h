/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Sequence locks. Follows include/linux/seqlock.h of Linux 6.1.
 * A reader retries if a writer was active: what it read in between is thrown away, so the plain reads of
 * a read section are not checked for races (as KCSAN's flat seqlock regions), only the writers' are.
 */
#ifndef HOTWEAVE_LINUX_SEQLOCK_H
#define HOTWEAVE_LINUX_SEQLOCK_H

#include <linux/spinlock.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	unsigned int sequence;
	spinlock_t lock;
} seqlock_t;

#define __SEQLOCK_UNLOCKED(lockname) { 0, __SPIN_LOCK_UNLOCKED(lockname) }
#define DEFINE_SEQLOCK(x) seqlock_t x = __SEQLOCK_UNLOCKED(x)

#define seqlock_init(sl)                    \
	do {                                \
		(sl)->sequence = 0;         \
		spin_lock_init(&(sl)->lock); \
	} while (0)

/* Waits until no writer is active; returns the number to give to read_seqretry(). Any context.
 * Scheduling point. */
unsigned int read_seqbegin(seqlock_t *sl);
/* True if a writer was active since. Ends the read section. */
unsigned int read_seqretry(seqlock_t *sl, unsigned int start);
/* Writers exclude each other; preemption is off between the two. */
void write_seqlock(seqlock_t *sl);
void write_sequnlock(seqlock_t *sl);

#ifdef __cplusplus
}
#endif
#endif
