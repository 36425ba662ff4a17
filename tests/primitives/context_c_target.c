/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Target of context_test.cc in C: every macro of the spinning locks and of interrupt.h that C++ has otherwise. */
#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/local_lock.h>
#include <linux/percpu.h>
#include <linux/seqlock.h>
#include <linux/smp.h>

#include <hotweave/target.h>

static DEFINE_SEQLOCK(seqlock);
static DEFINE_MUTEX(mutex);
static DEFINE_SPINLOCK(spin);
static DEFINE_RAW_SPINLOCK(raw);
static DEFINE_RWLOCK(rw);
static seqcount_t plain = SEQCNT_ZERO(plain);
static seqcount_mutex_t of_mutex = SEQCNT_MUTEX_ZERO(of_mutex, &mutex);
static seqcount_spinlock_t of_spin = SEQCNT_SPINLOCK_ZERO(of_spin, &spin);
static seqcount_latch_t latch = SEQCNT_LATCH_ZERO(latch);
static DEFINE_PER_CPU(local_lock_t, local) = INIT_LOCAL_LOCK(local);
static int ran;

static void counts(struct tasklet_struct *t) { ran++; }
static void counts_old(unsigned long data) { ran += (int)data; }
static DECLARE_TASKLET(tasklet, counts);
static DECLARE_TASKLET_DISABLED(disabled, counts);
static DECLARE_TASKLET_OLD(old, counts_old);

struct thing {
	int number;
	struct tasklet_struct tasklet;
	seqlock_t seqlock;
	raw_spinlock_t raw;
	rwlock_t rw;
};

static void counts_thing(struct tasklet_struct *t)
{
	struct thing *x = from_tasklet(x, t, tasklet);

	x->number++;
}

static void sequences(struct thing *x)
{
	unsigned long flags;
	unsigned int seq;
	int which = 0;

	seq = read_seqcount_begin(&plain);
	BUG_ON(read_seqcount_retry(&plain, seq));
	preempt_disable();
	write_seqcount_begin(&plain);
	BUG_ON(!(raw_read_seqcount(&plain) & 1));
	write_seqcount_end(&plain);
	preempt_enable();
	BUG_ON(!read_seqcount_retry(&plain, seq));
	mutex_lock(&mutex);
	write_seqcount_begin(&of_mutex);
	BUG_ON(preempt_count() != 1);
	write_seqcount_end(&of_mutex);
	mutex_unlock(&mutex);
	spin_lock(&spin);
	write_seqcount_begin_nested(&of_spin, 1);
	write_seqcount_end(&of_spin);
	write_seqcount_invalidate(&of_spin);
	spin_unlock(&spin);
	BUG_ON(raw_read_seqcount(&of_spin) != 4);
	raw_write_seqcount_latch(&latch);
	seq = raw_read_seqcount_latch(&latch);
	BUG_ON(seq != 1 || read_seqcount_latch_retry(&latch, seq));
	do {
		read_seqbegin_or_lock(&seqlock, &which);
	} while (need_seqretry(&seqlock, which));
	done_seqretry(&seqlock, which);
	write_seqlock_irqsave(&x->seqlock, flags);
	BUG_ON(!irqs_disabled());
	write_sequnlock_irqrestore(&x->seqlock, flags);
	read_seqlock_excl_irqsave(&x->seqlock, flags);
	read_sequnlock_excl_irqrestore(&x->seqlock, flags);
}

static void locks(struct thing *x)
{
	unsigned long flags;

	raw_spin_lock_irqsave_nested(&x->raw, flags, 1);
	raw_spin_unlock_irqrestore(&x->raw, flags);
	BUG_ON(!spin_trylock_irqsave(&spin, flags));
	BUG_ON(spin_trylock(&spin) || !spin_is_locked(&spin) || spin_is_contended(&spin));
	spin_unlock_irqrestore(&spin, flags);
	mutex_lock(&mutex);
	spin_lock_nest_lock(&spin, &mutex);
	raw_spin_lock(&raw);
	raw_spin_unlock(&raw);
	spin_unlock(&spin);
	mutex_unlock(&mutex);
	read_lock_irqsave(&x->rw, flags);
	BUG_ON(!read_trylock(&x->rw) || write_trylock(&x->rw));
	read_unlock(&x->rw);
	read_unlock_irqrestore(&x->rw, flags);
	write_lock_irqsave(&rw, flags);
	BUG_ON(read_trylock(&rw) || rwlock_is_contended(&rw));
	write_unlock_irqrestore(&rw, flags);
	local_lock_irqsave(&local, flags);
	local_unlock_irqrestore(&local, flags);
}

HOTWEAVE_TARGET(context_c, "spinning locks, sequence counters and tasklets in C")
{
	static struct thing x;

	tasklet_setup(&x.tasklet, counts_thing);
	seqlock_init(&x.seqlock);
	raw_spin_lock_init(&x.raw);
	rwlock_init(&x.rw);
	sequences(&x);
	locks(&x);
	tasklet_schedule(&x.tasklet);
	tasklet_kill(&x.tasklet);
	BUG_ON(x.number != 1);
	old.data = 10;
	tasklet_schedule(&tasklet);
	tasklet_hi_schedule(&old);
	tasklet_schedule(&disabled);
	tasklet_kill(&tasklet);
	tasklet_kill(&old);
	tasklet_enable(&disabled);
	tasklet_kill(&disabled);
	BUG_ON(ran != 12);
	BUG_ON(get_cpu() >= nr_cpu_ids);
	put_cpu();
}
