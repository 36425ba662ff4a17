// SPDX-License-Identifier: GPL-2.0-only
/*
 * A block goes offline of which a guest has lent pages to its hypervisor: who has them is asked, under zone->lock, how
 * many it could take back, and told to when the block is isolated; meanwhile it takes one back by itself.
 */
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/mmzone.h>

#include <hotweave/target.h>

#include "../arch/powerpc/platforms/pseries/cmm.h"
#include "memory.h"

#define BLOCK 1UL

static int take_back(void *arg)
{
	(void)arg;
	cmm_free_page();
	return 0;
}

HOTWEAVE_TARGET(lent_pages_vs_offline, "a block with pages that are lent to the hypervisor goes offline")
{
	struct task_struct *offline, *lender;

	boot_memory(1UL << 0 | 1UL << BLOCK);
	cmm_init();
	BUG_ON(cmm_lend_pages(section_nr_to_pfn(BLOCK), section_nr_to_pfn(BLOCK + 1), 2) != 2);

	offline = kthread_run(state_offline, SECTION_ARG(BLOCK), "offline");
	lender = kthread_run(take_back, NULL, "lender");
	hotweave_join(offline);
	hotweave_join(lender);
}

HOTWEAVE_EXPECT(lent_pages_vs_offline, "v4.9", "irq-lock-order", "drains by interrupt take zone->lock, see docs/findings.md");
HOTWEAVE_EXPECT(lent_pages_vs_offline, "v4.12", "", "the same");
HOTWEAVE_EXPECT(lent_pages_vs_offline, "v4.19", "", "without the answer the pageblock would not be isolated");
HOTWEAVE_EXPECT(lent_pages_vs_offline, "v6.7", "", "nobody is asked, and the block stays");
