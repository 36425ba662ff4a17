// SPDX-License-Identifier: GPL-2.0-only OR MIT
// CPUs coming up and going down. Contract: <linux/cpu.h>. Follows kernel/cpu.c, kernel/sched/core.c and
// arch/x86/kernel/smpboot.c of Linux 6.1.
#include <linux/cpu.h>

#include <algorithm>

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/smpboot.h>
#include <linux/stop_machine.h>
#include <linux/workqueue.h>

#include <hotweave/target.h>

#include "kernel/cpuhp.h"
#include "kernel/expiry.h"
#include "kernel/lock.h"
#include "kernel/preempt.h"
#include "kernel/stop_machine.h"
#include "kernel/target_data.h"
#include "kernel/version.h"

using namespace hotweave;

// What other parts of the kernel do when a CPU comes or goes; each is there if the program has that part. The headers
// declare them too, so that the types are the same; that the names are, tests/primitives/smpboot_test.cc sees.
extern "C" {
int smpboot_create_threads(unsigned cpu) __attribute__((weak));
int smpboot_unpark_threads(unsigned cpu) __attribute__((weak));
int smpboot_park_threads(unsigned cpu) __attribute__((weak));
int workqueue_prepare_cpu(unsigned cpu) __attribute__((weak));
int workqueue_online_cpu(unsigned cpu) __attribute__((weak));
int workqueue_offline_cpu(unsigned cpu) __attribute__((weak));
void synchronize_rcu(void) __attribute__((weak));
int try_online_node(int nid) __attribute__((weak));
void lock_device_hotplug(void) __attribute__((weak));
void unlock_device_hotplug(void) __attribute__((weak));
int lock_device_hotplug_sysfs(void) __attribute__((weak));
}

// Keeps interrupts from being made and freed while they move between CPUs. Source: irq_lock_sparse(), kernel/irq/irqdesc.c.
HW_TARGET_DATA static DEFINE_MUTEX(sparse_irq_lock);

namespace {

const Change kManagedInterrupts{"c5cb83bb337c", KERNEL_VERSION(4, 13, 0)};

// A mutant that a program may list: the node is brought online where cpu_hotplug_lock is held for write.
const Change kNodeInside{"try_online_node_inside_cpu_up", HOTWEAVE_NEVER};

// ---- Down: the last moments on the CPU -----------------------------------------------------------------

// Interrupts that were raised here run elsewhere. Source: fixup_irqs(), 6.1.
void MoveHandlers(uint32_t cpu) {
  const auto other = static_cast<uint16_t>(cpumask_first(cpu_online_mask));
  ExpiriesOfDeadCpu(cpu, other);
  for (Task& t : engine.live()) {
    if (t.irq && !t.exited && t.cpu == cpu) t.cpu = other;
  }
}

// The stopper's last action on it. Source: cpuhp_report_idle_dead(), 6.1.
void IdleDead(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  BUG_ON(c.state != CPUHP_AP_OFFLINE);
  MoveHandlers(cpu);
  c.state = CPUHP_AP_IDLE_DEAD;
  engine.SetCpuOnline(cpu, false);
  CompleteAp(c.done_down);
}

// Source: take_cpu_down(), 6.1.
int TakeCpuDown(void*) {
  const uint32_t cpu = Current().cpu;
  CpuhpCpu& c = CpuhpOf(cpu);
  set_cpu_online(cpu, false);
  MoveHandlers(cpu);   // from here on no interrupt comes, though they are on again before the CPU is dead
  WARN_ON(c.state != CPUHP_TEARDOWN_CPU - 1);
  const int result = InvokeRange(false, cpu, std::max(c.target, CPUHP_AP_OFFLINE));
  WARN(result, "a DYING callback failed: %d\n", result);
  ParkStopper(cpu, IdleDead);
  return 0;
}

// Source: takedown_cpu(), 6.1.
int TakedownCpu(unsigned cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  c.done_down.by = nullptr;
  ParkApThread(cpu);
  mutex_lock(&sparse_irq_lock);
  const int result = Since(KERNEL_VERSION(4, 13, 0)) ? stop_machine_cpuslocked(TakeCpuDown, nullptr, cpumask_of(cpu))
                                                     : stop_machine(TakeCpuDown, nullptr, cpumask_of(cpu));
  if (result) {
    mutex_unlock(&sparse_irq_lock);
    UnparkApThread(cpu);
    return result;
  }
  BUG_ON(cpu_online(cpu));
  WaitForAp(c.done_down, "cpuhp done_down");
  BUG_ON(c.state != CPUHP_AP_IDLE_DEAD);
  mutex_unlock(&sparse_irq_lock);
  return 0;
}

// ---- Up: the first moments on the CPU ------------------------------------------------------------------

// What the CPU does until it is online. Source: start_secondary(), notify_cpu_starting(), cpuhp_online_idle(), 6.1.
void StartSecondary(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  Task& self = Current();
  self.preempt = self.irqs_off = 0;   // BringupCpu() put it there with both off
  preempt_disable();
  local_irq_disable();
  engine.Acquire(c.clock);
  const int result = InvokeRange(true, cpu, std::min(c.target, CPUHP_AP_ONLINE));
  WARN(result, "a STARTING callback failed: %d\n", result);
  set_cpu_online(cpu, true);
  local_irq_enable();
  UnparkStopper(cpu);
  c.state = CPUHP_AP_ONLINE_IDLE;
  CompleteAp(c.done_up);
  preempt_enable_no_resched();
}

int IdleThread(void* argument) {
  const auto cpu = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(argument));
  for (;;) {
    CpuhpOf(cpu).boot = false;
    Current().idle = false;
    StartSecondary(cpu);
    Current().idle = true;
    while (!CpuhpOf(cpu).boot) engine.Block({.op = Op::Schedule, .name = "the CPU to start again"});
  }
}

