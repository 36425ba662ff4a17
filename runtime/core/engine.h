// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The engine: one execution's tasks, CPUs, clock and heap, and the scheduler that moves between them.
//
// How it works, in one page. Every task has a fiber; one runs at a time. Before each operation that other
// tasks can notice, target code comes here: memory accesses through the compiler's callbacks (memory/),
// everything else through Point(). Nearly always the answer is "go on": a countdown and, in a replay, a
// bit filter decide that in a few instructions. Otherwise the Strategy is asked and may name another task;
// the switch goes straight from fiber to fiber. A task that cannot go on calls Block(); the next one is
// the strategy's choice, by default the next runnable one in cyclic order. When nothing can run, the clock
// jumps to the next timer; when there is none, the Observer decides whether this is the end or a deadlock.
// Fail() and the end of an execution jump back to the controller, which called RunExecution(); abandoned
// fibers are simply dropped.
//
// A model CPU holds at most one task. A task with preemption or interrupts off, or one that spins, keeps
// its CPU; any other may be displaced, and a task that is not bound may move to another CPU to run.
//
// Happens-before lives here too (each task has a vector clock), because every primitive must say what it
// orders: Acquire/Release on a 32-bit handle that the primitive keeps beside its state (0: nothing yet).
//
// Depends on core only; knows Strategy and Observer as interfaces.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/arena.h"
#include "core/edges.h"
#include "core/failure.h"
#include "core/hot.h"
#include "core/observer.h"
#include "core/op.h"
#include "core/strategy.h"
#include "core/task.h"

namespace hotweave {

class Tracer;

// How an execution ended, before anybody judged it.
enum class Outcome : uint8_t { Pass, Failed, OutOfBudget };

// When an invariant is evaluated: at the end, before each release of a lock, or before each switch to another task
// (whatever another task could come upon) and at the end.
enum InvariantMoment : uint8_t { kAtQuiescence, kAtRelease, kAlways };

struct Invariant {
  const char* name;
  bool (*holds)(void);
  InvariantMoment moment = kAtQuiescence;
  const void* lock = nullptr;   // kAtRelease: of this lock; null: of any
};

// Cumulative over executions; plain counters, no influence on anything.
struct Statistics {
  uint64_t switches = 0;       // to another task, forced ones included
  uint64_t preemptions = 0;    // of these, those that the strategy chose at an optional point
  uint64_t contended = 0;      // lock acquisitions that had to wait
};

class Engine {
 public:
  Engine();

  // ---- Called by the controller (execution.cc) ----

  struct Config {
    Strategy* strategy = nullptr;
    Observer* observer = nullptr;
    Tracer* tracer = nullptr;         // null: not traced
    uint64_t max_steps = kDefaultMaxSteps;
    bool race_detection = true;
    bool lockdep = true;              // report lock acquisitions to the observer
    uint32_t kernel_version = 0;      // KERNEL_VERSION(); 0: the newest
    const uint64_t* fixed = nullptr;  // bit set of history rows in effect; null: none
    EdgeExperiment* edges = nullptr;  // null: all edges of happens-before are made
  };
  // Runs `entry` as the first task until the execution ends. Not reentrant.
  Outcome Run(const Config& config, void (*entry)());

  // ---- Called on a fiber, by the primitives (kernel/), memory/ and check/ ----

  // A scheduling point before operation `op` on `object` (may be null). May switch to other tasks; returns
  // when the current task goes on. Then traces the event. Any context.
  void Point(Op op, const void* object) {
    if (__builtin_expect((--hot.countdown <= 0) | hot.syncs, 0)) PointSlow(op, object, nullptr, 0);
  }
  // The same with what the trace should say of it.
  void Point(Op op, const void* object, const char* text, uint64_t arg = 0) {
    if (__builtin_expect((--hot.countdown <= 0) | hot.syncs, 0)) PointSlow(op, object, text, arg);
  }

  // The optional half of a point, without the event: countdown, filter, strategy.
  void Decide(Op op, const void* object, const char* text = nullptr, size_t size = 0);
  // Records an event of the current task, if tracing.
  void Record(Op op, const void* object, const char* text = nullptr, uint64_t arg = 0, const Task* other = nullptr);

  // What the current step does beside its operation, for strategies that want to know (Strategy::On…()).
  void Touches(const void* address, size_t size, bool write) {
    if (__builtin_expect(effects_, 0)) config_.strategy->OnTouch(address, size, write);
  }
  void TouchesTask(const Task& task) {
    if (__builtin_expect(effects_, 0)) config_.strategy->OnWake(task);
  }
  void TouchesCommon(Common what, bool write) {
    if (__builtin_expect(effects_, 0)) config_.strategy->OnCommon(what, write);
  }

