// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Stopper threads and stop_machine(). Contract: <linux/stop_machine.h>. Follows kernel/stop_machine.c of Linux 6.1.
#include "kernel/stop_machine.h"

#include <algorithm>

#include <hotweave/hooks.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/stop_machine.h>

#include "kernel/lock.h"
#include "kernel/reset.h"
#include "kernel/target_data.h"
#include "kernel/version.h"

using namespace hotweave;

// Works for all CPUs are queued by one task at a time.
HW_TARGET_DATA static DEFINE_MUTEX(stop_cpus_mutex);

namespace {

// What a caller waits for.
struct Done {
  unsigned todo;        // works that are not done
  int result = 0;
  Task* waiter = nullptr;
  uint32_t clock = 0;
};

struct Stopper {
  Task* thread = nullptr;
  bool enabled = false;
  cpu_stop_work* first = nullptr;   // queued works, linked by list.next
  cpu_stop_work* last = nullptr;
  const Done* running = nullptr;    // of the work that runs now
  void (*dead)(uint32_t cpu) = nullptr;
};
Stopper stoppers[kCpus];

cpu_stop_work* Next(const cpu_stop_work* w) { return reinterpret_cast<cpu_stop_work*>(w->list.next); }

cpu_stop_work* TakeWork(Stopper& s) {
  cpu_stop_work* w = s.first;
  if (w) s.first = Next(w);
  if (!s.first) s.last = nullptr;
  return w;
}

void Signal(Done& done, int result) {
  if (result) done.result = result;
  engine.ReleaseJoin(done.clock);
  if (--done.todo == 0 && done.waiter) engine.Unblock(*done.waiter);
}

// Source: cpu_stopper_thread(), 6.1.
void RunWork(Stopper& s, cpu_stop_work* w) {
  Task& self = Current();
  const cpu_stop_fn_t fn = w->fn;
  void* const arg = w->arg;
  Done* const done = static_cast<Done*>(w->done);
  engine.Acquire(w->clock);
  s.running = done;
  preempt_disable();
  self.stop = true;
  engine.Record(Op::Note, nullptr, "stopper runs");
  const int result = CallTarget(fn, arg);
  self.stop = false;
  s.running = nullptr;
  if (done) Signal(*done, result);
  if (self.preempt != 1) hotweave_warn("kernel/stop_machine.c", 0, "cpu_stop: a stop function leaked preempt count", nullptr);
  preempt_enable_no_resched();
}

int StopperThread(void* argument) {
  const auto cpu = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
  Stopper& s = stoppers[cpu];
  Current().idle = true;
  for (;;) {
    while (!s.first) engine.Block({.op = Op::Schedule, .name = "work for the stopper"});
    Current().idle = false;
    RunWork(s, TakeWork(s));
    Current().idle = true;
    if (void (*dead)(uint32_t) = s.dead) {
      s.dead = nullptr;
      if (s.first) hotweave_warn("kernel/stop_machine.c", 0, "a stopper is parked that has works", nullptr);
      dead(cpu);
    } else {
      engine.Point(Op::PreemptEnable, nullptr);
    }
  }
}

void MakeStopper(uint32_t cpu) {
  Stopper& s = stoppers[cpu];
  if (s.thread) return;
  const std::string name = "migration/" + std::to_string(cpu);
  s.thread = engine.CreateTask(StopperThread, reinterpret_cast<void*>(static_cast<uintptr_t>(cpu)), name.c_str());
  s.thread->bound = true;
  s.thread->cpu = static_cast<uint16_t>(cpu);
  s.enabled = true;
  engine.StartTask(*s.thread);
}

// In the kernel they are there from boot on.
void MakeStoppers() {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    if (engine.cpus[cpu].online) MakeStopper(cpu);
  }
}

// Source: cpu_stop_queue_work(), 6.1.
bool Queue(uint32_t cpu, cpu_stop_work* w) {
  Stopper& s = stoppers[cpu];
  if (cpu >= kCpus || !s.enabled) return false;
  w->clock = 0;
  engine.Release(w->clock);
  w->list.next = nullptr;
  (s.last ? reinterpret_cast<cpu_stop_work*&>(s.last->list.next) : s.first) = w;
  s.last = w;
  if (!s.thread->runnable) engine.Unblock(*s.thread);
  return true;
}

