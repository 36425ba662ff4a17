// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The engine's beginnings and ends: of an execution, of tasks and of interrupt handlers. See engine.h.
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include <hotweave/schedule.h>

#include "core/debugger.h"
#include "core/engine.h"
#include "core/fiber.h"
#include "core/internal.h"
#include "core/keys.h"
#include "core/objects.h"
#include "core/percpu.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

// Shadow of all tracked memory. Virtual; pages appear as memory is used.
ShadowCell* MapShadow() {
  const size_t bytes = (GetLayout().span / 8 + 1) * sizeof(ShadowCell);
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  HW_CHECK(p != MAP_FAILED);
  return static_cast<ShadowCell*>(p);
}

// After about 10^12 releases the clocks of a process are used up: forget all history and start again.
void RenewClocks(uint64_t* base) {
  madvise(hot.shadow, (GetLayout().span / 8 + 1) * sizeof(ShadowCell), MADV_DONTNEED);
  *base = 1;
}

// Calls target code, and notes where its part of the stack begins: offsets on a stack count from there, so
// that they do not depend on how the engine was compiled. The stack pointer does not move within the
// function, and the call is not a tail call.
template <typename F, typename... Arguments>
[[gnu::noinline]] auto Enter(Task& task, F* function, Arguments... arguments) {
  uintptr_t top;
  asm volatile("movq %%rsp, %0" : "=r"(top));
  task.stack_top = top;
  if constexpr (std::is_void_v<decltype(function(arguments...))>) {
    function(arguments...);
    asm volatile("");
  } else {
    auto result = function(arguments...);
    asm volatile("");
    return result;
  }
}

}  // namespace

Outcome Engine::Run(const Config& config, void (*entry)()) {
  HW_CHECK(!running_);
  Begin(config, entry);
  Task* first = NewTask("init");
  first->bound = false;
  first->runnable = true;
  cpus[0].on = first;
  hot.task = first;
  hot.epoch = first->clock[0] << kSlotClockShift;
  hot.race_off = first->race_off;
  if (tracer_) tracer_->Append(*first, Op::TaskStart, nullptr, 0);
  running_ = true;
  SwitchFiber(nullptr, first);
  running_ = false;
  Finish();
  return outcome_;
}

void Engine::Begin(const Config& config, void (*entry)()) {
  static constexpr uint64_t kClockLimit = (uint64_t{1} << kClockBits) - (uint64_t{1} << 32);
  config_ = config;
  effects_ = false;
  entry_ = entry;
  tracer_ = config.tracer;
  if (!hot.shadow) hot.shadow = MapShadow();
  if (clock_base_ == 0) clock_base_ = 1;
  if (clock_base_ > kClockLimit) RenewClocks(&clock_base_);
  RestorePristineGlobals();
  arena.Reset();
  percpu_memory.Reset();
  task_count = 0;
  for (Cpu& c : cpus) c = Cpu{};
  now = timer_order_ = steps_ = schedule_hash = 0;
  timers_ = nullptr;
  timeouts_ = 0;
  clock_ = nullptr;
  clocks_used_ = lonely_spins_ = 0;
  failing_ = quiescent_ = false;
  at_next_point_ = at_end_ = nullptr;
  section_ended = nullptr;
  checking_ = nullptr;
  invariants_.clear();
  has_always_ = has_release_ = false;
  spins_ = naps_ = 0;
  if (failure_.kind != Kind::kCount) failure_ = Failure{};
  budget_reason_ = "";
  outcome_ = Outcome::Pass;
  max_steps_ = config.max_steps;
  attention_ = Attention{};
  config.strategy->Begin(&attention_);
  hot.copying = false;
  hot.base = GetLayout().base;
  hot.span = GetLayout().span;
  hot.lockdep = config.lockdep;
  hot.watch = (attention_.keys || attention_.locks ? 1 : 0) | (tracer_ ? 2 : 0);
  hot.syncs = attention_.syncs;
  effects_ = attention_.effects;
  naming_ = hot.watch != 0 || attention_.names;
  std::memcpy(hot.filter, attention_.filter, sizeof(hot.filter));
  Arm();
  config.observer->OnBegin();
  if (tracer_) tracer_->Begin();
}

void Engine::Finish() {
  Settle();
  if (tracer_) tracer_->End();
  uint64_t top = clock_base_;
  for (Task& t : live()) top = std::max(top, t.clock[t.index]);
  clock_base_ = top + 1;
  hot.span = 0;
  hot.watch = 0;
  hot.syncs = false;
  hot.countdown = INT64_MAX;
  armed_ = INT64_MAX;
}

