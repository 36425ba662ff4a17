// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files in memory (mm/shmem.c of Linux 3.17 to 6.1, with what it uses of mm/filemap.c).
 *
 * Model: no swap, no huge pages, no limits; a file has at most PAGECACHE_SLOTS pages; i_size is in pages.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/swap.h>

static struct file_system_type shmem_fs_type = { "tmpfs", {}, {}, {}, {} };
static struct super_block *shm_mnt;

int shmem_init(void)
{
	shm_mnt = sget(&shmem_fs_type);
	return shm_mnt && shm_mnt->s_root ? 0 : -ENOMEM;
}

struct inode *shmem_get_inode(struct super_block *sb, umode_t mode)
{
	struct inode *inode = new_inode(sb, mode);

	if (!inode)
		return NULL;
	spin_lock_init(&SHMEM_I(inode)->lock);
	SHMEM_I(inode)->seals = F_SEAL_SEAL;
	return inode;
}

struct file *memfd_create_sealable(void)
{
	struct inode *inode = shmem_get_inode(shm_mnt, S_IFREG | 0777);

	if (!inode)
		return NULL;
	SHMEM_I(inode)->seals &= ~(unsigned int)F_SEAL_SEAL;
	return alloc_file(inode, FMODE_READ | FMODE_WRITE, &shmem_file_operations);
}

/* ---- The page cache --------------------------------------------------------------------------------- */

/* The page with a reference, or NULL. It may have left the cache since. Source: find_get_entry(), 4.14. */
static struct page *find_get_entry(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	rcu_read_lock();
	do {
		page = READ_ONCE(mapping->i_pages.slots[index]);
		/* The page of the slot may be freed, and be another's, until the reference is there. */
	} while (page && !get_page_unless_zero(page));
	if (page && page != READ_ONCE(mapping->i_pages.slots[index])) {
		rcu_read_unlock();
		put_page(page);
		return find_get_entry(mapping, index);
	}
	rcu_read_unlock();
	return page;
}

/* The same, locked, and still of this file. Source: find_lock_entry(), 4.14. */
static struct page *find_lock_entry(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	for (;;) {
		page = find_get_entry(mapping, index);
		if (!page)
			return NULL;
		lock_page(page);
		if (page->mapping == mapping)
			return page;
		unlock_page(page);
		put_page(page);
	}
}

/* The cache takes a reference. Context: the page's lock. */
static int shmem_add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index)
{
	int error = 0;

	VM_BUG_ON_PAGE(!PageLocked(page), page);
	get_page(page);
	WRITE_ONCE(page->mapping, mapping);
	page->index = index;
	spin_lock_irq(&mapping->i_pages.xa_lock);
	if (mapping->i_pages.slots[index])
		error = -EEXIST;
	else
		smp_store_release(&mapping->i_pages.slots[index], page);
	if (!error)
		mapping->nrpages++;
	spin_unlock_irq(&mapping->i_pages.xa_lock);
	if (error) {
		WRITE_ONCE(page->mapping, (struct address_space *)NULL);
		put_page(page);
	}
	return error;
}

/* Context: the page's lock. */
static void delete_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	spin_lock_irq(&mapping->i_pages.xa_lock);
	for (int tag = 0; tag < PAGECACHE_NR_TAGS; tag++)
		if (mapping->i_pages.tags[tag] & 1UL << page->index)
			mapping->i_pages.tags[tag] &= ~(1UL << page->index);
	WRITE_ONCE(mapping->i_pages.slots[page->index], (struct page *)NULL);
	WRITE_ONCE(page->mapping, (struct address_space *)NULL);
	mapping->nrpages--;
	spin_unlock_irq(&mapping->i_pages.xa_lock);
	put_page(page);
}

/* ---- Pages of a file -------------------------------------------------------------------------------- */

static void account(struct inode *inode, long pages)
{
	struct shmem_inode_info *info = SHMEM_I(inode);

	spin_lock_irq(&info->lock);
	info->alloced += pages;
	spin_unlock_irq(&info->lock);
}

static struct page *shmem_alloc_page(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	if (page) {
		SetPageLocked(page);
		SetPageSwapBacked(page);
	}
	return page;
}

