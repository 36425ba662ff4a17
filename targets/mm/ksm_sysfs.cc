// SPDX-License-Identifier: GPL-2.0-only
/*
 * KSM's files: run and merge_across_nodes under /sys/kernel/mm/ksm (mm/ksm.c of Linux 3.8 to 6.7); what invariants ask.
 *
 * Model: the other files, which show or set one word each, are left out.
 */
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/memory_hotplug.h>
#include <linux/sysfs.h>

#include "../history/history.h"
#include "../kernel/ksysfs.h"
#include "ksm.h"

static ssize_t run_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	(void)kobj;
	(void)attr;
	return sysfs_emit(buf, "%lu\n", ksm_run_now());
}

/* Context: ksm_thread_mutex. */
static int set_run(unsigned long flags)
{
	int err = 0;

	if (ksm_run == flags)
		return 0;
	ksm_run = flags;
	if (flags & KSM_RUN_UNMERGE) {
		err = unmerge_and_remove_all_rmap_items();
		if (err)
			ksm_run = KSM_RUN_STOP;
	}
	return err;
}

static ssize_t run_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	unsigned long flags;
	int err;

	(void)kobj;
	(void)attr;
	if (kstrtoul(buf, 10, &flags) || flags > KSM_RUN_UNMERGE)
		return -EINVAL;
	mutex_lock(&ksm_thread_mutex);
	if (!altered(ALT_ksm_run_store_does_not_wait))
		wait_while_offlining();
	ksm_tree_user = current;
	err = set_run(flags);
	mutex_unlock(&ksm_thread_mutex);
	if (flags & KSM_RUN_MERGE)
		wake_up_interruptible(&ksm_thread_wait);
	return err ? err : (ssize_t)count;
}

static ssize_t merge_across_nodes_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	(void)kobj;
	(void)attr;
	return sysfs_emit(buf, "%u\n", hotweave_missing_annotation(ksm_merge_across_nodes, "shows what it finds"));
}

/* Only while no page is shared: the trees change their meaning. */
static ssize_t merge_across_nodes_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	unsigned long knob;
	int err = 0;

	(void)kobj;
	(void)attr;
	if (kstrtoul(buf, 10, &knob) || knob > 1)
		return -EINVAL;
	mutex_lock(&ksm_thread_mutex);
	if (!altered(ALT_ksm_merge_across_nodes_does_not_wait))
		wait_while_offlining();
	ksm_tree_user = current;
	if (ksm_merge_across_nodes != knob) {
		if (ksm_pages_shared || remove_all_stable_nodes())
			err = -EBUSY;
		else
			ksm_merge_across_nodes = (unsigned int)knob;
	}
	mutex_unlock(&ksm_thread_mutex);
	return err ? err : (ssize_t)count;
}

static struct kobj_attribute run_attr = __ATTR_RW(run);
static struct kobj_attribute merge_across_nodes_attr = __ATTR_RW(merge_across_nodes);


int ksm_sysfs_init(void)
{
	struct kobject *mm_kobj, *ksm_kobj;
	int err;

	ksysfs_init();
	mm_kobj = kobject_create_and_add("mm", kernel_kobj);
	ksm_kobj = mm_kobj ? kobject_create_and_add("ksm", mm_kobj) : NULL;
	if (!ksm_kobj)
		return -ENOMEM;
	err = sysfs_create_file(ksm_kobj, &run_attr.attr);
	if (!err && fixed(FIX_90bd6fd31c80))
		err = sysfs_create_file(ksm_kobj, &merge_across_nodes_attr.attr);
	return err;
}

struct task_struct *ksm_tree_user;

/* ---- Invariants ------------------------------------------------------------------------------------- */

struct counts {
	unsigned long shared, sharing;
	bool online;
};

/* K2: by the section, not by the struct page. Which sections are online is kept from 4.13 on. */
static bool node_is_online(const struct stable_node *stable_node)
{
	unsigned long nr = pfn_to_section_nr(stable_node->kpfn);

	return fixed(FIX_f1dd2cd13c4b) ? online_section_nr(nr) : present_section_nr(nr);
}

static void count_node(struct stable_node *stable_node, struct counts *counts)
{
	struct rmap_item *rmap_item;

	if (!node_is_online(stable_node))
		counts->online = false;
	if (!hlist_empty(&stable_node->hlist))
		counts->shared++;
	hlist_for_each_entry(rmap_item, &stable_node->hlist, hlist)
		if (rmap_item->hlist.next)
			counts->sharing++;
}

static struct counts count_nodes(void)
{
	struct counts counts = { 0, 0, true };
	struct stable_node *stable_node;

	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		for (struct rb_node *n = rb_first(&root_stable_tree[nid]); n; n = rb_next(n))
			count_node(rb_entry(n, struct stable_node, node), &counts);
	list_for_each_entry(stable_node, &ksm_migrate_nodes, list)
		count_node(stable_node, &counts);
	return counts;
}

/* K4. While memory goes offline nodes go without the mutex. */
bool ksm_counters_agree(void)
{
	struct counts counts;

	if (ksm_run & KSM_RUN_OFFLINE)
		return true;
	counts = count_nodes();
	return counts.shared == ksm_pages_shared && counts.sharing == ksm_pages_sharing;
}

/* K5, as who releases the mutex sees it. */
bool ksm_trees_are_left_alone(void)
{
	return !(ksm_run & KSM_RUN_OFFLINE) || ksm_tree_user != current;
}

bool ksm_nodes_are_of_online_pages(void)
{
	return (ksm_run & KSM_RUN_OFFLINE) || count_nodes().online;
}