void Engine::LeaveToController() { LeaveFiber(); }

void Engine::Fail(Failure failure) {
  if (failing_) EndFailing();
  FailSoon(std::move(failure));
  EndFailing();
}

void Engine::FailSoon(Failure failure) {
  if (failing_) return;
  if (failure.sites.empty()) failure.sites.push_back({"here", hot.task->index, Event::kNone, {}});
  for (FailureSite& s : failure.sites) {
    if (s.task < task_count && s.stack.empty() && s.event == Event::kNone && s.task == hot.task->index) {
      s.stack = StackOf(*hot.task);
      if (tracer_ && s.event == Event::kNone) s.event = tracer_->LastEvent();
    }
  }
  failure_ = std::move(failure);
  failing_ = true;
  if (__builtin_expect(debugger.armed, 0)) DebugFinding(*hot.task, failure_);
  Settle();
  max_steps_ = std::min(max_steps_, steps_ + kAftermathSteps);
  Arm();
}

void Engine::EndFailing() {
  outcome_ = Outcome::Failed;
  LeaveToController();
}

void Engine::OutOfBudget(const char* what) {
  budget_reason_ = what;
  outcome_ = failing_ ? Outcome::Failed : Outcome::OutOfBudget;
  LeaveToController();
}

// ---- Tasks ---------------------------------------------------------------------------------------------

Task* Engine::NewTask(const char* comm) {
  if (task_count == kMaxTasks) OutOfBudget("too many tasks");
  Task& t = tasks[task_count];
  const uint32_t index = task_count++;
  t.__state = TASK_RUNNING;
  t.flags = 0;
  t.pid = static_cast<pid_t>(index + 1);
  std::strncpy(t.comm, comm, TASK_COMM_LEN - 1);
  t.comm[TASK_COMM_LEN - 1] = 0;
  t.index = static_cast<uint16_t>(index);
  t.runnable = t.exited = t.bound = t.irq = t.idle = t.should_stop = t.in_schedule = t.handoff = t.granted = t.sees_hidden = false;
  t.softirq = t.is_clock = t.signals = false;
  t.signals_pending = t.signals_allowed = 0;
  t.stop = false;
  t.bh_off = t.migrate_off = t.non_block = t.rcu_nesting = 0;
  t.kthread = t.worker = nullptr;
  t.cause = nullptr;
  t.shared_waiter = t.timed_out = t.has_seen_relaxed = t.has_fenced = false;
  t.parent = index ? hot.task->index : 0;
  t.irqs_off = t.preempt = 0;
  t.race_off = config_.race_detection ? 0 : 1;
  t.declared = {};
  t.exit_code = 0;
  t.last_spin = 0;
  t.needs_holders = nullptr;
  t.choices = t.nth = t.exit_clock = t.stop_clock = t.park_clock = t.fail_one_in = t.wake_clock = t.held_count = 0;
  t.should_park = t.parked = false;
  t.prologue = nullptr;
  t.percpu = -1;
  AllowCpus(t, ~0u);
  t.interrupted = t.next_waiter = nullptr;
  t.stack_top = GetLayout().StackEnd(index);
  t.wait = Wait{};
  t.wake_time = t.wake_order = 0;
  const bool after_parent = index && !Drops("create", Where::current());
  for (uint32_t i = 0; i < index; ++i) {
    t.clock[i] = after_parent ? hot.task->clock[i] : clock_base_;
    tasks[i].clock[index] = clock_base_;
  }
  t.clock[index] = clock_base_ + 1;
  if (index) Advance(Current());
  t.cpu = 0;
  uint32_t load[kCpus] = {};
  for (uint32_t i = 0; i < index; ++i) {
    if (!tasks[i].exited && (tasks[i].runnable || cpus[tasks[i].cpu].on == &tasks[i])) ++load[tasks[i].cpu];
  }
  for (uint32_t c = 1; c < kCpus; ++c) {
    if (cpus[c].online && (load[c] < load[t.cpu] || !cpus[t.cpu].online)) t.cpu = static_cast<uint16_t>(c);
  }
  if (naming()) NameTask(t);
  if (effects_ && index) {
    TouchesCommon(kCommonOther, true);
    for (const Task& other : live()) TouchesTask(other);
    Settle();
    attention_.gap = 1;
    Arm();
  }
  PrepareFiber(&t);
  if (tracer_) tracer_->AddTask(t);
  if (index) config_.observer->OnTaskCreated(t);
  return &t;
}

