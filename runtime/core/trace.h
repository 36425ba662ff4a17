// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The trace of one execution: a self-contained, append-only record of what happened. Written by the
// engine while tracing is on (a traced execution takes the same decisions as an untraced one), read by
// check/ after the execution and by report/. Depends on op.h alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "op.h"

namespace hotweave {

// What an address belongs to, by names that survive ASLR, rebuilds and unrelated edits.
struct TraceObject {
  enum class Kind : uint8_t { None, Global, Heap, Stack };
  Kind kind = Kind::None;
  // Global: the ELF symbol ("node_data", "memory.cc:mem_sysfs_mutex" if two files have one of that name).
  // Heap: allocating function and that task's n-th allocation there ("init_memory_block#2@online").
  // Stack: "stack@task".
  std::string name;
  uint64_t size = 0;   // bytes
  uint64_t base = 0;   // run-time address of the first byte: for symbolising in this process only, never printed
  uint64_t defined = 0;  // address of the definition that debug information describes, if it is not `base`
};

// A stack: return addresses in target code, innermost first. (For a fault: the faulting address plus one, so
// that it too lies in the instruction before it.)
using Stack = std::vector<uint64_t>;

struct Event {
  static constexpr uint32_t kNone = ~0u;

  uint32_t step = 0;            // position in the execution: number of scheduling points before it
  Op op = Op::Note;
  bool has_values = false;      // old_value and new_value are valid (accesses of up to 8 bytes)
  bool scratch = false;         // a plain store to a stack: old_value may be what anybody, the engine included, left there
  bool preempted = false;       // Op::Preempt / Op::Switch: a departure from the default
  bool forgiven = false;        // an access that is not checked for races: data_race()
  uint16_t task = 0;            // index into Trace::tasks
  uint16_t cpu = 0;
  uint32_t object = kNone;      // index into Trace::objects
  uint32_t offset = 0;          // bytes from the start of the object
  uint32_t size = 0;            // bytes accessed (accesses only)
  uint32_t stack = kNone;       // index into Trace::stacks
  uint32_t other = kNone;       // Switch/Preempt: the task that runs next; Woken, TaskCreate, Join: the other task
  uint32_t nth = 0;             // this task's n-th event with this operation and object (from 1); 0 if not keyed
  uint64_t old_value = 0;       // memory before the access
  uint64_t new_value = 0;       // memory after the access (equals old_value for loads)
  uint64_t arg = 0;             // Choose: the value chosen; Blocked: the Op waited in; Msleep: ns
  const char* text = nullptr;   // Note, Yield: what the target said (a string literal); locks: the lock's name
  uint64_t hash = 0;            // rolling hash of the trace up to and including this event
};

struct TraceTask {
  std::string name;      // as the kernel names it ("online"), made unique with #2, #3 …
  uint32_t parent = 0;
  bool irq = false;      // an interrupt handler, not a thread
};

struct HeldLock {
  uint32_t object = Event::kNone;
  uint32_t offset = 0;
  const char* name = nullptr;   // lock class as written ("&mem->dev.mutex")
  const char* mode = "";        // "", "read", "write"
  uint32_t event = Event::kNone;  // index of the event that acquired it
};

struct Trace {
  std::vector<TraceTask> tasks;
  std::vector<TraceObject> objects;
  std::vector<Stack> stacks;
  std::vector<Event> events;
  std::vector<std::vector<HeldLock>> held_at_end;   // per task
  uint64_t hash = 0;                                // of all events: equal iff the executions are equal

  void Clear();
};

}  // namespace hotweave
