// SPDX-License-Identifier: GPL-2.0-only OR MIT
// kmalloc() and kfree(). Contract: <linux/slab.h>.
#include <linux/slab.h>

#include <cstring>

#include "core/keys.h"
#include "core/objects.h"
#include "core/symbols.h"
#include "kernel/lock.h"
#include "memory/shadow.h"

using namespace hotweave;

namespace {

constexpr uint8_t kFreshByte = 0xa5;

// Which allocation of this task at this function it is (from 1): part of the object's name.
uint32_t NthAllocation(const Task& task, uint64_t pc) {
  static std::vector<std::pair<uint64_t, uint32_t>> counts;   // (task and function, how many)
  static uint64_t generation;
  if (generation != engine.clock_base()) {
    generation = engine.clock_base();
    counts.clear();
  }
  const Symbol* f = SymbolTable::Get().FindFunction(pc - 1);
  const uint64_t site = (f ? f->addr : 0) << 8 | task.index;
  for (auto& [key, n] : counts) {
    if (key == site) return ++n;
  }
  counts.emplace_back(site, 1);
  return 1;
}

void* Allocate(size_t size, gfp_t flags, uint8_t fill, uint64_t pc) {
  if (gfpflags_allow_blocking(flags)) MightSleep(Op::Kmalloc, nullptr);
  engine.Point(Op::Kmalloc, nullptr, nullptr, size);
  void* p = engine.arena.Allocate(size, (flags & __GFP_ZERO) ? 0 : fill);
  if (!p) engine.OutOfBudget("the arena is exhausted");
  Allocation& a = engine.arena.Last();
  a.pc = pc;
  a.task = Current().index;
  if (engine.naming()) {
    a.nth = NthAllocation(Current(), pc);
    a.name_hash = HashObjectName(HeapName(a));
  }
  if (engine.tracing()) a.alloc_stack = engine.StackOf(Current());
  return p;
}

[[noreturn]] void BadFree(const void* p, Kind kind, std::string what) {
  Failure f;
  f.kind = kind;
  f.sentence = std::move(what);
  f.address = p;
  engine.Fail(std::move(f));
}

uint64_t Pc(void* return_address) { return reinterpret_cast<uint64_t>(return_address); }

}  // namespace

#define HW_PC Pc(__builtin_return_address(0))

extern "C" void* kmalloc(size_t size, gfp_t flags) { return Allocate(size, flags, kFreshByte, HW_PC); }
extern "C" void* kzalloc(size_t size, gfp_t flags) { return Allocate(size, flags, 0, HW_PC); }
extern "C" void* kmalloc_array(size_t n, size_t size, gfp_t flags) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return Allocate(bytes, flags, kFreshByte, HW_PC);
}
extern "C" void* kcalloc(size_t n, size_t size, gfp_t flags) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return Allocate(bytes, flags, 0, HW_PC);
}
extern "C" char* kstrdup(const char* s, gfp_t flags) {
  if (!s) return nullptr;
  const size_t n = std::strlen(s) + 1;
  return static_cast<char*>(std::memcpy(Allocate(n, flags, 0, HW_PC), s, n));
}

extern "C" void kfree(const void* p) {
  if (!p) return;
  engine.Point(Op::Kfree, p);
  const auto address = reinterpret_cast<uintptr_t>(p);
  Allocation* a = GetLayout().RegionOf(address) == Region::Arena ? engine.arena.Find(address) : nullptr;
  if (!a || a->begin != address) BadFree(p, Kind::OutOfBounds, "kfree() of something that kmalloc() did not return");
  if (a->freed) BadFree(p, Kind::UseAfterFree, "memory is freed twice");
  if (a->size) AccessSlow(address, a->size, true, true);   // freeing is a write of it all
  a->freed_by = Current().index;
  if (engine.tracing()) a->free_stack = engine.StackOf(Current());
  engine.arena.Free(*a);
  ShadowForget(address, a->size);
}

extern "C" size_t ksize(const void* p) {
  if (!p) return 0;
  const Allocation* a = engine.arena.Find(reinterpret_cast<uintptr_t>(p));
  return a ? a->size : 0;
}
