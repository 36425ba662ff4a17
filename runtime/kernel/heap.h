// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What kmalloc(), caches, vmalloc() and pages have in common: taking memory from the arena and giving it back, with
// faults by choice and checks of what lies in it. Contract: <linux/slab.h>. Depends on core and memory.
#pragma once

#include <linux/gfp_types.h>

#include "core/engine.h"

struct hotweave_objects;

namespace hotweave {

struct HeapRequest {
  size_t size;
  gfp_t flags;
  uint64_t pc;                  // return address in target code
  const char* function;         // "kmalloc"
  HeapKind kind = HeapKind::Kmalloc;
  size_t align = 0;             // 0: as kmalloc() does
  hotweave_objects* objects = nullptr;   // of a cache: which
};
// A scheduling point, then the memory; nullptr if the allocation fails.
void* HeapAllocate(const HeapRequest& request);

// Does this allocation of the current task fail? A choice of the input, if the task asked for it.
bool AllocationFails(gfp_t flags);

// The allocation that begins at `p` and is in use; anything else is a finding. `function` frees it.
Allocation& HeapFind(const void* p, const char* function);
// Is not the way to free it: a finding of kind bad-free.
[[noreturn]] void WrongFree(const Allocation& a, const void* p, std::string sentence);
// Gives it back. The scheduling point has been passed.
void HeapFree(Allocation& a);

// Findings if something in [begin, begin+size) is in use: a lock that is held, a timer, a work, a callback of RCU.
void CheckNothingInUse(uintptr_t begin, size_t size);

// Takes an allocation for the current task: names, stack.
void NameAllocation(Allocation& a, uint64_t pc);

// The return address of the function that is called, in target code.
#define HW_PC reinterpret_cast<uint64_t>(__builtin_return_address(0))

}  // namespace hotweave
