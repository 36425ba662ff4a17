// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The CPU hotplug state machine: running callbacks, here or in the CPU's own thread. See cpuhp.h. Follows
// kernel/cpu.c of Linux 6.1.
#include "kernel/cpuhp.h"

#include <algorithm>
#include <cstdio>

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>

#include "kernel/cross_release.h"
#include "kernel/lock.h"
#include "kernel/reset.h"
#include "kernel/stop_machine.h"
#include "kernel/target_data.h"
#include "kernel/version.h"

using namespace hotweave;

// What whoever waits for a callback, and the callback, have in common. One map in 4.13, one per direction later.
HW_TARGET_DATA static lockdep_map cpuhp_state_up_map = __DEP_MAP_INIT(cpuhp_state-up);
HW_TARGET_DATA static lockdep_map cpuhp_state_down_map = __DEP_MAP_INIT(cpuhp_state-down);
HW_TARGET_DATA static lockdep_map cpuhp_state_lock_map = __DEP_MAP_INIT(cpuhp_state);

namespace hotweave {
namespace {

CpuhpStep steps[CPUHP_ONLINE + 1];
CpuhpCpu cpus[kCpus];
bool in_use;   // in this execution
lock_class_key keys[2];

void Reset() { in_use = false; }
const bool registered = OnExecutionBegin(Reset);

// What lockdep makes of the completions: one class for each init site. Source: cpuhp_create(), 4.13 and 4.14.
void NameCompletions() {
  static const Change kSplit{"5ebe7742fff8", KERNEL_VERSION(4, 14, 0)};
  const bool split = kSplit.InEffect();
  for (CpuhpCpu& c : cpus) {
    c.done_up.map = lockdep_map STATIC_LOCKDEP_MAP_INIT(split ? "(complete)&st->done_up" : "(complete)&st->done", &keys[0]);
    c.done_down.map = lockdep_map STATIC_LOCKDEP_MAP_INIT(split ? "(complete)&st->done_down" : "(complete)&st->done", &keys[split]);
  }
}

void Prepare() {
  if (in_use) return;
  in_use = true;
  std::fill(std::begin(steps), std::end(steps), CpuhpStep{});
  InstallBuiltinSteps(steps);
  std::fill(std::begin(cpus), std::end(cpus), CpuhpCpu{});
  NameCompletions();
}

const Change kLinkedStacks{"49dfe2a67797", KERNEL_VERSION(4, 13, 0)};
const Change kMapPerDirection{"5f4b55e10645", KERNEL_VERSION(4, 14, 0)};

lockdep_map* MapOf(bool bringup) {
  if (!kLinkedStacks.InEffect()) return nullptr;
  if (!kMapPerDirection.InEffect()) return &cpuhp_state_lock_map;
  return bringup ? &cpuhp_state_up_map : &cpuhp_state_down_map;
}

// Source: cpuhp_lock_acquire(), cpuhp_lock_release(), 6.1.
void AcquireMap(bool bringup) {
  if (lockdep_map* map = MapOf(bringup)) LockdepAcquire(*map);
}
void ReleaseMap(bool bringup) {
  if (lockdep_map* map = MapOf(bringup)) LockdepRelease(*map);
}
void TouchMaps() {
  for (bool bringup : {false, true}) {
    AcquireMap(bringup);
    ReleaseMap(bringup);
  }
}

// Source: cpuhp_next_state(), 6.1.
bool NextState(bool bringup, cpuhp_state* run, CpuhpCpu& c, cpuhp_state target) {
  do {
    if (bringup ? c.state >= target : c.state <= target) return false;
    if (bringup) c.state = static_cast<cpuhp_state>(c.state + 1);
    *run = c.state;
    if (!bringup) c.state = static_cast<cpuhp_state>(c.state - 1);
  } while (StepIsEmpty(bringup, StepOf(*run)));
  return true;
}

// Callbacks in a thread of the engine's own begin its stack.
template <typename F, typename... Arguments>
int Call(F* callback, Arguments... arguments) {
  bool own = Current().stop;
  for (const CpuhpCpu& c : cpus) own |= c.thread == hot.task || c.idle == hot.task;
  return own ? CallTarget(callback, arguments...) : callback(arguments...);
}

int InvokeAll(uint32_t cpu, CpuhpStep& step, bool bringup, hlist_node** last) {
  CpuhpStep::Callback cb = bringup ? step.startup : step.teardown;
  CpuhpStep::Callback opposite = bringup ? step.teardown : step.startup;
  unsigned done = 0;
  for (hlist_node* n = step.list.first; n; n = n->next) {
    if (last && n == *last) break;
    const int result = Call(cb.multi, cpu, n);
    if (!result) {
      ++done;
      continue;
    }
    if (last) {
      *last = n;
      return result;
    }
    if (!opposite.multi) return result;
    for (hlist_node* u = step.list.first; u && done; u = u->next, --done) Call(opposite.multi, cpu, u);
    return result;
  }
  if (last) *last = nullptr;
  return 0;
}

// Source: cpuhp_thread_fun(), 6.1.
void RunInThread(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  engine.Acquire(c.clock);
  const bool bringup = c.bringup;
  cpuhp_state state = c.cb_state;
  PretendCpusHeld(true);
  AcquireMap(bringup);
  bool run = c.single;
  if (c.single) {
    c.should_run = false;
  } else {
    run = c.should_run = NextState(bringup, &state, c, c.target);
  }
  if (run) {
    WARN_ON_ONCE(!IsApState(state));
    if (IsAtomicState(state)) local_irq_disable();
    c.result = InvokeCallback(cpu, state, bringup, c.node, &c.last);
    if (IsAtomicState(state)) {
      local_irq_enable();
      WARN_ON_ONCE(c.result);
    }
    if (c.result) {
      WARN_ON_ONCE(c.rollback);
      c.should_run = false;
    }
  }
  ReleaseMap(bringup);
  PretendCpusHeld(false);
  if (!c.should_run) CompleteAp(bringup ? c.done_up : c.done_down);
}

// Tells whoever waits for it that it has parked. Source: __kthread_parkme(), 6.1.
void ApParks(CpuhpCpu& c) {
  c.parked = true;
  for (Task& t : engine.live()) {
    if (t.wait.op == Op::KthreadPark && t.wait.object == hot.task && !t.runnable) engine.Unblock(t);
  }
}

int ApThread(void* argument) {
  const auto cpu = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
  for (;;) {
    CpuhpCpu& c = CpuhpOf(cpu);
    Current().idle = true;
    while (!c.should_run || c.park) {
      if (c.park && !c.parked) ApParks(c);
      engine.Block({.op = Op::Schedule, .name = "work for the hotplug thread"});
    }
    Current().idle = false;
    engine.Point(Op::CpuHotplug, nullptr, "callbacks");
    RunInThread(cpu);
  }
}

// Who waits for `other` to finish callbacks, or to come up or down.
bool ApOwes(const Task& self, const Task& other) {
  for (const CpuhpCpu& c : cpus) {
    for (const ApDone* d : {&c.done_up, &c.done_down}) {
      if (d->waiter == &self && d->by == &other && !d->done) return true;
    }
  }
  return false;
}

}  // namespace

CpuhpStep& StepOf(cpuhp_state state) {
  Prepare();
  return steps[state];
}

CpuhpCpu& CpuhpOf(uint32_t cpu) {
  Prepare();
  return cpus[cpu];
}

bool StepIsEmpty(bool bringup, const CpuhpStep& step) { return !(bringup ? step.startup.single : step.teardown.single); }

cpuhp_state SetTarget(uint32_t cpu, cpuhp_state target) {
  CpuhpCpu& c = CpuhpOf(cpu);
  c.bringup = c.state < target;
  c.rollback = c.single = false;
  c.last = nullptr;
  c.target = target;
  if (Since(KERNEL_VERSION(5, 13, 0)) && cpu_dying(cpu) != !c.bringup) set_cpu_dying(cpu, !c.bringup);
  return c.state;
}

void ResetTarget(uint32_t cpu, cpuhp_state previous) {
  CpuhpCpu& c = CpuhpOf(cpu);
  const bool bringup = !c.bringup;
  c.target = previous;
  // Already on the way back: the callbacks of the way there are not to be repeated.
  if (c.rollback) return;
  c.rollback = true;
  // The state that failed is undone by the instances that succeeded, or not at all.
  if (!c.last) c.state = static_cast<cpuhp_state>(c.state + (c.bringup ? -1 : 1));
  c.bringup = bringup;
  if (Since(KERNEL_VERSION(5, 13, 0)) && cpu_dying(cpu) != !bringup) set_cpu_dying(cpu, !bringup);
}

int InvokeCallback(uint32_t cpu, cpuhp_state state, bool bringup, hlist_node* node, hlist_node** last) {
  CpuhpCpu& c = CpuhpOf(cpu);
  CpuhpStep& step = StepOf(state);
  if (c.fail == state) {
    c.fail = CPUHP_INVALID;
    return -EAGAIN;
  }
  if (WARN_ON_ONCE(StepIsEmpty(bringup, step))) return 0;
  engine.Record(Op::Note, nullptr, step.name);
  const CpuhpStep::Callback cb = bringup ? step.startup : step.teardown;
  if (!step.multi_instance) return Call(cb.single, cpu);
  return node ? Call(cb.multi, cpu, node) : InvokeAll(cpu, step, bringup, last);
}

int InvokeRange(bool bringup, uint32_t cpu, cpuhp_state target) {
  cpuhp_state state;
  while (NextState(bringup, &state, CpuhpOf(cpu), target)) {
    if (const int result = InvokeCallback(cpu, state, bringup, nullptr, nullptr)) return result;
  }
  return 0;
}

void CompleteAp(ApDone& d) {
  engine.Point(Op::Complete, nullptr, "hotplug");
  TrackComplete(d.map);
  d.done = true;
  engine.ReleaseJoin(d.clock);
  if (d.waiter) engine.Unblock(*d.waiter);
}

void WaitForAp(ApDone& d, const char* name) {
  MightSleep(Op::WaitForCompletion, nullptr);
  engine.Point(Op::WaitForCompletion, nullptr, name);
  const CompletionWait tracked(d.map);
  d.waiter = &Current();
  while (!d.done) {
    engine.Block({.op = Op::WaitForCompletion, .name = name, .hard = true, .blocked_by = ApOwes});
  }
  d.waiter = nullptr;
  d.done = false;
  engine.Acquire(d.clock);
}

void KickApAgain(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  if (!c.single && c.state == c.target) return;
  ApDone& done = c.bringup ? c.done_up : c.done_down;
  BUG_ON(c.parked);
  c.result = 0;
  c.should_run = true;
  done.by = c.thread;
  engine.Release(c.clock);
  if (!c.thread->runnable) engine.Unblock(*c.thread);
  WaitForAp(done, c.bringup ? "cpuhp done_up" : "cpuhp done_down");
}

int KickAp(uint32_t cpu, cpuhp_state target) {
  CpuhpCpu& c = CpuhpOf(cpu);
  const cpuhp_state previous = SetTarget(cpu, target);
  KickApAgain(cpu);
  const int result = c.result;
  if (result) {
    ResetTarget(cpu, previous);
    KickApAgain(cpu);
  }
  return result;
}

int KickApWork(uint32_t cpu) {
  MakeApThreads();
  TouchMaps();
  return KickAp(cpu, CpuhpOf(cpu).target);
}

int InvokeApCallback(uint32_t cpu, cpuhp_state state, bool bringup, hlist_node* node) {
  if (!cpu_online(cpu)) return 0;
  MakeApThreads();
  CpuhpCpu& c = CpuhpOf(cpu);
  TouchMaps();
  c.rollback = false;
  c.last = nullptr;
  c.node = node;
  c.bringup = bringup;
  c.cb_state = state;
  c.single = true;
  KickApAgain(cpu);
  const int result = c.result;
  if (result && c.last) {
    c.rollback = true;
    c.bringup = !bringup;
    KickApAgain(cpu);
  }
  c.node = c.last = nullptr;
  return result;
}

Task* MakeCpuThread(int (*entry)(void*), const char* name, uint32_t cpu) {
  char comm[TASK_COMM_LEN];
  snprintf(comm, sizeof(comm), name, cpu);
  Task* t = engine.CreateTask(entry, reinterpret_cast<void*>(static_cast<uintptr_t>(cpu)), comm);
  t->bound = true;
  t->cpu = static_cast<uint16_t>(cpu);
  return t;
}

void MakeApThreads() {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    CpuhpCpu& c = CpuhpOf(cpu);
    if (c.thread || !engine.cpus[cpu].online) continue;
    c.thread = MakeCpuThread(ApThread, "cpuhp/%u", cpu);
    engine.StartTask(*c.thread);
  }
}

namespace {
bool ParksItself(const Task& self, const Task& other) { return self.wait.object == &other; }
}  // namespace

// Model: one that sleeps already is not woken for that.
void ParkApThread(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  if (!c.thread) return;
  c.park = true;
  if (!c.thread->runnable) c.parked = true;
  while (!c.parked) {
    engine.Block({.op = Op::KthreadPark, .object = c.thread, .name = c.thread->comm, .hard = true, .blocked_by = ParksItself});
  }
}

void UnparkApThread(uint32_t cpu) {
  MakeApThreads();
  CpuhpCpu& c = CpuhpOf(cpu);
  c.thread->cpu = static_cast<uint16_t>(cpu);
  c.park = c.parked = false;
}

}  // namespace hotweave
