// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Targets of heap_test.cc: the allocators, faults by choice, misuse of freeing, leaks. */
#include <linux/bug.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "../support/tasks.h"

static volatile int sink;

struct item {
	long key;
	spinlock_t lock;
	struct timer_list timer;
	struct work_struct work;
};

static char *bytes(size_t n) { return static_cast<char *>(kmalloc(n, GFP_KERNEL)); }
static struct item *new_item(void) { return static_cast<struct item *>(kzalloc(sizeof(struct item), GFP_KERNEL)); }
static bool aligned(const void *p, unsigned long to) { return ((unsigned long)p & (to - 1)) == 0; }

/* ---- What they promise ---- */

HOTWEAVE_TARGET(heap_family, "the kmalloc() family")
{
	char *p = bytes(10), *grown, *s;

	memset(p, 'x', 10);
	grown = static_cast<char *>(krealloc(p, 20, GFP_KERNEL));
	BUG_ON(memchr_inv(grown, 'x', 10) || ksize(grown) < 20);
	grown = static_cast<char *>(krealloc(grown, 5, GFP_KERNEL));
	BUG_ON(memchr_inv(grown, 'x', 5));
	BUG_ON(krealloc(grown, 0, GFP_KERNEL) != ZERO_SIZE_PTR);
	BUG_ON(kmalloc(0, GFP_KERNEL) != ZERO_SIZE_PTR || ksize(ZERO_SIZE_PTR));
	kfree(ZERO_SIZE_PTR);
	BUG_ON(kmalloc_array((size_t)1 << 40, (size_t)1 << 40, GFP_KERNEL));
	BUG_ON(kmalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL | __GFP_NOWARN));
	BUG_ON(!aligned(p = bytes(512), 512));
	kfree_sensitive(p);
	s = kasprintf(GFP_KERNEL, "%s-%d", "block", 7);
	BUG_ON(strcmp(s, "block-7"));
	kfree(s);
	s = kstrndup("hotplug", 3, GFP_KERNEL);
	BUG_ON(strcmp(s, "hot"));
	kfree(s);
	s = kmemdup_nul("memory", 3, GFP_KERNEL);
	BUG_ON(strcmp(s, "mem"));
	kfree(s);
	p = static_cast<char *>(kmemdup("cpu", 4, GFP_KERNEL));
	BUG_ON(strcmp(p, "cpu"));
	kfree(p);
	p = static_cast<char *>(kcalloc_node(3, 4, GFP_KERNEL, 1));
	BUG_ON(memchr_inv(p, 0, 12));
	kfree(p);
}

HOTWEAVE_TARGET(heap_pages, "vmalloc(), kvmalloc() and pages")
{
	char *v = static_cast<char *>(vzalloc(5000)), *k = static_cast<char *>(kvmalloc(100, GFP_KERNEL));
	unsigned long page = get_zeroed_page(GFP_ATOMIC), four = __get_free_pages(GFP_KERNEL, 2);
	char *big = static_cast<char *>(kvzalloc(KMALLOC_MAX_SIZE + 1, GFP_KERNEL));

	BUG_ON(!is_vmalloc_addr(v) || is_vmalloc_addr(k) || !is_vmalloc_addr(big) || !aligned(v, PAGE_SIZE));
	BUG_ON(v[4999] || *(char *)page || !aligned((void *)four, PAGE_SIZE));
	((char *)four)[4 * PAGE_SIZE - 1] = 1;
	vfree(v);
	kvfree(k);
	kvfree(big);
	free_page(page);
	free_pages(four, 2);
	vfree(NULL);
	kvfree(NULL);
	BUG_ON(vmalloc(0));
}

static int constructed;
static void construct(void *p)
{
	constructed++;
	memset(p, 7, 24);
}

HOTWEAVE_TARGET(cache_good, "a cache with a constructor")
{
	struct kmem_cache *s = kmem_cache_create("things", 24, 0, SLAB_HWCACHE_ALIGN, construct);
	char *a = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL));
	void *bulk[3];

	BUG_ON(constructed != 1 || a[23] != 7 || kmem_cache_size(s) != 24);
	BUG_ON(kmem_cache_alloc_bulk(s, GFP_KERNEL, 3, bulk) != 3);
	kmem_cache_free_bulk(s, 3, bulk);
	kfree(a);
	kmem_cache_shrink(s);
	kmem_cache_destroy(s);
	kmem_cache_destroy(NULL);
}

