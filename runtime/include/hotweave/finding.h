// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an execution found. A Finding is plain data; report/ turns it and its Trace into text.
// Depends on the standard library alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotweave {

enum class Kind : uint8_t {
#define HW_KIND(id, name, rule) id,
#include <hotweave/finding.def>
#undef HW_KIND
  kCount
};

// Stable name of a kind ("data-race") and the rule it stands for.
std::string_view KindName(Kind kind);
std::string_view KindRule(Kind kind);
// Kind::kCount if there is no kind of that name.
Kind KindByName(std::string_view name);

// One place that a finding is about, as an event of the trace.
struct Site {
  std::string role;    // "load of the old value", "update that was lost", "write", "previous read", "allocated"
  uint32_t event;      // index into Trace::events; ~0u if it is only known by its stack
  uint32_t task;       // index into Trace::tasks
  uint32_t stack;      // index into Trace::stacks; ~0u if unknown
};

// One end of a dependency between two lock classes.
struct LockEnd {
  std::string name;            // as the kernel prints it: "&mm->mmap_lock#2/1"
  std::string title;           // without the number of the instance, which depends on the order of events
  int read = 0;                // 0 exclusive, 1 shared, 2 shared and recursive
  uint32_t task = ~0u;         // who took it: index into Trace::tasks
  uint32_t event = ~0u;        // the acquisition: index into Trace::events; ~0u without a trace
  uint32_t stack = ~0u;        // index into Trace::stacks; likewise
  bool completion = false;     // not a lock: something that is waited for and completed
};

// `wanted` was taken while `held` was held; if `held` is a completion, before it was completed.
struct LockEdge {
  LockEnd held, wanted;
};

// What lockdep found: a cycle of dependencies, or a path from a lock taken in interrupts to one held with them on.
struct LockReport {
  enum class Shape : uint8_t { None, Cycle, Recursion, Usage, IrqPath, Other };
  Shape shape = Shape::None;
  std::string headline;        // the kernel's: "WARNING: possible circular locking dependency detected"
  std::vector<LockEdge> edges; // each begins where the one before ends; of a cycle the last one ends where the first begins
};

// An edge of the wait-for graph: `task` cannot go on before `on` has acted.
struct WaitEdge {
  enum class Why : uint8_t {
    Event,        // for something that no task is known to owe it: a completion, a wake-up; `on` is ~0u
    Held,         // for a lock that `on` holds
    Queued,       // for a lock, in the queue behind `on`
    Exit,         // for the end of `on`
    Needs,        // for what only `on` can do: leave a read-side section, finish a work
    Cpu,          // for the CPU that `on` occupies
    Interrupted,  // `on` is a handler on top of it
    Disabled,     // a handler that `on` keeps off its CPU
  };
  uint32_t task = ~0u, on = ~0u;   // indices into Trace::tasks
  Why why = Why::Event;
  std::string what;                // the lock, completion …: as in the sentence; may be empty
  bool shared = false;             // wants the lock in shared mode
  bool operator==(const WaitEdge&) const = default;
};

struct Finding {
  Kind kind = Kind::kCount;
  std::string title;        // after "ASSERTION FAILED: <kind>: ": lock classes or functions; no numbers, no addresses
  std::string fingerprint;  // kind and title without blanks; equal for equal bugs
  std::string sentence;     // which rule was broken, in words, with the names of this case
  std::vector<std::string> names;     // lock classes of the title, in the order of the cycle; may be empty
  std::string level;        // of reports about lock order: "faithful" or "feasible" (docs/detectors.md); else ""
  std::string confirmation;  // of those: "confirmed…", "gated by …", "not reached in N executions"; "": not tried
  std::vector<std::string> confirmation_details;   // how that was found out, one line each
  std::vector<std::string> details;   // further lines: the wait-for graph, the cycle of locks
  std::vector<Site> sites;  // the first one is where the finding was made
  std::vector<Site> causes;  // not what it is about, but what made it so: where vanished memory went away
  uint32_t object = ~0u;    // index into Trace::objects of the memory in dispute
  uint32_t offset = 0;      // bytes
  uint32_t size = 0;        // bytes
  LockReport locks;         // of lock reports
  std::vector<WaitEdge> waits;   // of deadlocks and hung tasks: who waits for whom at the end, by task
};

enum class VerdictKind : uint8_t { Pass, Finding, OutOfBudget, InternalError };
// "pass" "finding" "out-of-budget" "internal-error"
std::string_view VerdictName(VerdictKind kind);

}  // namespace hotweave
