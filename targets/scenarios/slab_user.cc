// SPDX-License-Identifier: GPL-2.0-only
/*
 * See slab_user.h.
 */
#include <linux/bug.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <hotweave/target.h>

#include "../mm/slab.h"
#include "slab_user.h"

#define OBJECT_SIZE 32

static struct kmem_cache *boot_cache;

void boot_slab(bool sysfs)
{
	kmem_cache_init();
	if (sysfs)
		slab_sysfs_init();
	boot_cache = kmem_cache_create("boot_cache", OBJECT_SIZE, 0, SLAB_PANIC, NULL);
}

int create_and_destroy_cache(void *arg)
{
	struct kmem_cache *s = kmem_cache_create("new_cache", OBJECT_SIZE, 0, 0, NULL);
	void *object;

	(void)arg;
	if (!s)
		return 0;
	object = kmem_cache_alloc(s, GFP_KERNEL);
	kmem_cache_free(s, object);
	kmem_cache_shrink(s);
	kmem_cache_destroy(s);
	return 0;
}

int create_cache(void *arg)
{
	struct kmem_cache *s = kmem_cache_create("new_cache", OBJECT_SIZE, 0, 0, NULL);

	(void)arg;
	if (s)
		kmem_cache_alloc(s, GFP_KERNEL);
	return 0;
}

int use_cache(void *arg)
{
	void *object = kmem_cache_alloc(boot_cache, GFP_KERNEL);

	(void)arg;
	kmem_cache_free(boot_cache, object);
	return 0;
}

int shrink_cache(void *arg)
{
	(void)arg;
	kmem_cache_shrink(boot_cache);
	return 0;
}

int shrink_by_sysfs(void *arg)
{
	(void)arg;
	hotweave_write_sysfs("kernel/slab/boot_cache/shrink", "1");
	return 0;
}

int destroy_cache(void *arg)
{
	(void)arg;
	kmem_cache_destroy(boot_cache);
	return 0;
}
