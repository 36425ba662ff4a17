// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Steps and what they touch: the dependency relation of the exhaustive search.
//
// A step is what a task does from one scheduling point to the next. Its footprint is a set of places, each read or
// written. Two steps of different tasks depend on each other if one of them writes a place that the other touches;
// steps that do not may change places in an execution, and nothing that the engine or a target can see changes.
//
// Places:
// * the granules of tracked memory (8 bytes). An access touches those of its bytes; a lock is the granule of its
//   address. mutex, spinlock, rwlock and rwsem do nothing but change their lock, wake its waiters, and change the
//   context of the task; an allocation or a free changes the heap, and a free all of its memory;
// * `kShared`, for whatever the runtime keeps for all tasks and no place of its own stands for: grace periods, work
//   lists, timers, the clock, CPUs that come and go. Every operation writes it but those named above and below;
// * each model CPU. Every step reads the CPU that it runs on. It writes it when the task moves there or away, gives it
//   up, or changes what it keeps off it (preemption, interrupts, bottom halves, spinning): that decides who else may
//   run there. A task that has to look for another CPU reads all of them;
// * each task: what others change of it, above all whether it can run. A wake-up writes it; so does every step of the
//   task itself in which it blocks, goes on after a block, changes its state, or does what is not known to be harmless.
//
// Changing the context also reads `kShared`: grace periods look at the context of all tasks. While one of them waits for
// the end of a section, it is a write. A step that ends the execution with a finding depends on every step of other
// tasks: what they would have found is not found any more. So does a write of memory that an invariant looks at before
// each switch: whether a switch comes next matters.
//
// preempt_enable(), local_irq_enable() and their like are points after the change, fences order nothing in sequential
// consistency: such steps touch nothing of themselves.
//
// Depends on core.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine.h"

namespace hotweave {

using Place = uint32_t;
inline constexpr Place kShared = 0;
inline constexpr Place kHeap = 1;
inline constexpr Place kCpuPlace = 2;                        // + number of the CPU
inline constexpr Place kTaskPlace = kCpuPlace + kCpus;       // + number of the task
inline constexpr Place kGranules = kTaskPlace + kMaxTasks;   // + number of the granule in tracked memory

// What keeps others out while a task stands before a step: locks, and sections with preemption, bottom halves or interrupts
// off on its CPU. One bit each; locks beyond the bits are left out.
struct Guards {
  using Bits = unsigned __int128;
  Bits all = 0, exclusive = 0;
  // Can two tasks never have these at once?
  bool operator==(const Guards&) const = default;
  bool Exclude(const Guards& o) const { return ((exclusive & o.all) | (all & o.exclusive)) != 0; }
};

struct Touch {
  Place place;
  bool write;
};

struct Step {
  uint32_t task = 0;
  bool all = false;              // depends on every step of another task
  Guards guards;                 // when it began
  std::vector<Touch> touches;    // by place, each once
};

// Do these depend on each other? (The tasks differ.)
bool Depend(const Step& a, const Step& b);
// Adds what `from` touches.
void Unite(const Step& from, Step* into);

// Cuts an execution into steps. The strategy passes on what it is told; a step is complete when the next one begins.
class StepRecorder {
 public:
  void Begin();
  bool recording() const { return recording_; }
  void Start() { recording_ = true; }

  // The task whose step goes on; kMaxTasks: none.
  uint32_t running() const { return running_; }
  // The current task stands before the operation `point`, or cannot go on (`point.forced`).
  void Pending(uint32_t task, const Point& point);
  // Ends the step of the task that runs. Null: there was none.
  const Step* End(bool blocked, bool fails);
  // The operation that the latest step began with, or went on with after a block.
  Op op() const { return op_; }
  // The next step is of this task, which is about to run.
  void Next(const Task& task);

  // What the next step of a task that stands before an operation will touch, as far as one can tell before.
  void Foresee(const Task& task, Step* step);

  // What precedes the first thread that the target starts is set-up: nothing is decided there.
  static bool ScenarioHasBegun();

  void OnTouch(const void* address, size_t size, bool write);
  void OnWake(const Task& task);
  void OnShared(bool write) { Add(kShared, write); }

  // Memory that an invariant has read before a switch; true if it is new since the last call.
  bool TakeNewlyWatched();

 private:
  struct Waiting {
    Op op = Op::TaskStart;
    const void* object = nullptr;
    size_t size = 0;
    bool resumes = false, looks = false;
  };
  void Add(Place place, bool write) { step_.touches.push_back({place, write}); }
  void AddMemory(const void* address, size_t size, bool write, std::vector<Touch>* to) const;
  void AddOperation(const Waiting& next, uint32_t task, std::vector<Touch>* to) const;
  void AddPlacement(const Task& task);
  Guards GuardsOf(const Task& task);
  static uint32_t ContextOf(const Task& task);
  void Tidy();

  bool recording_ = false, newly_watched_ = false;
  uint32_t running_ = kMaxTasks;
  Op op_ = Op::kCount;
  uint32_t context_ = 0, state_ = 0, cpu_ = 0;   // of the running task when its step began
  Step step_;
  Waiting waiting_[kMaxTasks];
  std::vector<Place> watched_;   // sorted
  std::vector<const void*> locks_;   // those that have a bit, in the order of their first use
};

}  // namespace hotweave
