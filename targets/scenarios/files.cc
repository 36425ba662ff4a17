// SPDX-License-Identifier: GPL-2.0-only
/* See files.h. P1 is that of the invariants' catalogue. */
#include <linux/bug.h>
#include <linux/devtmpfs.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>

#include <hotweave/target.h>

#include "../arch/x86/kernel/msr.h"
#include "../mm/internal.h"
#include "files.h"
#include "memory.h"

struct file *memfd;
unsigned int memfd_pins;
struct file *dev_file;
struct pipe_inode_info *pipe_of_user;

static struct xarray *memfd_pages(void)
{
	return &file_inode(memfd)->i_mapping->i_pages;
}

/* P1: one reference from the cache, one from each page table and from each slot of a pagevec, and the pins. */
static bool memfd_references_agree(void)
{
	unsigned int extra = 0;

	for (int i = 0; i < PAGECACHE_SLOTS; i++) {
		struct page *page = memfd_pages()->slots[i];

		if (page)
			extra += (unsigned int)(page_count(page) - page_mapcount(page) - 1) - lru_pagevec_slots(page);
	}
	return extra == memfd_pins;
}

static bool no_page_is_marked(void)
{
	return !memfd_pages()->tags[PAGECACHE_TAG_TOWRITE];
}

static bool seals_deny_writable_mappings(void)
{
	bool sealed = SHMEM_I(file_inode(memfd))->seals & F_SEAL_WRITE;

	return sealed == (atomic_read(&file_inode(memfd)->i_mapping->i_mmap_writable) < 0);
}

void boot_files(void)
{
	boot_memory(1UL << 0 | 1UL << 4);
	add_files();
}

void add_files(void)
{
	BUG_ON(shmem_init());
	memfd = memfd_create_sealable();
	BUG_ON(!memfd);
	hotweave_invariant("a page's references are those of cache, page tables, pagevecs and users", memfd_references_agree,
			   HOTWEAVE_AT_QUIESCENCE);
	hotweave_invariant_at_release("pages are marked only while somebody waits for pins", no_page_is_marked,
				      &file_inode(memfd)->i_rwsem);
	hotweave_invariant_at_release("a file sealed against writing has no writable mappings", seals_deny_writable_mappings,
				      &file_inode(memfd)->i_rwsem);
	hotweave_invariant("LRU lists agree with their pages", lru_lists_agree, HOTWEAVE_AT_QUIESCENCE);
}

int write_memfd(void *arg)
{
	ssize_t ret = vfs_write(memfd, 0, 1);

	(void)arg;
	WARN_ON(ret != 1 && ret != -EPERM);
	return 0;
}

void write_memfd_on(unsigned int cpu)
{
	struct task_struct *writer = kthread_create(write_memfd, NULL, "writer");

	kthread_bind(writer, cpu);
	wake_up_process(writer);
	hotweave_join(writer);
}

int seal_memfd(void *arg)
{
	int ret = memfd_add_seals(memfd, F_SEAL_WRITE);

	(void)arg;
	BUG_ON(ret == -EBUSY);
	WARN_ON(ret);
	return 0;
}

void boot_dev_file(unsigned int pages)
{
	BUG_ON(devtmpfs_init());
	dev_file = devtmpfs_open_file("file");
	pipe_of_user = alloc_pipe_info();
	BUG_ON(!dev_file || !pipe_of_user);
	while (pages--)
		BUG_ON(pipe_write(pipe_of_user));
}

int modprobe_msr(void *arg)
{
	(void)arg;
	WARN_ON(msr_init());
	return 0;
}