// The kernel's name, with #2, #3 … if earlier tasks of the execution have it too; then ~2, ~3 … if the name has the key
// of an earlier task, so that keys tell all tasks of an execution apart.
void Engine::NameTask(Task& t) {
  uint32_t same = 1;
  for (uint32_t i = 0; i < t.index; ++i) same += std::strcmp(tasks[i].comm, t.comm) == 0;
  std::string name = t.comm;
  if (same > 1) name += "#" + std::to_string(same);
  t.name = name;
  auto taken = [&](uint16_t key) {
    return std::any_of(tasks, tasks + t.index, [key](const Task& other) { return other.key == key; });
  };
  for (uint32_t other = 2; taken(t.key = TaskKey(t.name)); ++other) t.name = name + "~" + std::to_string(other);
  t.stack_hash = HashObjectName(StackName(t));
}

Task* Engine::CreateTask(int (*entry)(void*), void* argument, const char* comm) {
  Task* t = NewTask(comm);
  t->entry = entry;
  t->irq_entry = nullptr;
  t->argument = argument;
  t->__state = TASK_UNINTERRUPTIBLE;
  t->in_schedule = true;
  Record(Op::TaskCreate, nullptr, nullptr, 0, t);
  return t;
}

// A handler of this kind that has returned runs again: those of one CPU never overlap and follow each other, as the
// steps of one task do. So a periodic timer needs a task or two, not one per tick. (The current task may be a handler
// that has just returned, whose stack this runs on.)
Task* Engine::ReviveHandler(uint32_t cpu, void (*handler)(void*), void* argument, bool soft) {
  for (Task& t : live()) {
    if (&t == hot.task || !t.irq || !t.exited || t.softirq != soft || t.cpu != cpu) continue;
    if (t.irq_entry != handler || t.argument != argument) continue;
    t.exited = false;
    t.runnable = true;
    t.__state = TASK_RUNNING;
    t.preempt = 1;
    t.irqs_off = soft ? 0 : 1;
    t.bh_off = t.migrate_off = t.non_block = t.rcu_nesting = 0;
    t.race_off = config_.race_detection ? 0 : 1;
    t.interrupted = nullptr;
    t.wait = Wait{};
    TouchesCommon(kCommonOther, true);
    TouchesTask(t);
    PrepareFiber(&t);
    Record(Op::IrqRaise, nullptr, nullptr, cpu, &t);
    return &t;
  }
  return nullptr;
}

Task* Engine::CreateHandler(uint32_t cpu, void (*handler)(void*), void* argument, const char* comm, bool soft,
                            bool ordered) {
  HW_CHECK(cpu < kCpus);
  if (!ordered) {
    if (Task* again = ReviveHandler(cpu, handler, argument, soft)) return again;
  }
  Task* t = NewTask(comm);
  t->entry = nullptr;
  t->irq_entry = handler;
  t->argument = argument;
  t->irq = true;
  t->softirq = soft;
  t->bound = true;
  t->cpu = static_cast<uint16_t>(cpu);
  t->preempt = 1;
  t->irqs_off = soft ? 0 : 1;
  t->runnable = true;
  TouchesTask(*t);
  if (!ordered) {
    // Nothing that anybody did comes before it; what it needs it acquires.
    for (uint32_t i = 0; i < t->index; ++i) t->clock[i] = clock_base_;
  }
  Record(Op::IrqRaise, nullptr, nullptr, cpu, t);
  return t;
}

void Engine::StartTask(Task& t) {
  if (!t.in_schedule) return;
  t.in_schedule = false;
  t.__state = TASK_RUNNING;
  Unblock(t);
}

void RunFiber(Task* t) {
  Engine& e = engine;
  if (t->index == 0) e.RunFirstTask();
  if (t->irq) {
    e.Record(Op::IrqEnter, nullptr);
    e.ContextEnter(Engine::Exclusions(*t));
    Enter(*t, t->irq_entry, t->argument);
    e.ContextLeave(Engine::Exclusions(*t));
    e.Record(Op::IrqExit, nullptr);
  } else {
    e.Record(Op::TaskStart, nullptr);
    // Stopped before it started: its function is never called. Source: kthread(), 6.1.
    if (t->should_stop) {
      t->exit_code = -EINTR;
    } else {
      if (t->prologue) t->prologue(*t);
      t->exit_code = Enter(*t, t->entry, t->argument);
    }
  }
  e.ExitCurrent();
}

void Engine::ExitTask(int code) {
  HW_CHECK(!Current().irq);
  Current().exit_code = code;
  ExitCurrent();
}