HOTWEAVE_TARGET(cache_typesafe, "a freed object is read, and allocated again")
{
	struct kmem_cache *s = kmem_cache_create("nodes", 24, 0, SLAB_TYPESAFE_BY_RCU, construct);
	char *a = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL)), *b;

	a[3] = 9;
	kmem_cache_free(s, a);
	BUG_ON(a[3] != 9);
	b = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL));
	BUG_ON(b != a || b[3] != 9 || constructed != 1);
	kmem_cache_free(s, b);
	kmem_cache_destroy(s);
}

/* ---- Faults ---- */

HOTWEAVE_TARGET(faults_not_asked_for, "allocations do not fail by themselves")
{
	for (int i = 0; i < 20; i++)
		BUG_ON(!bytes(8));
}

HOTWEAVE_TARGET(faults_by_choice, "one of three allocations may fail")
{
	hotweave_fail_allocations(3);
	for (int i = 0; i < 4; i++)
		BUG_ON(!bytes(8));
}

HOTWEAVE_TARGET(faults_always, "every allocation fails, but for those that must not")
{
	hotweave_fail_allocations(1);
	BUG_ON(kmalloc(8, GFP_KERNEL) || vmalloc(8) || __get_free_page(GFP_KERNEL) || kstrdup("x", GFP_KERNEL));
	BUG_ON(kmem_cache_create("x", 8, 0, 0, NULL) || kvmalloc(8, GFP_KERNEL) || kasprintf(GFP_KERNEL, "x"));
	BUG_ON(!kmalloc(8, GFP_KERNEL | __GFP_NOFAIL) || !kmem_cache_create("y", 8, 0, SLAB_PANIC, NULL));
	hotweave_fail_allocations(0);
	BUG_ON(!bytes(8));
}

static int allocates(void *) { BUG_ON(!bytes(8)); return 0; }
HOTWEAVE_TARGET(faults_of_one_task, "another task's allocations do not fail")
{
	hotweave_fail_allocations(1);
	run_two(allocates, allocates);
}

/* ---- Misuse ---- */