bool StopperOwes(const Task& self, const Task& other) {
  for (const Stopper& s : stoppers) {
    if (s.thread != &other) continue;
    if (s.running && s.running->waiter == &self) return true;
    for (const cpu_stop_work* w = s.first; w; w = Next(w)) {
      if (w->done && static_cast<Done*>(w->done)->waiter == &self) return true;
    }
  }
  return false;
}

int WaitFor(Done& done, const char* name) {
  done.waiter = &Current();
  while (done.todo) {
    engine.Block({.op = Op::StopMachine, .name = name, .hard = true, .blocked_by = StopperOwes});
  }
  engine.Acquire(done.clock);
  return done.result;
}

void Begin(const char* name) {
  MightSleep(Op::StopMachine, nullptr);
  engine.Point(Op::StopMachine, nullptr, name);
  MakeStoppers();
}

// ---- Several CPUs at once ------------------------------------------------------------------------------

enum State : int { kNone, kPrepare, kDisableIrq, kRun, kExit };

struct MultiStop {
  cpu_stop_fn_t fn;
  void* data;
  uint32_t cpus;              // a bit for each that takes part
  const cpumask* active;      // null: the first online CPU
  bool whole_machine;
  State state = kPrepare;
  uint32_t entered = 0;       // of them, those that are in this state
  uint32_t clock = 0;
};
const MultiStop* spinning_in[kCpus];   // by CPU: where its stopper waits for the next state

void Reset() {
  std::fill(std::begin(stoppers), std::end(stoppers), Stopper{});
  std::fill(std::begin(spinning_in), std::end(spinning_in), nullptr);
}
const bool registered = OnExecutionBegin(Reset);

// Nobody runs now but stoppers: whatever anybody did is over.
void AfterEverybody() {
  Task& self = Current();
  for (Task& t : engine.live()) {
    if (&t == &self) continue;
    for (uint32_t i = 0; i < engine.task_count; ++i) self.clock[i] = std::max(self.clock[i], t.clock[i]);
    ++t.clock[t.index];   // what it does later is not part of that
  }
}

void BeforeEverybody() {
  for (Task& t : engine.live()) engine.OrderBefore(t);
}

// Source: ack_state(), 6.1.
void Ack(MultiStop& m) {
  engine.ReleaseJoin(m.clock);
  m.entered |= 1u << Current().cpu;
  if (m.entered != m.cpus) return;
  engine.Acquire(m.clock);
  if (m.whole_machine && m.state == kDisableIrq) AfterEverybody();
  if (m.whole_machine && m.state == kRun) BeforeEverybody();
  if (m.state == kExit) return;
  m.state = static_cast<State>(m.state + 1);
  m.entered = 0;
  engine.Release(m.clock);
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    if (spinning_in[cpu] == &m) engine.Unblock(*stoppers[cpu].thread);
  }
}

// Stoppers that have not entered the state.
bool StopperLags(const Task& self, const Task& other) {
  const MultiStop* m = spinning_in[self.cpu];
  for (uint32_t cpu = 0; m && cpu < kCpus; ++cpu) {
    if (stoppers[cpu].thread == &other && (m->cpus & ~m->entered) >> cpu & 1) return true;
  }
  return false;
}