void Engine::ExitCurrent() {
  Task& self = Current();
  Point(Op::TaskExit, nullptr);
  config_.observer->OnTaskExit(self);
  Progress();
  Release(self.exit_clock);
  self.exited = true;
  self.runnable = false;
  self.__state = TASK_DEAD;
  Cpu& cpu = cpus[self.cpu];
  if (cpu.on == &self) cpu.on = self.irq ? self.interrupted : nullptr;
  for (Task& t : live()) {
    if (t.wait.op == Op::Join && t.wait.on == &self && !t.runnable) Unblock(t);
  }
  if (self.irq && section_ended) section_ended();   // a handler is a section with preemption off
  // On the way out of a hard interrupt soft ones run, unless they are left to ksoftirqd: a choice.
  // Source: __irq_exit_rcu(), kernel/softirq.c, 6.1.
  if (self.irq && !self.softirq) {
    Task* soft = PendingSoftirq(self.cpu);
    if (soft && Choose(2) == 0) RunNext(*soft, Op::IrqExit);
  }
  NextTask(Op::TaskExit, nullptr);
  InternalError("an exited task was resumed");
}

// ---- The end of an execution ---------------------------------------------------------------------------

void Engine::RunFirstTask() {
  Enter(Current(), entry_);
  Task& self = Current();
  config_.observer->OnTaskExit(self);
  self.idle = true;
  if (!quiescent_) Block({.op = Op::TaskExit});
  for (const Invariant& i : invariants_) {
    if (i.moment != kAtRelease) Evaluate(i, "at the end");
  }
  if (at_end_ && !failing_) at_end_();
  if (failing_) EndFailing();
  LeaveToController();
}

void Engine::Evaluate(const Invariant& i, const char* when) {
  checking_ = &i;
  Record(Op::Note, nullptr, "invariant");
  Task& self = Current();
  const uintptr_t top = self.stack_top;
  const bool holds = Enter(self, i.holds);
  self.stack_top = top;
  if (!holds) {
    Failure f;
    f.kind = Kind::Invariant;
    f.sentence = std::string("the invariant \"") + i.name + "\" does not hold " + when;
    f.names = {i.name};
    Fail(std::move(f));
  }
  checking_ = nullptr;
}

void Engine::CheckInvariants(InvariantMoment moment, const void* lock) {
  if (checking_ || failing_ || hot.task->exited) return;
  // Accesses of the check are neither points, nor steps, nor marks in the shadow.
  Settle();
  const uint64_t steps = steps_;
  const int64_t gap = attention_.gap;
  ++hot.race_off;
  Arm();
  for (const Invariant& i : invariants_) {
    if (i.moment != moment || (i.lock && i.lock != lock)) continue;
    Evaluate(i, moment == kAlways ? "when another task is about to run" : "when the lock is released");
  }
  --hot.race_off;
  Settle();
  steps_ = steps;
  attention_.gap = gap;
  Arm();
}

void Engine::Quiesce() {
  config_.observer->OnStuck();
  // Only tasks that wait for work are left, and the first one waits for this moment.
  HW_CHECK(!quiescent_);
  quiescent_ = true;
  tasks[0].runnable = true;
  // The checks at the end come after everything that any task did.
  for (const Task& t : live()) {
    for (uint32_t i = 0; i < task_count; ++i) tasks[0].clock[i] = std::max(tasks[0].clock[i], t.clock[i]);
  }
}

void Engine::AddInvariant(const Invariant& invariant) {
  if (invariants_.size() == kMaxInvariants) OutOfBudget("too many invariants");
  invariants_.push_back(invariant);
  has_always_ |= invariant.moment == kAlways;
  has_release_ |= invariant.moment == kAtRelease;
}

std::vector<uint64_t> Engine::StackOf(const Task& task) const {
  return StackFrom(task, &task == hot.task ? __builtin_frame_address(0) : task.frame);
}

std::vector<uint64_t> Engine::StackFrom(const Task& task, const void* start) const {
  const Layout& l = GetLayout();
  std::vector<uint64_t> pcs;
  const uintptr_t lo = l.StackBegin(task.index), hi = l.StackEnd(task.index);
  auto frame = reinterpret_cast<uintptr_t>(start);
  while (frame >= lo && frame + 16 <= hi && pcs.size() < kMaxStackFrames) {
    const auto* f = reinterpret_cast<const uintptr_t*>(frame);
    if (l.IsTargetCode(f[1])) pcs.push_back(f[1]);
    if (f[0] <= frame) break;
    frame = f[0];
  }
  if (pcs.empty() && task.cause) return *task.cause;
  return pcs;
}

}  // namespace hotweave
