// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of feasible_test.cc: cycles of locks that can deadlock, and such that something keeps apart. */
#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_MUTEX(lock_c);
static DEFINE_MUTEX(gate);
static DECLARE_RWSEM(sem_a);
static DECLARE_RWSEM(sem_b);
static DECLARE_RWSEM(rw_gate);

static void both(struct mutex *outer, struct mutex *inner)
{
	mutex_lock(outer);
	mutex_lock(inner);
	mutex_unlock(inner);
	mutex_unlock(outer);
}

static int a_b(void *) { both(&lock_a, &lock_b); return 0; }
static int b_a(void *) { both(&lock_b, &lock_a); return 0; }
static int b_c(void *) { both(&lock_b, &lock_c); return 0; }
static int c_a(void *) { both(&lock_c, &lock_a); return 0; }

HOTWEAVE_TARGET(order_abba, "two threads take two mutexes in both orders")
{
	run_two(a_b, b_a);
}

HOTWEAVE_TARGET(order_three, "three threads take three mutexes around a circle")
{
	run_three(a_b, b_c, c_a);
}

/* ---- What keeps them apart ---- */

static int gated_a_b(void *)
{
	mutex_lock(&gate);
	a_b(NULL);
	mutex_unlock(&gate);
	return 0;
}

static int gated_b_a(void *)
{
	mutex_lock(&gate);
	b_a(NULL);
	mutex_unlock(&gate);
	return 0;
}

HOTWEAVE_TARGET(order_gated, "both orders are taken under one more mutex")
{
	run_two(gated_a_b, gated_b_a);
}

HOTWEAVE_TARGET(order_half_gated, "only one of the orders is taken under the gate")
{
	run_two(gated_a_b, b_a);
}

static int read_gated_a_b(void *)
{
	down_read(&rw_gate);
	a_b(NULL);
	up_read(&rw_gate);
	return 0;
}

static int read_gated_b_a(void *)
{
	down_read(&rw_gate);
	b_a(NULL);
	up_read(&rw_gate);
	return 0;
}

static int write_gated_b_a(void *)
{
	down_write(&rw_gate);
	b_a(NULL);
	up_write(&rw_gate);
	return 0;
}

HOTWEAVE_TARGET(order_read_gated, "both orders are taken under a lock that both hold for reading")
{
	run_two(read_gated_a_b, read_gated_b_a);
}

HOTWEAVE_TARGET(order_write_gated, "one order excludes the other through a read/write lock")
{
	run_two(read_gated_a_b, write_gated_b_a);
}

static int a_b_then_b_a(void *)
{
	a_b(NULL);
	b_a(NULL);
	return 0;
}

static int only_a(void *)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(order_one_task, "one thread takes both orders, one after the other")
{
	run_two(a_b_then_b_a, only_a);
}

HOTWEAVE_TARGET(order_joined, "the second thread starts when the first is over")
{
	struct task_struct *t = kthread_run(a_b, NULL, "first");

	hotweave_join(t);
	t = kthread_run(b_a, NULL, "second");
	hotweave_join(t);
}

HOTWEAVE_TARGET(order_before_creation, "the first order is taken before the thread exists that takes the other")
{
	struct task_struct *t;

	a_b(NULL);
	t = kthread_run(b_a, NULL, "second");
	hotweave_join(t);
}

struct node {
	struct mutex lock;
};
static struct node *nodes[3];

static int node_0_1(void *) { both(&nodes[0]->lock, &nodes[1]->lock); return 0; }
static int node_1_2(void *) { both(&nodes[1]->lock, &nodes[2]->lock); return 0; }

static void make_nodes(void)
{
	for (int i = 0; i < 3; i++) {
		nodes[i] = (struct node *)kzalloc(sizeof(struct node), GFP_KERNEL);
		mutex_init(&nodes[i]->lock);
	}
}

HOTWEAVE_TARGET(order_by_address, "locks of one class nest, always in the order of their addresses")
{
	make_nodes();
	run_two(node_0_1, node_1_2);
}

/* ---- Trylock, novalidate ---- */

static int b_try_a(void *)
{
	mutex_lock(&lock_b);
	if (mutex_trylock(&lock_a))
		mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
	return 0;
}

HOTWEAVE_TARGET(order_trylock, "the inverse order is only tried")
{
	run_two(a_b, b_try_a);
}

HOTWEAVE_TARGET(order_novalidate, "one of the two is invisible to lockdep, as a device's mutex")
{
	lockdep_set_novalidate_class(&lock_a);
	run_two(a_b, b_a);
}

/* ---- Readers and writers ---- */

static int read_a_read_b(void *)
{
	down_read(&sem_a);
	down_read(&sem_b);
	up_read(&sem_b);
	up_read(&sem_a);
	return 0;
}

