// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/slab/CACHE/shrink (mm/slub.c of Linux 3.8 to 6.7).
 *
 * When the directory of a destroyed cache goes, waiting for whoever is in its file:
 *   up to 4.10   after every lock was released
 *   4.11         under slab_mutex (bf5eb3de3847)
 *   4.12 to 4.17 in a work, later (3b7b314053d0)
 *   4.18 to 5.19 under slab_mutex (d50d82faa0c9)
 *   6.0 on       after every lock was released (0495e337b703)
 *
 * Model: `shrink` is the only file; no links, no uevents.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "../history/history.h"
#include "../kernel/ksysfs.h"
#include "slab.h"

static struct kset *slab_kset;

static struct kmem_cache *to_slab(struct kobject *kobj)
{
	return container_of(kobj, struct kmem_cache, kobj);
}

/* Source: shrink_store(), slab_attr_store(), 4.12, 6.1. */
static ssize_t slab_attr_store(struct kobject *kobj, struct attribute *attr, const char *buf, size_t count)
{
	(void)attr;
	if (buf[0] != '1')
		return -EINVAL;
	kmem_cache_shrink(to_slab(kobj));
	return (ssize_t)count;
}

static struct attribute shrink_attr = HOTWEAVE_ATTR("shrink", 0200);

static const struct sysfs_ops slab_sysfs_ops = { NULL, slab_attr_store };

/* The last reference to the directory is the last to the cache. Source: kmem_cache_release(), 4.12. */
static void kmem_cache_release(struct kobject *kobj)
{
	slab_kmem_cache_release(to_slab(kobj));
}

static const struct kobj_type slab_ktype = { kmem_cache_release, &slab_sysfs_ops, NULL };

static bool removes_later(void)
{
	return fixed(FIX_3b7b314053d0) && !fixed(FIX_d50d82faa0c9);
}

bool sysfs_slab_unlinks_under_slab_mutex(void)
{
	if (fixed(FIX_d50d82faa0c9))
		return !fixed(FIX_0495e337b703);
	return fixed(FIX_bf5eb3de3847) && !fixed(FIX_3b7b314053d0);
}

/* Source: sysfs_slab_remove_workfn(), 4.12. */
static void sysfs_slab_remove_workfn(struct work_struct *work)
{
	struct kmem_cache *s = container_of(work, struct kmem_cache, kobj_remove_work);

	kobject_del(&s->kobj);
	kobject_put(&s->kobj);
}

/* Source: sysfs_slab_add(), 4.12, 6.1. */
int sysfs_slab_add(struct kmem_cache *s)
{
	int err;

	INIT_WORK(&s->kobj_remove_work, sysfs_slab_remove_workfn);
	if (!slab_kset)
		return 0;
	s->kobj.kset = slab_kset;
	err = kobject_init_and_add(&s->kobj, &slab_ktype, NULL, "%s", s->name);
	if (!err)
		err = sysfs_create_file(&s->kobj, &shrink_attr);
	if (err) {
		kobject_del(&s->kobj);
		kobject_put(&s->kobj);
	}
	return err;
}

void sysfs_slab_unlink(struct kmem_cache *s)
{
	if (s->kobj.state_in_sysfs && !removes_later())
		kobject_del(&s->kobj);
}

void sysfs_slab_release(struct kmem_cache *s)
{
	if (!s->kobj.state_initialized)
		slab_kmem_cache_release(s);
	else if (removes_later())
		schedule_work(&s->kobj_remove_work);
	else
		kobject_put(&s->kobj);
}

void slab_sysfs_init(void)
{
	ksysfs_init();
	slab_kset = kset_create_and_add("slab", NULL, kernel_kobj);
	BUG_ON(!slab_kset);
}
