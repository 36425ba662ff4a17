// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Confirmation and simplification of findings. See confirm.h.
#include "confirm.h"

#include <fmt/format.h>

#include "core/internal.h"
#include "minimizer.h"
#include "report/symbolizer.h"

namespace hotweave {
namespace {

bool Same(const RunResult& result, const Finding& finding) {
  return result.finding && result.finding->fingerprint == finding.fingerprint;
}

// Detectors know memory by symbol and offset; people know fields, or the whole of what was allocated.
std::string NameOfMemory(const Trace& trace, const Finding& f) {
  if (f.object >= trace.objects.size()) return "memory";
  const bool whole = f.kind == Kind::Leak || f.kind == Kind::BadFree;
  if (whole && f.offset == 0) return trace.objects[f.object].name;
  return Symbolizer::Get().ShortField(trace.objects[f.object], f.offset);
}

void NameMemory(const Trace& trace, Finding* finding) {
  constexpr std::string_view kPlaceholder = "{object}";
  const std::string field = NameOfMemory(trace, *finding);
  for (size_t at; (at = finding->sentence.find(kPlaceholder)) != std::string::npos;) {
    finding->sentence.replace(at, kPlaceholder.size(), field);
  }
}

// The same finding by the departures that can be stored.
Attempt WithoutLate(const RunOptions& options, Attempt late) {
  Attempt without = RunTraced(options, late.schedule.ToInput());
  if (Same(without.result, *late.result.finding)) return without;
  throw CannotBeStored(fmt::format(
      "an execution shows {}, but {} of its departures come after a task has done the same {} times, which is as far as schedules count, "
      "and without them it does not: give the loop that does so fewer turns",
      late.result.finding->fingerprint, late.schedule.too_late, kMaxNth));
}

}  // namespace

Confirmed Confirm(const RunOptions& options, const TracedRun& run, bool simplify) {
  Attempt best;
  best.result = run(&best.trace, &best.schedule);
  if (!best.result.finding) InternalError("a failing execution passes when it is traced");
  if (best.schedule.too_late) {
    best = WithoutLate(options, std::move(best));
  } else {
    const Attempt again = RunTraced(options, best.schedule.ToInput());
    if (!again.result.finding || again.trace.hash != best.trace.hash) {
      InternalError("the recorded schedule of a finding does not reproduce its trace");
    }
  }
  if (simplify) {
    Minimizer minimizer(options, std::move(best));
    minimizer.attempts().may_go_on = [](uint64_t executions) { return executions < kMaxSimplifyRuns; };
    minimizer.Run();
    best = minimizer.Take();
  }
  Confirmed c;
  const Input input = best.schedule.ToInput();
  for (uint32_t i = 0; i < kReplays; ++i) {
    const Attempt again = RunTraced(options, input);
    if (!Same(again.result, *best.result.finding) || again.trace.hash != best.trace.hash) {
      InternalError("two executions of one input differ: the target or the engine is nondeterministic");
    }
    ++c.replayed;
  }
  c.finding = *best.result.finding;
  NameMemory(best.trace, &c.finding);
  c.trace = std::move(best.trace);
  c.schedule = std::move(best.schedule);
  c.result = std::move(best.result);
  return c;
}

Confirmed Confirm(const RunOptions& options, const Input& input, bool simplify) {
  return Confirm(
      options, [&](Trace* trace, Schedule* schedule) { return RunInput(options, input, trace, schedule); }, simplify);
}

}  // namespace hotweave
