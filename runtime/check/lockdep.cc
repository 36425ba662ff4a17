// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Lock order. See checks.h.
#include "check/checks.h"

namespace hotweave {

void Checks::OnLockAcquire(lockdep_map&, const LockAcquire&) {}
void Checks::OnLockRelease(lockdep_map&) {}
void Checks::OnIrqState(bool, bool) {}

}  // namespace hotweave
