// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Kernel threads and joining. Contract: <linux/kthread.h>, <hotweave/target.h>. Follows kernel/kthread.c of
// Linux 6.1.
#include <hotweave/target.h>
#include <linux/kthread.h>

#include <cstdarg>
#include <cstdio>

#include "kernel/lock.h"

using namespace hotweave;

namespace {

Task* Create(int (*fn)(void*), void* data, const char* format, va_list args) {
  char comm[TASK_COMM_LEN];
  vsnprintf(comm, sizeof(comm), format, args);
  return engine.CreateTask(fn, data, comm);
}

void WaitForExit(Task& task) {
  while (!task.exited) engine.Block({.op = Op::Join, .name = task.comm, .hard = true, .on = &task});
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
  Task& t = *static_cast<Task*>(k);
  if (cpu >= kCpus || !t.in_schedule) {
    LockMisuse(nullptr, "kthread_bind", "kthread_bind() of a thread that runs already, or to a CPU that does not exist");
  }
  t.bound = true;
  t.cpu = static_cast<uint16_t>(cpu);
}

extern "C" task_struct* kthread_create_on_cpu(int (*fn)(void*), void* data, unsigned cpu, const char* name) {
  task_struct* t = kthread_create(fn, data, name, cpu);
  kthread_bind(t, cpu);
  return t;
}

extern "C" int kthread_stop(task_struct* k) {
  Task& t = *static_cast<Task*>(k);
  MightSleep(Op::KthreadStop, nullptr);
  engine.Point(Op::KthreadStop, nullptr);
  engine.ReleaseJoin(t.stop_clock);
  t.should_stop = true;
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

extern "C" void hotweave_join(task_struct* task) {
  MightSleep(Op::Join, nullptr);
  engine.Point(Op::Join, nullptr);
  WaitForExit(*static_cast<Task*>(task));
}

extern "C" void hotweave_idle_wait(bool idle) { Current().idle = idle; }
