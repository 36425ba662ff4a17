// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Installing and removing callbacks of CPU hotplug states, and their instances. Contract: <linux/cpuhotplug.h>.
// Follows kernel/cpu.c of Linux 6.1.
#include <linux/bug.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mutex.h>

#include "kernel/cpuhp.h"
#include "kernel/lock.h"
#include "kernel/target_data.h"
#include "kernel/version.h"

using namespace hotweave;

// Serialises all that is here.
HW_TARGET_DATA static DEFINE_MUTEX(cpuhp_state_mutex);

namespace {

using Single = int (*)(unsigned cpu);

cpuhp_state Next(cpuhp_state s, int n = 1) { return static_cast<cpuhp_state>(s + n); }

// Source: cpuhp_cb_check(), 6.1.
bool IsForDrivers(cpuhp_state state) { return state > CPUHP_OFFLINE && state < CPUHP_ONLINE; }

// Source: cpuhp_reserve_state(), 6.1.
int FreeState(cpuhp_state state) {
  const cpuhp_state end = state == CPUHP_AP_ONLINE_DYN ? CPUHP_AP_ONLINE_DYN_END : CPUHP_BP_PREPARE_DYN_END;
  for (; state <= end; state = Next(state)) {
    if (!StepOf(state).name) return state;
  }
  WARN(1, "No more dynamic states available for CPU hotplug\n");
  return -ENOSPC;
}

// Source: cpuhp_store_callbacks(), 6.1.
int Store(cpuhp_state state, const char* name, Single startup, Single teardown, bool multi) {
  int result = 0;
  if (name && (state == CPUHP_AP_ONLINE_DYN || state == CPUHP_BP_PREPARE_DYN)) {
    result = FreeState(state);
    if (result < 0) return result;
    state = static_cast<cpuhp_state>(result);
  }
  CpuhpStep& step = StepOf(state);
  if (name && step.name) return -EBUSY;
  step.startup.single = startup;
  step.teardown.single = teardown;
  step.name = name;
  step.multi_instance = multi;
  step.list.first = nullptr;
  return result;
}

// Source: cpuhp_issue_call(), 6.1.
int IssueCall(uint32_t cpu, cpuhp_state state, bool bringup, hlist_node* node) {
  if (StepIsEmpty(bringup, StepOf(state))) return 0;
  const int result = IsApState(state) ? InvokeApCallback(cpu, state, bringup, node)
                                      : InvokeCallback(cpu, state, bringup, node, nullptr);
  BUG_ON(result && !bringup);
  return result;
}

// Source: cpuhp_rollback_install(), 6.1.
void Rollback(uint32_t failed, cpuhp_state state, hlist_node* node) {
  for (uint32_t cpu = 0; cpu < failed; ++cpu) {
    if (cpu_present(cpu) && CpuhpOf(cpu).state >= state) IssueCall(cpu, state, false, node);
  }
}

// startup on all CPUs that are past the state.
int StartEverywhere(cpuhp_state state, hlist_node* node) {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    if (!cpu_present(cpu) || CpuhpOf(cpu).state < state) continue;
    const int result = IssueCall(cpu, state, true, node);
    if (!result) continue;
    if (StepOf(state).teardown.single) Rollback(cpu, state, node);
    return result;
  }
  return 0;
}

void StopEverywhere(cpuhp_state state, hlist_node* node) {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    if (cpu_present(cpu) && CpuhpOf(cpu).state >= state) IssueCall(cpu, state, false, node);
  }
}

// From 4.13 the callers hold the lock by themselves.
void AssertCpusHeld() { lockdep_assert_cpus_held(); }

}  // namespace

extern "C" int __cpuhp_setup_state_cpuslocked(cpuhp_state state, const char* name, bool invoke, Single startup,
                                              Single teardown, bool multi_instance) {
  AssertCpusHeld();
  if (!IsForDrivers(state) || !name) return -EINVAL;
  mutex_lock(&cpuhp_state_mutex);
  int result = Store(state, name, startup, teardown, multi_instance);
  const bool dynamic = state == CPUHP_AP_ONLINE_DYN;
  if (result > 0 && dynamic) {
    state = static_cast<cpuhp_state>(result);
    result = 0;
  }
  if (!result && invoke && startup) {
    result = StartEverywhere(state, nullptr);
    if (result) Store(state, nullptr, nullptr, nullptr, false);
  }
  mutex_unlock(&cpuhp_state_mutex);
  return !result && dynamic ? static_cast<int>(state) : result;
}

extern "C" int __cpuhp_setup_state(cpuhp_state state, const char* name, bool invoke, Single startup, Single teardown,
                                   bool multi_instance) {
  cpus_read_lock();
  const int result = __cpuhp_setup_state_cpuslocked(state, name, invoke, startup, teardown, multi_instance);
  cpus_read_unlock();
  return result;
}

extern "C" int __cpuhp_state_add_instance_cpuslocked(cpuhp_state state, hlist_node* node, bool invoke) {
  AssertCpusHeld();
  CpuhpStep& step = StepOf(state);
  if (!step.multi_instance) return -EINVAL;
  mutex_lock(&cpuhp_state_mutex);
  const int result = invoke && step.startup.multi ? StartEverywhere(state, node) : 0;
  if (!result) hlist_add_head(node, &step.list);
  mutex_unlock(&cpuhp_state_mutex);
  return result;
}

extern "C" int __cpuhp_state_add_instance(cpuhp_state state, hlist_node* node, bool invoke) {
  cpus_read_lock();
  const int result = __cpuhp_state_add_instance_cpuslocked(state, node, invoke);
  cpus_read_unlock();
  return result;
}

extern "C" int __cpuhp_state_remove_instance(cpuhp_state state, hlist_node* node, bool invoke) {
  BUG_ON(!IsForDrivers(state));
  CpuhpStep& step = StepOf(state);
  if (!step.multi_instance) return -EINVAL;
  cpus_read_lock();
  mutex_lock(&cpuhp_state_mutex);
  if (invoke && step.teardown.multi) StopEverywhere(state, node);
  hlist_del(node);
  mutex_unlock(&cpuhp_state_mutex);
  cpus_read_unlock();
  return 0;
}

extern "C" void __cpuhp_remove_state_cpuslocked(cpuhp_state state, bool invoke) {
  BUG_ON(!IsForDrivers(state));
  AssertCpusHeld();
  mutex_lock(&cpuhp_state_mutex);
  CpuhpStep& step = StepOf(state);
  if (step.multi_instance) {
    WARN(!hlist_empty(&step.list), "Error: Removing state %d which has instances left.\n", state);
  } else if (invoke && step.teardown.single) {
    StopEverywhere(state, nullptr);
  }
  Store(state, nullptr, nullptr, nullptr, false);
  mutex_unlock(&cpuhp_state_mutex);
}

extern "C" void __cpuhp_remove_state(cpuhp_state state, bool invoke) {
  cpus_read_lock();
  __cpuhp_remove_state_cpuslocked(state, invoke);
  cpus_read_unlock();
}
