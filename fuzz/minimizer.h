// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Makes an execution with a finding simpler, as long as the finding stays the same: deletes departures, then moves,
// merges and redirects what is left. Everything is tried by running it. Used by minimize.h, and with a small budget by
// confirm.h. Depends on attempts.h, cost.h, points.h.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "attempts.h"
#include "cost.h"
#include "points.h"

namespace hotweave {

class Random;

// Turns of the result by what becomes of the finding without each alone.
struct NeededTurns {
  size_t lost = 0;       // gone
  size_t longer = 0;     // still there, in more segments
  size_t harmless = 0;   // a race that is still there, but shows no lost update
};

class Minimizer {
 public:
  // `start` has a finding, and its schedule is exact.
  Minimizer(const RunOptions& options, Attempt start);

  // Called whenever the best so far has changed.
  std::function<void(const Attempt& best)> on_better;

  // Percent of the work that moving, merging and staying may take.
  void set_effort(uint32_t percent) { effort_ = percent; }

  Attempts& attempts() { return attempts_; }
  const Attempt& best() const { return best_; }
  Attempt Take() { return std::move(best_); }

  // Everything, until nothing helps or attempts().may_go_on says no.
  void Run();
  // True if no single decision can be left out of the best, and no turn but for what needed_turns() counts: each is, once, in
  // an execution to its end. Else one could (the best is then without it), or there may be no more attempts.
  bool Prove();
  const NeededTurns& needed_turns() const { return needed_turns_; }

 private:
  bool Try(const Input& input);
  bool Accept(std::optional<Attempt> attempt);
  bool Detour(Order order, uint64_t work, const std::function<void()>& how);
  bool OneMinimal(const Attempt& attempt);
  bool Needed(const Attempt& of, size_t departure);
  void StartAgain();
  void FewerSegments();
  void Polish();

  void Begin(Order order, bool strict, uint64_t work);
  bool Exhausted() const;
  std::set<uint16_t> Parties() const;
  std::set<uint16_t> Concerned() const;
  bool IsAnchor(const DecisionPoint& point) const;
  void FindDisputed();

  bool TryTight();
  bool Delete();
  bool DeleteTasks();
  bool DeleteChunks();
  void DeleteShuffled(Random* random);
  bool LowerChoices();
  bool StayWith(const Input& input);
  bool StayAsItIs();
  bool StayWithOne();
  bool StayWithAnother();
  bool StayElsewhere(Input input, size_t which);
  bool Move();
  bool MoveRecord(size_t which);
  bool Substitute(size_t which, bool anywhere);
  bool MergeTwo();
  bool Merge(size_t i, size_t j);

  Attempts attempts_;
  Attempt start_;   // as it was given
  Attempt best_;
  Cost cost_;
  Order order_ = Order::FewestDepartures;
  std::set<uint16_t> disputed_;   // keys of operations, of the best so far: see IsAnchor()
  uint64_t allowed_ = 0;  // work at which moving and merging ends
  uint32_t effort_ = 100;
  bool strict_ = false;   // only what is 1-minimal is better
  NeededTurns needed_turns_;
};

}  // namespace hotweave
