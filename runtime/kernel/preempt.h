// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sections with preemption or interrupts off, as a grace period sees them. Depends on core.
#pragma once

namespace hotweave {

// Waits until every task that is now inside a section with preemption or interrupts off, handlers included,
// has left it. May sleep.
// Source: synchronize_sched(), 4.14. Model: sections that begin meanwhile are waited for as well.
void SynchronizeSched();

}  // namespace hotweave
