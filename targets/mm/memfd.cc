// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seals (mm/memfd.c of Linux 4.18 to 6.1; up to 4.17 in mm/shmem.c, as shmem_add_seals()).
 *
 * Up to 4.19 pages are looked at under RCU, and marked under the lock of the tree one by one; from 4.20 all of it under the
 * lock (ef3038a573aa).
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/shmem_fs.h>
#include <linux/swap.h>
#include <linux/version.h>

#include <hotweave/target.h>

#include "../history/history.h"

/* Nothing else sets this one for such files. */
#define SHMEM_TAG_PINNED PAGECACHE_TAG_TOWRITE
#define LAST_SCAN 4 /* about 150 ms at most */

static bool walks_under_lock(void)
{
	return hotweave_fixed_commit("ef3038a573aa", KERNEL_VERSION(4, 20, 0));
}

/* Does anybody use the page besides the cache and page tables? */
static bool has_extra_reference(struct page *page)
{
	return page_count(page) - page_mapcount(page) != 1;
}

static void set_tag(struct xarray *pages, pgoff_t index)
{
	pages->tags[SHMEM_TAG_PINNED] |= 1UL << index;
}

static void clear_tag(struct xarray *pages, pgoff_t index)
{
	pages->tags[SHMEM_TAG_PINNED] &= ~(1UL << index);
}

/* ---- One page: what the walk does with it, without the lock or under it ------------------------------ */

static void change_tag(struct xarray *pages, pgoff_t index, void (*change)(struct xarray *pages, pgoff_t index))
{
	if (walks_under_lock()) {
		change(pages, index);
		return;
	}
	spin_lock_irq(&pages->xa_lock);
	change(pages, index);
	spin_unlock_irq(&pages->xa_lock);
}

static void begin_walk(struct xarray *pages)
{
	if (walks_under_lock())
		spin_lock_irq(&pages->xa_lock);
	else
		rcu_read_lock();
}

static void end_walk(struct xarray *pages)
{
	if (walks_under_lock())
		spin_unlock_irq(&pages->xa_lock);
	else
		rcu_read_unlock();
}

static void shmem_tag_pins(struct address_space *mapping)
{
	struct xarray *pages = &mapping->i_pages;

	lru_add_drain();
	begin_walk(pages);
	for (pgoff_t index = 0; index < PAGECACHE_SLOTS; index++) {
		struct page *page = READ_ONCE(pages->slots[index]);

		if (page && has_extra_reference(page))
			change_tag(pages, index, set_tag);
	}
	end_walk(pages);
}

static bool tagged(struct xarray *pages, pgoff_t index)
{
	return pages->tags[SHMEM_TAG_PINNED] & 1UL << index;
}

/* One round: who has no extra reference loses the tag. In the last round everybody does, and -EBUSY says so. */
static int look_at_tagged(struct xarray *pages, bool last)
{
	int error = 0;

	begin_walk(pages);
	for (pgoff_t index = 0; index < PAGECACHE_SLOTS; index++) {
		struct page *page = READ_ONCE(pages->slots[index]);

		if (!tagged(pages, index))
			continue;
		if (page && has_extra_reference(page)) {
			if (!last)
				continue;
			error = -EBUSY;
		}
		change_tag(pages, index, clear_tag);
	}
	end_walk(pages);
	return error;
}

/*
 * Waits until nobody has a page of the file, for a while. Nobody can get a writable one meanwhile: the caller holds
 * i_rwsem and has denied writable mappings.
 */
static int shmem_wait_for_pins(struct address_space *mapping)
{
	int error = 0;

	shmem_tag_pins(mapping);
	for (int scan = 0; scan <= LAST_SCAN; scan++) {
		if (!mapping->i_pages.tags[SHMEM_TAG_PINNED])
			break;
		if (!scan && !altered(ALT_seal_without_drain))
			lru_add_drain_all();
		else if (schedule_timeout_killable((HZ << scan) / 200))
			scan = LAST_SCAN;
		error = look_at_tagged(&mapping->i_pages, scan == LAST_SCAN);
	}
	return error;
}

static int add_seals(struct inode *inode, unsigned int seals)
{
	struct shmem_inode_info *info = SHMEM_I(inode);
	int error;

	if (info->seals & F_SEAL_SEAL)
		return -EPERM;
	if ((seals & F_SEAL_WRITE) && !(info->seals & F_SEAL_WRITE)) {
		error = mapping_deny_writable(inode->i_mapping);
		if (error)
			return error;
		error = shmem_wait_for_pins(inode->i_mapping);
		if (error) {
			mapping_allow_writable(inode->i_mapping);
			return error;
		}
	}
	info->seals |= seals;
	return 0;
}

int memfd_add_seals(struct file *file, unsigned int seals)
{
	struct inode *inode = file_inode(file);
	int error;

	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	if (file->f_op != &shmem_file_operations || (seals & ~(unsigned int)F_ALL_SEALS))
		return -EINVAL;
	inode_lock(inode);
	error = add_seals(inode, seals);
	inode_unlock(inode);
	return error;
}

int memfd_get_seals(struct file *file)
{
	/* As fcntl() does it: bare. */
	return (int)hotweave_missing_annotation(SHMEM_I(file_inode(file))->seals, "an old value will do");
}
