/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * kcompactd. Follows include/linux/compaction.h of Linux 4.9; the code behind it is targets/mm/compaction.cc.
 * Context: process, may sleep; mem_hotplug_lock for write, or boot.
 */
#ifndef HOTWEAVE_LINUX_COMPACTION_H
#define HOTWEAVE_LINUX_COMPACTION_H

#ifdef __cplusplus
extern "C" {
#endif

/* Starts the thread of a node that has none; stops it and waits until it is gone. From 4.6. */
int kcompactd_run(int nid);
void kcompactd_stop(int nid);

#ifdef __cplusplus
}
#endif
#endif
