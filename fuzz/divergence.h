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
  size_t record = kNoRecord;       // the first stored record that did not take effect as stored (index), if one did not
  uint32_t event = Event::kNone;   // index into the trace of what happened instead; kNone: the end, or not known
  std::string text;                // one line: the step, what was expected there, what happened instead
};

// Compares what was stored with what happened now. Nothing if the traces are equal, or if the schedule says nothing that
// could be compared (written by hand, without a hash). With `steps` lines the first differing step is named, with them
// and `reference` (a trace that has the stored hash) by the full name of what was expected; without, the first record.
std::optional<Divergence> FirstDifference(const Schedule& stored, const Schedule& now, const Trace& trace,
                                          const Trace* reference = nullptr);

struct StrictReplay {
  RunResult result;
  Trace trace;
  Schedule schedule;                     // the exact departures of this execution
  std::optional<Divergence> divergence;  // from the stored one
  bool as_expected = false;              // it leads where the `expect:` line says: pass, or this kind and fingerprint
};

// Replays `stored` as it is: what it says and the default everywhere else. Nothing is adapted. If it was taken under
// another profile that this program knows, that execution serves as the reference.
StrictReplay ReplayStrictly(const RunOptions& options, const Schedule& stored);

// Does a result lead where the `expect:` line of `stored` says? (A kind without a fingerprint: any of that kind.)
bool IsAsExpected(const RunResult& result, const Schedule& stored);

// What became of a replay, for people: "the finding still shows", "the finding is gone: passes" …
// Empty if it is as expected and nothing differs.
std::string DescribeOutcome(const StrictReplay& replay, const Schedule& stored);

}  // namespace hotweave
