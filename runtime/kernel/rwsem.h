// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The mechanism of a reader/writer semaphore, for rw_semaphore and for what embeds one: who may enter and who is
// woken, by the rules of the execution's kernel version (<linux/rwsem.h>). What __down_read() and the like are in
// the kernel: no lockdep, nothing held, no happens-before. Depends on lock.h.
#pragma once

#include "kernel/lock.h"

namespace hotweave {

// Nobody is inside; somebody may be queued.
inline bool RwsemFree(const hotweave_lock& lock) { return !lock.owner && !lock.readers; }

// The current task, sleeping in `state` as `wait` says, waits until it may enter. 0: it may now, and the caller
// counts it (lock.readers, lock.owner) before the next scheduling point; or -EINTR.
int RwsemWaitToRead(hotweave_lock& lock, unsigned state, const Wait& wait);
int RwsemWaitToWrite(hotweave_lock& lock, unsigned state, const Wait& wait);

// After somebody left: wakes whoever may enter now. `read_owned`: the current task is a reader and stays.
void RwsemWake(hotweave_lock& lock, bool read_owned = false);

}  // namespace hotweave
