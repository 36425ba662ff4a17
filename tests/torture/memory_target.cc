// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Torture of the allocators: objects pass from task to task, allocations fail by choice, nothing leaks. */
#include <linux/bug.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../support/tasks.h"

#define SLOTS 3

struct object {
	int kind, owner;
	unsigned char payload[24];
};

enum { KMALLOC, CACHE, TYPESAFE, VMALLOC, KINDS };

static DEFINE_SPINLOCK(lock);
static struct object *slots[SLOTS];
static struct kmem_cache *cache, *typesafe;

static struct object *allocate(int kind)
{
	switch (kind) {
	case KMALLOC:
		return (struct object *)kmalloc(sizeof(struct object), GFP_KERNEL);
	case CACHE:
		return (struct object *)kmem_cache_alloc(cache, GFP_KERNEL);
	case TYPESAFE:
		return (struct object *)kmem_cache_alloc(typesafe, GFP_ATOMIC);
	default:
		return (struct object *)vmalloc(sizeof(struct object));
	}
}

static void give_back(struct object *o)
{
	switch (o->kind) {
	case KMALLOC:
		kfree(o);
		break;
	case CACHE:
		kmem_cache_free(cache, o);
		break;
	case TYPESAFE:
		kmem_cache_free(typesafe, o);
		break;
	default:
		kvfree(o);
	}
}

static void fill(struct object *o, int kind)
{
	o->kind = kind;
	memset(o->payload, kind + 1, sizeof(o->payload));
}

static void check(struct object *o)
{
	BUG_ON(o->kind >= KINDS || memchr_inv(o->payload, o->kind + 1, sizeof(o->payload)));
}

static struct object *exchange(unsigned int slot, struct object *o)
{
	struct object *was;

	spin_lock(&lock);
	was = slots[slot];
	slots[slot] = o;
	spin_unlock(&lock);
	return was;
}

static int trader(void *)
{
	hotweave_fail_allocations(4);
	for (int i = 0; i < 4; i++) {
		int kind = (int)hotweave_choose(KINDS);
		struct object *o = allocate(kind), *was;

		if (o)
			fill(o, kind);
		was = exchange(hotweave_choose(SLOTS), o);
		if (!was)
			continue;
		check(was);
		give_back(was);
	}
	return 0;
}

static void run_traders(task_fn last)
{
	hotweave_check_leaks();
	cache = kmem_cache_create("torture", sizeof(struct object), 0, 0, NULL);
	typesafe = kmem_cache_create("typesafe", sizeof(struct object), 0, SLAB_TYPESAFE_BY_RCU, NULL);
	run_three(trader, trader, last);
	for (unsigned int i = 0; i < SLOTS; i++) {
		struct object *o = exchange(i, NULL);

		if (o)
			give_back(o);
	}
	kmem_cache_destroy(cache);
	kmem_cache_destroy(typesafe);
	cache = typesafe = NULL;
}

HOTWEAVE_TARGET(memory_torture, "three threads trade objects of four allocators, which may fail")
{
	run_traders(trader);
}

static int looks_again(void *)
{
	struct object *o = exchange(0, NULL);

	if (!o || o->kind == TYPESAFE)
		return 0;
	give_back(o);
	check(o);
	return 0;
}

HOTWEAVE_TARGET(memory_torture_mutant_use_after_free, "one looks at an object again after freeing it")
{
	run_traders(looks_again);
}
HOTWEAVE_EXPECT(memory_torture_mutant_use_after_free, "", "use-after-free", "");

static int forgets(void *)
{
	exchange(0, NULL);
	return 0;
}

HOTWEAVE_TARGET(memory_torture_mutant_leak, "one takes an object and forgets it") { run_traders(forgets); }
HOTWEAVE_EXPECT(memory_torture_mutant_leak, "", "leak", "");

static int peeks(void *)
{
	struct object *o;

	spin_lock(&lock);
	o = slots[0];
	spin_unlock(&lock);
	if (o)
		check(o);
	return 0;
}

HOTWEAVE_TARGET(memory_torture_mutant_peek, "one looks at an object that it has not taken") { run_traders(peeks); }
HOTWEAVE_EXPECT(memory_torture_mutant_peek, "", "use-after-free data-race assertion", "");

static int unchecked(void *)
{
	hotweave_fail_allocations(4);
	fill(allocate(KMALLOC), KMALLOC);
	return 0;
}

HOTWEAVE_TARGET(memory_torture_mutant_unchecked, "one does not ask whether kmalloc() failed") { run_traders(unchecked); }
HOTWEAVE_EXPECT(memory_torture_mutant_unchecked, "", "null-deref leak", "");

static int confuses(void *)
{
	struct object *o = exchange(0, NULL);

	if (o)
		kfree(o);
	return 0;
}

HOTWEAVE_TARGET(memory_torture_mutant_kfree, "one gives everything to kfree()") { run_traders(confuses); }
HOTWEAVE_EXPECT(memory_torture_mutant_kfree, "", "bad-free", "");
