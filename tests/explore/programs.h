/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Small programs as data: what the target `explore_program` runs, drawn by the test from a seed. Shared by target code and
 * tests; the data lives with the test, where no access of it is seen.
 */
#ifndef EXPLORE_PROGRAMS_H
#define EXPLORE_PROGRAMS_H

#ifdef __cplusplus
extern "C" {
#endif

#define EXPLORE_TASKS 3
#define EXPLORE_OPS 5

enum explore_kind {
	EX_WRITE,          /* var[a] = b */
	EX_READ,           /* seen = seen * 31 + var[a] */
	EX_INC,            /* var[a]++, in two steps */
	EX_MARKED,         /* WRITE_ONCE(var[a], READ_ONCE(var[b]) + 1) */
	EX_ATOMIC,         /* atomic_inc_return(&counter[a]) */
	EX_MUTEX_INC,      /* var[a]++ under mutex[b] */
	EX_SPIN_INC,       /* var[a]++ under spinlock[b] */
	EX_BOTH_MUTEXES,   /* mutex[a] and then the other: may deadlock */
	EX_TRYLOCK,        /* mutex_trylock(&mutex[a]): var[b]++ if it has it */
	EX_RWSEM,          /* reads var[a] under the rwsem, or (b) writes */
	EX_COMPLETE,       /* complete(&done) */
	EX_WAIT,           /* wait_for_completion(&done) */
	EX_WAIT_TIMEOUT,   /* wait_for_completion_timeout(&done, 1): what it returns */
	EX_PREEMPT_INC,    /* var[a]++ with preemption off */
	EX_CPU,            /* seen = seen * 31 + the CPU it runs on */
	EX_CHOOSE,         /* seen = seen * 31 + hotweave_choose(2) */
	EX_ONE_IN,         /* if (hotweave_one_in(4)) var[a] = 7 */
	EX_SPAWN,          /* a thread that increments var[a], and is joined if b */
	EX_ASSERT,         /* BUG_ON(var[a] == b + 1) */
	EX_RCU_READ,       /* rcu_read_lock(); var[a] twice; rcu_read_unlock() */
	EX_RCU_SYNC,       /* synchronize_rcu(); var[a]++ */
	EX_WAIT_EVENT,     /* wait_event(queue, var[a]); */
	EX_WAKE,           /* var[a] = 1; wake_up(&queue) */
	EX_SPIN_UNTIL,     /* up to twice: cpu_relax() while !READ_ONCE(var[a]) */
	EX_ALLOC,          /* p = kmalloc(); *p = 1; kfree(p) */
	EX_FREE_SHARED,    /* kfree() of what all see; EX_USE_SHARED */
	EX_USE_SHARED,
	EX_MSLEEP,         /* msleep(1) */
	EX_IRQ_INC,        /* var[a]++ with interrupts off */
	EX_KINDS
};

struct explore_op {
	unsigned char kind, a, b;
};

struct explore_program {
	unsigned int tasks;
	unsigned int ops[EXPLORE_TASKS];
	struct explore_op op[EXPLORE_TASKS][EXPLORE_OPS];
	unsigned int always;   /* an invariant that is looked at before each switch: var[0] != 3 */
};

/* Of the test. */
extern const struct explore_program *explore_now(void);
extern void explore_final(unsigned long long state);

#ifdef __cplusplus
}
#endif
#endif
