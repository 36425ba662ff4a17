// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See minimize.h.
#include "minimize.h"

#include "core/internal.h"
#include "minimizer.h"

namespace hotweave {

std::string DescribeProgress(const MinimizeProgress& p) {
  return std::to_string(p.departures) + (p.departures == 1 ? " departure left" : " departures left");
}

Minimized Minimize(const RunOptions& options, const Input& input, const MinimizeOptions& limits) {
  Attempt start = RunTraced(options, input);
  if (!start.result.finding) InternalError("nothing to minimize: the execution passes");
  Minimized m;
  m.turns_before = TurnsOf(start.schedule);
  m.preemptions_before = start.schedule.records.size() - m.turns_before;
  m.choices_before = start.schedule.choices.size();
  Minimizer minimizer(options, std::move(start));
  minimizer.set_effort(limits.effort);
  minimizer.attempts().may_go_on = [&](uint64_t executions) {
    if (limits.runs && executions >= limits.runs) return false;
    return !limits.may_go_on || limits.may_go_on({minimizer.best().departures(), executions});
  };
  do {
    minimizer.Run();
    m.one_minimal = minimizer.Prove();
  } while (!m.one_minimal && !minimizer.attempts().stopped());
  m.turns = minimizer.needed_turns();
  m.executions = minimizer.attempts().executions();
  m.others = minimizer.attempts().others();
  m.confirmed = Confirm(options, minimizer.best().schedule.ToInput(), false);
  return m;
}

}  // namespace hotweave
