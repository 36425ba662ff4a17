// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Trying inputs for one finding: each is executed, and counts only if it shows that finding. Knows what was tried before,
// counts executions, meets other findings on the way. What minimizers are made of. Depends on <hotweave/run.h>.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <hotweave/run.h>

#include "core/strategy.h"
#include "core/trace.h"

namespace hotweave {

// A traced execution and its exact departures.
struct Attempt {
  RunResult result;
  Trace trace;
  Schedule schedule;

  size_t departures() const { return schedule.records.size() + schedule.choices.size(); }
};

Attempt RunTraced(const RunOptions& options, const Input& input);

// A turn: the task cannot go on (it waits, or it has ended), and the record says which one runs next. No preemption: some task
// must. (Time that passes although tasks can run is no turn.)
bool IsTurn(const NamedRecord& record);
size_t TurnsOf(const Schedule& schedule);

// True if the trace of a race shows an update that was lost through it: what makes it harmful.
bool ShowsLostUpdate(const Attempt& attempt);

// Without a trace, a race is known by one of its places, and a lost update is a broken invariant. Can such a finding have this
// fingerprint once it is traced?
bool MayTurnOutAs(const Finding& untraced, const std::string& fingerprint);

using StrategyMaker = std::function<std::unique_ptr<Strategy>()>;

class Attempts {
 public:
  // The finding of `wanted`, which must have one, is what every attempt is asked for: its fingerprint.
  Attempts(const RunOptions& options, const Attempt& wanted);

  // Called before each execution; false: no more of them. Without it there is no limit.
  std::function<bool(uint64_t executions)> may_go_on;

  // Executes the input, unless it was tried before. The execution if it shows the finding, else nothing.
  // An attempt is cut off where it takes much longer than `wanted` did: it is then one that does not show it.
  std::optional<Attempt> Try(const Input& input);
  // Does it, as far as attempts tell? Executed only if it was not tried before.
  bool Shows(const Input& input);
  // The same as Try(), executed though it was tried before.
  std::optional<Attempt> TryAgain(const Input& input);
  // The same, and to its end.
  std::optional<Attempt> TryWhole(const Input& input);
  // The same as Try(), where a strategy decides instead of an input; `make` is asked for one for each execution.
  std::optional<Attempt> TryWith(const StrategyMaker& make);

  // What is wanted has changed: inputs that showed the finding may be tried again.
  void NewRound() { ++round_; }

  bool stopped() const { return stopped_; }
  uint64_t executions() const { return executions_; }
  // What they have cost, in scheduling points; one that is traced counts several times. The same on every machine.
  uint64_t work() const { return work_; }
  const RunOptions& options() const { return options_; }
  const std::string& fingerprint() const { return fingerprint_; }

  // The first input that showed each other finding, by fingerprint.
  const std::map<std::string, Input>& others() const { return others_; }

 private:
  bool Begin();
  std::optional<Attempt> Execute(const RunOptions& options, const StrategyMaker& make);
  std::optional<Attempt> Execute(const RunOptions& options, const Input& input);

  RunOptions options_, short_;
  std::string fingerprint_;
  bool stopped_ = false;
  uint64_t executions_ = 0, work_ = 0;
  std::map<uint64_t, uint32_t> tried_;   // by hash of the input: the round in which it showed the finding, 0: it does not
  uint32_t round_ = 1;
  std::set<std::string> untraced_others_;
  std::map<std::string, Input> others_;
};

}  // namespace hotweave
