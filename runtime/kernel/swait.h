// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Simple wait queues, for completions. All by the holder of the queue's lock. Depends on <linux/swait.h>.
#pragma once

#include <linux/swait.h>

#include "core/edges.h"

namespace hotweave {

void SwaitEnqueue(swait_queue_head* q, swait_queue* wait);
void SwaitDequeue(swait_queue* wait);
// Takes the first waiter off and wakes it; false if there is none. Source: swake_up_locked(), 6.1.
bool SwaitWakeFirst(swait_queue_head* q, Where where = Where::current());

}  // namespace hotweave