  // What the clock shows, in ns: `now`, and the strategy is told that it counts for the current task.
  uint64_t Time() {
    TouchesCommon(kCommonTime, false);
    return now;
  }

  // Calls `fn` when nothing runs any more, after the invariants; it may fail.
  void AtEnd(void (*fn)()) { at_end_ = fn; }
  // Calls `fn` once, before the next point or block of any task passes.
  void AtNextPoint(void (*fn)());

  // The current task waits (`wait` says for what) until Unblock(); other tasks run meanwhile.
  void Block(const Wait& wait);
  // `task`, which waits, can run again. Orders what the current task did before what `task` does next.
  // Not a scheduling point.
  void Unblock(Task& task, Where where = Where::current());

  // The current task spins: the next runnable task runs unless the strategy says otherwise.
  void Relax();

  // As Block(), but at most `ns` of virtual time. True if it was woken, false if the time ran out.
  bool BlockFor(const Wait& wait, uint64_t ns);

  // Ends the execution with a failure.
  [[noreturn]] void Fail(Failure failure);
  // Ends it within kAftermathSteps points, so that the trace shows what followed. The first failure counts.
  void FailSoon(Failure failure);
  // Ends the failing execution now if FailSoon() was called.
  bool failing() const { return failing_; }
  [[noreturn]] void EndFailing();
  [[noreturn]] void OutOfBudget(const char* what);

  Task* CreateTask(int (*entry)(void*), void* argument, const char* comm);
  // A handler to run on `cpu` as soon as a decision lets it. hard: needs interrupts on there; soft: needs them on,
  // bottom halves on, and no handler below it. ordered: after everything the current task did so far; else
  // after earlier runs of the same handler on that CPU alone.
  Task* CreateIrq(uint32_t cpu, void (*handler)(void*), void* argument) {
    return CreateHandler(cpu, handler, argument, "irq", false, true);
  }
  Task* CreateHandler(uint32_t cpu, void (*handler)(void*), void* argument, const char* comm, bool soft, bool ordered);
  // Lets a created task run for the first time.
  void StartTask(Task& task);

  // Timers of the virtual clock. Arming an armed timer moves it. Not scheduling points.
  void ArmTimer(Timer& timer, uint64_t ns);   // from now
  bool DisarmTimer(Timer& timer);             // true if it was armed
  // The current task lets `ns` of virtual time pass without giving up its CPU: timers that are due fire.
  void Elapse(uint64_t ns);

  // Takes a model CPU away from the scheduler, or gives it back. No task may be on it (but the current one may
  // take its own CPU away: it goes on elsewhere). A bound task whose CPU is gone runs on any other.
  void SetCpuOnline(uint32_t cpu, bool online);
  // Says on which CPUs the task may run (bit c: CPU c), without moving it.
  static void AllowCpus(Task& task, uint32_t mask);
  // Moves the task to another CPU. It must be displaceable, with no handler on top of it.
  void MoveTo(Task& task, uint32_t cpu);
  // May another task take over the CPU that `task` occupies, and no handler is on top of it?
  bool Movable(const Task& task) const { return Displaceable(task) && (cpus[task.cpu].on == &task || !Occupies(task)); }
  // Ends the current task (a thread) with this exit code, wherever it is.
  [[noreturn]] void ExitTask(int code);
  // The version of the kernel that this execution plays, as KERNEL_VERSION().
  uint32_t kernel_version() const { return config_.kernel_version; }

  // Happens-before. Acquire: what was released into `handle` precedes what the current task does next.
  // `where` names the class of edges (edges.h): leave it to the default, or pass on the place of a helper's caller.
  // `what` tells edges that are made in one place apart.
  void Acquire(uint32_t handle, Where where = Where::current(), const char* what = "acquire") {
    if (handle) AcquireRow(handle, where, what);
  }
  void Release(uint32_t& handle, Where where = Where::current());       // replaces what was there
  // adds to what was there
  void ReleaseJoin(uint32_t& handle, Where where = Where::current(), const char* what = "release");
  // The current task's past precedes `later`'s future.
  void OrderBefore(Task& later, Where where = Where::current());
  // Adds what was released into `from`.
  void JoinClock(uint32_t& into, uint32_t from, Where where = Where::current());
  // As Acquire(), for a task that may not be the current one.
  void AcquireFor(Task& task, uint32_t handle, Where where = Where::current());