// The CPU is there, and nothing but its first thread runs on it.
void PowerOn(uint32_t cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  c.boot = true;
  c.done_up.by = c.idle;
  engine.Release(c.clock);
  engine.SetCpuOnline(cpu, true);
  const bool fresh = !c.idle;
  if (fresh) c.idle = c.done_up.by = MakeCpuThread(IdleThread, "swapper/%u", cpu);
  c.idle->cpu = static_cast<uint16_t>(cpu);
  c.idle->preempt = c.idle->irqs_off = 1;
  engine.cpus[cpu].on = c.idle;
  if (fresh) {
    engine.StartTask(*c.idle);
  } else {
    engine.Unblock(*c.idle);
  }
}

// Source: bringup_cpu(), bringup_wait_for_ap(), 6.1.
int BringupCpu(unsigned cpu) {
  CpuhpCpu& c = CpuhpOf(cpu);
  mutex_lock(&sparse_irq_lock);
  PowerOn(cpu);
  mutex_unlock(&sparse_irq_lock);
  WaitForAp(c.done_up, "cpuhp done_up");
  if (WARN_ON(!cpu_online(cpu))) return -ECANCELED;
  UnparkApThread(cpu);
  return c.target <= CPUHP_AP_ONLINE_IDLE ? 0 : KickAp(cpu, c.target);
}

// Interrupts that the kernel manages come back to the CPU; none is managed here. Source: irq_affinity_online_cpu(), 4.13.
int IrqAffinityOnline(unsigned) {
  mutex_lock(&sparse_irq_lock);
  mutex_unlock(&sparse_irq_lock);
  return 0;
}

// ---- The scheduler's callbacks: kernel/sched/core.c ------------------------------------------------------

// Nobody who is pinned here may be left. Source: sched_cpu_wait_empty(), 6.1.
int SchedCpuWaitEmpty(unsigned cpu) {
  auto pinned = [&] {
    return std::any_of(engine.live().begin(), engine.live().end(), [&](const Task& t) {
      return !t.exited && !t.irq && t.migrate_off && t.cpu == cpu && &t != hot.task;
    });
  };
  while (pinned()) {
    msleep(1);
    engine.TouchesCommon(kCommonOther, true);
  }
  return 0;
}

int SchedCpuActivate(unsigned cpu) {
  set_cpu_active(cpu, true);
  return 0;
}

