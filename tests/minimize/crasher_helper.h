// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Crashers for the tests of minimizing, found by plain random search, seeded. Depends on <hotweave/run.h>, fuzz/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <hotweave/run.h>

#include "fuzz/attempts.h"
#include "fuzz/cli.h"
#include "strategy/learned.h"

namespace hotweave {

// A parsed spec: the options point at the profile beside them.
struct Subject {
  Profile profile;
  RunOptions options;
  Learned learned;   // of the default execution

  Subject(const std::string& spec, bool races, LockdepRules lockdep);
  Subject(const Subject&) = delete;
};

// The `nth` walk of a search: random and synchronisation walks in turn, PCT after many; `dense`: random walks that preempt at every second
// to eighth point, for schedules of thousands of decisions.
Attempt Walk(const Subject& subject, uint64_t nth, bool dense);

// The first walk below `most` that shows a finding of this kind ("": of any kind) with at least so many departures.
struct CrasherWanted {
  std::string kind;
  bool dense = false;
  size_t departures = 0;
  uint64_t first = 0, most = 25'000;
};
struct Crasher {
  Attempt attempt;
  uint64_t walk = 0;
};
// Without one that is long enough, the longest that there is; nothing if none shows the finding.
std::optional<Crasher> FindCrasher(const Subject& subject, const CrasherWanted& wanted);

}  // namespace hotweave
