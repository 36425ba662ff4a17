// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last block of a zone goes offline, and with it the zone's pagesets, while an allocation that found no page drains the lists
 * of all zones.
 */
#include <linux/kthread.h>
#include <linux/mm.h>

#include <hotweave/target.h>

#include "memory.h"
#include "pages.h"

#define LAST 4UL

static int drain(void *arg)
{
	(void)arg;
	drain_all_pages(NULL);
	return 0;
}

HOTWEAVE_TARGET(drain_vs_last_offline, "the last block of a zone goes offline while the lists of all zones are drained")
{
	struct task_struct *drainer, *offline;

	boot_pages(1UL << 0 | 1UL << LAST);
	leave_page_on(1, 0);

	drainer = kthread_run(drain, NULL, "drainer");
	offline = kthread_run(offline_block, SECTION_ARG(LAST), "offline");
	hotweave_join(drainer);
	hotweave_join(offline);
}

HOTWEAVE_EXPECT(drain_vs_last_offline, "v4.10", "", "emptied zones keep their pagesets: docs/findings.md");
HOTWEAVE_EXPECT(drain_vs_last_offline, "v6.7", "", "emptied zones keep their pagesets: docs/findings.md");
HOTWEAVE_EXPECT(drain_vs_last_offline, "v6.7+pagesets_are_freed", "use-after-free data-race", "as all kernels do: docs/findings.md");
