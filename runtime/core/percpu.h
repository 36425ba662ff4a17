// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU data: a template as the target defined it, and one copy for each model CPU.
//
// Static variables lie in the section hw_percpu, beside a reserve from which alloc_percpu() takes its memory.
// A per-CPU pointer is an address in there, and the template itself must never be accessed: a finding. A copy
// lies a fixed distance away, the same for static and dynamic data. Every execution starts with copies of the
// static variables as they were defined, and an empty reserve.
// Depends on arena.h, layout.h and limits.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/arena.h"
#include "core/layout.h"

namespace hotweave {

struct PercpuAllocation : Allocation {   // `begin` is the per-CPU pointer
  uint64_t copy_hash[kCpus] = {};        // HashObjectName() of the copies' names, if names are needed
  void* owner = nullptr;                 // of hotweave_percpu_area()
};

class PercpuMemory {
 public:
  // At the start of an execution.
  void Reset();

  // From a per-CPU pointer to the copy of `cpu`: what is added. Page aligned.
  static uintptr_t Offset(uint32_t cpu) {
    const Layout& l = GetLayout();
    return l.units + cpu * kPercpuUnit - l.template_begin;
  }
  static bool IsTemplate(uintptr_t address) {
    const Layout& l = GetLayout();
    return address - l.template_begin < l.template_end - l.template_begin;
  }
  // The per-CPU pointer of which `address` is the copy of `*cpu`; 0 if it is in no copy.
  static uintptr_t TemplateOf(uintptr_t address, uint32_t* cpu) {
    const Layout& l = GetLayout();
    if (address - l.units >= kCpus * kPercpuUnit) return 0;
    *cpu = static_cast<uint32_t>((address - l.units) / kPercpuUnit);
    return address - Offset(*cpu);
  }
  static bool IsDynamic(uintptr_t pointer) { return pointer - GetLayout().reserve < kPercpuReserve; }

  // Zeroed memory in all copies; nullptr if the reserve is exhausted. `align` is a power of two, at most a page.
  PercpuAllocation* Allocate(size_t size, size_t align);
  void Free(PercpuAllocation& a);
  // The allocation that holds or precedes the per-CPU pointer; or nullptr. References hold until the next one.
  PercpuAllocation* Find(uintptr_t pointer);
  const std::vector<PercpuAllocation>& allocations() const { return allocations_; }

 private:
  void SetState(uintptr_t pointer, size_t size, uint8_t state);   // of all copies

  std::vector<PercpuAllocation> allocations_;   // by address
  uintptr_t top_ = 0;                           // of the reserve; 0: nothing prepared yet
};

extern PercpuMemory percpu_memory;

}  // namespace hotweave
