// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The few words that every instrumented access and every scheduling point touches, in one cache line or
// two. One execution runs at a time in a process, so this is one global object; everything else hangs off
// the Engine. Depends on limits.h alone.
#pragma once

#include <cstdint>

namespace hotweave {

struct Task;

// One 8-byte granule of tracked memory: the last accesses that a later access must be checked against.
// A slot is an epoch: clock:40 | task:8 | byte mask:8 | unused:3 | declared:1 | assertion:1 | chain:1 | write:1 | plain:1. Clocks grow over the
// life of the process and each execution starts above all earlier ones, so nothing is ever cleared: a slot
// of an earlier execution is ordered before everything. memory/shadow.cc is the reader and writer.
struct ShadowCell {
  uint64_t slot[2];
};

inline constexpr unsigned kSlotClockShift = 24;
inline constexpr unsigned kSlotTaskShift = 16;
inline constexpr unsigned kSlotMaskShift = 8;
inline constexpr uint64_t kSlotPlain = 1;
inline constexpr uint64_t kSlotWrite = 2;
inline constexpr uint64_t kSlotKind = 3;
inline constexpr uint64_t kSlotChain = 4;  // slot[1] is an index into the overflow chain
inline constexpr uint64_t kSlotAssert = 8;  // an assertion of exclusive access, which conflicts as a plain one does
// Of hot.epoch alone: the current task has declared plain accesses to be marked, so that each is looked at.
inline constexpr uint64_t kSlotDeclared = 16;

struct Hot {
  int64_t countdown = 0;       // scheduling points until the engine must look up (strategy, budget); 1: at the next
  uint64_t epoch = 0;          // current task's clock and number, placed as in a slot
  uintptr_t base = 0;          // of tracked memory
  uintptr_t span = 0;          // bytes; 0 outside executions: nothing is tracked then
  ShadowCell* shadow = nullptr;
  Task* task = nullptr;        // the current one
  uint32_t watch = 0;          // not 0: look up at every point; 1: at the key filter; 2: trace everything
  uint32_t race_off = 0;       // > 0: data_race() or races not checked: accesses leave no mark
  bool syncs = false;          // the engine must look up at each operation that is no memory access
  bool lockdep = false;        // lock acquisitions are reported to the Observer
  bool copying = false;        // inside memset, memcpy or memmove on behalf of target code
  uint64_t filter[4] = {};     // one bit for the low 8 bits of each key the input names
};

extern Hot hot;

}  // namespace hotweave
