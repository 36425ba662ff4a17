// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Searches of the ported targets for the tests of history/: random walks that go on after a finding, and
// what they found. Depends on <hotweave/run.h>, fuzz/ and strategy/.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "fuzz/show.h"

namespace hotweave {

// One kind of failure, as far as fingerprints tell them apart.
struct Found {
  std::string kind, fingerprint;
  uint64_t first = 0;   // number of the walk that showed it first
  uint64_t count = 0;   // of the walks that were looked at
};

struct Search {
  std::string spec;          // TARGET@PROFILE[-COMMIT]…
  bool races = true;         // false: as --no-race
  LockdepRules lockdep = LockdepRules::Off;
  std::vector<Found> found;  // by first appearance
  uint64_t executions = 0, contended = 0, out_of_budget = 0;

  std::set<std::string> Kinds() const;
  std::set<std::string> Fingerprints() const;
};

// How long to search: at least `least` walks, then on until each of `wanted` was seen or `most` were walked.
struct Bounds {
  uint64_t least = 3000, most = 3000;
  std::set<std::string> wanted;
};

// Walks 0, 1, 2 … of seed 1, each of its own, whatever the ones before found. An unknown spec fails the test.
// Without lockdep unless told otherwise: its reports need no second task and would come before everything else.
Search SearchTarget(const std::string& spec, bool races, const Bounds& bounds, LockdepRules lockdep = LockdepRules::Off);

// The empty input alone, with races and the profile's lockdep.
Search SearchSequential(const std::string& spec);

// How many of 10 replays of this finding gave its trace, from its exact schedule.
uint32_t ReplaysOf(const Search& search, const Found& found);

// In which orders tasks wrote to a field ("zone.present_pages"), over the walks of the latest search.
std::vector<OrderLine> OrdersOf(const std::string& place);

// Blank-separated words, as in HOTWEAVE_EXPECT.
std::set<std::string> Words(const std::string& text);

// For messages: "[data-race lost-update]".
std::string Show(const std::set<std::string>& words);

}  // namespace hotweave
