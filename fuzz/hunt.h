// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Searches that go on after a finding, for the table of `hotweave history`: which kinds of failure one target shows
// under one profile, and by how short an interleaving. Depends on runtime and confirm.h.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <hotweave/run.h>

#include "confirm.h"

namespace hotweave {

// A finding as far as its fingerprint tells it from others.
struct Sighting {
  Finding finding;           // of the first execution that showed it
  std::vector<uint64_t> executions;   // the first few: 0 is the sequential one, i is random walk i - 1
  uint64_t first() const { return executions.front(); }
};

// One target under one profile in one configuration. Execution 0 is the sequential one; then random walks of seed 1.
class Hunt {
 public:
  explicit Hunt(const RunOptions& options) : options_(options) {}

  // So many executions more, or until `seconds` (0: no limit) have passed.
  void Run(uint64_t executions, double seconds);
  uint64_t executions() const { return executions_; }
  uint64_t out_of_budget() const { return out_of_budget_; }
  const std::vector<Sighting>& sightings() const { return sightings_; }
  bool Saw(const std::string& kind) const;
  const RunOptions& options() const { return options_; }

  // The finding confirmed and, unless not asked to, made simpler, from whichever of the first few executions gives the fewest
  // segments.
  Confirmed Shortest(const Sighting& sighting, size_t executions, bool simplify) const;

 private:
  void Note(uint64_t execution);
  RunResult Execute(uint64_t execution, Trace* trace, Schedule* schedule) const;

  RunOptions options_;
  uint64_t executions_ = 0, out_of_budget_ = 0;
  std::vector<Sighting> sightings_;
  std::vector<std::pair<std::string, uint64_t>> looked_at_;   // by fingerprint without a trace
};

// Blank-separated words.
std::set<std::string> WordsOf(const std::string& text);

}  // namespace hotweave