// Runs in each stopper. Source: multi_cpu_stop(), 6.1.
int MultiCpuStop(void* argument) {
  MultiStop& m = *static_cast<MultiStop*>(argument);
  Task& self = Current();
  const uint32_t cpu = self.cpu;
  const bool active = m.active ? cpumask_test_cpu(static_cast<int>(cpu), m.active)
                               : cpu == cpumask_first(cpu_online_mask);
  static constexpr const char* kNames[] = {"", "stop_machine: prepare", "stop_machine: interrupts off", "stop_machine: run",
                                           "stop_machine: exit"};
  const bool irqs_were_off = self.irqs_off;
  int result = 0;
  for (State current = kNone; current != kExit;) {
    spinning_in[cpu] = &m;
    while (m.state == current) {
      engine.Block({.op = Op::StopMachine, .name = "the other CPUs to stop", .spinning = true, .hard = true, .blocked_by = StopperLags});
    }
    spinning_in[cpu] = nullptr;
    engine.Point(Op::Yield, nullptr, kNames[m.state]);
    engine.Acquire(m.clock);
    current = m.state;
    if (current == kDisableIrq) local_irq_disable();
    if (current == kRun && active) result = CallTarget(m.fn, m.data);
    Ack(m);
  }
  if (!irqs_were_off) local_irq_enable();
  return result;
}

// Source: __stop_cpus(), 6.1.
int StopAll(MultiStop& m) {
  Done done{.todo = 0};
  cpu_stop_work works[kCpus];
  mutex_lock(&stop_cpus_mutex);
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    if (!stoppers[cpu].enabled) continue;
    works[cpu] = {{nullptr, nullptr}, MultiCpuStop, 0, &m, &done, 0};
    m.cpus |= 1u << cpu;
    ++done.todo;
    Queue(cpu, &works[cpu]);
  }
  const int result = WaitFor(done, "stop_machine");
  mutex_unlock(&stop_cpus_mutex);
  return result;
}

}  // namespace

namespace hotweave {

void ParkStopper(uint32_t cpu, void (*dead)(uint32_t)) {
  stoppers[cpu].enabled = false;
  stoppers[cpu].dead = dead;
}

void UnparkStopper(uint32_t cpu) {
  MakeStopper(cpu);
  stoppers[cpu].thread->cpu = static_cast<uint16_t>(cpu);
  stoppers[cpu].enabled = true;
}

}  // namespace hotweave

extern "C" int stop_one_cpu(unsigned cpu, cpu_stop_fn_t fn, void* arg) {
  Begin("stop_one_cpu");
  Done done{.todo = 1};
  cpu_stop_work work{{nullptr, nullptr}, fn, 0, arg, &done, 0};
  return Queue(cpu, &work) ? WaitFor(done, "stop_one_cpu") : -ENOENT;
}

extern "C" bool stop_one_cpu_nowait(unsigned cpu, cpu_stop_fn_t fn, void* arg, cpu_stop_work* work) {
  engine.Point(Op::StopMachine, nullptr, "stop_one_cpu_nowait");
  MakeStoppers();
  *work = {{nullptr, nullptr}, fn, 0, arg, nullptr, 0};
  return Queue(cpu, work);
}

extern "C" int stop_two_cpus(unsigned cpu1, unsigned cpu2, cpu_stop_fn_t fn, void* arg) {
  Begin("stop_two_cpus");
  if (cpu1 == cpu2 || cpu1 >= kCpus || cpu2 >= kCpus || !stoppers[cpu1].enabled || !stoppers[cpu2].enabled) return -ENOENT;
  MultiStop m{fn, arg, 1u << cpu1 | 1u << cpu2, cpumask_of(cpu1), false};
  Done done{.todo = 2};
  cpu_stop_work works[] = {{{nullptr, nullptr}, MultiCpuStop, 0, &m, &done, 0}, {{nullptr, nullptr}, MultiCpuStop, 0, &m, &done, 0}};
  Queue(cpu1, &works[0]);
  Queue(cpu2, &works[1]);
  return WaitFor(done, "stop_two_cpus");
}

extern "C" int stop_machine_cpuslocked(cpu_stop_fn_t fn, void* data, const cpumask* cpus) {
  if (Since(KERNEL_VERSION(4, 13, 0))) lockdep_assert_cpus_held();
  Begin("stop_machine");
  MultiStop m{fn, data, 0, cpus, true};
  return StopAll(m);
}

extern "C" int stop_machine(cpu_stop_fn_t fn, void* data, const cpumask* cpus) {
  cpus_read_lock();
  const int result = stop_machine_cpuslocked(fn, data, cpus);
  cpus_read_unlock();
  return result;
}
