// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Where an execution could have departed: the points at which another task could have run, and which tasks. What a
// minimizer may move a preemption to. Depends on <hotweave/run.h> and core/strategy.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <hotweave/run.h>

#include "core/op.h"

namespace hotweave {

// One question of the engine, as a record would name it.
struct DecisionPoint {
  Op op = Op::Note;       // what the task is about to do; where it cannot go on: Blocked, TaskExit, Yield
  bool forced = false;    // the task cannot go on
  uint16_t task = 0, key = 0, nth = 0;
  uint32_t first = 0, count = 0;   // its candidates in Points::candidates; where forced, the first is the default
};

struct Points {
  std::vector<DecisionPoint> all;     // in the order of the execution; those without candidates are left out
  std::vector<uint16_t> candidates;   // TaskKey of each

  std::span<const uint16_t> CandidatesOf(const DecisionPoint& p) const { return {candidates.data() + p.first, p.count}; }
};

// Executes the input once more. Costs about as much as an execution with a trace.
Points PointsOf(const RunOptions& options, const Input& input);

}  // namespace hotweave
