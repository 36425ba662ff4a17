// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU data. See percpu.h.
#include "core/percpu.h"

#include <algorithm>
#include <cstring>

#include "core/engine.h"

namespace hotweave {
namespace {

constexpr size_t kGap = 16;   // redzone between two allocations

char* Bytes(uintptr_t address) { return reinterpret_cast<char*>(address); }

}  // namespace

PercpuMemory percpu_memory;

void PercpuMemory::SetState(uintptr_t pointer, size_t size, uint8_t state) {
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) engine.arena.SetState(pointer + Offset(cpu), size, state);
}

void PercpuMemory::Reset() {
  const Layout& l = GetLayout();
  if (top_ == 0) {
    const uintptr_t begin = l.template_begin & ~uintptr_t{7};
    engine.arena.SetState(begin, (l.template_end - begin + 7) & ~uintptr_t{7}, kTemplate);
    SetState(l.reserve, kPercpuReserve, kRedzone);
  } else if (top_ != l.reserve) {
    SetState(l.reserve, top_ - l.reserve, kRedzone);
  }
  top_ = l.reserve;
  allocations_.clear();
  const uintptr_t behind = l.reserve + kPercpuReserve;
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    const uintptr_t offset = Offset(cpu);
    std::memcpy(Bytes(l.template_begin + offset), Bytes(l.template_begin), l.reserve - l.template_begin);
    std::memcpy(Bytes(behind + offset), Bytes(behind), l.template_end - behind);
  }
}

PercpuAllocation* PercpuMemory::Allocate(size_t size, size_t align) {
  const uintptr_t end = GetLayout().reserve + kPercpuReserve;
  const size_t rounded = (size + 7) & ~size_t{7};
  align = std::max(align, size_t{8});
  const uintptr_t begin = (top_ + align - 1) & ~(align - 1);
  if (rounded < size || begin >= end || rounded + kGap > end - begin) return nullptr;
  top_ = (begin + rounded + kGap + 7) & ~uintptr_t{7};
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) std::memset(Bytes(begin + Offset(cpu)), 0, rounded);
  SetState(begin, size & ~size_t{7}, kAddressable);
  if (size & 7) SetState(begin + (size & ~size_t{7}), 8, static_cast<uint8_t>(size & 7));
  PercpuAllocation a;
  a.begin = begin;
  a.size = size;
  allocations_.push_back(std::move(a));
  return &allocations_.back();
}

void PercpuMemory::Free(PercpuAllocation& a) {
  a.freed = true;
  SetState(a.begin, (a.size + 7) & ~size_t{7}, kFreed);
}

PercpuAllocation* PercpuMemory::Find(uintptr_t pointer) {
  if (!IsDynamic(pointer)) return nullptr;
  auto it = std::upper_bound(allocations_.begin(), allocations_.end(), pointer,
                             [](uintptr_t x, const Allocation& a) { return x < a.begin; });
  return it == allocations_.begin() ? nullptr : &*(it - 1);
}

}  // namespace hotweave