HOTWEAVE_TARGET(free_vmalloc_by_kfree, "kfree() of vmalloc() memory") { kfree(vmalloc(8)); }
HOTWEAVE_TARGET(free_kmalloc_by_vfree, "vfree() of kmalloc() memory") { vfree(bytes(8)); }
HOTWEAVE_TARGET(free_page_by_kfree, "kfree() of a page") { kfree((void *)__get_free_page(GFP_KERNEL)); }
HOTWEAVE_TARGET(free_wrong_order, "free_pages() of another order") { free_pages(__get_free_pages(GFP_KERNEL, 1), 0); }
HOTWEAVE_TARGET(free_wrong_cache, "kmem_cache_free() to another cache")
{
	struct kmem_cache *a = kmem_cache_create("cache_a", 8, 0, 0, NULL);
	struct kmem_cache *b = kmem_cache_create("cache_b", 8, 0, 0, NULL);

	kmem_cache_free(b, kmem_cache_alloc(a, GFP_KERNEL));
}
HOTWEAVE_TARGET(free_kmalloc_to_cache, "kmem_cache_free() of kmalloc() memory")
{
	kmem_cache_free(kmem_cache_create("cache_a", 8, 0, 0, NULL), bytes(8));
}
HOTWEAVE_TARGET(cache_busy, "a cache is destroyed with an object in use")
{
	struct kmem_cache *s = kmem_cache_create("busy_cache", 8, 0, 0, NULL);

	kmem_cache_alloc(s, GFP_KERNEL);
	kmem_cache_destroy(s);
}
HOTWEAVE_TARGET(cache_gone, "an object of a destroyed cache")
{
	struct kmem_cache *s = kmem_cache_create("gone_cache", 8, 0, 0, NULL);

	kmem_cache_destroy(s);
	kmem_cache_alloc(s, GFP_KERNEL);
}
HOTWEAVE_TARGET(typesafe_twice, "an object of a type-safe cache is freed twice")
{
	struct kmem_cache *s = kmem_cache_create("nodes", 16, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	void *a = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	kmem_cache_free(s, a);
}
HOTWEAVE_TARGET(typesafe_destroyed, "an object of a type-safe cache that was destroyed")
{
	struct kmem_cache *s = kmem_cache_create("nodes", 16, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	char *a = static_cast<char *>(kmem_cache_alloc(s, GFP_KERNEL));

	kmem_cache_free(s, a);
	kmem_cache_destroy(s);
	sink = a[0];
}
HOTWEAVE_TARGET(realloc_stale, "the old memory after krealloc()")
{
	char *p = bytes(8);

	kfree(krealloc(p, 100, GFP_KERNEL));
	sink = p[0];
}
HOTWEAVE_TARGET(realloc_shrunk, "beyond the new end after krealloc()")
{
	char *p = static_cast<char *>(krealloc(bytes(32), 10, GFP_KERNEL));

	p[9] = 1;
	sink = p[10];
}
HOTWEAVE_TARGET(zero_size_access, "what kmalloc(0) returned is read") { sink = *(volatile char *)bytes(0); }
HOTWEAVE_TARGET(strdup_unended, "a string without an end is copied")
{
	char *p = bytes(4);

	memset(p, 'x', 4);
	kstrndup(p, 10, GFP_KERNEL);
}

HOTWEAVE_TARGET(vfree_atomic_context, "vfree() with preemption off")
{
	void *p = vmalloc(8);

	preempt_disable();
	vfree(p);
}
HOTWEAVE_TARGET(vfree_atomic_ok, "vfree_atomic() with preemption off")
{
	void *p = vmalloc(8);

	preempt_disable();
	vfree_atomic(p);
	preempt_enable();
}
HOTWEAVE_TARGET(kmalloc_under_spinlock, "GFP_KERNEL under a spinlock")
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	kfree(kmem_cache_create("x", 8, 0, 0, NULL));
}

HOTWEAVE_TARGET(free_held_lock, "memory is freed with a lock in it that is held")
{
	struct item *i = new_item();

	spin_lock_init(&i->lock);
	spin_lock(&i->lock);
	kfree(i);
}
HOTWEAVE_TARGET(free_released_lock, "the lock was released before")
{
	struct item *i = new_item();

	spin_lock_init(&i->lock);
	spin_lock(&i->lock);
	spin_unlock(&i->lock);
	kfree(i);
}

static void on_timer(struct timer_list *) {}
static struct item *with_timer(void)
{
	struct item *i = new_item();

	timer_setup(&i->timer, on_timer, 0);
	mod_timer(&i->timer, jiffies + 1000);
	return i;
}
HOTWEAVE_TARGET(free_armed_timer, "memory is freed with an armed timer in it") { kfree(with_timer()); }
HOTWEAVE_TARGET(free_deleted_timer, "the timer was deleted before")
{
	struct item *i = with_timer();

	del_timer_sync(&i->timer);
	kfree(i);
}

static void on_work(struct work_struct *) {}
static int frees_queued(void *)
{
	struct item *i = new_item();

	INIT_WORK(&i->work, on_work);
	schedule_work(&i->work);
	kfree(i);
	return 0;
}
HOTWEAVE_TARGET(free_queued_work, "memory is freed with a queued work in it") { run_two(frees_queued, frees_queued); }
static int frees_cancelled(void *)
{
	struct item *i = new_item();

	INIT_WORK(&i->work, on_work);
	schedule_work(&i->work);
	cancel_work_sync(&i->work);
	kfree(i);
	return 0;
}
HOTWEAVE_TARGET(free_cancelled_work, "the work was cancelled before") { run_two(frees_cancelled, frees_cancelled); }

/* ---- Leaks ---- */

static char *kept;
static LIST_HEAD(list);
struct entry {
	struct list_head node;
};

static __attribute__((__noinline__)) void forget(void) { sink = bytes(8)[0] = 1; }

HOTWEAVE_TARGET(leak_one, "an allocation is forgotten")
{
	hotweave_check_leaks();
	forget();
}
HOTWEAVE_TARGET(leak_none, "everything is freed or referenced")
{
	struct entry *e;

	forget();
	hotweave_check_leaks();
	kept = bytes(8);
	kfree(bytes(8));
	for (int i = 0; i < 3; i++) {
		e = static_cast<struct entry *>(kmalloc(sizeof(*e), GFP_KERNEL));
		list_add(&e->node, &list);
	}
}
HOTWEAVE_TARGET(leak_cycle, "two that reference each other alone")
{
	struct entry *a, *b;

	hotweave_check_leaks();
	a = static_cast<struct entry *>(kmalloc(sizeof(*a), GFP_KERNEL));
	b = static_cast<struct entry *>(kmalloc(sizeof(*b), GFP_KERNEL));
	INIT_LIST_HEAD(&a->node);
	list_add(&b->node, &a->node);
}
HOTWEAVE_TARGET(leak_overwritten, "the only reference is overwritten")
{
	hotweave_check_leaks();
	kept = bytes(8);
	kept = bytes(16);
}
