// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU threads. Contract: <linux/smpboot.h>. Follows kernel/smpboot.c of Linux 6.1.
#include <linux/smpboot.h>

#include <hotweave/target.h>
#include <linux/kthread.h>
#include <linux/mutex.h>

#include <vector>

#include "kernel/lock.h"
#include "kernel/reset.h"

using namespace hotweave;

namespace {

// A thread of one registration on one CPU.
struct Member {
  smp_hotplug_thread* plug;
  unsigned cpu;
  enum class Status : uint8_t { None, Active, Parked } status = Status::None;
};

mutex threads_lock;
std::vector<smp_hotplug_thread*> registered_threads;
std::vector<Member*> members;

void Reset() {
  static lock_class_key key;
  __mutex_init(&threads_lock, "smpboot_threads_lock", &key);
  registered_threads.clear();
  for (Member* m : members) delete m;
  members.clear();
}
const bool registered = OnExecutionBegin(Reset);

task_struct*& Stored(smp_hotplug_thread* plug, unsigned cpu) { return *per_cpu_ptr(plug->store, cpu); }

void Park(Member& m) {
  using enum Member::Status;
  if (m.status == Active && m.plug->park) m.plug->park(m.cpu);
  if (m.status == Active) m.status = Parked;
  kthread_parkme();
}

// What is to be done before a turn: setup after creation, unpark after parking.
void Prepare(Member& m) {
  using enum Member::Status;
  if (m.status == None && m.plug->setup) m.plug->setup(m.cpu);
  if (m.status == Parked && m.plug->unpark) m.plug->unpark(m.cpu);
  m.status = Active;
}

// Source: smpboot_thread_fn(), 6.1.
int ThreadFunction(void* argument) {
  Member& m = *static_cast<Member*>(argument);
  hotweave_idle_wait(true);
  for (;;) {
    set_current_state(TASK_INTERRUPTIBLE);
    preempt_disable();
    if (kthread_should_stop()) {
      __set_current_state(TASK_RUNNING);
      preempt_enable();
      if (m.plug->cleanup && m.status != Member::Status::None) m.plug->cleanup(m.cpu, engine.cpus[m.cpu].online);
      return 0;
    }
    if (kthread_should_park()) {
      __set_current_state(TASK_RUNNING);
      preempt_enable();
      Park(m);
      continue;
    }
    if (m.status != Member::Status::Active) {
      __set_current_state(TASK_RUNNING);
      preempt_enable();
      Prepare(m);
      continue;
    }
    if (!m.plug->thread_should_run(m.cpu)) {
      preempt_enable_no_resched();
      schedule();
    } else {
      __set_current_state(TASK_RUNNING);
      preempt_enable();
      m.plug->thread_fn(m.cpu);
    }
  }
}

// Created parked, as the kernel does. Source: __smpboot_create_thread(), 6.1.
void Create(smp_hotplug_thread* plug, unsigned cpu) {
  if (Stored(plug, cpu)) return;
  members.push_back(new Member{plug, cpu});
  task_struct* t = kthread_create_on_cpu(ThreadFunction, members.back(), cpu, plug->thread_comm);
  Stored(plug, cpu) = t;
  kthread_park(t);
  if (plug->create) plug->create(cpu);
}

void Unpark(smp_hotplug_thread* plug, unsigned cpu) {
  if (!plug->selfparking && Stored(plug, cpu)) kthread_unpark(Stored(plug, cpu));
}

void ParkThread(smp_hotplug_thread* plug, unsigned cpu) {
  task_struct* t = Stored(plug, cpu);
  if (t && !plug->selfparking) kthread_park(t);
}

void Destroy(smp_hotplug_thread* plug) {
  for (unsigned cpu = 0; cpu < kCpus; ++cpu) {
    task_struct*& t = Stored(plug, cpu);
    if (!t) continue;
    kthread_stop(t);
    t = nullptr;
  }
}

}  // namespace

extern "C" int hotweave_smpboot_register(smp_hotplug_thread* plug) {
  mutex_lock(&threads_lock);
  for (unsigned cpu = 0; cpu < kCpus; ++cpu) {
    if (!engine.cpus[cpu].online) continue;
    Create(plug, cpu);
    Unpark(plug, cpu);
  }
  registered_threads.push_back(plug);
  mutex_unlock(&threads_lock);
  return 0;
}

extern "C" void hotweave_smpboot_unregister(smp_hotplug_thread* plug) {
  mutex_lock(&threads_lock);
  std::erase(registered_threads, plug);
  Destroy(plug);
  mutex_unlock(&threads_lock);
}

namespace {

int ForAll(unsigned cpu, void (*act)(smp_hotplug_thread*, unsigned), bool backwards) {
  mutex_lock(&threads_lock);
  const size_t n = registered_threads.size();
  for (size_t i = 0; i < n; ++i) act(registered_threads[backwards ? n - 1 - i : i], cpu);
  mutex_unlock(&threads_lock);
  return 0;
}

}  // namespace

extern "C" int smpboot_create_threads(unsigned cpu) { return ForAll(cpu, Create, false); }
extern "C" int smpboot_unpark_threads(unsigned cpu) { return ForAll(cpu, Unpark, false); }
extern "C" int smpboot_park_threads(unsigned cpu) { return ForAll(cpu, ParkThread, true); }