// After this nobody who looked at the mask in a section of RCU still uses what it saw.
int SchedCpuDeactivate(unsigned cpu) {
  set_cpu_active(cpu, false);
  if (synchronize_rcu) {
    synchronize_rcu();
  } else {
    SynchronizeSched();
  }
  engine.TouchesCommon(kCommonOther, true);
  return 0;
}

// ---- The control CPU's side ----------------------------------------------------------------------------

// The CPU's node, if it was offline. Source: cpu_up(), 6.1: before any lock.
int TryOnlineNode() { return try_online_node ? try_online_node(0) : 0; }

// Source: _cpu_up(), cpuhp_up_callbacks(), 6.1.
int Up(uint32_t cpu, cpuhp_state target) {
  CpuhpCpu& c = CpuhpOf(cpu);
  cpus_write_lock();
  int result = kNodeInside.InEffect() ? TryOnlineNode() : 0;
  if (result) {
    // The mutant's own failure.
  } else if (!cpu_present(cpu)) {
    result = -EINVAL;
  } else if (c.state < target) {
    SetTarget(cpu, target);
    if (c.state > CPUHP_BRINGUP_CPU) result = KickApWork(cpu);
    const cpuhp_state previous = c.state;
    target = std::min(target, CPUHP_BRINGUP_CPU);
    if (!result) result = InvokeRange(true, cpu, target);
    if (result && previous < CPUHP_BRINGUP_CPU) {
      ResetTarget(cpu, previous);
      WARN_ON(InvokeRange(false, cpu, previous));
    }
  }
  cpus_write_unlock();
  return result;
}

// The half that the CPU's own thread does. Source: _cpu_down(), 6.1.
int DownInThread(uint32_t cpu, cpuhp_state target) {
  CpuhpCpu& c = CpuhpOf(cpu);
  c.target = std::max(target, CPUHP_TEARDOWN_CPU);
  if (const int result = KickApWork(cpu)) return result;
  if (c.state <= CPUHP_TEARDOWN_CPU) c.target = target;
  return 0;
}

// Source: _cpu_down(), cpuhp_down_callbacks(), 6.1.
int Down(uint32_t cpu, cpuhp_state target) {
  if (num_online_cpus() == 1 && cpu_online(cpu)) return -EBUSY;
  if (!cpu_present(cpu)) return -EINVAL;
  CpuhpCpu& c = CpuhpOf(cpu);
  cpus_write_lock();
  const cpuhp_state first = SetTarget(cpu, target);
  int result = c.state > CPUHP_TEARDOWN_CPU ? DownInThread(cpu, target) : 0;
  if (!result && c.state <= CPUHP_TEARDOWN_CPU) {
    const cpuhp_state previous = c.state;
    result = InvokeRange(false, cpu, target);
    if (result) {
      ResetTarget(cpu, previous);
      if (c.state < previous) WARN_ON(InvokeRange(true, cpu, previous));
      if (c.state < first && c.state == CPUHP_TEARDOWN_CPU) {
        ResetTarget(cpu, first);
        KickApAgain(cpu);
      } else {
        WARN(c.state < first, "DEAD callback error for CPU%d", cpu);
      }
    }
  }
  cpus_write_unlock();
  return result;
}

int CpuUp(uint32_t cpu, cpuhp_state target) {
  if (cpu >= kCpus || !cpu_possible(cpu)) return -EINVAL;
  if (!kNodeInside.InEffect()) {
    if (const int result = TryOnlineNode()) return result;
  }
  cpu_maps_update_begin();
  const int result = CpuHotplugDisabled() ? -EBUSY : Up(cpu, target);
  cpu_maps_update_done();
  return result;
}

int CpuDown(uint32_t cpu, cpuhp_state target) {
  if (cpu >= kCpus) return -EINVAL;
  cpu_maps_update_begin();
  const int result = CpuHotplugDisabled() ? -EBUSY : Down(cpu, target);
  cpu_maps_update_done();
  return result;
}

void Install(CpuhpStep& step, const char* name, int (*startup)(unsigned), int (*teardown)(unsigned), bool cant_stop = false) {
  step.name = name;
  step.startup.single = startup;
  step.teardown.single = teardown;
  step.cant_stop = cant_stop;
}

}  // namespace

