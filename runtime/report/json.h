// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The JSON objects that commands print. Keys are part of the interface: added, never renamed.
// Text that is not UTF-8 is repaired, so there is always an object.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// What `fuzz`, `replay` and `explore` sum up. What is absent is printed as null; `complete` and `bound` are
// left out altogether unless they are set, since they belong to `explore` alone.
struct Summary {
  std::string target;
  std::optional<std::string> profile;
  std::string model = "sc";
  std::optional<std::string> strategy;
  std::optional<uint64_t> seed;
  VerdictKind verdict = VerdictKind::Pass;
  std::optional<std::string> kind, fingerprint, title;
  std::optional<uint64_t> executions, distinct_schedules;
  std::optional<uint64_t> steps, preemptions, switches, tasks;  // of the execution with the finding
  std::optional<uint64_t> segments;   // of the same: report/segments.h
  std::optional<uint64_t> contended;  // lock acquisitions that had to wait, all executions
  std::optional<double> seconds, executions_per_second;
  std::optional<uint64_t> trace_hash;  // printed as 16 hexadecimal digits
  std::optional<std::string> artifact;
  std::optional<std::string> stale;                // replay: where the schedule first differs, and what became of it
  std::optional<std::string> renewed;              // replay --continue: how the finding was found again
  std::optional<std::string> replayed;             // "10/10"
  std::optional<std::string> level, confirmation;  // lock reports
  std::optional<std::string> confirmation_artifact;  // the schedule of the deadlock that confirms one
  std::optional<bool> complete;                    // explore
  std::optional<uint64_t> bound;                   // explore

  // Takes over kind, fingerprint and title, and sets the verdict.
  void SetFinding(const Finding& finding);
};

// One object on one line, ended by a newline. Keys in a fixed order.
std::string SummaryJson(const Summary& summary);

// The finding with its rule, sites, their frames and the memory in dispute. No addresses.
std::string FindingJson(const Trace& trace, const Finding& finding, SymbolSource& symbols);

}  // namespace hotweave
