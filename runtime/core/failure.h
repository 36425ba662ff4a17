// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What a detector tells the engine when a rule is broken: raw facts of the moment. check/ turns a Failure
// and the trace of the execution into a Finding. Depends on <hotweave/finding.h> alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

namespace hotweave {

struct FailureSite {
  std::string role;               // "write", "previous read", "freed"
  uint32_t task = ~0u;
  uint32_t event = ~0u;           // in the trace, if tracing
  std::vector<uint64_t> stack;    // innermost first; empty if unknown
};

struct Failure {
  Kind kind = Kind::kCount;
  std::string sentence;               // the rule that was broken, with the names of this case
  std::vector<std::string> names;     // lock classes for the title; empty: the functions of the sites
  const char* level = "";             // of reports about lock order: "faithful" (what the kernel's lockdep would
                                      // print) or "feasible" (ours); "" for everything else
  std::vector<FailureSite> sites;     // the first one is where it was noticed
  std::vector<std::string> details;   // further lines for the report: the wait-for graph, the cycle of locks
  const void* address = nullptr;      // memory or lock in dispute
  uint32_t size = 0;                  // bytes
  LockReport locks;                   // of lock reports; stacks and events are those of the trace
  std::vector<WaitEdge> waits;        // the wait-for graph
};

}  // namespace hotweave
