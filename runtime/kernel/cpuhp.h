// SPDX-License-Identifier: GPL-2.0-only OR MIT
// CPU hotplug inside: the state of each CPU, the callbacks of each state, and who runs them. Contracts:
// <linux/cpu.h>, <linux/cpuhotplug.h>. Everything is made when it is first asked for; a target that takes no CPU
// down and registers no callback pays nothing. Depends on core, <linux/cpuhotplug.h> and <linux/list.h>.
#pragma once

#include <linux/cpuhotplug.h>
#include <linux/list.h>

#include "core/engine.h"

namespace hotweave {

// One state's callbacks. Source: struct cpuhp_step, kernel/cpu.c, 6.1.
struct CpuhpStep {
  const char* name = nullptr;
  union Callback {
    int (*single)(unsigned cpu);
    int (*multi)(unsigned cpu, hlist_node* node);
  } startup = {nullptr}, teardown = {nullptr};
  hlist_head list = {nullptr};   // instances
  bool multi_instance = false;
  bool cant_stop = false;        // `target` of the sysfs entry must not be it
};

// That somebody else has done his part. A waiting task names him, so that a deadlock is a cycle.
struct ApDone {
  bool done = false;
  lockdep_map map{};
  Task* waiter = nullptr;
  Task* by = nullptr;
  uint32_t clock = 0;
};

// One CPU. Source: struct cpuhp_cpu_state, kernel/cpu.c, 6.1.
struct CpuhpCpu {
  cpuhp_state state = CPUHP_ONLINE, target = CPUHP_ONLINE, fail = CPUHP_INVALID, cb_state = CPUHP_INVALID;
  Task* thread = nullptr;        // cpuhp/N
  Task* idle = nullptr;          // swapper/N: what the CPU runs before it is online
  bool should_run = false, rollback = false, single = false, bringup = false, boot = false;
  bool park = false, parked = false;   // cpuhp/N is to park; it has
  hlist_node *node = nullptr, *last = nullptr;
  int result = 0;
  uint32_t clock = 0;            // what was done before the thread was asked to run
  ApDone done_up, done_down;
};

CpuhpStep& StepOf(cpuhp_state state);
CpuhpCpu& CpuhpOf(uint32_t cpu);

inline bool IsApState(cpuhp_state s) { return s > CPUHP_BRINGUP_CPU && s != CPUHP_TEARDOWN_CPU; }
inline bool IsAtomicState(cpuhp_state s) { return s >= CPUHP_AP_IDLE_DEAD && s < CPUHP_AP_ONLINE; }
bool StepIsEmpty(bool bringup, const CpuhpStep& step);

// ---- Running callbacks: cpuhp.cc ----

// Source: cpuhp_set_state(), cpuhp_reset_state(), 6.1.
cpuhp_state SetTarget(uint32_t cpu, cpuhp_state target);
void ResetTarget(uint32_t cpu, cpuhp_state previous);
// One callback, or that of all instances. Source: cpuhp_invoke_callback(), 6.1.
int InvokeCallback(uint32_t cpu, cpuhp_state state, bool bringup, hlist_node* node, hlist_node** last);
// All callbacks on the way to `target`; stops at the first that fails. Source: cpuhp_invoke_callback_range(), 6.1.
int InvokeRange(bool bringup, uint32_t cpu, cpuhp_state target);
// Lets cpuhp/N run the callbacks up or down to the CPU's target, and back if one fails. Source: cpuhp_kick_ap(), 6.1.
int KickAp(uint32_t cpu, cpuhp_state target);
void KickApAgain(uint32_t cpu);   // Source: __cpuhp_kick_ap(), 6.1.
// The same with the lock maps, from outside bring-up. Source: cpuhp_kick_ap_work(), 6.1.
int KickApWork(uint32_t cpu);
// One callback of one state on the CPU itself. Source: cpuhp_invoke_ap_callback(), 6.1.
int InvokeApCallback(uint32_t cpu, cpuhp_state state, bool bringup, hlist_node* node);

void CompleteAp(ApDone& done);
void WaitForAp(ApDone& done, const char* name);
// Makes cpuhp/N of all online CPUs, as boot does.
void MakeApThreads();
// A thread of a CPU, asleep and waiting for work. The name's %u is the CPU.
Task* MakeCpuThread(int (*entry)(void*), const char* name, uint32_t cpu);
// cpuhp/N has nothing to do and touches nothing until UnparkApThread(). Sleeps until it has parked.
void ParkApThread(uint32_t cpu);
// Puts cpuhp/N back on its CPU, which is online again.
void UnparkApThread(uint32_t cpu);

// ---- The kernel's own callbacks: cpu.cc; the lock: cpu_lock.cc ----

void InstallBuiltinSteps(CpuhpStep* steps);
bool CpuHotplugDisabled();   // cpu_add_remove_lock is held
// cpuhp/N runs a callback for the task that has the hotplug lock: to assertions it is as if it held it.
void PretendCpusHeld(bool held);

}  // namespace hotweave