int shmem_getpage(struct inode *inode, pgoff_t index, struct page **pagep)
{
	struct address_space *mapping = inode->i_mapping;
	struct page *page;

	if (index >= PAGECACHE_SLOTS)
		return -EINVAL;
	for (;;) {
		page = find_lock_entry(mapping, index);
		if (page)
			break;
		page = shmem_alloc_page();
		if (!page)
			return -ENOMEM;
		if (!shmem_add_to_page_cache(page, mapping, index)) {
			lru_cache_add(page);
			account(inode, 1);
			SetPageUptodate(page);
			break;
		}
		unlock_page(page); /* somebody was faster */
		put_page(page);
	}
	*pagep = page;
	return 0;
}

static void release(struct page *page)
{
	unlock_page(page);
	put_page(page);
}

void shmem_truncate_range(struct inode *inode, pgoff_t index, unsigned long nr_pages)
{
	for (; nr_pages && index < PAGECACHE_SLOTS; index++, nr_pages--) {
		struct page *page = find_lock_entry(inode->i_mapping, index);

		if (!page)
			continue;
		delete_from_page_cache(page);
		account(inode, -1);
		release(page);
	}
}

/* ---- System calls ----------------------------------------------------------------------------------- */

static int shmem_write_begin(struct inode *inode, pgoff_t index, struct page **pagep)
{
	unsigned int seals = SHMEM_I(inode)->seals;

	if (seals & F_SEAL_WRITE)
		return -EPERM;
	if ((seals & F_SEAL_GROW) && index >= inode->i_size)
		return -EPERM;
	return shmem_getpage(inode, index, pagep);
}

static void shmem_write_end(struct inode *inode, pgoff_t index, struct page *page)
{
	if (index >= inode->i_size)
		inode->i_size = index + 1;
	SetPageDirty(page);
	unlock_page(page);
	mark_page_accessed(page);
	put_page(page);
}

/* Source: generic_file_write_iter(), generic_perform_write(), 4.14. */
static ssize_t shmem_file_write_iter(struct file *file, pgoff_t index, unsigned int nr_pages)
{
	struct inode *inode = file_inode(file);
	unsigned int written = 0;
	int error = 0;

	inode_lock(inode);
	for (; written < nr_pages; written++) {
		struct page *page;

		error = shmem_write_begin(inode, index + written, &page);
		if (error)
			break;
		shmem_write_end(inode, index + written, page);
	}
	inode_unlock(inode);
	return written ? (ssize_t)written : error;
}

/* The pipe gets the page itself. Source: generic_file_splice_read(), 4.14. */
static ssize_t shmem_file_splice_read(struct file *in, pgoff_t index, struct pipe_inode_info *pipe)
{
	struct page *page = index < PAGECACHE_SLOTS ? find_get_entry(file_inode(in)->i_mapping, index) : NULL;

	if (!page)
		return 0;
	mark_page_accessed(page);
	if (pipe_push(pipe, page))
		return 1;
	put_page(page);
	return -EAGAIN;
}

const struct file_operations shmem_file_operations = {
	shmem_file_write_iter,
	shmem_file_splice_read,
	iter_file_splice_write,
};

static int fallocate_range(struct inode *inode, pgoff_t index, unsigned long nr_pages)
{
	if ((SHMEM_I(inode)->seals & F_SEAL_GROW) && index + nr_pages > inode->i_size)
		return -EPERM;
	for (; nr_pages; index++, nr_pages--) {
		struct page *page;
		int error = shmem_getpage(inode, index, &page);

		if (error)
			return error;
		SetPageDirty(page);
		release(page);
		if (index >= inode->i_size)
			inode->i_size = index + 1;
	}
	return 0;
}

long shmem_fallocate(struct file *file, int mode, pgoff_t index, unsigned long nr_pages)
{
	struct inode *inode = file_inode(file);
	int error = 0;

	inode_lock(inode);
	if (!(mode & FALLOC_FL_PUNCH_HOLE))
		error = fallocate_range(inode, index, nr_pages);
	else if (SHMEM_I(inode)->seals & F_SEAL_WRITE)
		error = -EPERM;
	else
		shmem_truncate_range(inode, index, nr_pages);
	inode_unlock(inode);
	return error;
}
