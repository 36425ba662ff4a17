// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The interface of memory models: what value a marked load returns, and what a marked store leaves.
// One is in force at a time. Plain accesses never come here: they always see the newest value.
// Depends on core/task.h and <hotweave/access.h>.
#pragma once

#include <cstdint>

#include <hotweave/access.h>

namespace hotweave {

class MemoryModel {
 public:
  virtual ~MemoryModel() = default;
  virtual const char* Name() const = 0;
  // An execution starts: forget all locations.
  virtual void Begin() = 0;
  // `p` is aligned to `size` (1, 2, 4, 8 bytes); the scheduling point has been passed.
  virtual uint64_t Load(const volatile void* p, unsigned size, hotweave_order order) = 0;
  virtual void Store(volatile void* p, unsigned size, uint64_t value, hotweave_order order) = 0;
  // Reads the value that an atomic read-modify-write must see (the newest), then Store() follows.
  virtual uint64_t LoadForUpdate(const volatile void* p, unsigned size, hotweave_order order) = 0;
  virtual void Fence(enum hotweave_fence fence) = 0;
};

// Sequential consistency: memory itself. The only model so far.
MemoryModel& SequentialConsistency();

// The model in force.
MemoryModel& Model();

// Raw accesses of 1, 2, 4 or 8 bytes, not instrumented.
uint64_t RawLoad(const volatile void* p, unsigned size);
void RawStore(volatile void* p, unsigned size, uint64_t value);

}  // namespace hotweave
