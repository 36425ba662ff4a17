// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Kernel threads and joining. Contract: <linux/kthread.h>, <hotweave/target.h>. Follows kernel/kthread.c of
// Linux 6.1.
#include <hotweave/target.h>
#include <linux/kthread.h>

#include <cstdarg>
#include <cstdio>

#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/freezer.h>

#include <hotweave/hooks.h>

#include "kernel/lock.h"
#include "kernel/sched.h"

using namespace hotweave;

namespace {

// A thread that is to park does so before its function is called. Source: kthread(), 6.1.
void ParkFirst(Task&) { kthread_parkme(); }

Task* Create(int (*fn)(void*), void* data, const char* format, va_list args) {
  char comm[TASK_COMM_LEN];
  vsnprintf(comm, sizeof(comm), format, args);
  Task* t = engine.CreateTask(fn, data, comm);
  t->flags |= PF_KTHREAD | PF_NOFREEZE;
  t->prologue = ParkFirst;
  return t;
}

void Bind(Task& t, uint32_t mask) {
  uint32_t cpu = kCpus;
  for (uint32_t c = kCpus; c-- > 0;) {
    if (mask >> c & 1) cpu = c;
  }
  if (cpu == kCpus || (!t.in_schedule && !t.parked)) {
    LockMisuse(nullptr, "kthread_bind", "kthread_bind() of a thread that runs already, or to a CPU that does not exist");
  }
  engine.TouchesTask(t);
  engine.TouchesCommon(kCommonOther, true);
  Engine::AllowCpus(t, mask);
  t.bound = (mask & (mask - 1)) == 0;
  t.flags |= PF_NO_SETAFFINITY;
  t.cpu = static_cast<uint16_t>(cpu);
}

// Only the thread itself can tell its parker that it has parked.
bool ParksItself(const Task& self, const Task& other) { return self.wait.object == &other; }

void WaitForExit(Task& task) {
  engine.TouchesTask(task);
  while (!task.exited) engine.Block({.op = Op::Join, .name = task.comm, .hard = true, .on = &task});
  engine.TouchesTask(task);
  engine.Acquire(task.exit_clock);
  engine.observer()->OnJoined(task);
}

}  // namespace

extern "C" task_struct* kthread_create(int (*fn)(void*), void* data, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Task* t = Create(fn, data, format, args);
  va_end(args);
  return t;
}

extern "C" task_struct* hotweave_kthread_run(int (*fn)(void*), void* data, const char* format, ...) {
  va_list args;
  va_start(args, format);
  Task* t = Create(fn, data, format, args);
  va_end(args);
  engine.StartTask(*t);
  engine.Point(Op::WakeUpProcess, nullptr);
  return t;
}

extern "C" void kthread_bind(task_struct* k, unsigned cpu) {
  Bind(*static_cast<Task*>(k), cpu < kCpus ? 1u << cpu : 0);
}
extern "C" void kthread_bind_mask(task_struct* k, const cpumask* mask) {
  Bind(*static_cast<Task*>(k), static_cast<uint32_t>(mask->bits[0]) & ((1u << kCpus) - 1));
}
extern "C" void kthread_set_per_cpu(task_struct* k, int cpu) { static_cast<Task*>(k)->percpu = cpu; }
extern "C" bool kthread_is_per_cpu(task_struct* k) { return static_cast<Task*>(k)->percpu >= 0; }

extern "C" task_struct* kthread_create_on_cpu(int (*fn)(void*), void* data, unsigned cpu, const char* name) {
  task_struct* t = kthread_create(fn, data, name, cpu);
  kthread_bind(t, cpu);
  kthread_set_per_cpu(t, static_cast<int>(cpu));
  return t;
}

extern "C" task_struct* kthread_run_on_cpu(int (*fn)(void*), void* data, unsigned cpu, const char* name) {
  task_struct* t = kthread_create_on_cpu(fn, data, cpu, name);
  wake_up_process(t);
  return t;
}

extern "C" int kthread_stop(task_struct* k) {
  Task& t = *static_cast<Task*>(k);
  MightSleep(Op::KthreadStop, nullptr);
  engine.Point(Op::KthreadStop, nullptr);
  engine.TouchesTask(t);
  engine.ReleaseJoin(t.stop_clock);
  t.should_stop = true;
  if (t.should_park || t.parked) kthread_unpark(k);
  wake_up_process(k);
  WaitForExit(t);
  return t.exit_code;
}

