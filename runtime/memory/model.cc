// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Sequential consistency. See model.h.
#include "memory/model.h"

#include "core/internal.h"

namespace hotweave {

uint64_t RawLoad(const volatile void* p, unsigned size) {
  switch (size) {
    case 1: return *static_cast<const volatile uint8_t*>(p);
    case 2: return *static_cast<const volatile uint16_t*>(p);
    case 4: return *static_cast<const volatile uint32_t*>(p);
    case 8: return *static_cast<const volatile uint64_t*>(p);
  }
  InternalError("a marked access of a size other than 1, 2, 4 or 8 bytes");
}

void RawStore(volatile void* p, unsigned size, uint64_t value) {
  switch (size) {
    case 1: *static_cast<volatile uint8_t*>(p) = static_cast<uint8_t>(value); return;
    case 2: *static_cast<volatile uint16_t*>(p) = static_cast<uint16_t>(value); return;
    case 4: *static_cast<volatile uint32_t*>(p) = static_cast<uint32_t>(value); return;
    case 8: *static_cast<volatile uint64_t*>(p) = value; return;
  }
  InternalError("a marked access of a size other than 1, 2, 4 or 8 bytes");
}

namespace {

class Sc final : public MemoryModel {
 public:
  const char* Name() const override { return "sc"; }
  void Begin() override {}
  uint64_t Load(const volatile void* p, unsigned size, hotweave_order) override { return RawLoad(p, size); }
  void Store(volatile void* p, unsigned size, uint64_t value, hotweave_order) override { RawStore(p, size, value); }
  uint64_t LoadForUpdate(const volatile void* p, unsigned size, hotweave_order) override { return RawLoad(p, size); }
  void Fence(enum hotweave_fence) override {}
};

}  // namespace

MemoryModel& SequentialConsistency() {
  static Sc model;
  return model;
}

MemoryModel& Model() { return SequentialConsistency(); }

}  // namespace hotweave
