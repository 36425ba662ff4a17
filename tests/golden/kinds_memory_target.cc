// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* One small target for each kind of finding: those about memory, values and crashes. See kinds_target.cc. */
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "kinds_tasks.h"

#define SECTION_PAGES 4

struct pool {
	refcount_t refs;
	unsigned long pages;
	unsigned long samples;
};

struct table {
	unsigned long *counters;
	unsigned int nr;
};

/* As struct page. */
struct frame {
	unsigned long flags;
	unsigned long count;
};

static struct pool *pool;
static struct table table;
static struct frame frames[2 * SECTION_PAGES];
static bool section_online = true;
static unsigned long managed, nr_free, samples = 1, total = 64;
static struct pool *users_pool;
static DEFINE_MUTEX(pool_mutex);

static struct pool *alloc_pool(void)
{
	struct pool *p = (struct pool *)kzalloc(sizeof(*p), GFP_KERNEL);

	if (p)
		refcount_set(&p->refs, 1);
	return p;
}

/* ---- Memory ---- */

/* The lookup is outside of the mutex. */
static int pool_show(void *)
{
	struct pool *p = READ_ONCE(pool);
	unsigned long pages;

	if (!p)
		return -ENODEV;
	mutex_lock(&pool_mutex);
	pages = p->pages;
	mutex_unlock(&pool_mutex);
	return (int)pages;
}

static int pool_destroy(void *)
{
	struct pool *p = READ_ONCE(pool);

	mutex_lock(&pool_mutex);
	WRITE_ONCE(pool, NULL);
	kfree(p);
	mutex_unlock(&pool_mutex);
	return 0;
}

HOTWEAVE_TARGET(use_after_free, "a pool is freed between the lookup and the use")
{
	pool = alloc_pool();
	run_as(pool_show, "show", pool_destroy, "destroy");
}

/* The length is published before the array that has it. */
static int grow_counters(void *)
{
	unsigned long *bigger = (unsigned long *)kzalloc(8 * sizeof(unsigned long), GFP_KERNEL);

	WRITE_ONCE(table.nr, 8);
	WRITE_ONCE(table.counters, bigger);
	return 0;
}

static int sum_counters(void *)
{
	unsigned int nr = READ_ONCE(table.nr);
	unsigned long *counters = READ_ONCE(table.counters);
	unsigned long sum = 0;

	for (unsigned int i = 0; i < nr; i++)
		sum += READ_ONCE(counters[i]);
	return (int)sum;
}

HOTWEAVE_TARGET(out_of_bounds, "a new length is used with the old array")
{
	table.nr = 4;
	table.counters = (unsigned long *)kzalloc(4 * sizeof(unsigned long), GFP_KERNEL);
	run_as(grow_counters, "grow", sum_counters, "sum");
}

static int free_map(void *map)
{
	kfree(map);
	return 0;
}

HOTWEAVE_TARGET(bad_free, "vmalloc() memory is given to kfree()")
{
	hotweave_join(kthread_run(free_map, vmalloc(4096), "free"));
}

static int offline_section(void *)
{
	WRITE_ONCE(section_online, false);
	hotweave_vanish(&frames[SECTION_PAGES], SECTION_PAGES * sizeof(struct frame), "the memmap of section 1");
	return 0;
}

static int scan_frames(void *)
{
	unsigned long busy = 0;

	for (int i = 0; i < 2 * SECTION_PAGES; i++) {
		if (i >= SECTION_PAGES && !READ_ONCE(section_online))
			break;
		busy += READ_ONCE(frames[i].count);
	}
	return (int)busy;
}

HOTWEAVE_TARGET(vanished_page, "a scan walks into the memmap of a section that has just gone")
{
	run_as(scan_frames, "scan", offline_section, "offline");
}

HOTWEAVE_TARGET(leak, "an error path forgets what it has allocated")
{
	struct pool *p;

	hotweave_check_leaks();
	p = alloc_pool();
	p->pages = 64;
	if (p->pages > managed)
		return;
	kfree(p);
}

/* ---- Values ---- */

