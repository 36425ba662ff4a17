// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: completions as locks ("cross-release"), as linux-next had it from August to November 2017. See lockdep.h.
// Follows kernel/locking/lockdep.c of Linux 4.14 with CONFIG_LOCKDEP_COMPLETIONS. Depends on core.
//
// Who waits for a completion takes it: what is held precedes it. It is never held, for another task gives it back: complete()
// makes every lock that the completing task took since the wait began follow the completion. What was taken before
// does not count, nor what was only tried or taken recursively; complete_all(), and complete() while nobody
// waits, add nothing.
#include <algorithm>

#include "check/lockdep.h"

namespace hotweave {

std::vector<Lockdep::Awaited>::iterator Lockdep::FindAwaited(const lockdep_map& map) {
  return std::find_if(awaited_.begin(), awaited_.end(), [&](const Awaited& a) { return a.map == &map; });
}

// Source: lock_acquire_crosslock(), add_xlock(), 4.14. Of several waiters the first counts.
void Lockdep::WaitBegins(lockdep_map& map) {
  if (!Active()) return;
  const auto known = FindAwaited(map);
  TaskState& t = Here();
  const uint32_t depth = t.depth;
  ClassOf(map, 0)->completion = true;
  AcquireReferences(map, {}, 0, 0, IrqsOffHere());
  if (silent_ || t.depth == depth) return;
  const LockdepHeld held = t.held[depth];
  PopTo(t, depth);
  if (known != awaited_.end()) {
    ++known->waiters;
  } else {
    awaited_.push_back({&map, 1, ++waits_begun_, held});
  }
}

// Source: lock_release_crosslock(), 4.14.
void Lockdep::WaitEnds(const lockdep_map& map) {
  if (!Active()) return;
  const auto known = FindAwaited(map);
  if (known != awaited_.end() && --known->waiters == 0) awaited_.erase(known);
}

// Source: check_add_xhlock(), add_xhlock(), 4.14.
void Lockdep::Remember(TaskState& t, const LockdepHeld& held) {
  if (held.read == 2 || held.trylock || !held.check || held.cls->completion) return;
  t.past[t.past_count++ % kMaxPastLocks] = {held, waits_begun_};
}

// Source: lock_commit_crosslock(), commit_xhlocks(), 4.14. From the latest lock to the first after the wait began.
void Lockdep::Completes(const lockdep_map& map) {
  if (!Active()) return;
  const auto known = FindAwaited(map);
  if (known == awaited_.end() || !known->held.check) return;
  const TaskState& t = Here();
  const uint32_t kept = std::min(t.past_count, kMaxPastLocks);
  for (uint32_t i = 1; i <= kept; ++i) {
    const PastLock& past = t.past[(t.past_count - i) % kMaxPastLocks];
    if (past.generation < known->generation) return;
    if (KnownChain(Extend(Extend(0, known->held), past.held))) continue;
    AddDependency(known->held, past.held);
    if (silent_) return;
  }
}

}  // namespace hotweave
