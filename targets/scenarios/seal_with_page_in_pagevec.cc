// SPDX-License-Identifier: GPL-2.0-only
/*
 * One task writes a file in memory, another seals it. The new page is still in a pagevec of the CPU where it was written,
 * which has a reference to it; nobody else has one, so the seal must be set.
 */
#include <linux/bug.h>
#include <linux/kthread.h>

#include <hotweave/target.h>

#include "files.h"

HOTWEAVE_TARGET(seal_with_page_in_pagevec, "F_ADD_SEALS after a write whose page is still in a pagevec of another CPU")
{
	struct task_struct *writer, *sealer;

	boot_files();

	writer = kthread_run(write_memfd, NULL, "writer");
	sealer = kthread_run(seal_memfd, NULL, "sealer");
	hotweave_join(writer);
	hotweave_join(sealer);
}

HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "S2-A", "", "S2-A: drains");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "S2-B", "", "S2-B: drains");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "S2-C", "assertion", "S2-C R2.4");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "S2-D", "", "S2-D");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "v4.9", "", "drains under get_online_cpus()");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "v4.14", "", "S2-B");
HOTWEAVE_EXPECT(seal_with_page_in_pagevec, "v6.7", "", "S2-D");
