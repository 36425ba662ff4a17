// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the tests of exhaustive search share: searching all of a target, what its executions end in, and comparing the
// search with reduction to the one without.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "../../fuzz/explore.h"
#include "families_helper.h"

namespace hotweave {

// Final states (of a target that tells them), and the fingerprints of findings; how many executions ended so.
using Ends = std::map<std::string, uint64_t>;

struct Explored {
  ExploreResult result;
  Ends ends;
};

struct How {
  bool reduction = true;
  int bound = -1;          // < 0: none
  bool races = false;
  uint64_t runs = 0;       // 0: no limit
};

// Explores a target to the end (findings do not end it), and collects.
Explored ExploreAll(const std::string& target, const How& how);

// One search at one bound, without those at smaller bounds. What it saw before it last began anew does not count: what follows
// must stand for itself.
struct Covered {
  Ends ends;
  bool complete = false;       // all of it within the limit of runs, and no execution met a limit of the engine
  uint64_t executions = 0;
};
enum class By : uint8_t {
  Enumeration,   // every schedule
  Learning,      // with reduction, which learns while it goes what tasks share
  Rehearsed,     // with reduction, after random executions that show what tasks share, as `hotweave explore` does it
};
Covered Cover(const std::string& target, By by, int bound, bool races, uint64_t most_runs);

// Names of the ends that only one of them has; "" if they agree.
std::string Difference(const Covered& reduced, const Covered& full);

// The program that `explore_program` runs from now on.
void SetProgram(const explore_program& program);

}  // namespace hotweave