  // Marked accesses without acquire or release order: effective at fences only.
  void AcquireAtFence(uint32_t handle, Where where = Where::current());
  // rmw: continues the release sequence
  void ReleaseFenced(uint32_t& handle, bool rmw, Where where = Where::current());
  void Fence(bool acquire, bool release, Where where = Where::current());

  // Locks held by the current task, for reports and assertions.
  void Hold(const void* lock, const lockdep_map* map, LockMode mode);
  void Unhold(const void* lock);
  bool Holds(const Task& task, const void* lock) const;

  // Sections of one CPU that exclude each other are ordered through its clocks. What the task keeps off its CPU
  // now, as a set of Exclusion; and what it changed since it was `before`.
  static uint8_t Exclusions(const Task& task);
  // What interrupts off would add: one instruction on per-CPU data is such a section.
  static uint8_t MoreExclusions(const Task& task) {
    if (task.irq && !task.softirq) return 0;
    const unsigned all = (task.irq ? 0 : kExcludesTasks) | kExcludesSoftirqs | kExcludesIrqs;
    return static_cast<uint8_t>(all & ~Exclusions(task));
  }
  void ContextChanged(uint8_t before, Where where = Where::current()) {
    if (const uint8_t now_off = Exclusions(*hot.task); now_off != before) ContextMoves(before, now_off, where);
  }
  void ContextEnter(uint8_t exclusions, Where where = Where::current());
  void ContextLeave(uint8_t exclusions, Where where = Where::current());

  // Runs the handlers of soft interrupts that wait for the current task's CPU, if they may run now: where the
  // kernel would (the last local_bh_enable()). A handler may be at work on it when this is called.
  void RunSoftirqs();

  uint64_t Steps() const { return steps_ + static_cast<uint64_t>(armed_ - hot.countdown); }
  bool tracing() const { return tracer_ != nullptr; }
  bool race_detection() const { return config_.race_detection; }
  // True if names and keys of objects and tasks are needed in this execution.
  bool naming() const { return naming_; }
  Tracer* tracer() const { return tracer_; }
  Observer* observer() const { return config_.observer; }
  const Failure& failure() const { return failure_; }
  const char* budget_reason() const { return budget_reason_; }
  bool Fixed(uint32_t row) const { return config_.fixed && (config_.fixed[row / 64] >> (row % 64) & 1); }
  uint32_t Choose(uint32_t n) { return Draw(n, n); }
  // Choose(n) == value, where nothing else of it matters.
  bool ChooseWhether(uint32_t n, uint32_t value) { return Draw(n, value) == value; }
  // Choose(n), where 0 is what usually happens, and all else is rare.
  uint32_t ChooseRarely(uint32_t n) { return Draw(n, kRarely); }
  void AddInvariant(const Invariant& invariant);
  const Invariant* checking() const { return checking_; }
  // The CPU that the task would run on now: its own if nobody else keeps it; -1 if each that it may use is kept. Depends on
  // nothing but who keeps which CPU and, for handlers and whom they interrupt, on who is on it.
  int CpuFor(const Task& task) const {
    const Task* on = cpus[task.cpu].on;
    return __builtin_expect(on == &task || on == nullptr, 1) ? task.cpu : CpuElsewhere(task);
  }
  // True if the handler is on its CPU, at work or under another handler: not pending, asleep or done.
  bool Handling(const Task& handler) const;
  // Something happened that a spinning task may wait for.
  void Progress() {
    if (spins_ | naps_) TouchesCommon(kCommonOther, true);
    spins_ = naps_ = 0;
  }
  // Threads and handlers of this execution.
  uint32_t TasksMade() const { return task_count - (clock_ ? 1 : 0); }
  std::span<Task> live() { return {tasks, task_count}; }
  // Switches from a signal handler or any other place to the controller.
  [[noreturn]] void LeaveToController();
  // Return addresses in target code on the task's stack, innermost first. Walks frame pointers.
  std::vector<uint64_t> StackOf(const Task& task) const;
  std::vector<uint64_t> StackFrom(const Task& task, const void* frame) const;   // from a frame pointer
  bool running() const { return running_; }
  // Clock value that every task starts above; accesses at or below it belong to earlier executions.
  uint64_t clock_base() const { return clock_base_; }

  // Called around a sleep of a task that has a `worker` (not of one that spins). Null: nobody asked.
  void (*worker_sleeps)(Task&) = nullptr;
  void (*worker_runs)(Task&) = nullptr;

  Arena arena;
  Task tasks[kMaxTasks];
  uint32_t task_count = 0;
  Cpu cpus[kCpus];
  uint64_t now = 0;             // ns of virtual time
  Statistics statistics;
  uint64_t schedule_hash = 0;   // of the switches of this execution
  // Called when the current task may have left its last section with preemption, interrupts or bottom halves
  // off, or as an RCU reader; also at the end of a handler. Null while nobody waits for that.
  void (*section_ended)() = nullptr;

