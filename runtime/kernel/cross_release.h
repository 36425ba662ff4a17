// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Things that are waited for and completed, as lockdep sees them where the profile asks for it (check/lockdep_completions.cc).
// A row or alteration `completion_tracking` of the history table switches it on: CONFIG_LOCKDEP_COMPLETIONS as it
// was in linux-next from August to November 2017. Depends on core and version.h.
#pragma once

#include <hotweave/target.h>

#include "kernel/lock.h"
#include "kernel/version.h"

namespace hotweave {

inline const Change kCompletionTracking{"completion_tracking", HOTWEAVE_NEVER};

inline bool TrackCompletions() { return hot.lockdep && kCompletionTracking.InEffect(); }

// The current task waits for it. Source: complete_acquire(), complete_release(), include/linux/completion.h, 4.14.
class CompletionWait {
 public:
  explicit CompletionWait(lockdep_map& map) : map_(TrackCompletions() ? &map : nullptr) {
    if (map_) engine.observer()->OnCompletion(*map_, Observer::CompletionMoment::Waits);
  }
  ~CompletionWait() {
    if (map_) engine.observer()->OnCompletion(*map_, Observer::CompletionMoment::Waited);
  }
  CompletionWait(const CompletionWait&) = delete;
  CompletionWait& operator=(const CompletionWait&) = delete;

 private:
  lockdep_map* map_;
};

// The current task is about to complete it. Source: complete_release_commit(), include/linux/completion.h, 4.14.
inline void TrackComplete(lockdep_map& map) {
  if (TrackCompletions()) engine.observer()->OnCompletion(map, Observer::CompletionMoment::Completes);
}

}  // namespace hotweave
