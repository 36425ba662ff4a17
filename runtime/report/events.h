// SPDX-License-Identifier: GPL-2.0-only OR MIT
// One event of a trace in words. Internal to report/: story.h chooses the events.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <hotweave/finding.h>

#include "core/trace.h"
#include "report/symbol_source.h"

namespace hotweave {

class EventTeller {
 public:
  EventTeller(const Trace& trace, const Finding& finding, bool full_paths, SymbolSource& symbols);

  // "store zone.present_pages = 64 (was 96; had read 32)"
  std::string What(uint32_t event) const;
  // "online_pages memory_hotplug.cc:123"; empty if the event has no stack.
  std::string Where(uint32_t event) const;
  // " = 64 (was 96; had read 32)"; empty if there is nothing to say without an address.
  std::string Values(uint32_t event) const;
  // The memory before and after the access, "64"; empty if it is not known, or might be an address without a name.
  std::string OldValue(uint32_t event) const;
  std::string NewValue(uint32_t event) const;
  // Of a Preempt or Switch event, or of a task's exit (then `next` runs): who runs instead of whom, and why. Departures
  // are numbered: "(decision 2)".
  std::string Transition(uint32_t event, uint32_t next, const char* arrow) const;

 private:
  std::string Access(uint32_t event) const;
  std::string ReadBefore(uint32_t event) const;
  bool Value(const Event& event, uint64_t value, std::string* text) const;
  std::string Pointer(uint64_t value) const;
  std::string ObjectName(const Event& event) const;
  bool IsSite(uint32_t event) const;
  bool InObject(uint64_t value) const;
  std::string Decision(uint32_t event) const;
  const std::string& TaskName(uint32_t task) const;
  uint32_t LastOf(uint32_t task, uint32_t before) const;

  const Trace& trace_;
  const Finding& finding_;
  bool full_paths_;
  SymbolSource& symbols_;
  std::vector<uint32_t> read_before_;  // per event: the load of the same place that a store follows
  std::vector<uint32_t> decisions_;    // events
};

// The departures of an execution from the default, as events in their order: preemptions and switches that the input
// asked for, choices other than 0. Reports number them from 1.
std::vector<uint32_t> DecisionsOf(const Trace& trace);

bool IsLoad(Op op);
bool IsStore(Op op);

}  // namespace hotweave
