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
// * what the runtime keeps for several tasks (core/strategy.h, Common): the clock, grace periods, what sections of a CPU
//   pass on, each worker pool; and `kShared`, for all that has no place of its own. An operation that is not
//   known to touch less writes all of these but sections and pools, whose users read `kShared`;
// * each task: what others change of it, above all whether it can run. A wake-up writes it; so does every step of the
//   task itself in which it blocks, goes on after a block, changes its state, or does what is not known to be harmless;
// * each CPU, see below.
// * `kSpins`, see below.
//
// A step that changes the context of its task reads the place of grace periods, which look at the contexts of all tasks.
// A step that ends the execution with a finding depends on every step of other tasks: what they would have found is not
// found any more. So does a write of memory that an invariant looks at before each switch: whether a switch comes next
// matters. preempt_enable(), local_irq_enable() and their like are points after the change, fences order nothing in
// sequential consistency: such steps touch nothing of themselves.
//
// Who may run on a CPU is no memory. Where a task runs depends on nothing but who keeps a CPU for itself (Engine::CpuFor()):
// with preemption, bottom halves or interrupts off, or spinning. So a step
// * reads `kCpuHeld` of its CPU: it needs it; and `kCpuKept`, if it might move elsewhere instead; of all CPUs, if it does;
// * writes `kCpuHeld` of its CPU if it begins to keep it, `kCpuKept` if it begins or ceases to.
// Who was on a CPU last, and could go on there, counts for interrupts alone: that task has to wait for them. Once one has been seen
// on a CPU (in any execution), a step writes `kCpuPlace` when its task is switched to there, leaves, gives it up or changes its
// context. An interrupt keeps its CPU from its first step on.
//
// A task that spins (cpu_relax()) goes on once another one has taken a step, whichever. So once a task has spun (in any execution)
// every step reads `kSpins`, and one that ends as its task spins writes it. A loop that gives up after some rounds tells the difference.
//
// Depends on core.
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine.h"

namespace hotweave {

using Place = uint32_t;
inline constexpr Place kShared = kCommonOther;               // + another Common
inline constexpr Place kHeap = kCommons;
inline constexpr Place kSpins = kHeap + 1;
inline constexpr Place kCpuPlace = kSpins + 1;               // + number of the CPU; so the next two
inline constexpr Place kCpuHeld = kCpuPlace + kCpus;
inline constexpr Place kCpuKept = kCpuHeld + kCpus;
inline constexpr Place kTaskPlace = kCpuKept + kCpus;       // + number of the task
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

// What an operation is to others, beside what it tells (Strategy::On…): nothing; an access to memory; an operation on a lock;
// on another object in memory; on a word; a look at its own task; that, and at what is kept for all; an allocation; a free.
enum class Effect : uint8_t { Nothing, Access, Lock, Object, Word, Looks, Own, Heap, Free, Anything };

struct Touch {
  Place place;
  bool write;
};

struct Step {
  uint32_t task = 0;
  bool all = false;              // depends on every step of another task
  Guards guards;                 // when it began
  uint32_t cpu = 0;              // where it ran
  bool kept = false;             // its task kept that when it began
  bool vacant = false;           // nobody was there when it began
  std::vector<Touch> touches;    // by place, each once
};

// Is the place one of those that say who may run on a CPU?
constexpr bool SaysWhoRuns(Place place) { return place >= kCpuHeld && place < kTaskPlace; }

// That a step needs its CPU is no reason to run another task before it: its task has it then.
constexpr bool CountsForItself(Place place, bool write) { return write || place < kCpuHeld || place >= kCpuKept; }

// Do these depend on each other? (The tasks differ.)
bool Depend(const Step& a, const Step& b);
// Adds what `from` touches.
void Unite(const Step& from, Step* into);

// Cuts an execution into steps. The strategy passes on what it is told; a step is complete when the next one begins.
class StepRecorder {
 public:
  // both_ways: a step depends on those before it that gave its CPU free. Needed by who changes the order of two steps in
  // either direction; not by who only ever moves a step to an earlier place, where its task has its CPU.
  explicit StepRecorder(bool both_ways) : both_ways_(both_ways) {}
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
  void OnCommon(Common what, bool write);
  // The step under way ends as its task spins: it goes on once another task has taken a step.
  void OnSpin();

  // That is new since the last call: an invariant reads memory before each switch, or it counts who is on a CPU. Steps before
  // touched more than they said.
  bool TakeNews();
  // Some invariant reads memory before each switch.
  bool watches() const { return !watched_.empty(); }

 private:
  struct Waiting {
    Op op = Op::TaskStart;
    const void* object = nullptr;
    size_t size = 0;
    Effect effect = Effect::Own;
    bool resumes = false;
  };
  void Add(Place place, bool write) { step_.touches.push_back({place, write}); }
  void AddMemory(const void* address, size_t size, bool write, std::vector<Touch>* to) const;
  void AddOperation(const Waiting& next, uint32_t task, std::vector<Touch>* to) const;
  void AddPlacement(const Task& task);
  void MakeExact(uint32_t cpu);
  void AddContext(const Task& task, bool blocked);
  Guards GuardsOf(const Task& task);
  static uint32_t ContextOf(const Task& task);
  void Tidy();

  const bool both_ways_;
  bool recording_ = false, news_ = false;
  uint32_t running_ = kMaxTasks;
  Op op_ = Op::kCount;
  uint32_t context_ = 0, state_ = 0, cpu_ = 0;   // of the running task when its step began
  bool spins_ = false;                           // some task spins (in any execution)
  bool exact_[kCpus] = {};                       // an interrupt has been seen there (in any execution): who was there last counts
  Step step_;
  Waiting waiting_[kMaxTasks];
  std::vector<Place> watched_;   // sorted
  std::vector<const void*> locks_;   // those that have a bit, in the order of their first use
};

}  // namespace hotweave
