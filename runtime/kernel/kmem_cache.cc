// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Caches of objects. Contract: <linux/slab.h>. Follows mm/slab_common.c and mm/slub.c of Linux 6.1.
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "core/trace.h"
#include "kernel/heap.h"
#include "kernel/lock.h"
#include "kernel/object.h"
#include "memory/shadow.h"

// Lives in the arena.
struct kmem_cache {
  const char* name;
  unsigned size, align;
  slab_flags_t flags;
  void (*ctor)(void*);
  uint32_t clock;     // SLAB_TYPESAFE_BY_RCU: from a free to the next allocation of the object
  uint32_t frees;     // so far
};

using namespace hotweave;

namespace {

bool Typesafe(const kmem_cache& s) { return s.flags & SLAB_TYPESAFE_BY_RCU; }

// Of a type-safe cache: the object freed last that has not been allocated again.
Allocation* LatestSpare(const kmem_cache& s) {
  Allocation* latest = nullptr;
  for (Allocation& a : engine.arena.All()) {
    if (a.cache == &s && a.spare && (!latest || a.spare > latest->spare)) latest = &a;
  }
  return latest;
}

void* NewObject(kmem_cache& s, gfp_t flags, uint64_t pc, const char* function) {
  void* p = HeapAllocate({s.size, flags, pc, function, HeapKind::Cache, s.align, &s});
  if (p && s.ctor) s.ctor(p);
  return p;
}

void* Alloc(kmem_cache* s, gfp_t flags, uint64_t pc, const char* function) {
  UseObject(s, "kmem_cache_alloc()");
  Allocation* spare = Typesafe(*s) ? LatestSpare(*s) : nullptr;
  if (!spare) return NewObject(*s, flags, pc, function);
  might_alloc(flags);
  engine.Point(Op::Kmalloc, nullptr, function, s->size);
  if (AllocationFails(flags)) return nullptr;
  spare = LatestSpare(*s);   // another task may have taken it
  if (!spare) return NewObject(*s, flags, pc, function);
  spare->spare = 0;
  engine.Acquire(s->clock);
  NameAllocation(*spare, pc);
  return reinterpret_cast<void*>(spare->begin);
}

void Free(kmem_cache* s, void* p, const char* function) {
  UseObject(s, "kmem_cache_free()");
  Allocation& a = HeapFind(p, function);
  if (a.cache != s) {
    WrongFree(a, p, std::string(function) + "() of {object}, which is not of the cache " + s->name +
                        (a.cache ? std::string(", but of ") + a.cache->name : std::string()));
  }
  if (!Typesafe(*s)) return HeapFree(a);
  CheckNothingInUse(a.begin, a.size);
  engine.ReleaseJoin(s->clock);
  a.spare = ++s->frees;
  a.freed_by = Current().index;
  if (engine.tracing()) a.free_stack = engine.StackOf(Current());
}

[[noreturn]] void StillHasObjects(const kmem_cache& s, const Allocation& a) {
  Failure f;
  f.kind = Kind::Leak;
  f.names = {s.name};
  f.sentence = std::string("kmem_cache_destroy(): the cache ") + s.name + " still has {object}";
  f.address = reinterpret_cast<const void*>(a.begin);
  f.sites.push_back({"destroyed", hot.task->index, Event::kNone, engine.StackOf(*hot.task)});
  f.sites.push_back({"allocated", a.task, Event::kNone, a.alloc_stack});
  engine.Fail(std::move(f));
}

kmem_cache* Create(const char* name, unsigned size, unsigned align, slab_flags_t flags, void (*ctor)(void*),
                   uint64_t pc) {
  const gfp_t gfp = GFP_KERNEL | ((flags & SLAB_PANIC) ? __GFP_NOFAIL : 0);
  auto* s = static_cast<kmem_cache*>(HeapAllocate({sizeof(kmem_cache), gfp, pc, "kmem_cache_create"}));
  if (!s) return nullptr;
  if ((flags & SLAB_HWCACHE_ALIGN) && align < 64 && size > 32) align = 64;
  *s = {name, size, align < 16 ? 16 : align, flags, ctor, 0, 0};
  return s;
}

}  // namespace

extern "C" {

kmem_cache* kmem_cache_create(const char* name, unsigned size, unsigned align, slab_flags_t flags, void (*ctor)(void*)) {
  return Create(name, size, align, flags, ctor, HW_PC);
}
kmem_cache* kmem_cache_create_usercopy(const char* name, unsigned size, unsigned align, slab_flags_t flags, unsigned,
                                       unsigned, void (*ctor)(void*)) {
  return Create(name, size, align, flags, ctor, HW_PC);
}

void kmem_cache_destroy(kmem_cache* s) {
  if (!s) return;
  MightSleep(Op::Kfree, s);
  engine.Point(Op::Kfree, s, nullptr);
  UseObject(s, "kmem_cache_destroy()");
  for (Allocation& a : engine.arena.All()) {
    if (a.cache != s || a.freed) continue;
    if (!a.spare) StillHasObjects(*s, a);
    engine.arena.Free(a);   // the slabs go; the object was freed before
  }
  HeapFree(HeapFind(s, "kmem_cache_destroy"));
}

int kmem_cache_shrink(kmem_cache* s) {
  MightSleep(Op::Kfree, s);
  UseObject(s, "kmem_cache_shrink()");
  return 0;
}

void* kmem_cache_alloc(kmem_cache* s, gfp_t flags) { return Alloc(s, flags, HW_PC, "kmem_cache_alloc"); }
// A constructed object is not cleared in the kernel either: such a cache has no use for it.
void* kmem_cache_zalloc(kmem_cache* s, gfp_t flags) {
  void* p = Alloc(s, flags | __GFP_ZERO, HW_PC, "kmem_cache_zalloc");
  if (p && Typesafe(*s)) {
    AccessSlow(reinterpret_cast<uintptr_t>(p), s->size, true, true);
    __builtin_memset(p, 0, s->size);
  }
  return p;
}

void kmem_cache_free(kmem_cache* s, void* p) {
  if (!p) return;
  engine.Point(Op::Kfree, p, nullptr);
  Free(s, p, "kmem_cache_free");
}

int kmem_cache_alloc_bulk(kmem_cache* s, gfp_t flags, size_t n, void** p) {
  for (size_t i = 0; i < n; ++i) {
    p[i] = Alloc(s, flags, HW_PC, "kmem_cache_alloc_bulk");
    if (p[i]) continue;
    while (i-- > 0) kmem_cache_free(s, p[i]);
    return 0;
  }
  return static_cast<int>(n);
}

void kmem_cache_free_bulk(kmem_cache* s, size_t n, void** p) {
  for (size_t i = 0; i < n; ++i) {
    if (s) {
      kmem_cache_free(s, p[i]);
    } else {
      kfree(p[i]);
    }
  }
}

unsigned kmem_cache_size(kmem_cache* s) { return s->size; }

}  // extern "C"
