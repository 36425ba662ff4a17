// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See heap.h.
#include "kernel/heap.h"

#include <hotweave/target.h>
#include <linux/gfp.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/keys.h"
#include "core/objects.h"
#include "core/symbols.h"
#include "core/trace.h"
#include "kernel/expiry.h"
#include "kernel/lock.h"
#include "kernel/rcu_callbacks.h"
#include "kernel/rcu_sync.h"
#include "kernel/workqueue.h"
#include "memory/shadow.h"

namespace hotweave {
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

// Powers of two are aligned to themselves. Source: calculate_alignment(), create_kmalloc_caches(), 6.1.
size_t NaturalAlignment(size_t size) {
  return size >= 16 && size <= 4096 && (size & (size - 1)) == 0 ? size : 16;
}

void AddHistory(Failure& f, const Allocation& a) {
  f.sites.push_back({"here", hot.task->index, Event::kNone, engine.StackOf(*hot.task)});
  if (a.freed) f.sites.push_back({"freed", a.freed_by, Event::kNone, a.free_stack});
  f.sites.push_back({"allocated", a.task, Event::kNone, a.alloc_stack});
}

[[noreturn]] void BadFree(Kind kind, const void* p, const Allocation* a, std::string sentence) {
  Failure f;
  f.kind = kind;
  f.sentence = std::move(sentence);
  f.address = p;
  if (a) AddHistory(f, *a);
  engine.Fail(std::move(f));
}

[[noreturn]] void InUse(Kind kind, const void* p, const std::string& what, const char* name) {
  Failure f;
  f.kind = kind;
  f.sentence = std::string(hot.task->comm) + " frees {object}, in which " + what;
  if (name) f.names = {name};
  f.address = p;
  engine.Fail(std::move(f));
}

}  // namespace

void NameAllocation(Allocation& a, uint64_t pc) {
  a.pc = pc;
  a.task = Current().index;
  if (engine.naming()) {
    a.nth = NthAllocation(Current(), pc);
    a.name_hash = HashObjectName(HeapName(a));
  }
  if (engine.tracing()) a.alloc_stack = engine.StackOf(Current());
}

bool AllocationFails(gfp_t flags) {
  const uint32_t one_in = Current().fail_one_in;
  if (one_in == 0 || (flags & __GFP_NOFAIL)) return false;
  return engine.ChooseWhether(one_in, one_in - 1);
}

extern "C" bool should_fail_alloc_page(gfp_t flags, unsigned) { return AllocationFails(flags); }

void* HeapAllocate(const HeapRequest& r) {
  might_alloc(r.flags);
  engine.Point(Op::Kmalloc, nullptr, r.function, r.size);
  if (AllocationFails(r.flags)) return nullptr;
  const uint8_t fill = (r.flags & __GFP_ZERO) ? 0 : kFreshByte;
  void* p = engine.arena.Allocate(r.size, fill, r.align ? r.align : NaturalAlignment(r.size));
  if (!p) engine.OutOfBudget("the arena is exhausted");
  Allocation& a = engine.arena.Last();
  a.kind = r.kind;
  a.objects = r.objects;
  NameAllocation(a, r.pc);
  return p;
}

Allocation& HeapFind(const void* p, const char* function) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  Allocation* a = GetLayout().RegionOf(address) == Region::Arena ? engine.arena.Find(address) : nullptr;
  if (!a || address >= a->begin + (a->size ? a->size : 1)) {
    BadFree(Kind::OutOfBounds, p, nullptr, std::string(function) + "() of something that was never allocated");
  }
  if (a->begin != address) {
    BadFree(Kind::OutOfBounds, p, a, std::string(function) + "() of the middle of {object}");
  }
  if (a->freed || a->spare) {
    BadFree(Kind::UseAfterFree, p, a,
            std::string(hot.task->comm) + " frees {object} a second time: " + engine.tasks[a->freed_by].comm + " has freed it");
  }
  return *a;
}

void WrongFree(const Allocation& a, const void* p, std::string sentence) {
  BadFree(Kind::BadFree, p, &a, std::move(sentence));
}

void CheckNothingInUse(uintptr_t begin, size_t size) {
  for (const Task& t : engine.live()) {
    for (uint32_t i = 0; i < t.held_count; ++i) {
      const void* lock = t.held[i].lock;
      if (reinterpret_cast<uintptr_t>(lock) - begin >= size) continue;
      const char* name = t.held[i].map ? t.held[i].map->name : nullptr;
      InUse(Kind::LockMisuse, lock, std::string(t.comm) + " holds the lock " + (name ? name : "?"), name);
    }
  }
  const void* p = reinterpret_cast<const void*>(begin);
  if (hot.lockdep && size) engine.observer()->OnLockMemory(p, size);   // maps that are no lock's
  ForExpiriesIn(p, size, [](const Expiry& e) {
    InUse(Kind::UseAfterFree, e.object, e.pending ? "a timer is armed" : "a timer is running", nullptr);
  });
  const char* what = nullptr;
  if (WorkInRange(p, size, &what)) {
    InUse(Kind::UseAfterFree, p, std::string("a work is ") + (what ? what : "queued"), nullptr);
  }
  if (CallbackInRange(begin, size)) InUse(Kind::UseAfterFree, p, "an RCU callback is pending", nullptr);
  if (RcuSyncInRange(begin, size)) InUse(Kind::UseAfterFree, p, "the callback of a rcu_sync is pending", nullptr);
}

void HeapFree(Allocation& a) {
  CheckNothingInUse(a.begin, a.size);
  if (a.size) AccessSlow(a.begin, a.size, true, true);   // freeing is a write of it all
  a.freed_by = Current().index;
  if (engine.tracing()) a.free_stack = engine.StackOf(Current());
  engine.Touches(reinterpret_cast<const void*>(a.begin), a.size, true);
  engine.arena.Free(a);
  ShadowForget(a.begin, a.size);
}

}  // namespace hotweave

extern "C" void hotweave_fail_allocations(unsigned one_in) { hotweave::Current().fail_one_in = one_in; }
