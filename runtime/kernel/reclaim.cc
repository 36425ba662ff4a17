// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Reclaim as lockdep sees it. Contract: <linux/sched/mm.h>. Follows mm/page_alloc.c of Linux 6.1. Depends on core.
#include <linux/sched/mm.h>

#include "kernel/lock.h"
#include "kernel/version.h"

using namespace hotweave;

namespace {

// "locking/lockdep: Rework FS_RECLAIM annotation"
const Change kFsReclaimMap{"d92a8cfcb37e", KERNEL_VERSION(4, 14, 0)};

lockdep_map reclaim_map = STATIC_LOCKDEP_MAP_INIT("fs_reclaim", &reclaim_map);

// Source: __need_reclaim(), fs_reclaim_acquire(), mm/page_alloc.c, 6.1.
bool ReclaimsThroughFs(gfp_t flags) {
  if (!(flags & __GFP_DIRECT_RECLAIM) || (flags & __GFP_NOLOCKDEP) || (Current().flags & PF_MEMALLOC)) return false;
  return (current_gfp_context(flags) & __GFP_FS) && kFsReclaimMap.InEffect();
}

}  // namespace

extern "C" void __fs_reclaim_acquire(unsigned long) { LockdepAcquire(reclaim_map); }
extern "C" void __fs_reclaim_release(unsigned long) { LockdepRelease(reclaim_map); }

extern "C" void fs_reclaim_acquire(gfp_t flags) {
  if (hot.lockdep && ReclaimsThroughFs(flags)) LockdepAcquire(reclaim_map);
}

extern "C" void fs_reclaim_release(gfp_t flags) {
  if (hot.lockdep && ReclaimsThroughFs(flags)) LockdepRelease(reclaim_map);
}

// Source: might_alloc(), include/linux/sched/mm.h, 6.1.
extern "C" void might_alloc(gfp_t flags) {
  if (gfpflags_allow_blocking(flags)) MightSleep(Op::Kmalloc, nullptr);
  fs_reclaim_acquire(flags);
  fs_reclaim_release(flags);
}
