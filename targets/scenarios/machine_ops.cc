// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of the whole machine: see machine.h. That one fails, because somebody else was faster, refused or had no
 * memory left, is no finding.
 */
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmzone.h>
#include <linux/notifier.h>
#include <linux/pipe_fs_i.h>
#include <linux/shmem_fs.h>
#include <linux/stop_machine.h>
#include <linux/swap.h>
#include <linux/sysfs.h>
#include <linux/version.h>

#include <hotweave/target.h>

#include "../arch/x86/kernel/msr.h"
#include "../drivers/base/cpu.h"
#include "../kernel/bpf/arraymap.h"
#include "../mm/internal.h"
#include "entry_points.h"
#include "files.h"
#include "ksm.h"
#include "machine.h"
#include "memory.h"
#include "pages.h"
#include "slab_user.h"

/* ---- Ways into memory hotplug ------------------------------------------------------------------------- */

/* Nothing in kernels that are older than the way in. */
#define ENTRY_SINCE(name, version)                      \
	static void do_##name(void)                     \
	{                                               \
		if (hotweave_kernel_version() >= (version)) \
			entry_##name();                 \
	}                                               \
	static void init_##name(void)                   \
	{                                               \
		if (entry_point_##name.init)            \
			entry_point_##name.init();      \
	}
#define ENTRY(name) ENTRY_SINCE(name, 0u)
ENTRY(probe)
ENTRY(state)
ENTRY(online)
ENTRY(acpi)
ENTRY(hv)
ENTRY_SINCE(memtrace, KERNEL_VERSION(4, 14, 0))
ENTRY_SINCE(dlpar, KERNEL_VERSION(4, 1, 0))
ENTRY(devm)
ENTRY(remove)
ENTRY(kmemleak)
ENTRY(standby)

/* ---- CPUs ----------------------------------------------------------------------------------------------- */

static unsigned int some_cpu(void)
{
	return 2 - hotweave_choose(2);
}

/* As suspend, or a torture test: past the device's files. */
static void cpu_direct(void)
{
	unsigned int cpu = some_cpu();

	if (cpu_online((int)cpu))
		cpu_down(cpu);
	else
		cpu_up(cpu);
}

static void cpu_file(void)
{
	char path[] = "devices/system/cpu/cpu0/online";

	path[sizeof("devices/system/cpu/cpu") - 1] = (char)('0' + some_cpu());
	hotweave_write_sysfs(path, hotweave_choose(2) ? "1" : "0");
}

static int patch(void *arg)
{
	++*(int *)arg;
	return 0;
}

/* A user of stop_machine(), as what patches code. */
static void stop(void)
{
	int patched = 0;

	stop_machine(patch, &patched, NULL);
	BUG_ON(patched != 1);
}

static void msr(void)
{
	if (!msr_init())
		msr_exit();
}

/* ---- Pages ---------------------------------------------------------------------------------------------- */

/* A user of some pages; reclaims if there are none. */
static void pages(void)
{
	struct page *taken[4];
	unsigned int nr = 1 + hotweave_choose(4), nid = hotweave_choose(2);

	for (unsigned int i = 0; i < nr; i++)
		taken[i] = alloc_pages_node((int)nid, GFP_KERNEL, 0);
	for (unsigned int i = 0; i < nr; i++)
		if (taken[i])
			__free_page(taken[i]);
}

/* More than is left of the first chunk: it must be populated. */
static void percpu_map(void)
{
	struct bpf_array *map = array_map_alloc(1, 4 * PAGE_SIZE);

	if (!IS_ERR(map))
		array_map_free(map);
}

static void drain_lru(void)
{
	lru_add_drain_all();
}

static void zonelist_order(void)
{
	if (hotweave_kernel_version() < KERNEL_VERSION(4, 14, 0))
		numa_zonelist_order_handler(hotweave_choose(2) ? "zone" : "node");
}

static void notifier(void)
{
	come_and_go(NULL);
}

/* ---- Files in memory -------------------------------------------------------------------------------------- */

static void write_file_page(void)
{
	vfs_write(memfd, 0, 1);
}

static void seal(void)
{
	memfd_add_seals(memfd, F_SEAL_WRITE);
}

static void splice(void)
{
	struct file *out = hotweave_choose(2) ? memfd : dev_file;

	splice_to_file(pipe_of_user, out, hotweave_choose(2));
}

/* ---- Slab caches -------------------------------------------------------------------------------------------- */

#define CACHE(name, function)            \
	static void name(void)           \
	{                                \
		function(NULL);          \
	}
CACHE(new_cache, create_and_destroy_cache)
CACHE(cache_object, use_cache)
CACHE(cache_shrink, shrink_cache)
CACHE(cache_shrink_file, shrink_by_sysfs)

/* ---- Processes, KSM ---------------------------------------------------------------------------------------- */

static void ksm_write(void)
{
	write_to_pages(NULL);
}

static void ksm_run_file(void)
{
	static const char *const values[] = { "1", "2", "0" };

	hotweave_write_sysfs("kernel/mm/ksm/run", values[hotweave_choose(3)]);
}

static void ksm_merge_file(void)
{
	hotweave_write_sysfs("kernel/mm/ksm/merge_across_nodes", hotweave_choose(2) ? "1" : "0");
}

static void ksm_advise(void)
{
	ksm_unmerge((void *)(uintptr_t)hotweave_choose(2));
}

/* ---- The table ------------------------------------------------------------------------------------------------ */

#define ENTRY_OP(name, once) { #name, do_##name, 0, init_##name, once, false }

const struct machine_op machine_ops[] = {
	ENTRY_OP(online, false),
	ENTRY_OP(state, false),
	ENTRY_OP(probe, false),
	ENTRY_OP(acpi, true),
	ENTRY_OP(hv, true),
	ENTRY_OP(memtrace, true),
	ENTRY_OP(dlpar, false),
	ENTRY_OP(devm, true),
	ENTRY_OP(remove, false),
	ENTRY_OP(kmemleak, true),
	ENTRY_OP(standby, true),
	{ "cpu direct", cpu_direct, MACHINE_PAGES, NULL, false, true },
	{ "cpu file", cpu_file, MACHINE_PAGES | MACHINE_CPUS, NULL, false, false },
	{ "stop_machine", stop, 0, NULL, false, true },
	{ "msr", msr, MACHINE_FILES | MACHINE_DEVICES, NULL, true, false },
	{ "pages", pages, MACHINE_PAGES, NULL, false, true },
	{ "percpu map", percpu_map, MACHINE_PAGES, NULL, false, true },
	{ "lru_add_drain_all", drain_lru, MACHINE_FILES, NULL, false, false },
	{ "zonelist order", zonelist_order, 0, NULL, false, true },
	{ "notifier", notifier, 0, NULL, true, false },
	{ "new cache", new_cache, MACHINE_CACHES, NULL, true, false },
	{ "cache object", cache_object, MACHINE_CACHES, NULL, false, false },
	{ "cache shrink", cache_shrink, MACHINE_CACHES, NULL, false, false },
	{ "cache shrink file", cache_shrink_file, MACHINE_CACHES, NULL, false, false },
	{ "write file", write_file_page, MACHINE_FILES, NULL, false, true },
	{ "seal", seal, MACHINE_FILES, NULL, false, true },
	{ "splice", splice, MACHINE_FILES | MACHINE_DEVICES, NULL, true, true },
	{ "write page", ksm_write, MACHINE_PROCESSES, NULL, true, true },
	{ "ksm run", ksm_run_file, MACHINE_PROCESSES, NULL, false, true },
	{ "ksm merge_across_nodes", ksm_merge_file, MACHINE_PROCESSES, NULL, false, false },
	{ "madvise", ksm_advise, MACHINE_PROCESSES, NULL, true, true },
};
const unsigned int nr_machine_ops = sizeof(machine_ops) / sizeof(machine_ops[0]);

/* ---- Parts ------------------------------------------------------------------------------------------------------ */

void machine_make(unsigned int parts)
{
	/* Processes have a block of their own, with movable pages, in place of the one that others have online. */
	if (parts & MACHINE_PROCESSES) {
		boot_memory(1UL << 0 | 1UL << 4);
		add_ksm(1, 1);
		watch_ksm();
		start_ksmd();
	} else {
		boot_memory(1UL << 0 | 1UL << 1 | 1UL << 4);
	}
	add_offline_block(3);
	if (!hotweave_choose(2))
		enable_auto_online();
	if (parts & MACHINE_PAGES)
		add_pages();
	if (parts & MACHINE_CACHES)
		boot_slab(true);
	if (parts & MACHINE_FILES)
		add_files();
	if (parts & MACHINE_DEVICES)
		boot_dev_file(1);
	if (parts & MACHINE_CPUS)
		cpu_dev_init(1UL << 1 | 1UL << 2);
}