extern "C" bool kthread_should_stop(void) {
  engine.Point(Op::Yield, nullptr, "kthread_should_stop");
  // In the kernel the flag alone orders nothing, but who sees it has nearly always been woken by its setter.
  if (!Current().should_stop) return false;
  engine.Acquire(Current().stop_clock);
  return true;
}

extern "C" void kthread_exit(long result) { engine.ExitTask(static_cast<int>(result)); }
extern "C" void kthread_complete_and_exit(completion* comp, long code) {
  if (comp) complete(comp);
  kthread_exit(code);
}

// ---- Parking ---------------------------------------------------------------------------------------------

// Source: kthread_park(), 6.1.
extern "C" int kthread_park(task_struct* k) {
  Task& t = *static_cast<Task*>(k);
  MightSleep(Op::KthreadPark, nullptr);
  engine.Point(Op::KthreadPark, nullptr, t.comm);
  if (t.exited) {
    hotweave_warn(__FILE_NAME__, 0, "k->flags & PF_EXITING", static_cast<const char*>(nullptr));
    return -ENOSYS;
  }
  if (t.should_park) {
    hotweave_warn(__FILE_NAME__, 0, "test_bit(KTHREAD_SHOULD_PARK, &kthread->flags)", static_cast<const char*>(nullptr));
    return -EBUSY;
  }
  engine.TouchesTask(t);
  engine.ReleaseJoin(t.stop_clock);
  t.should_park = true;
  if (&t == hot.task) return 0;
  wake_up_process(k);
  while (!t.parked && !t.exited) {
    engine.Block({.op = Op::KthreadPark, .object = &t, .name = t.comm, .hard = true, .blocked_by = ParksItself});
  }
  engine.Acquire(t.park_clock);
  return 0;
}

// Source: kthread_unpark(), 6.1.
extern "C" void kthread_unpark(task_struct* k) {
  Task& t = *static_cast<Task*>(k);
  engine.Point(Op::KthreadPark, nullptr, "kthread_unpark");
  engine.TouchesTask(t);
  if (t.percpu >= 0 && t.parked) Bind(t, 1u << t.percpu);
  engine.ReleaseJoin(t.park_clock);
  t.should_park = false;
  TryToWake(t, TASK_PARKED);
}

extern "C" bool __kthread_should_park(task_struct* k) {
  Task& t = *static_cast<Task*>(k);
  engine.Point(Op::Yield, nullptr, "kthread_should_park");
  engine.TouchesTask(t);
  if (!t.should_park) return false;
  engine.Acquire(t.stop_clock);
  return true;
}
extern "C" bool kthread_should_park(void) { return __kthread_should_park(hot.task); }

// Source: __kthread_parkme(), 6.1.
extern "C" void kthread_parkme(void) {
  Task& self = Current();
  const bool idle = self.idle;
  while (self.should_park) {
    engine.Point(Op::KthreadPark, nullptr, "kthread_parkme");
    if (!self.should_park) break;
    self.__state = TASK_PARKED;
    engine.ReleaseJoin(self.park_clock);
    self.parked = true;
    for (Task& t : engine.live()) {
      if (t.wait.op == Op::KthreadPark && t.wait.object == &self && !t.runnable) engine.Unblock(t);
    }
    self.idle = true;
    Sleep(Op::KthreadPark, "unparking", 0);
    self.parked = false;
    self.idle = idle;
  }
  self.__state = TASK_RUNNING;
  engine.Acquire(self.park_clock);
}

extern "C" bool kthread_freezable_should_stop(bool* was_frozen) {
  bool frozen = false;
  if (freezing(hot.task)) frozen = __refrigerator(true);
  if (was_frozen) *was_frozen = frozen;
  return kthread_should_stop();
}

extern "C" void* kthread_data(task_struct* k) { return static_cast<Task*>(k)->argument; }
extern "C" void* kthread_probe_data(task_struct* k) {
  return k->flags & PF_KTHREAD ? static_cast<Task*>(k)->argument : nullptr;
}
extern "C" void* kthread_func(task_struct* k) {
  return k->flags & PF_KTHREAD ? reinterpret_cast<void*>(static_cast<Task*>(k)->entry) : nullptr;
}

// ---- <hotweave/target.h> ---------------------------------------------------------------------------------

extern "C" void hotweave_join(task_struct* task) {
  MightSleep(Op::Join, nullptr);
  engine.Point(Op::Join, nullptr);
  WaitForExit(*static_cast<Task*>(task));
}

extern "C" void hotweave_idle_wait(bool idle) { Current().idle = idle; }
