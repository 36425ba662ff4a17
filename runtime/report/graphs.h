// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The two graphs that explain a deadlock, as data for the renderers: in which order locks were taken, and who waits
// for whom at the end. Pure functions of a trace and a finding. Depends on held_locks.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

// `wanted` was asked for by a task that held `held`. Names are lock classes.
struct LockOrderEdge {
  struct Instance {
    uint32_t task = ~0u;       // index into Trace::tasks
    std::string place;         // where the second one was asked for: "mem_hotplug_begin memory_hotplug_lock.cc:138"
    std::string held_place;    // where the first one had been taken
    bool operator==(const Instance&) const = default;
  };
  std::string held, wanted;
  std::vector<Instance> instances;   // different ones, in the order of the execution
  bool in_cycle = false;             // of the finding
};

// The dependencies that lockdep adds in this execution, in the order in which they appeared; then those that the finding knows of and this
// execution did not come by (lock maps: what lockdep takes for a lock though nothing is locked). Read-side sections of
// RCU and what a trylock asks for have no edges, as in lockdep.
std::vector<LockOrderEdge> LockOrderOf(const Trace& trace, const Finding& finding, SymbolSource& symbols);

// Of these edges the ones that lead to the finding's cycle; all of them if there is none. What is taken last of all
// locks, and never waits for any other, does not explain a cycle.
std::vector<LockOrderEdge> BeforeCycle(const std::vector<LockOrderEdge>& edges);

// Per task, the event in which it began to wait for what it still waits for when the trace ends; Event::kNone: it does not.
std::vector<uint32_t> BlockedAtEnd(const Trace& trace);

// The finding's wait-for graph; if it has none, what the trace tells of the tasks that wait for a lock or for another
// task when it ends. By task.
std::vector<WaitEdge> WaitsOf(const Trace& trace, const Finding& finding, SymbolSource& symbols);

// Which of these edges are part of a cycle.
std::vector<bool> InCycle(const std::vector<WaitEdge>& waits);

}  // namespace hotweave
