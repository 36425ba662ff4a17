// SPDX-License-Identifier: GPL-2.0-only OR MIT
// cpu_hotplug_lock in its two lives. Contract: <linux/cpu.h>. Follows kernel/cpu.c of Linux 4.12 and 6.1.
//
// Up to 4.12: a count of readers under a mutex. The writer keeps the mutex, but only once there is no reader
// left: while it waits it holds nothing, so a reader never queues behind a waiting writer. From fc8dffd379ca: a
// percpu rwsem.
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/wait.h>

#include "kernel/cpuhp.h"
#include "kernel/lock.h"
#include "kernel/target_data.h"
#include "kernel/version.h"

using namespace hotweave;

// Serialises the updates of the CPU masks.
HW_TARGET_DATA static DEFINE_MUTEX(cpu_add_remove_lock);
HW_TARGET_DATA static int cpu_hotplug_disabled;

// From 4.13.
HW_TARGET_DATA static DEFINE_PERCPU_RWSEM(cpu_hotplug_lock);

// Up to 4.12.
HW_TARGET_DATA static struct {
  task_struct* active_writer;
  // Makes the count and the writer's test of it one step; held by the writer as long as it writes.
  struct mutex lock;
  atomic_t refcount;
  struct wait_queue_head wq;
  struct lockdep_map dep_map;
} cpu_hotplug = {
    nullptr,
    __MUTEX_INITIALIZER(cpu_hotplug.lock),
    ATOMIC_INIT(0),
    __WAIT_QUEUE_HEAD_INITIALIZER(cpu_hotplug.wq),
    __DEP_MAP_INIT(cpu_hotplug.dep_map),
};

namespace {

const Change kPercpuRwsem{"fc8dffd379ca", KERNEL_VERSION(4, 13, 0)};
const Change kAnnotatedApThread{"cb92173d1f04", KERNEL_VERSION(4, 20, 0)};

// Racy on purpose: only the current task can make the answer true, and only it can make it false.
bool CurrentIsWriter() { return READ_ONCE(cpu_hotplug.active_writer) == hot.task; }

// Source: get_online_cpus(), 4.12.
void CountReader() {
  might_sleep();
  if (CurrentIsWriter()) return;
  LockdepAcquire(cpu_hotplug.dep_map, 0, false, 2);
  mutex_lock(&cpu_hotplug.lock);
  atomic_inc(&cpu_hotplug.refcount);
  mutex_unlock(&cpu_hotplug.lock);
  engine.Hold(&cpu_hotplug, &cpu_hotplug.dep_map, LockMode::Shared);
}

bool TryCountReader() {
  if (CurrentIsWriter()) return true;
  if (!mutex_trylock(&cpu_hotplug.lock)) return false;
  LockdepAcquire(cpu_hotplug.dep_map, 0, true, 2);
  atomic_inc(&cpu_hotplug.refcount);
  mutex_unlock(&cpu_hotplug.lock);
  engine.Hold(&cpu_hotplug, &cpu_hotplug.dep_map, LockMode::Shared);
  return true;
}

// Source: put_online_cpus(), 4.12.
void UncountReader() {
  if (CurrentIsWriter()) return;
  const int refcount = atomic_dec_return(&cpu_hotplug.refcount);
  if (WARN_ON(refcount < 0)) atomic_inc(&cpu_hotplug.refcount);
  if (refcount <= 0 && waitqueue_active(&cpu_hotplug.wq)) wake_up(&cpu_hotplug.wq);
  engine.Unhold(&cpu_hotplug);
  LockdepRelease(cpu_hotplug.dep_map);
}

// Source: cpu_hotplug_begin(), 4.12.
void WaitForReaders() {
  DEFINE_WAIT(wait);
  WRITE_ONCE(cpu_hotplug.active_writer, static_cast<task_struct*>(hot.task));
  LockdepAcquire(cpu_hotplug.dep_map);
  for (;;) {
    mutex_lock(&cpu_hotplug.lock);
    prepare_to_wait(&cpu_hotplug.wq, &wait, TASK_UNINTERRUPTIBLE);
    if (!atomic_read(&cpu_hotplug.refcount)) break;
    mutex_unlock(&cpu_hotplug.lock);
    schedule();
  }
  finish_wait(&cpu_hotplug.wq, &wait);
  engine.Hold(&cpu_hotplug, &cpu_hotplug.dep_map, LockMode::Exclusive);
}

void AdmitReaders() {
  WRITE_ONCE(cpu_hotplug.active_writer, static_cast<task_struct*>(nullptr));
  mutex_unlock(&cpu_hotplug.lock);
  engine.Unhold(&cpu_hotplug);
  LockdepRelease(cpu_hotplug.dep_map);
}

}  // namespace