static void take_pool(void)
{
	BUG_ON(READ_ONCE(users_pool));
	WRITE_ONCE(users_pool, pool);
}

/* Tests without the mutex, and does not test again. */
static int use_pool(void *)
{
	if (READ_ONCE(users_pool))
		return -EBUSY;
	mutex_lock(&pool_mutex);
	take_pool();
	mutex_unlock(&pool_mutex);
	return 0;
}

HOTWEAVE_TARGET(assertion, "two users test whether a pool is free before they take the mutex")
{
	pool = alloc_pool();
	run_as(use_pool, "user_a", use_pool, "user_b");
}

static bool free_are_managed(void)
{
	return READ_ONCE(nr_free) <= READ_ONCE(managed);
}

static int add_pages(void *)
{
	mutex_lock(&pool_mutex);
	WRITE_ONCE(nr_free, 64);
	WRITE_ONCE(managed, 64);
	mutex_unlock(&pool_mutex);
	return 0;
}

static int look_at_pages(void *)
{
	(void)READ_ONCE(managed);
	return 0;
}

HOTWEAVE_TARGET(invariant, "pages are given to the allocator before they are counted")
{
	hotweave_invariant("nr_free is at most managed", free_are_managed, HOTWEAVE_ALWAYS);
	run_as(add_pages, "online", look_at_pages, "reader");
}

static int get_pool(void *)
{
	struct pool *p = READ_ONCE(pool);

	if (p)
		refcount_inc(&p->refs);
	return 0;
}

/* Freed late, by RCU as it were: so only the count is wrong. */
static int put_pool(void *)
{
	struct pool *p = READ_ONCE(pool);

	if (refcount_dec_and_test(&p->refs))
		WRITE_ONCE(pool, NULL);
	return 0;
}

HOTWEAVE_TARGET(refcount, "a reference is taken on a pool that has just lost its last one")
{
	pool = alloc_pool();
	run_as(get_pool, "get", put_pool, "put");
}

/* ---- Crashes ---- */

static int forget_pool(void *)
{
	WRITE_ONCE(pool, NULL);
	return 0;
}

/* Tests one value and uses another. */
static int read_pool(void *)
{
	if (!READ_ONCE(pool))
		return -ENODEV;
	return (int)READ_ONCE(READ_ONCE(pool)->pages);
}

HOTWEAVE_TARGET(null_deref, "a pointer is tested, and read again to be used")
{
	static struct pool static_pool;

	pool = &static_pool;
	run_as(read_pool, "read", forget_pool, "forget");
}

static struct pool *find_pool(void)
{
	hotweave_fail_allocations(2);
	struct pool *p = alloc_pool();

	return p ? p : (struct pool *)ERR_PTR(-ENOMEM);
}

/* Tests for NULL where it should test with IS_ERR(). */
static int attach_pool(void *)
{
	struct pool *p = find_pool();

	if (!p)
		return -ENOMEM;
	p->pages = 64;
	return 0;
}

HOTWEAVE_TARGET(wild_access, "an error code is taken for a pointer: when an allocation fails")
{
	run_one(attach_pool, "attach");
}

static int notify(unsigned long action);

static int reclaim(unsigned long action)
{
	unsigned char scratch[256];

	memset(scratch, (int)action, sizeof(scratch));
	return notify(action + scratch[0]) + scratch[255];
}

/* The notifier allocates, which reclaims, which notifies. */
static int notify(unsigned long action)
{
	return action ? reclaim(action) + 1 : 0;
}

static int start_reclaim(void *)
{
	return notify(1);
}

HOTWEAVE_TARGET(stack_overflow, "a notifier calls the function that calls it")
{
	run_one(start_reclaim, "reclaim");
}

static int reset_statistics(void *)
{
	WRITE_ONCE(samples, 0);
	WRITE_ONCE(total, 0);
	return 0;
}

static int average(void *)
{
	if (!READ_ONCE(samples))
		return 0;
	return (int)(READ_ONCE(total) / READ_ONCE(samples));
}

HOTWEAVE_TARGET(divide_error, "a count is tested, and read again to divide by it")
{
	run_as(average, "average", reset_statistics, "reset");
}
