// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the tests of exhaustive search share: the program that the interpreter runs, and what its executions end in.
#pragma once

#include <map>
#include <set>
#include <string>

#include "../../fuzz/explore.h"
#include "programs.h"

namespace hotweave {

// Final states, and the fingerprints of findings; how many executions ended so.
using Ends = std::map<std::string, uint64_t>;

struct Explored {
  ExploreResult result;
  Ends ends;
  std::set<std::string> Names() const;
};

struct How {
  bool reduction = true;
  int bound = -1;          // < 0: none
  bool races = false;
  uint64_t runs = 0;       // 0: no limit
};

// Explores a target to the end (findings do not end it), and collects.
Explored ExploreAll(const std::string& target, const How& how);

// The program that `explore_program` runs from now on; that of a seed.
void SetProgram(const explore_program& program);
explore_program ProgramOf(uint64_t seed);
std::string Describe(const explore_program& program);

}  // namespace hotweave