namespace hotweave {

bool CpuHotplugDisabled() { return cpu_hotplug_disabled != 0; }

// Source: lockdep_acquire_cpus_lock(), 6.1.
void PretendCpusHeld(bool held) {
  if (!kAnnotatedApThread.InEffect() || !kPercpuRwsem.InEffect()) return;
  if (held) {
    LockdepAcquire(cpu_hotplug_lock.dep_map);
    engine.Hold(&cpu_hotplug_lock, &cpu_hotplug_lock.dep_map, LockMode::Exclusive);
  } else {
    engine.Unhold(&cpu_hotplug_lock);
    LockdepRelease(cpu_hotplug_lock.dep_map);
  }
}

}  // namespace hotweave

extern "C" void cpu_maps_update_begin(void) { mutex_lock(&cpu_add_remove_lock); }
extern "C" void cpu_maps_update_done(void) { mutex_unlock(&cpu_add_remove_lock); }

extern "C" void cpus_read_lock(void) {
  if (kPercpuRwsem.InEffect()) {
    percpu_down_read(&cpu_hotplug_lock);
  } else {
    CountReader();
  }
}

extern "C" int cpus_read_trylock(void) {
  return kPercpuRwsem.InEffect() ? percpu_down_read_trylock(&cpu_hotplug_lock) : TryCountReader();
}

extern "C" void cpus_read_unlock(void) {
  if (kPercpuRwsem.InEffect()) {
    percpu_up_read(&cpu_hotplug_lock);
  } else {
    UncountReader();
  }
}

extern "C" void get_online_cpus(void) { cpus_read_lock(); }
extern "C" void put_online_cpus(void) { cpus_read_unlock(); }

extern "C" void cpus_write_lock(void) {
  if (kPercpuRwsem.InEffect()) {
    percpu_down_write(&cpu_hotplug_lock);
  } else {
    WaitForReaders();
  }
}

extern "C" void cpus_write_unlock(void) {
  if (kPercpuRwsem.InEffect()) {
    percpu_up_write(&cpu_hotplug_lock);
  } else {
    AdmitReaders();
  }
}

extern "C" void cpu_hotplug_begin(void) { cpus_write_lock(); }
extern "C" void cpu_hotplug_done(void) { cpus_write_unlock(); }

extern "C" int lockdep_is_cpus_held(void) {
  return lock_is_held(kPercpuRwsem.InEffect() ? &cpu_hotplug_lock.dep_map : &cpu_hotplug.dep_map);
}

extern "C" void lockdep_assert_cpus_held(void) {
  if (kPercpuRwsem.InEffect()) percpu_rwsem_assert_held(&cpu_hotplug_lock);
}

// Source: cpu_hotplug_disable(), cpu_hotplug_enable(), 6.1.
extern "C" void cpu_hotplug_disable(void) {
  cpu_maps_update_begin();
  ++cpu_hotplug_disabled;
  cpu_maps_update_done();
}

extern "C" void cpu_hotplug_enable(void) {
  cpu_maps_update_begin();
  if (!WARN_ONCE(!cpu_hotplug_disabled, "Unbalanced cpu hotplug enable\n")) --cpu_hotplug_disabled;
  cpu_maps_update_done();
}
