// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an address is called, by names that survive ASLR, rebuilds and unrelated edits, and the 16-bit
// object keys made of them. Depends on arena.h, layout.h, symbols.h and <hotweave/schedule.h>.
#pragma once

#include <cstdint>
#include <string>

#include "core/trace.h"

namespace hotweave {

// The object that holds the address and the address's offset in it. Kind::None if it belongs to nothing
// that targets share.
TraceObject ResolveObject(uintptr_t address, uint32_t* offset);

// The object key of an address: ObjectKey(name, offset); kNoObjectKey if it belongs to nothing. Globals come
// from a table made once; heap and stack are resolved through the execution's allocations and tasks.
uint16_t ObjectKeyAt(uintptr_t address);

// The name of a heap object: "init_memory_block#2@online".
struct Allocation;
std::string HeapName(const Allocation& allocation);
// The name of what alloc_percpu() returned, hashed: "make_counters#1@init@percpu", and of its copies: "…@cpu2"
// (`cpu` kCpus: of itself).
uint64_t PercpuNameHash(const Allocation& allocation, uint32_t cpu);
// The name of a task's stack: "stack@online".
struct Task;
std::string StackName(const Task& task);

}  // namespace hotweave
