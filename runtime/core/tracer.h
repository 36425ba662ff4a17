// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Writes the trace of an execution and, as it goes, the exact schedule: every departure from the default
// as a keyed record. Used only while tracing, so it may be slow. Decides nothing.
// Depends on trace.h, task.h, <hotweave/schedule.h>.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <hotweave/schedule.h>

#include "core/task.h"
#include "core/trace.h"

namespace hotweave {

class Tracer {
 public:
  // What the next events are appended to.
  Tracer(Trace* trace, Schedule* schedule) : trace_(trace), schedule_(schedule) {}

  void Begin();
  // The execution is over: the last values, who holds what.
  void End();

  // A task was created.
  void AddTask(const Task& task);

  // The task is about to do `op` on `object`: counts it and returns which time it is (from 1).
  uint32_t Count(const Task& task, Op op, const void* object, uint16_t key);

  // Appends an event of `task`. nth as returned by Count(), 0 for engine events. Returns its index.
  uint32_t Append(const Task& task, Op op, const void* object, uint32_t nth, const char* text = nullptr,
                  uint64_t arg = 0, const Task* other = nullptr);
  // A memory access; values are read here and, for stores, at the next call.
  uint32_t Access(const Task& task, Op op, const void* address, size_t size, uint32_t nth);
  // The decision at the point counted last: `to` runs instead.
  void Departure(const Task& task, Op op, const void* object, uint16_t key, uint32_t nth, const Task& to);
  // The switch appended last is such a decision.
  void MarkDeparture() { trace_->events.back().preempted = true; }
  void Choice(const Task& task, uint32_t nth, uint32_t value);

  uint32_t LastEvent() const { return static_cast<uint32_t>(trace_->events.size()) - 1; }
  Trace& trace() { return *trace_; }

  // Index of the latest access of that kind by `task` that shares a byte with [address, address+size), or ~0u.
  uint32_t LastAccess(uint32_t task, uintptr_t address, size_t size, bool write, bool plain, bool assertion) const;
  uint32_t Intern(const std::vector<uint64_t>& stack);
  uint32_t InternObject(const void* address, uint32_t* offset);

 private:
  void FinishStore();
  void Seal(Event* event);   // hash and append

  Trace* trace_;
  Schedule* schedule_;
  std::vector<uint16_t> task_keys_;
  std::map<std::vector<uint64_t>, uint32_t> stacks_;
  std::map<std::string, uint32_t> objects_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> counts_;   // (task, key) to how often
  uint32_t pending_store_ = Event::kNone;
  const void* pending_address_ = nullptr;
};

}  // namespace hotweave
