// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The shadow: which accesses a later one must be ordered after. Happens-before race detection in the
// manner of FastTrack (Flanagan and Freund, PLDI 2009), exact for mixed sizes and marked accesses: a cell
// keeps every access that no kept one subsumes, in two slots and an overflow chain.
//
// Rules (KCSAN's, strict): two accesses conflict if they overlap, one is a write, one is plain, and they
// are of different tasks. A conflict that happens-before does not order is a race.
// Depends on core.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/hot.h"
#include "core/op.h"

namespace hotweave {

// What the slow path found in conflict with the access that is about to happen.
struct Conflict {
  uint64_t slot;         // the earlier access, as a slot
  uintptr_t address;     // of this access
  size_t size;
  bool write, plain, assertion;   // this access
};

// Told about every race, bad access and hand-over; implemented in check/. One per process.
class MemoryObserver {
 public:
  virtual ~MemoryObserver() = default;
  virtual void OnRace(const Conflict& conflict) = 0;
  // A write is about to happen that breaks an assertion about bits if it changes them; whether it did.
  virtual void OnDispute(const Conflict& conflict) = 0;
  virtual void OnDisputed(bool changed) = 0;
  // `state` is what Arena::StateOf() returned (not kAddressable).
  virtual void OnBadAccess(uintptr_t address, size_t size, bool write, uint8_t state) = 0;
  // An access below the first 64 KiB.
  virtual void OnNullAccess(uintptr_t address, size_t size, bool write) = 0;
  // A write overwrites one of another task that is ordered before it.
  virtual void OnHandOver(uintptr_t address, uint32_t from, uint32_t to) = 0;
};
void SetMemoryObserver(MemoryObserver* observer);
MemoryObserver* GetMemoryObserver();

// Checks and records an access of `size` bytes in tracked memory that the fast path could not decide.
// assertion: nothing is accessed, others are forbidden to.
void AccessSlow(uintptr_t address, size_t size, bool write, bool plain, bool assertion = false);

// The scheduling point and the event of an access to tracked memory.
void AccessPoint(Op op, const void* address, size_t size);

// Takes what the current task has declared about its accesses into account.
void Redeclare();

// Lets the next access to each granule of [address, address+size) come to AccessSlow().
void ShadowRevisit(uintptr_t address, size_t size);

// Forgets the overflow chain; cheap. At the start of an execution.
void ShadowBegin();

// Forgets all accesses to [begin, begin+size): the memory has a new life (allocation, stack).
void ShadowForget(uintptr_t begin, size_t size);

}  // namespace hotweave
