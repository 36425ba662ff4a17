// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Strict replay: a stored schedule again, and where its execution first differs from the one that was stored.
// Depends on runtime; knows no command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <hotweave/run.h>

#include "core/trace.h"

namespace hotweave {

// The first step of an execution that is not the stored one.
struct Divergence {
  static constexpr size_t kNoRecord = ~size_t{0};
  size_t record = kNoRecord;         // the first stored record that did not take effect as stored (index), if one did not
  uint32_t event = Event::kNone;     // index into the trace of what happened instead; kNone: not known, or the end
  std::string text;                  // one line: the step, what was expected there, what happened instead
};

// Compares what was stored with what happened now. Nothing if the traces are equal, or if the schedule was written by
// hand and says nothing that could be compared (no hash, no steps).
std::optional<Divergence> FirstDifference(const Schedule& stored, const Schedule& now, const Trace& trace);

struct StrictReplay {
  RunResult result;
  Trace trace;
  Schedule schedule;                     // the exact departures of this execution
  std::optional<Divergence> divergence;  // from the stored one
  bool as_expected = false;              // it leads where the `expect:` line says: pass, or this kind and fingerprint
};

// Replays `stored` as it is: what it says and the default everywhere else. Nothing is adapted.
StrictReplay ReplayStrictly(const RunOptions& options, const Schedule& stored);

// Does a result lead where the `expect:` line of `stored` says? (A kind without a fingerprint: any of that kind.)
bool IsAsExpected(const RunResult& result, const Schedule& stored);

}  // namespace hotweave
