// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The heap of one execution: a bump allocator at stable addresses that never reuses memory within an
// execution, and the state of every tracked granule (8 bytes): addressable, freed, outside, vanished.
// Depends on layout.h and limits.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/layout.h"

struct hotweave_objects;

namespace hotweave {

// State of a granule. 0: all 8 bytes addressable; 1–7: the first so many bytes.
inline constexpr uint8_t kAddressable = 0;
inline constexpr uint8_t kRedzone = 0x80;
inline constexpr uint8_t kFreed = 0x81;
inline constexpr uint8_t kVanished = 0x82;
inline constexpr uint8_t kTemplate = 0x83;   // of per-CPU data: only the copies may be accessed
inline constexpr uint8_t kHidden = 0x84;     // vanished but for tasks that see it

// Which interface handed it out.
enum class HeapKind : uint8_t { Kmalloc, Cache, Vmalloc, Pages };

struct Allocation {
  uintptr_t begin = 0;
  size_t size = 0;             // bytes requested
  uint64_t pc = 0;             // return address of the allocating call
  uint32_t nth = 0;            // of that task at that function, from 1; 0 if names are not needed
  uint64_t name_hash = 0;      // HashObjectName() of its name, if names are needed
  uint16_t task = 0;
  bool freed = false;
  HeapKind kind = HeapKind::Kmalloc;
  uint32_t spare = 0;          // of a type-safe cache: freed as the so-maniest, and to be used again; 0: not
  struct ::hotweave_objects* objects = nullptr;   // of a cache: which
  uint64_t tag = 0;            // of a cache: what its owner has noted
  uint16_t freed_by = 0;
  std::vector<uint64_t> alloc_stack, free_stack;  // if tracing
};

struct VanishedRange {
  uintptr_t begin;
  size_t size;
  const char* what;
  uint32_t task = 0, event = ~0u;   // who made it vanish; after which event, if tracing
  std::vector<uint64_t> stack = {};  // likewise
};

class Arena {
 public:
  Arena();

  // Empties the heap and undoes all vanished ranges in globals. O(what was used).
  void Reset();

  // `size` bytes, aligned to `align` (a power of two, at least 16), surrounded by inaccessible bytes, holding `fill`;
  // nullptr when the arena is exhausted.
  void* Allocate(size_t size, uint8_t fill, size_t align = 16);
  // The end of it is inaccessible from now on.
  void Shrink(Allocation& a, size_t size);
  // Marks an allocation as freed. `a` comes from Find().
  void Free(Allocation& a);
  // The allocation that holds or (with at most a redzone between) precedes the address; or nullptr.
  Allocation* Find(uintptr_t address);
  Allocation& Last() { return allocations_.back(); }
  // By address, the freed ones included.
  std::span<Allocation> All() { return allocations_; }

  // State that applies to an access of `size` bytes at `address` in tracked memory: kAddressable, or the
  // state that forbids it.
  uint8_t StateOf(uintptr_t address, size_t size) const {
    if (address - begin_ < end_ - begin_ && address + size > top_) return kRedzone;
    if (state_[(address - base_) >> 3] == kAddressable && (address & 7) + size <= 8) return kAddressable;
    return StateOfRange(address, size);
  }

  void Vanish(VanishedRange range, uint8_t state = kVanished);
  void Reappear(uintptr_t begin, size_t size);
  // The latest vanished range that holds the address, or nullptr.
  const VanishedRange* FindVanished(uintptr_t address) const;

  // Sets the state of whole granules of any tracked memory; for those who look after memory outside the arena.
  void SetState(uintptr_t begin, size_t size, uint8_t state);

  size_t Used() const { return top_ - begin_; }

 private:
  uint8_t StateOfRange(uintptr_t address, size_t size) const;

  uintptr_t base_, begin_, end_, top_;
  uint8_t* state_;   // one byte per granule of tracked memory
  std::vector<Allocation> allocations_;   // by address: the bump allocator hands them out in order
  std::vector<VanishedRange> vanished_;
};

}  // namespace hotweave