 private:
  friend void RunFiber(Task* task);
  static void Advance(Task& task);   // starts a new epoch of the current task

  void Begin(const Config& config, void (*entry)());
  void Finish();                 // after the execution, on the controller
  void Quiesce();                // nothing can run: deadlock, or time for the invariants
  void PointSlow(Op op, const void* object, const char* text, uint64_t arg);
  void Arm();
  void CallAtPoint();
  static constexpr uint32_t kRarely = ~0u;
  uint32_t Draw(uint32_t n, uint32_t value);
  void Settle();                 // folds the countdown into steps_ and the attention gap
  void SwitchTo(Task* to, bool forced, bool departs, Op op);
  void NextTask(Op op, const void* object);   // the current task cannot continue
  void Occupy(Task* task);
  void Relocate();               // the current task's CPU is gone: it waits for another one
  int CpuElsewhere(const Task& task) const;
  bool Occupies(const Task& task) const;     // is on its CPU, perhaps under handlers
  int CpuForHandler(const Task& task) const;
  void ContextMoves(uint8_t before, uint8_t after, const Where& where);
  Task* PendingSoftirq(uint32_t cpu);         // that could run there now, or nullptr
  void RunNext(Task& to, Op op);              // without asking the strategy: what the kernel would run
  void AcquireRow(uint32_t handle, const Where& where, const char* what);
  // Does the experiment, if there is one, leave this edge out?
  bool Drops(const char* what, const Where& where) {
    return __builtin_expect(config_.edges != nullptr, 0) && config_.edges->Drops(what, where);
  }
  // Evaluates the invariants of that moment on the current task's stack, as one step of it. Fails if one is broken.
  void CheckInvariants(InvariantMoment moment, const void* lock);
  void Evaluate(const Invariant& invariant, const char* when);
  bool Displaceable(const Task& task) const;
  uint32_t Candidates(Task** out);            // runnable others, cyclic after the current one
  // The next timer, of a sleeping task or a Timer; false if there is none.
  struct Due {
    Task* task = nullptr;
    Timer* timer = nullptr;
    uint64_t time = 0, order = 0;
  };
  bool NextTimer(Due* due);
  bool FireTimer();
  void RunsUnasked(const Task& next) {
    if (__builtin_expect(effects_, 0)) config_.strategy->OnUnasked(next);
  }
  [[noreturn]] void FailLivelock(const char* what);
  void Fire(const Due& due);
  // The candidate that stands for the clock. Made when the first timer is armed.
  Task* Clock();
  // May the input let the next timer fire now, though tasks can run? Not if it ends a mere delay: code that
  // sleeps for others to settle would be cheated.
  bool ClockMayAdvance();
  [[noreturn]] void ExitCurrent();
  void RunFirstTask();
  Task* NewTask(const char* comm);
  void NameTask(Task& task);
  Task* ReviveHandler(uint32_t cpu, void (*handler)(void*), void* argument, bool soft);

  Config config_;
  Attention attention_;
  Tracer* tracer_ = nullptr;
  Failure failure_;
  std::vector<Invariant> invariants_;
  const Invariant* checking_ = nullptr;
  const char* budget_reason_ = "";
  uint64_t steps_ = 0;
  int64_t armed_ = 0;
  uint64_t max_steps_ = 0;
  uint64_t clock_base_ = 0;
  uint64_t timer_order_ = 0;
  Timer* timers_ = nullptr;      // armed ones, in no order
  uint32_t timeouts_ = 0;        // tasks that sleep with a limit, and armed timers
  Task* clock_ = nullptr;
  Task offline_;                 // occupies the CPUs that are offline
  uint32_t clocks_used_ = 0;
  void (*at_next_point_)() = nullptr;
  void (*at_end_)() = nullptr;
  uint32_t lonely_spins_ = 0;    // times that the current task has spun since another one ran
  uint32_t spins_ = 0;           // cpu_relax() of all tasks since the latest progress
  uint32_t naps_ = 0;            // sleeps that only time ended since the latest progress
  Outcome outcome_ = Outcome::Pass;
  bool has_always_ = false, has_release_ = false, running_ = false, failing_ = false, quiescent_ = false, naming_ = false, effects_ = false;
  void (*entry_)() = nullptr;
};

// The one engine of the process.
extern Engine engine;

// The task that runs now.
inline Task& Current() { return *hot.task; }

}  // namespace hotweave
