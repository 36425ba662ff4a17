// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every limit of the engine by name. Reaching one ends the execution with a verdict, never silently.
// Depends on nothing.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hotweave {

inline constexpr uint32_t kCpus = 3;                   // model CPUs (at most 8: cpumask.h)
inline constexpr uint32_t kMaxTasks = 128;             // threads and interrupts in one execution
inline constexpr size_t kStackSize = 128 << 10;        // bytes of one fiber stack, guard page included
inline constexpr size_t kArenaSize = size_t{64} << 20;  // bytes of heap in one execution
inline constexpr size_t kPercpuUnit = size_t{512} << 10;   // per-CPU data of one CPU: static variables and the reserve
inline constexpr size_t kPercpuReserve = 64 << 10;     // of these, for alloc_percpu()
inline constexpr uint32_t kMaxSyncClocks = 1 << 16;    // synchronisation objects used in one execution
inline constexpr uint32_t kMaxHeldLocks = 48;          // per task; the kernel's MAX_LOCK_DEPTH
inline constexpr uint32_t kMaxStackFrames = 64;        // kept of a stack
inline constexpr uint32_t kMaxChoice = 1 << 16;        // values of one choice: a record holds 16 bits
inline constexpr uint32_t kMaxChoices = (1 << 16) - 1; // drawn by one task
inline constexpr uint32_t kMaxInvariants = 64;         // registered in one execution
inline constexpr uint32_t kMaxShadowChain = 1 << 20;   // overflow nodes of the shadow
inline constexpr uint64_t kDefaultMaxSteps = 1'000'000;  // scheduling points of one execution
inline constexpr uint32_t kAftermathSteps = 2'000;     // how long a racy execution runs on to show what follows
inline constexpr uint32_t kMaxLonelySpins = 10'000;    // cpu_relax() in a row while nothing else can run: a livelock
inline constexpr uint32_t kMaxSpins = 50'000;          // cpu_relax() of all tasks without any progress: a livelock
inline constexpr uint32_t kPatientSpins = 100;         // so many take no virtual time
inline constexpr uint32_t kMaxNaps = 20'000;           // sleeps ended by time alone, without any progress: a livelock
inline constexpr uint32_t kClockBits = 40;             // of an epoch; exhausted after about 10^12 releases

}  // namespace hotweave
