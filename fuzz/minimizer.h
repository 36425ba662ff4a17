// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Makes an execution with a finding simpler, as long as the finding stays the same: deletes departures, then moves,
// merges and redirects what is left. Everything is tried by running it. Used by minimize.h, and with a small budget by
// confirm.h. Depends on attempts.h, cost.h.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "attempts.h"
#include "cost.h"

namespace hotweave {

class Minimizer {
 public:
  // `start` has a finding, and its schedule is exact.
  Minimizer(const RunOptions& options, Attempt start);

  // Called whenever the best so far has changed.
  std::function<void(const Attempt& best)> on_better;

  Attempts& attempts() { return attempts_; }
  const Attempt& best() const { return best_; }
  Attempt Take() { return std::move(best_); }

  // Everything, until nothing helps or attempts().may_go_on says no.
  void Run();
  // True if no single departure can be left out of the best: each is, once, in an execution to its end. Else one could
  // (the best is then without it), or there may be no more attempts.
  bool Prove();

 private:
  bool Try(const Input& input);
  bool Accept(std::optional<Attempt> attempt);
  bool OneMinimal(const Schedule& schedule);
  void Polish();
  void FewerSegments();

  void Allow(uint64_t work);
  bool Exhausted() const;
  std::set<uint16_t> Concerned() const;

  bool TryTight();
  bool Delete();
  bool DeleteTasks();
  bool DeleteChunks();
  bool LowerChoices();
  bool Move();
  bool MoveRecord(size_t which);
  bool Substitute(size_t which);
  bool MergeTwo();
  bool Merge(size_t i, size_t j);

  Attempts attempts_;
  Attempt best_;
  Cost cost_;
  Order order_ = Order::FewestDepartures;
  uint64_t allowed_ = 0;  // work at which moving and merging ends
  bool strict_ = false;   // only what is 1-minimal is better
};

}  // namespace hotweave
