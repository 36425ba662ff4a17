// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a stored execution is expected to lead to, and what it leads to now: the judgement behind `hotweave regress`,
// `corpus merge` and `corpus stats`. Depends on stored.h, confirm.h, corpus.h, jobs.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "corpus.h"

namespace hotweave {

enum class Judgement : uint8_t {
  Ok,          // what `expect:` says, by the very trace that is stored (if one is)
  Stale,       // what `expect:` says, but something on the way went differently: the code has changed
  Gone,        // a finding was expected, and it passes
  Other,       // it leads to a finding that was not expected
  Limit,       // it ended at a limit (--max-steps): neither a pass nor a finding
  Unreadable,  // no schedule, or one that this program cannot execute: Judged::note is one line
  Internal,    // HOTWEAVE-INTERNAL, or the process that replayed it died
  NotRun,      // a signal asked to stop before its turn
};
inline constexpr size_t kJudgements = static_cast<size_t>(Judgement::NotRun) + 1;
// "ok" "stale" "gone" "other" "limit" "unreadable" "internal" "not-run"
std::string JudgementName(Judgement judgement);

struct Judged {
  CorpusFile file;
  std::string profile;              // under which it was executed
  Judgement judgement = Judgement::NotRun;
  std::string expected;             // "pass", a kind or a fingerprint; "" of bytes, which expect nothing
  std::string observed;             // "pass", a fingerprint or "limit"; "" if it was not executed
  std::string observed_kind;        // of a finding
  std::string note;                 // one line: what is different, what is wrong; may be empty
  uint64_t trace_hash = 0, order = 0;   // of this execution; order: OrderOf() (behaviour.h)
  uint32_t departures = 0, switches = 0;
  std::vector<uint64_t> hand_overs;     // behaviour.h
  std::string renewed;              // the exact schedule of this execution as text
  double seconds = 0;               // wall time
  bool IsBytes() const { return expected.empty() && judgement != Judgement::Unreadable; }
};

struct RegressOptions {
  std::string profile;      // instead of the one that the file names; "": the file's, else the newest (another one than the file's: its hashes are not compared)
  std::string expect;       // "pass": every file is expected to pass; "": what the file says
  uint64_t max_steps = 1'000'000;
  bool exact = false;       // fill Judged::renewed (loads debug information)
  unsigned jobs = 1;
};

// Executes one stored execution once, and ten times more if it is as expected: a finding that does not replay is an
// internal error, which does not return. Never throws: what is wrong with the file is its judgement.
Judged Judge(const CorpusFile& file, const RegressOptions& options);

// The same for many, in processes of their own: in the order of `files`. `done` is called in the parent as they end.
std::vector<Judged> JudgeAll(const std::vector<CorpusFile>& files, const RegressOptions& options,
                             const std::function<void(const Judged&)>& done = {});

}  // namespace hotweave
