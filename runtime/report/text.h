// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The report for a terminal. A pure function of its arguments. The first lines are those that crash
// classifiers know: "ASSERTION FAILED: kind: title", a stack in sanitizer format, "DEDUP_TOKEN:". Depends on
// story.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

struct ReportContext {
  std::string target, profile;  // "online_vs_probe", "v4.19"; profile may be empty
  std::string strategy;         // empty: not found by a search (a replay)
  uint64_t seed = 0;
  uint64_t executions = 0;             // up to the finding; 0: not known
  std::string replayed;                // "10/10"; empty: not replayed
  std::string segments;                // "3 segments: probe, online, probe"; empty: not said
  std::vector<std::string> artifacts;  // file names
  std::vector<std::string> commands;   // what to type next, complete lines
  std::vector<std::string> explanation;  // sentences of `explain`, in order; empty: not asked for
  std::string schedule;                // in the text form; empty: not known
  size_t width = 100;                  // columns
  bool all = false;                    // every event
  bool colour = false;                 // ANSI escapes
  bool ascii = false;                  // no characters beyond ASCII
};

inline constexpr size_t kMostReportLines = 40;   // unless `all`; the explanation does not count

// What does not fit into kMostReportLines lines is left out by what it matters, and the report says so.
std::string TextReport(const Trace& trace, const Finding& finding, const ReportContext& context,
                       SymbolSource& symbols);

// "    #0 0x0 in online_pages targets/mm/memory_hotplug.cc:123:4\n" …: the stack from the target's frame on.
std::string SanitizerStack(const Stack& stack, SymbolSource& symbols);

}  // namespace hotweave
