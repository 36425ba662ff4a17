// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Caches of objects. Contract: <linux/slab.h>. Follows mm/slab_common.c and mm/slub.c of Linux 6.1.
//
// In two layers: the memory of objects and the checks of their use (<linux/slub_def.h>), and caches that are nothing
// else. The latter are weak: a program that ports the slab allocator itself (targets/mm) puts its caches in their place.
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/slub_def.h>

#include "core/trace.h"
#include "kernel/heap.h"
#include "kernel/lock.h"
#include "kernel/object.h"
#include "memory/shadow.h"

// Lives in the arena.
struct hotweave_objects {
  kmem_cache* owner;
  const char* name;
  unsigned size, align;
  slab_flags_t flags;
  void (*ctor)(void*);
  uint32_t clock;     // SLAB_TYPESAFE_BY_RCU: from a free to the next allocation of the object
  uint32_t frees;     // so far
};

using namespace hotweave;

namespace {

bool Typesafe(const hotweave_objects& s) { return s.flags & SLAB_TYPESAFE_BY_RCU; }

// Of a type-safe cache: the object freed last that has not been allocated again.
Allocation* LatestSpare(const hotweave_objects& s) {
  Allocation* latest = nullptr;
  for (Allocation& a : engine.arena.All()) {
    if (a.objects == &s && a.spare && (!latest || a.spare > latest->spare)) latest = &a;
  }
  return latest;
}

void* NewObject(hotweave_objects& s, gfp_t flags, uint64_t pc, const char* function) {
  void* p = HeapAllocate({s.size, flags, pc, function, HeapKind::Cache, s.align, &s});
  if (p && s.ctor) s.ctor(p);
  return p;
}

void* Alloc(hotweave_objects* s, gfp_t flags, uint64_t pc, const char* function) {
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

void Free(hotweave_objects* s, void* p, const char* function) {
  UseObject(s, "kmem_cache_free()");
  Allocation& a = HeapFind(p, function);
  if (a.objects != s) {
    WrongFree(a, p, std::string(function) + "() of {object}, which is not of the cache " + s->name +
                        (a.objects ? std::string(", but of ") + a.objects->name : std::string()));
  }
  if (!Typesafe(*s)) return HeapFree(a);
  CheckNothingInUse(a.begin, a.size);
  engine.ReleaseJoin(s->clock);
  a.spare = ++s->frees;
  a.freed_by = Current().index;
  if (engine.tracing()) a.free_stack = engine.StackOf(Current());
}

[[noreturn]] void StillHasObjects(const hotweave_objects& s, const Allocation& a) {
  Failure f;
  f.kind = Kind::Leak;
  f.names = {s.name};
  f.sentence = std::string("kmem_cache_destroy(): the cache ") + s.name + " still has {object}";
  f.address = reinterpret_cast<const void*>(a.begin);
  f.sites.push_back({"destroyed", hot.task->index, Event::kNone, engine.StackOf(*hot.task)});
  f.sites.push_back({"allocated", a.task, Event::kNone, a.alloc_stack});
  engine.Fail(std::move(f));
}

}  // namespace

extern "C" {

hotweave_objects* hotweave_objects_create(kmem_cache* owner, const char* name, unsigned size, unsigned align,
                                          slab_flags_t flags, void (*ctor)(void*), unsigned long caller) {
  const gfp_t gfp = GFP_KERNEL | ((flags & SLAB_PANIC) ? __GFP_NOFAIL : 0);
  auto* o = static_cast<hotweave_objects*>(HeapAllocate({sizeof(hotweave_objects), gfp, caller, "kmem_cache_create"}));
  if (!o) return nullptr;
  if ((flags & SLAB_HWCACHE_ALIGN) && align < 64 && size > 32) align = 64;
  *o = {owner, name, size, align < 16 ? 16 : align, flags, ctor, 0, 0};
  return o;
}

void hotweave_objects_destroy(hotweave_objects* o) {
  MightSleep(Op::Kfree, o);
  engine.Point(Op::Kfree, o, nullptr);
  UseObject(o, "kmem_cache_destroy()");
  for (Allocation& a : engine.arena.All()) {
    if (a.objects != o || a.freed) continue;
    if (!a.spare) StillHasObjects(*o, a);
    engine.Touches(reinterpret_cast<const void*>(a.begin), a.size, true);
    engine.arena.Free(a);   // the slabs go; the object was freed before
  }
  HeapFree(HeapFind(o, "kmem_cache_destroy"));
}

void* hotweave_objects_alloc(hotweave_objects* o, gfp_t flags, unsigned long caller) {
  return Alloc(o, flags, caller, "kmem_cache_alloc");
}

void* hotweave_objects_zalloc(hotweave_objects* o, gfp_t flags, unsigned long caller) {
  void* p = Alloc(o, flags | __GFP_ZERO, caller, "kmem_cache_zalloc");
  // A constructed object is not cleared in the kernel either: such a cache has no use for it.
  if (p && Typesafe(*o)) {
    AccessSlow(reinterpret_cast<uintptr_t>(p), o->size, true, true);
    __builtin_memset(p, 0, o->size);
  }
  return p;
}

void hotweave_objects_free(hotweave_objects* o, void* p) {
  engine.Point(Op::Kfree, p, nullptr);
  Free(o, p, "kmem_cache_free");
}

kmem_cache* hotweave_objects_owner(hotweave_objects* o) { return o->owner; }

void hotweave_object_set_tag(const void* p, unsigned long tag) { HeapFind(p, "kmem_cache_alloc").tag = tag; }
unsigned long hotweave_object_tag(const void* p) { return HeapFind(p, "kmem_cache_free").tag; }

// ---- Caches that are nothing but that: their own owner --------------------------------------------------------

#define HW_WEAK __attribute__((weak))

static hotweave_objects* ObjectsOf(kmem_cache* s) { return reinterpret_cast<hotweave_objects*>(s); }

static kmem_cache* Create(const char* name, unsigned size, unsigned align, slab_flags_t flags, void (*ctor)(void*),
                          uint64_t pc) {
  hotweave_objects* o = hotweave_objects_create(nullptr, name, size, align, flags, ctor, pc);
  if (o) o->owner = reinterpret_cast<kmem_cache*>(o);
  return o ? o->owner : nullptr;
}

HW_WEAK kmem_cache* kmem_cache_create(const char* name, unsigned size, unsigned align, slab_flags_t flags,
                                      void (*ctor)(void*)) {
  return Create(name, size, align, flags, ctor, HW_PC);
}
HW_WEAK kmem_cache* kmem_cache_create_usercopy(const char* name, unsigned size, unsigned align, slab_flags_t flags,
                                               unsigned, unsigned, void (*ctor)(void*)) {
  return Create(name, size, align, flags, ctor, HW_PC);
}

HW_WEAK void kmem_cache_destroy(kmem_cache* s) {
  if (s) hotweave_objects_destroy(ObjectsOf(s));
}

HW_WEAK int kmem_cache_shrink(kmem_cache* s) {
  MightSleep(Op::Kfree, s);
  UseObject(s, "kmem_cache_shrink()");
  return 0;
}

HW_WEAK void* kmem_cache_alloc(kmem_cache* s, gfp_t flags) { return Alloc(ObjectsOf(s), flags, HW_PC, "kmem_cache_alloc"); }
HW_WEAK void* kmem_cache_zalloc(kmem_cache* s, gfp_t flags) {
  return hotweave_objects_zalloc(ObjectsOf(s), flags, HW_PC);
}

HW_WEAK void kmem_cache_free(kmem_cache* s, void* p) {
  if (p) hotweave_objects_free(ObjectsOf(s), p);
}

HW_WEAK unsigned kmem_cache_size(kmem_cache* s) { return ObjectsOf(s)->size; }

int kmem_cache_alloc_bulk(kmem_cache* s, gfp_t flags, size_t n, void** p) {
  for (size_t i = 0; i < n; ++i) {
    p[i] = kmem_cache_alloc(s, flags);
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

}  // extern "C"
