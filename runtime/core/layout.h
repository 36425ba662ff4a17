// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The memory that targets can share: their globals (sections hw_data and hw_bss of the program), the
// arena, the fiber stacks, and per-CPU data (percpu.h). All of it lies in the program's own image, so that one base and one shift
// lead from an address to its shadow, and stays at one address for the life of the process.
// Depends on limits.h alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/limits.h"

namespace hotweave {

enum class Region : uint8_t { None, Globals, Arena, Stack, Percpu };

struct Layout {
  uintptr_t base = 0;        // lowest tracked address, page aligned
  size_t span = 0;           // bytes from base to the end of the highest tracked region
  uintptr_t data_begin = 0, data_end = 0;   // initialised globals
  uintptr_t bss_begin = 0, bss_end = 0;     // zeroed globals
  uintptr_t arena = 0;
  uintptr_t stacks = 0;
  uintptr_t template_begin = 0, template_end = 0;   // per-CPU variables as they were defined
  uintptr_t reserve = 0;                            // of these, kPercpuReserve bytes for alloc_percpu()
  uintptr_t units = 0;                              // their copies: kCpus units of kPercpuUnit bytes

  Region RegionOf(uintptr_t address) const;
  bool IsTargetCode(uintptr_t pc) const;
  // Lowest usable and one past the highest address of a task's stack (the page below is a guard).
  uintptr_t StackBegin(uint32_t task) const;
  uintptr_t StackEnd(uint32_t task) const;
};

// Finds the regions and protects the guard pages; the first call does the work.
const Layout& GetLayout();

// Takes the pristine image of the targets' globals: call once, after all constructors have run and before
// the first execution.
void CapturePristineGlobals();
// Gives every global of target code its initial value. O(size of the globals).
void RestorePristineGlobals();
// Bytes that RestorePristineGlobals() copies.
size_t PristineSize();

}  // namespace hotweave
