// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of sequence locks and counters. */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/seqlock.h>

#include "../support/tasks.h"

static DEFINE_SEQLOCK(seq);
static DEFINE_MUTEX(mutex);
static seqcount_mutex_t count = SEQCNT_MUTEX_ZERO(count, &mutex);
static int a, b;       /* of seq: equal */
static int c, d;       /* of count: equal */
static unsigned long bits;

static void read_seq(void)
{
	unsigned int start;
	int x, y, which = 0;

	switch (hotweave_choose(3)) {
	case 0:
		do {
			start = read_seqbegin(&seq);
			x = a;
			y = b;
		} while (read_seqretry(&seq, start));
		break;
	case 1:
		for (which = 0;; which = 1) {
			read_seqbegin_or_lock(&seq, &which);
			x = a;
			y = b;
			if (!need_seqretry(&seq, which))
				break;
		}
		done_seqretry(&seq, which);
		break;
	default:
		read_seqlock_excl(&seq);
		x = a;
		y = b;
		read_sequnlock_excl(&seq);
	}
	BUG_ON(x != y);
}

static void write_seq(void)
{
	if (hotweave_choose(2)) {
		write_seqlock_irq(&seq);
		a++;
		b++;
		write_sequnlock_irq(&seq);
	} else {
		write_seqlock(&seq);
		a++;
		b++;
		write_sequnlock(&seq);
	}
}

static void read_count(void)
{
	unsigned int start;
	int x, y;

	do {
		start = hotweave_choose(2) ? raw_seqcount_begin(&count) : read_seqcount_begin(&count);
		x = c;
		y = d;
	} while (read_seqcount_retry(&count, start));
	BUG_ON(x != y);
}

static void write_count(void)
{
	mutex_lock(&mutex);
	write_seqcount_begin(&count);
	c++;
	d++;
	write_seqcount_end(&count);
	mutex_unlock(&mutex);
}

static int task(void *)
{
	for (int i = 0; i < 3; i++) {
		switch (hotweave_choose(4)) {
		case 0: read_seq(); break;
		case 1: write_seq(); break;
		case 2: read_count(); break;
		case 3: write_count();
		}
		BUG_ON(preempt_count() || irqs_disabled());
	}
	return 0;
}

HOTWEAVE_TARGET(seqlock_torture, "readers and writers of a seqlock and of a counter with a mutex")
{
	(void)bits;
	run_three(task, task, task);
	BUG_ON(a != b || c != d);
}

static int believes(void *)
{
	unsigned int start = read_seqbegin(&seq);
	int x = a, y = b;

	(void)read_seqretry(&seq, start);
	BUG_ON(x != y);
	return 0;
}

HOTWEAVE_TARGET(seqlock_torture_mutant_retry, "one reader does not read again")
{
	run_three(task, task, believes);
}
HOTWEAVE_EXPECT(seqlock_torture_mutant_retry, "", "assertion", "");

static int writes_bare(void *)
{
	a++;
	b++;
	return 0;
}

HOTWEAVE_TARGET(seqlock_torture_mutant_bare, "one writer writes without the lock")
{
	run_three(task, task, writes_bare);
}
HOTWEAVE_EXPECT(seqlock_torture_mutant_bare, "", "data-race assertion", "");

static int writes_unlocked(void *)
{
	write_seqcount_begin(&count);
	c++;
	d++;
	write_seqcount_end(&count);
	return 0;
}

HOTWEAVE_TARGET(seqlock_torture_mutant_unlocked, "one writer of the counter does not hold the mutex")
{
	run_three(task, task, writes_unlocked);
}
HOTWEAVE_EXPECT(seqlock_torture_mutant_unlocked, "", "missing-lock", "");

static void handler_reads(void *)
{
	unsigned int start;

	do {
		start = read_seqbegin(&seq);
	} while (read_seqretry(&seq, start));
}

static int writes_under_reader(void *)
{
	hotweave_raise_irq(raw_smp_processor_id(), handler_reads, NULL);
	write_seqlock(&seq);
	a++;
	b++;
	write_sequnlock(&seq);
	return 0;
}

HOTWEAVE_TARGET(seqlock_torture_mutant_irq, "a handler reads on top of a writer")
{
	run_three(task, task, writes_under_reader);
}
HOTWEAVE_EXPECT(seqlock_torture_mutant_irq, "", "deadlock irq-lock-order", "");
