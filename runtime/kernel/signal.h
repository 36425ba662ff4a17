// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Signals, and sleeps that a signal may end. Every primitive that sleeps in a state of <linux/sched.h> sleeps
// here. Contract of the kernel's functions: <linux/sched/signal.h>. Depends on core and lock.h.
#pragma once

#include "core/engine.h"

namespace hotweave {

// How a sleep ended.
enum class Woken : uint8_t { ByTask, ByTimeout, BySignal };

// The current task sleeps in `state` until TryToWake() wakes it from such a state (locks use TASK_NORMAL), but at
// most `ns` of virtual time (0: no limit). In an interruptible or killable state a pending signal that counts there
// ends the sleep, or keeps it from beginning; for a user task (hotweave_user_task()) a choice of the input lets one
// arrive: 0 none, 1 just before the sleep, 2 during it, and with 3 and 4 in an interruptible state the same for
// SIGKILL. BySignal also where both happened: whoever was granted something meanwhile looks at that first. Afterwards
// the state is TASK_RUNNING. Not a scheduling point of its own: the caller has passed one.
// Source: schedule(), signal_wake_up_state(), 6.1.
Woken SleepIn(unsigned state, const Wait& wait, uint64_t ns = 0);

// Does a signal that is pending now end a sleep of `task` in `state`? Draws nothing.
// Source: signal_pending_state(), 6.1.
bool SignalPending(const Task& task, unsigned state);

}  // namespace hotweave
