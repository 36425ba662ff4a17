// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Guided: does what an Input says and the default everywhere else. Replays are guided too: the engine records
// what happened, and the caller compares. Depends on core and <hotweave/schedule.h>.
#pragma once

#include <vector>

#include <hotweave/schedule.h>

#include "core/strategy.h"

namespace hotweave {

class Guided final : public Strategy {
 public:
  explicit Guided(const Input& input);

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t nth, uint32_t n) override;

 private:
  // Records of one key and task; how often that task has been at that key.
  struct Group {
    uint16_t key, task;
    uint32_t first, last;   // in records_
    uint32_t next = 0;      // the first record that `seen` has not passed
    uint32_t seen = 0;
  };
  Task* Lookup(const Point& point, std::span<Task* const> others);

  std::vector<Record> records_;   // by key, task, nth; one per such triple
  std::vector<Group> groups_;     // by key, task
  std::vector<ChoiceRecord> choices_;
  bool again_ = false;            // there are two records for one point, the first of which lets the clock advance
};

}  // namespace hotweave
