// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The heap of one execution. See arena.h.
#include "core/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/internal.h"

namespace hotweave {
namespace {
constexpr size_t kAlign = 16;
constexpr size_t kGap = 16;   // redzone between two allocations
}  // namespace

Arena::Arena() {
  const Layout& l = GetLayout();
  base_ = l.base;
  begin_ = l.arena + kGap;
  end_ = l.arena + kArenaSize;
  top_ = begin_;
  void* p = mmap(nullptr, l.span / 8 + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) InternalError("cannot reserve the allocation state");
  state_ = static_cast<uint8_t*>(p);
  SetState(l.arena, kGap, kRedzone);   // what lies before the first allocation
  allocations_.reserve(256);
}

void Arena::SetState(uintptr_t begin, size_t size, uint8_t state) {
  std::memset(state_ + ((begin - base_) >> 3), state, size >> 3);
}

void Arena::Reset() {
  for (const VanishedRange& v : vanished_) {
    if (v.begin < begin_ || v.begin >= end_) SetState(v.begin, v.size, kAddressable);
  }
  vanished_.clear();
  allocations_.clear();
  top_ = begin_;
}

void* Arena::Allocate(size_t size, uint8_t fill, size_t align) {
  const size_t rounded = (size + kAlign - 1) & ~(kAlign - 1);
  const size_t room = end_ - top_;
  if (rounded < size || room < kGap || rounded > room - kGap) return nullptr;
  const uintptr_t p = (top_ + align - 1) & ~(align - 1);
  if (p > top_ && p - top_ > room - kGap - rounded) return nullptr;
  if (p > top_) SetState(top_, p - top_, kRedzone);
  top_ = p + rounded + kGap;
  SetState(p, rounded, kAddressable);
  if (const size_t tail = size & 7) {
    state_[(p + size - base_) >> 3] = static_cast<uint8_t>(tail);
  }
  const size_t whole = (size + 7) & ~size_t{7};
  SetState(p + whole, rounded + kGap - whole, kRedzone);
  std::memset(reinterpret_cast<void*>(p), fill, rounded);
  Allocation a;
  a.begin = p;
  a.size = size;
  allocations_.push_back(std::move(a));
  return reinterpret_cast<void*>(p);
}

void Arena::Shrink(Allocation& a, size_t size) {
  const uintptr_t end = a.begin + ((a.size + 7) & ~size_t{7});
  a.size = size;
  const uintptr_t whole = a.begin + ((size + 7) & ~size_t{7});
  SetState(whole, end - whole, kRedzone);
  if (size & 7) state_[(a.begin + size - base_) >> 3] = static_cast<uint8_t>(size & 7);
}

void Arena::Free(Allocation& a) {
  a.freed = true;
  SetState(a.begin, (a.size + 7) & ~size_t{7}, kFreed);
}

Allocation* Arena::Find(uintptr_t address) {
  auto it = std::upper_bound(allocations_.begin(), allocations_.end(), address,
                             [](uintptr_t x, const Allocation& a) { return x < a.begin; });
  return it == allocations_.begin() ? nullptr : &*(it - 1);
}

uint8_t Arena::StateOfRange(uintptr_t address, size_t size) const {
  if (address + size > top_ && address < end_ && address + size > begin_) return kRedzone;
  for (uintptr_t a = address; a < address + size; a = (a & ~uintptr_t{7}) + 8) {
    const uint8_t s = state_[(a - base_) >> 3];
    if (s == kAddressable) continue;
    if (s >= kRedzone) return s;
    const uintptr_t last = std::min(address + size, (a & ~uintptr_t{7}) + 8) - 1;
    if ((last & 7) >= s) return kRedzone;
  }
  return kAddressable;
}

void Arena::Vanish(VanishedRange range, uint8_t state) {
  SetState(range.begin, range.size, state);
  vanished_.push_back(std::move(range));
}

void Arena::Reappear(uintptr_t begin, size_t size) { SetState(begin, size, kAddressable); }

const VanishedRange* Arena::FindVanished(uintptr_t address) const {
  for (auto it = vanished_.rbegin(); it != vanished_.rend(); ++it) {
    if (address - it->begin < it->size) return &*it;
  }
  return nullptr;
}

}  // namespace hotweave