static int read_b_read_a(void *)
{
	down_read(&sem_b);
	down_read(&sem_a);
	up_read(&sem_a);
	up_read(&sem_b);
	return 0;
}

static int write_both(void *)
{
	down_write(&sem_a);
	up_write(&sem_a);
	down_write(&sem_b);
	up_write(&sem_b);
	return 0;
}

static int write_a(void *)
{
	down_write(&sem_a);
	up_write(&sem_a);
	return 0;
}

HOTWEAVE_TARGET(order_readers, "readers in both orders; nobody ever writes")
{
	run_two(read_a_read_b, read_b_read_a);
}

static int write_b(void *)
{
	down_write(&sem_b);
	up_write(&sem_b);
	return 0;
}

HOTWEAVE_TARGET(order_readers_and_writers, "readers in both orders, and a writer for each lock that can queue between them")
{
	struct task_struct *t = kthread_run(write_b, NULL, "d");

	run_three(read_a_read_b, read_b_read_a, write_a);
	hotweave_join(t);
}

HOTWEAVE_TARGET(order_readers_and_one_writer, "readers in both orders, and one writer who asks for one lock after the other")
{
	run_three(read_a_read_b, read_b_read_a, write_both);
}

static int read_a_twice(void *)
{
	down_read(&sem_a);
	down_read(&sem_a);
	up_read(&sem_a);
	up_read(&sem_a);
	return 0;
}

HOTWEAVE_TARGET(order_reader_nests, "a reader nests; nobody ever writes")
{
	run_two(read_a_twice, read_a_twice);
}

HOTWEAVE_TARGET(order_reader_nests_and_writer, "a reader nests while a writer may queue")
{
	run_two(read_a_twice, write_a);
}

static int a_b_c(void *)
{
	mutex_lock(&lock_a);
	both(&lock_b, &lock_c);
	mutex_unlock(&lock_a);
	return 0;
}

/* As a file's own mutex: nobody else takes it. */
static int own_c_a_b(void *)
{
	mutex_lock(&gate);
	mutex_lock(&lock_c);
	both(&lock_a, &lock_b);
	mutex_unlock(&lock_c);
	mutex_unlock(&gate);
	return 0;
}

HOTWEAVE_TARGET(order_long_joined, "three locks one way round and two the other, by threads that never run at once")
{
	struct task_struct *t = kthread_run(a_b_c, NULL, "a_b_c");

	hotweave_join(t);
	t = kthread_run(own_c_a_b, NULL, "own_c_a_b");
	hotweave_join(t);
}

/* ---- Latent: nobody waits for a recursive reader, today ---- */

static struct lockdep_map map_a = STATIC_LOCKDEP_MAP_INIT("map_a", &map_a);
static struct lockdep_map map_b = STATIC_LOCKDEP_MAP_INIT("map_b", &map_b);

static int reads_a_b(void *)
{
	lock_map_acquire_read(&map_a);
	lock_map_acquire_read(&map_b);
	lock_map_release(&map_b);
	lock_map_release(&map_a);
	return 0;
}

static int writes_b_reads_a(void *)
{
	lock_map_acquire(&map_b);
	lock_map_acquire_read(&map_a);
	lock_map_release(&map_a);
	lock_map_release(&map_b);
	return 0;
}

static int reads_a_writes_b(void *)
{
	lock_map_acquire_read(&map_a);
	lock_map_acquire(&map_b);
	lock_map_release(&map_b);
	lock_map_release(&map_a);
	return 0;
}

HOTWEAVE_TARGET(order_latent, "recursive readers of two, and a writer of one who reads the other inside")
{
	run_two(reads_a_b, writes_b_reads_a);
}

HOTWEAVE_TARGET(order_not_latent, "the same, but the writer reads the other outside")
{
	run_two(reads_a_b, reads_a_writes_b);
}

/* ---- What is held by annotation only: a work while it runs ---- */

static int about_to_lock;

static void takes_a(struct work_struct *)
{
	WRITE_ONCE(about_to_lock, 1);
	mutex_lock(&lock_a);
	WRITE_ONCE(about_to_lock, 0);
	mutex_unlock(&lock_a);
}

static DECLARE_WORK(locking_work, takes_a);

static int queues_work(void *)
{
	schedule_work(&locking_work);
	return 0;
}

static int flushes_under_a(void *)
{
	mutex_lock(&lock_a);
	if (READ_ONCE(about_to_lock))
		flush_work(&locking_work);
	mutex_unlock(&lock_a);
	return 0;
}

HOTWEAVE_TARGET(order_flush, "a work is flushed under the mutex that it takes, if it is just about to")
{
	mutex_lock(&lock_a);
	flush_work(&locking_work);
	mutex_unlock(&lock_a);
	run_two(queues_work, flushes_under_a);
}
