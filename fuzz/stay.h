// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Executions in which tasks stay: where a task of the finding has to wait, those that it waits for run (workers, the tasks of a
// CPU), then it goes on, before any other task of the finding. So each preemption costs as few segments as it can. The default,
// the next task in order of creation, is often a segment more. Depends on core/strategy.h, guided.h.
#pragma once

#include <cstdint>
#include <set>

#include <hotweave/schedule.h>

#include "strategy/guided.h"

namespace hotweave {

struct StayOptions {
  std::set<uint16_t> parties;   // TaskKey of each task of the finding
  uint16_t first = 0;           // TaskKey of the one that goes first if no other must
  bool back = false;            // where one has come to its end or waits for ever: the one that was preempted before any third one
};

// Does what the input says; where it says nothing and the task cannot go on, as above.
class Stay final : public Strategy {
 public:
  Stay(const Input& input, StayOptions options) : guided_(input), options_(std::move(options)) {}

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override { return guided_.Choose(nth, n); }

 private:
  bool IsParty(const Task* task) const;
  Task* Next(std::span<Task* const> others) const;

  Guided guided_;
  StayOptions options_;
  Task* at_it_ = nullptr;   // the party whose segment it is
  Task* left_ = nullptr;    // the party that was preempted last
};

}  // namespace hotweave