namespace hotweave {

// Source: cpuhp_hp_states[], 6.1.
void InstallBuiltinSteps(CpuhpStep* s) {
  Install(s[CPUHP_OFFLINE], "offline", nullptr, nullptr);
  Install(s[CPUHP_CREATE_THREADS], "threads:prepare", smpboot_create_threads, nullptr, true);
  Install(s[CPUHP_WORKQUEUE_PREP], "workqueue:prepare", workqueue_prepare_cpu, nullptr);
  Install(s[CPUHP_BRINGUP_CPU], "cpu:bringup", BringupCpu, nullptr, true);
  Install(s[CPUHP_AP_IDLE_DEAD], "idle:dead", nullptr, nullptr);
  Install(s[CPUHP_AP_OFFLINE], "ap:offline", nullptr, nullptr, true);
  Install(s[CPUHP_AP_ONLINE], "ap:online", nullptr, nullptr);
  Install(s[CPUHP_TEARDOWN_CPU], "cpu:teardown", nullptr, TakedownCpu, true);
  if (Since(KERNEL_VERSION(5, 11, 0))) {
    Install(s[CPUHP_AP_SCHED_WAIT_EMPTY], "sched:waitempty", nullptr, SchedCpuWaitEmpty);
  }
  Install(s[CPUHP_AP_SMPBOOT_THREADS], "smpboot/threads:online", smpboot_unpark_threads, smpboot_park_threads);
  if (kManagedInterrupts.InEffect()) {
    Install(s[CPUHP_AP_IRQ_AFFINITY_ONLINE], "irq/affinity:online", IrqAffinityOnline, nullptr);
  }
  Install(s[CPUHP_AP_WORKQUEUE_ONLINE], "workqueue:online", workqueue_online_cpu, workqueue_offline_cpu);
  Install(s[CPUHP_AP_ACTIVE], "sched:active", SchedCpuActivate, SchedCpuDeactivate);
  Install(s[CPUHP_ONLINE], "online", nullptr, nullptr);
}

}  // namespace hotweave

extern "C" int cpu_up(unsigned cpu) { return CpuUp(cpu, CPUHP_ONLINE); }
extern "C" int cpu_down(unsigned cpu) { return CpuDown(cpu, CPUHP_OFFLINE); }

extern "C" int add_cpu(unsigned cpu) {
  if (lock_device_hotplug) lock_device_hotplug();
  const int result = cpu < kCpus && CpuhpOf(cpu).state == CPUHP_ONLINE ? 1 : CpuUp(cpu, CPUHP_ONLINE);
  if (lock_device_hotplug) unlock_device_hotplug();
  return result;
}

extern "C" int remove_cpu(unsigned cpu) {
  if (lock_device_hotplug) lock_device_hotplug();
  int result = -EPERM;
  if (cpu) result = cpu < kCpus && CpuhpOf(cpu).state == CPUHP_OFFLINE ? 1 : CpuDown(cpu, CPUHP_OFFLINE);
  if (lock_device_hotplug) unlock_device_hotplug();
  return result;
}

extern "C" int hotweave_cpu_target(unsigned cpu, cpuhp_state target) {
  if (cpu >= kCpus || target < CPUHP_OFFLINE || target > CPUHP_ONLINE) return -EINVAL;
  if (lock_device_hotplug_sysfs) {
    if (const int result = lock_device_hotplug_sysfs()) return result;
  }
  const CpuhpStep& step = StepOf(target);
  const cpuhp_state now = CpuhpOf(cpu).state;
  int result = step.name && !step.cant_stop ? 0 : -EINVAL;
  if (!result && now != target) result = now < target ? CpuUp(cpu, target) : CpuDown(cpu, target);
  if (lock_device_hotplug_sysfs) unlock_device_hotplug();
  return result;
}

extern "C" cpuhp_state hotweave_cpu_state(unsigned cpu) { return cpu < kCpus ? CpuhpOf(cpu).state : CPUHP_INVALID; }

extern "C" void hotweave_cpu_fail(unsigned cpu, cpuhp_state state) {
  if (cpu < kCpus) CpuhpOf(cpu).fail = state;
}
