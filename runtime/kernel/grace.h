// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Grace periods: what RCU's flavours and SRCU share. A grace period of a domain ends when every section that
// was inside that domain when it began has left; sections that begin later do not prolong it. Many may be
// under way in one domain; one that began earlier never ends later.
//
// Order: what precedes the beginning of a grace period precedes each section that begins after that and is
// still there (or begins) when the grace period ends; a section that was over before the beginning, or was
// waited for, precedes the end. That is the LKMM's guarantee, and no more. A section that lies within a grace period
// is ordered with neither end.
// Depends on core and <linux/srcu.h> (struct hotweave_grace, the state of a domain).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include <linux/srcu.h>

#include "core/engine.h"

namespace hotweave {

// The flavours of RCU. From 4.20 on there is one: Plain, whose sections are those of all three.
enum class RcuFlavour : uint8_t { Plain, Sched, Bh };
inline constexpr uint32_t kRcuFlavours = 3;

// Whether there is only one flavour. Commit 3e31009898699 ("rcu: Defer reporting RCU-preempt quiescent states when
// disabled") and its successors, 4.20.
bool RcuConsolidated();
hotweave_grace& DomainOf(RcuFlavour flavour);
// Is the task inside a section that this flavour's grace periods wait for? Source: rcu_flavor_sched_clock_irq(),
// kernel/rcu/tree_plugin.h, 6.1; rcu_check_callbacks(), kernel/rcu/tree.c, 4.14.
bool InRcuSection(RcuFlavour flavour, const Task& task);

// Readers of a domain: bit i is task i (RCU) or entry i of the table of SRCU readers.
inline constexpr uint32_t kMaxReaders = 128;
static_assert(kMaxReaders >= kMaxTasks);
struct Readers {
  std::array<uint64_t, kMaxReaders / 64> words{};
  void Set(uint32_t i) { words[i / 64] |= uint64_t{1} << i % 64; }
  void Clear(uint32_t i) { words[i / 64] &= ~(uint64_t{1} << i % 64); }
  bool Has(uint32_t i) const { return words[i / 64] >> i % 64 & 1; }
  bool None() const { return (words[0] | words[1]) == 0; }
};

// Begins a grace period of the domain for the current task; its index. It may have ended at once. It is kept until
// FreeGracePeriod().
uint32_t StartGracePeriod(hotweave_grace& domain);
bool GracePeriodEnded(uint32_t period);
// The current task goes on after the end: orders it, and forgets the grace period.
void FinishGracePeriod(uint32_t period);
// Forgets it as soon as it has ended (for polling).
void AbandonGracePeriod(uint32_t period);
// Does the grace period wait for a section of this task?
bool HoldsBack(uint32_t period, const Task& task);

// The current task waits for a grace period that begins now. `object` and `name` are for reports.
void WaitForGracePeriod(hotweave_grace& domain, Op op, const void* object, const char* name);

// Cookies for polling: the number of the latest grace period that has begun.
// True if a grace period that began after the cookie was taken has ended; then the current task is ordered after it.
bool PollGracePeriod(hotweave_grace& domain, unsigned long cookie);

// The current task, which has just become an RCU reader, or will cease to be one.
void EnterRcuReader(RcuFlavour flavour);
void LeaveRcuReader(RcuFlavour flavour);   // after its state says so

// SRCU's table of readers. Enter returns the index for srcu_read_unlock(). Leave returns false if the current task
// has no such section.
int EnterSrcu(hotweave_grace& domain);
bool LeaveSrcu(hotweave_grace& domain, int index);
uint32_t SrcuReaders(const hotweave_grace& domain);

// Called at the end of each grace period (rcu_callbacks.cc).
void OnGracePeriodEnd(uint32_t period);

}  // namespace hotweave
