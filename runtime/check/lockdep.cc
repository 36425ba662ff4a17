// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Lock order: what the observer's calls mean for both levels. See checks.h.
#include "check/checks.h"

namespace hotweave {

void Checks::OnBegin() {
  if (hot.lockdep) lock_requests_.Begin();
}

void Checks::OnTaskCreated(Task& child) {
  if (hot.lockdep) lock_requests_.OnTaskCreated(child);
}

void Checks::OnJoined(Task& exited) {
  if (hot.lockdep) lock_requests_.OnJoined(exited);
}

void Checks::OnLockAcquire(lockdep_map& map, const LockAcquire& how) {
  const LockRequest* fresh = lock_requests_.Add(map, how);
  if (collect_) return;
  if (!fresh || !fresh->held_count || engine.failing()) return;
  FeasibleCycle cycle;
  if (FindFeasibleCycle(lock_requests_, fresh->wanted.request, &cycle)) ReportFeasibleCycle(lock_requests_, cycle);
}

void Checks::OnLockRelease(lockdep_map& map) { lock_requests_.Release(map); }

void Checks::OnIrqState(bool, bool) {}

}  // namespace hotweave
