// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The scheduler: points, blocking, switching. See engine.h for how it works.
#include "core/engine.h"

#include <algorithm>
#include <cstring>

#include <hotweave/schedule.h>

#include "core/debugger.h"
#include "core/fiber.h"
#include "core/internal.h"
#include "core/keys.h"
#include "core/objects.h"
#include "core/tracer.h"

namespace hotweave {

Hot hot;

Engine engine;

Engine::Engine() = default;

// ---- Points --------------------------------------------------------------------------------------------

// Counts what has passed since Arm().
void Engine::Settle() {
  const int64_t passed = armed_ - hot.countdown;
  steps_ += static_cast<uint64_t>(passed);
  if (attention_.gap != INT64_MAX) attention_.gap -= passed;
  armed_ = hot.countdown = 0;
}

void Engine::AtNextPoint(void (*fn)()) {
  Settle();
  armed_ = hot.countdown = 1;
  at_next_point_ = fn;
}

void Engine::CallAtPoint() {
  auto* fn = at_next_point_;
  at_next_point_ = nullptr;
  fn();
}

void Engine::Arm() {
  if (hot.watch) {
    armed_ = hot.countdown = 1;
    return;
  }
  const int64_t left = static_cast<int64_t>(max_steps_ - steps_) + 1;
  armed_ = hot.countdown = attention_.gap < left ? (attention_.gap > 0 ? attention_.gap : 1) : left;
}

void Engine::Decide(Op op, const void* object, const char* text, size_t size) {
  if (at_next_point_) CallAtPoint();
  Settle();
  if (__builtin_expect(steps_ > max_steps_, 0)) {
    if (failing_) EndFailing();
    OutOfBudget("too many scheduling points");
  }
  // An invariant's own accesses: nobody else runs, nothing is counted.
  if (__builtin_expect(checking_ != nullptr && !quiescent_, 0)) {
    if (ClassOf(op) == OpClass::Access) Touches(object, size, false);
    return Arm();
  }
  bool ask = attention_.gap <= 0 || (attention_.syncs && ClassOf(op) != OpClass::Access);
  uint16_t key = 0;
  uint32_t nth = 0;
  if (hot.watch) {
    key = KeyOf(op, object ? ObjectKeyAt(reinterpret_cast<uintptr_t>(object)) : kNoObjectKey);
    ask |= attention_.locks && ClassOf(op) == OpClass::Lock;
    if (attention_.keys && (hot.filter[(key >> 6) & 3] >> (key & 63) & 1)) ask = true;
    if (tracer_) nth = tracer_->Count(*hot.task, op, object, key);
  }
  Task* self = hot.task;
  if (ask) {
    Task* others[kMaxTasks];
    for (bool again = false;; again = true) {
      uint32_t n = Candidates(others);
      if (timeouts_ && ClockMayAdvance()) others[n++] = Clock();
      Task* to = config_.strategy->AtPoint({op, key, steps_, false, text, object, size, again}, {others, n}, &attention_);
      Arm();
      if (!to) break;
      if (tracer_) tracer_->Departure(*self, op, object, key, nth, *to);
      if (!to->is_clock) {
        ++statistics.preemptions;
        if (__builtin_expect(debugger.armed, 0)) DebugPreemption(*self, op, object, *to);
        SwitchTo(to, false, true, op);
        break;
      }
      FireTimer();
      if (!attention_.again) break;
      Settle();
    }
  } else {
    Arm();
  }
  self->nth = nth;
}

void Engine::PointSlow(Op op, const void* object, const char* text, uint64_t arg) {
  Decide(op, object, text);
  if (tracer_) tracer_->Append(*hot.task, op, object, hot.task->nth, text, arg);
}

void Engine::Record(Op op, const void* object, const char* text, uint64_t arg, const Task* other) {
  if (tracer_) tracer_->Append(*hot.task, op, object, 0, text, arg, other);
}

// ---- Who may run ---------------------------------------------------------------------------------------

// May another task take over the CPU that `task` occupies?
bool Engine::Displaceable(const Task& task) const {
  return !(task.preempt | task.irqs_off | task.bh_off) && !task.irq && !task.wait.spinning;
}

bool Engine::Handling(const Task& handler) const {
  for (const Task* h = cpus[handler.cpu].on; h && h->irq; h = h->interrupted) {
    if (h == &handler) return true;
  }
  return false;
}

// What was raised on a CPU that has gone offline since is done elsewhere.
// Source: irq_migrate_all_off_this_cpu(), rcutree_migrate_callbacks(), takeover_tasklets(), 6.1.
int Engine::CpuForHandler(const Task& task) const {
  auto takes = [&](uint32_t c) {
    const Task* on = cpus[c].on;
    if (!on) return true;
    if (task.softirq) return !on->irqs_off && !on->irq && !on->bh_off;
    return !on->irqs_off && (!on->irq || on->softirq);
  };
  if (cpus[task.cpu].online) return takes(task.cpu) ? task.cpu : -1;
  for (uint32_t c = 0; c < kCpus; ++c) {
    if (cpus[c].online && takes(c)) return static_cast<int>(c);
  }
  return -1;
}

// The CPU that the task would run on now, or -1.
int Engine::CpuElsewhere(const Task& task) const {
  const Task* on = cpus[task.cpu].on;
  if (task.irq) return CpuForHandler(task);
  for (const Cpu& cpu : cpus) {
    for (const Task* h = cpu.on; h && h->irq; h = h->interrupted) {
      if (h->interrupted == &task) return -1;
    }
  }
  if (Displaceable(*on)) return task.cpu;
  // Without a CPU that it may use a task runs on any other. Source: select_fallback_rq(), 6.1.
  const bool stays = task.bound || task.migrate_off;
  if (stays && cpus[task.cpu].online) return -1;
  auto allowed = [&](uint32_t c) { return cpus[c].online && (task.cpus_allowed >> c & 1); };
  bool any = false;
  for (uint32_t c = 0; c < kCpus; ++c) any |= !stays && allowed(c);
  // The next one that nobody keeps, no matter whether a task was there last: so it depends on nothing but who keeps which CPU.
  for (uint32_t i = 1; i < kCpus; ++i) {
    const uint32_t c = (task.cpu + i) % kCpus;
    const bool usable = any ? allowed(c) : cpus[c].online;
    if (usable && (!cpus[c].on || Displaceable(*cpus[c].on))) return static_cast<int>(c);
  }
  return -1;
}

uint32_t Engine::Candidates(Task** out) {
  uint32_t n = 0;
  const uint32_t self = hot.task->index;
  auto consider = [&](uint32_t i) {
    Task& t = tasks[i];
    if (t.runnable && CpuFor(t) >= 0) out[n++] = &t;
  };
  for (uint32_t i = self + 1; i < task_count; ++i) consider(i);
  for (uint32_t i = 0; i < self; ++i) consider(i);
  return n;
}

// Puts the task on its CPU.
void Engine::Occupy(Task* task) {
  const int c = CpuFor(*task);
  HW_CHECK(c >= 0);
  Cpu& cpu = cpus[c];
  if (task->irq && cpu.on != task) task->interrupted = cpu.on;
  cpu.on = task;
  task->cpu = static_cast<uint16_t>(c);
}

bool Engine::Occupies(const Task& task) const {
  const Task* on = cpus[task.cpu].on;
  while (on && on != &task) on = on->irq ? on->interrupted : nullptr;
  return on == &task;
}

void Engine::AllowCpus(Task& task, uint32_t mask) {
  task.cpus_allowed = mask;
  const uint32_t real = mask & ((1u << kCpus) - 1);
  task.cpus_mask.bits[0] = real;
  task.cpus_ptr = &task.cpus_mask;
  task.nr_cpus_allowed = __builtin_popcount(real);
}

void Engine::MoveTo(Task& task, uint32_t cpu) {
  if (task.cpu == cpu) return;
  TouchesCommon(kCommonOther, true);
  TouchesTask(task);
  HW_CHECK(Movable(task));
  if (cpus[task.cpu].on == &task) cpus[task.cpu].on = nullptr;
  task.cpu = static_cast<uint16_t>(cpu);
  if (&task == hot.task) Relocate();
}

void Engine::Relocate() {
  if (CpuFor(*hot.task) >= 0) return Occupy(hot.task);
  NextTask(Op::Yield, nullptr);
}

void Engine::SetCpuOnline(uint32_t c, bool online) {
  Cpu& cpu = cpus[c];
  if (cpu.online == online) return;
  TouchesCommon(kCommonOther, true);
  TouchesCommon(kCommonCpus, true);
  cpu.online = online;
  if (online) {
    cpu.on = nullptr;
    return;
  }
  HW_CHECK(cpu.on == nullptr || cpu.on == hot.task);
  const bool own = cpu.on == hot.task;
  offline_.preempt = 1;
  cpu.on = &offline_;
  if (own) Relocate();
}

// ---- Switching -----------------------------------------------------------------------------------------

void Engine::SwitchTo(Task* to, bool forced, bool departs, Op op) {
  Task* from = hot.task;
  if (__builtin_expect(has_always_, 0)) CheckInvariants(kAlways, nullptr);
  ++statistics.switches;
  lonely_spins_ = 0;
  // No key in it: those are not computed in every execution.
  schedule_hash = (schedule_hash ^ (uint64_t{to->index} << 8 | static_cast<uint64_t>(op)) ^ steps_ << 40) *
                  0x9e3779b97f4a7c15ull;
  schedule_hash ^= schedule_hash >> 29;
  if (tracer_ && !from->exited) {
    tracer_->Append(*from, forced ? Op::Switch : Op::Preempt, nullptr, 0, nullptr, 0, to);
    if (departs) tracer_->MarkDeparture();
  }
  Occupy(to);
  from->frame = __builtin_frame_address(0);
  from->race_off = hot.race_off;
  hot.task = to;
  hot.epoch = to->clock[to->index] << kSlotClockShift | uint64_t{to->index} << kSlotTaskShift |
              (to->declared.any() ? kSlotDeclared : 0);
  hot.race_off = to->race_off;
  SwitchFiber(from, to);
}

// ---- Time ----------------------------------------------------------------------------------------------

bool Engine::NextTimer(Due* due) {
  *due = Due{};
  auto consider = [&](const Due& d) {
    if (due->time == 0 || d.time < due->time || (d.time == due->time && d.order < due->order)) *due = d;
  };
  for (Task& t : live()) {
    if (t.wake_time && !t.exited) consider({&t, nullptr, t.wake_time, t.wake_order});
  }
  for (Timer* t = timers_; t; t = t->next) consider({nullptr, t, t->due, t->order});
  return due->time != 0;
}

void Engine::Fire(const Due& due) {
  TouchesCommon(due.timer && !due.timer->tells ? kCommonOther : kCommonClock, true);
  TouchesCommon(kCommonTime, true);
  now = due.time > now ? due.time : now;
  if (due.timer) {
    DisarmTimer(*due.timer);
    Progress();
    due.timer->fire(*due.timer);
    return;
  }
  Task& t = *due.task;
  --timeouts_;
  if (t.wait.delay) {
    if (++naps_ > kMaxNaps) FailLivelock(" sleep and try again, and nothing else has happened for a long time");
  } else {
    Progress();
  }
  t.wake_time = 0;
  t.timed_out = true;
  if (t.__state & TASK_FROZEN) return;   // it stays asleep until it is thawed
  t.wait = Wait{};
  t.in_schedule = false;
  t.runnable = true;
  TouchesTask(t);
  if (tracer_) tracer_->Append(t, Op::Timer, nullptr, 0, nullptr, now);
}

bool Engine::FireTimer() {
  Due due;
  if (!timeouts_ || !NextTimer(&due)) return false;
  Fire(due);
  return true;
}

void Engine::ArmTimer(Timer& timer, uint64_t ns) {
  TouchesCommon(kCommonClock, true);
  TouchesCommon(kCommonTime, false);
  DisarmTimer(timer);
  Clock();
  timer.due = now + (ns ? ns : 1);
  timer.order = ++timer_order_;
  timer.armed = true;
  timer.next = timers_;
  timers_ = &timer;
  ++timeouts_;
  Release(timer.clock);
}

bool Engine::DisarmTimer(Timer& timer) {
  TouchesCommon(timer.armed ? kCommonClock : kCommonTime, timer.armed);
  if (!timer.armed) return false;
  Timer** link = &timers_;
  while (*link && *link != &timer) link = &(*link)->next;
  HW_CHECK(*link);
  *link = timer.next;
  timer.next = nullptr;
  timer.armed = false;
  --timeouts_;
  return true;
}

void Engine::Elapse(uint64_t ns) {
  TouchesCommon(kCommonClock, true);
  TouchesCommon(kCommonTime, true);
  const uint64_t end = now + ns;
  for (Due due; timeouts_ && NextTimer(&due) && due.time <= end;) Fire(due);
  now = end > now ? end : now;
}

bool Engine::ClockMayAdvance() {
  Due due;
  return NextTimer(&due) && (due.timer || !due.task->wait.delay);
}

Task* Engine::Clock() {
  if (!clock_) {
    clock_ = NewTask("clock");
    clock_->is_clock = true;
    clock_->runnable = false;
  }
  return clock_;
}

// Picks and runs another task because the current one cannot continue. Returns when it can (or never).
void Engine::NextTask(Op op, const void* object) {
  if (at_next_point_) CallAtPoint();
  Task* self = hot.task;
  Task* others[kMaxTasks];
  uint16_t key = 0;
  uint32_t nth = 0;
  if (hot.watch) key = KeyOf(op, object ? ObjectKeyAt(reinterpret_cast<uintptr_t>(object)) : kNoObjectKey);
  Settle();
  for (;;) {
    if (++steps_ > max_steps_) {
      if (failing_) EndFailing();
      OutOfBudget("too many scheduling points");
    }
    uint32_t n = Candidates(others);
    if (n > 0) {
      if (timeouts_ && ClockMayAdvance()) others[n++] = Clock();
      // Counted as a replay counts it: each time that the strategy is asked (again after the clock was chosen).
      if (tracer_) nth = tracer_->Count(*self, op, object, key);
      Task* to = config_.strategy->AtBlock({op, key, steps_, true, nullptr, object}, {others, n}, &attention_);
      Arm();
      if (to != others[0] && tracer_) tracer_->Departure(*self, op, object, key, nth, *to);
      if (to->is_clock) {
        FireTimer();
        Settle();
        continue;
      }
      SwitchTo(to, true, to != others[0], op);
      return;
    }
    if (self->runnable && !self->exited) {   // its own timer, or woken meanwhile
      RunsUnasked(*self);
      break;
    }
    if (timeouts_) RunsUnasked(*Clock());
    if (FireTimer()) continue;
    if (failing_) EndFailing();
    Quiesce();
  }
  Arm();
  Occupy(self);
}

void Engine::Block(const Wait& wait) {
  Task& self = Current();
  const bool worker_sleep = self.worker && !wait.spinning;
  if (__builtin_expect(worker_sleep, 0)) worker_sleeps(self);
  self.wait = wait;
  self.runnable = false;
  if (!wait.spinning) {
    Cpu& cpu = cpus[self.cpu];
    if (cpu.on == &self) cpu.on = self.irq ? self.interrupted : nullptr;
  }
  if (tracer_) tracer_->Append(self, Op::Blocked, wait.object, 0, wait.name, static_cast<uint64_t>(wait.op));
  config_.observer->OnBlocked(self);
  NextTask(Op::Blocked, wait.object);
  self.wait = Wait{};
  if (__builtin_expect(worker_sleep, 0)) worker_runs(self);
}

void Engine::Unblock(Task& task, Where where) {
  TouchesTask(task);
  OrderBefore(task, where);
  if (task.runnable) return;
  task.runnable = true;
  Progress();
  if (task.wake_time) {
    TouchesCommon(kCommonClock, true);
    task.wake_time = 0;
    --timeouts_;
  }
  task.wait = Wait{.op = Op::kCount, .spinning = task.wait.spinning};
  if (tracer_) tracer_->Append(*hot.task, Op::Woken, nullptr, 0, nullptr, 0, &task);
}

// Names every task that is still at it: what it spins in, or what it sleeps in.
void Engine::FailLivelock(const char* what) {
  Failure f;
  f.kind = Kind::Livelock;
  for (const Task& t : live()) {
    const bool spins = t.last_spin && t.last_spin + 2 * kMaxSpins > Steps();
    if (t.exited || t.is_clock || !(spins || &t == hot.task || (t.wait.delay && t.wake_time))) continue;
    f.sentence += std::string(f.sentence.empty() ? "" : ", ") + t.comm;
    f.sites.push_back({t.wait.delay ? "sleeps and tries again" : "spins", t.index, Event::kNone, StackOf(t)});
  }
  f.sentence += what;
  // The one that noticed stands first.
  const auto self = std::find_if(f.sites.begin(), f.sites.end(), [](const FailureSite& s) { return s.task == hot.task->index; });
  if (self != f.sites.end()) std::rotate(f.sites.begin(), self, self + 1);
  Fail(std::move(f));
}

void Engine::Relax() {
  Task* others[kMaxTasks];
  hot.task->last_spin = Steps();
  if (++spins_ > kMaxSpins) FailLivelock(" loop, and nothing that could end the loops has happened for a long time");
  // Spinning takes time, and ever more of it if nothing else happens: a loop on the clock ends.
  if (spins_ > kPatientSpins) Elapse(uint64_t{1000} << std::min((spins_ - kPatientSpins) / 16, 30u));
  if (Candidates(others) > 0) return NextTask(Op::Yield, nullptr);
  if (timeouts_) RunsUnasked(*Clock());
  if (FireTimer()) return NextTask(Op::Yield, nullptr);
  // What the loop waits for may have happened since it looked, or the loop may be bounded: let it go on.
  if (++lonely_spins_ > kMaxLonelySpins) FailLivelock(" spins for something that no task is left to do");
  Point(Op::Yield, nullptr);
}

bool Engine::BlockFor(const Wait& wait, uint64_t ns) {
  Task& self = Current();
  TouchesCommon(kCommonClock, true);
  TouchesCommon(kCommonTime, false);
  Clock();
  ++timeouts_;
  self.wake_time = now + (ns ? ns : 1);
  self.wake_order = ++timer_order_;
  self.timed_out = false;
  Block(wait);
  return !self.timed_out;
}

// ---- Held locks ----------------------------------------------------------------------------------------

void Engine::Hold(const void* lock, const lockdep_map* map, LockMode mode) {
  Task& self = Current();
  if (self.held_count == kMaxHeldLocks) OutOfBudget("too many locks held by one task");
  self.held[self.held_count++] = {lock, map, mode, tracer_ ? tracer_->LastEvent() : 0};
}

void Engine::Unhold(const void* lock) {
  Task& self = Current();
  if (__builtin_expect(has_release_, 0)) CheckInvariants(kAtRelease, lock);
  for (uint32_t i = self.held_count; i-- > 0;) {
    if (self.held[i].lock != lock) continue;
    for (--self.held_count; i < self.held_count; ++i) self.held[i] = self.held[i + 1];
    return;
  }
}

bool Engine::Holds(const Task& task, const void* lock) const {
  for (uint32_t i = 0; i < task.held_count; ++i) {
    if (task.held[i].lock == lock) return true;
  }
  return false;
}

uint32_t Engine::Draw(uint32_t n, uint32_t value_asked) {
  if (n <= 1) return 0;
  n = n < kMaxChoice ? n : kMaxChoice;
  Task& self = Current();
  if (self.choices == kMaxChoices) OutOfBudget("too many choices by one task");
  Strategy& strategy = *config_.strategy;
  ++self.choices;
  const uint32_t drawn = value_asked < n          ? strategy.ChooseWhether(self.choices, n, value_asked)
                         : value_asked == kRarely ? strategy.ChooseRarely(self.choices, n)
                                                  : strategy.Choose(self.choices, n);
  const uint32_t value = drawn % n;
  if (tracer_) tracer_->Choice(self, self.choices, value);
  return value;
}

}  // namespace hotweave
