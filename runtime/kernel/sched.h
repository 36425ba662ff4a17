// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sleeping, for the primitives that are made of it. Depends on core.
#pragma once

#include "core/engine.h"

namespace hotweave {

// The current task sleeps as its state says, at most `ns` of virtual time (0: no limit); at once back in TASK_RUNNING.
// True if it was woken or had been before it slept, false if the time ran out. `name` says what it waits for. delay: by
// design nobody wakes it, only time. Scheduling point; may sleep (checked).
// Source: schedule(), schedule_timeout(), 6.1.
bool Sleep(Op op, const char* name, uint64_t ns, bool delay = false);

}  // namespace hotweave
