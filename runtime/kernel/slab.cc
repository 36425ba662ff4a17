// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The kmalloc() family. Contracts: <linux/slab.h>, <linux/string.h>, <linux/kernel.h>. Follows mm/slab_common.c and
// mm/util.c of Linux 6.1.
#include <linux/slab.h>
#include <linux/slub_def.h>
#include <linux/vmalloc.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "kernel/heap.h"
#include "kernel/lock.h"
#include "memory/shadow.h"

using namespace hotweave;

namespace {

void* Kmalloc(size_t size, gfp_t flags, uint64_t pc, const char* function = "kmalloc") {
  if (size == 0) return ZERO_SIZE_PTR;
  if (size > KMALLOC_MAX_SIZE) return nullptr;
  return HeapAllocate({size, flags, pc, function});
}

void* KmallocArray(size_t n, size_t size, gfp_t flags, uint64_t pc) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return Kmalloc(bytes, flags, pc);
}

// A read of target memory by the runtime on behalf of the current task.
void ReadOf(const void* p, size_t size) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (size && address - hot.base < hot.span) AccessSlow(address, size, false, true);
}

// Bytes of the string, at most `max`. Reads them as the current task.
size_t Length(const char* s, size_t max) {
  const size_t n = strnlen(s, max);
  ReadOf(s, n < max ? n + 1 : n);
  return n;
}

char* Copy(const char* s, size_t length, gfp_t flags, uint64_t pc, const char* function) {
  auto* copy = static_cast<char*>(Kmalloc(length + 1, flags, pc, function));
  if (!copy) return nullptr;
  std::memcpy(copy, s, length);
  copy[length] = 0;
  return copy;
}

void Kfree(const void* p, const char* function) {
  engine.Point(Op::Kfree, p, nullptr);
  Allocation& a = HeapFind(p, function);
  if (a.kind == HeapKind::Vmalloc || a.kind == HeapKind::Pages) {
    WrongFree(a, p, std::string(function) + "() of {object}, which " +
                        (a.kind == HeapKind::Vmalloc ? "vmalloc()" : "__get_free_pages()") + " returned");
  }
  if (a.objects) return kmem_cache_free(hotweave_objects_owner(a.objects), const_cast<void*>(p));
  HeapFree(a);
}

bool IsVmalloc(const void* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (GetLayout().RegionOf(address) != Region::Arena) return false;
  const Allocation* a = engine.arena.Find(address);
  return a && a->kind == HeapKind::Vmalloc && address < a->begin + a->size;
}

void* Kvmalloc(size_t size, gfp_t flags, uint64_t pc) {
  if (size == 0) return ZERO_SIZE_PTR;
  if (size <= KMALLOC_MAX_SIZE) return Kmalloc(size, flags, pc, "kvmalloc");
  if (size > INT32_MAX) return nullptr;
  return HeapAllocate({size, flags, pc, "kvmalloc", HeapKind::Vmalloc, PAGE_SIZE});
}

// Clears memory as the current task.
void Clear(const void* p, size_t size) {
  AccessSlow(reinterpret_cast<uintptr_t>(p), size, true, true);
  std::memset(const_cast<void*>(p), 0, size);
}

}  // namespace

extern "C" {

void* kmalloc(size_t size, gfp_t flags) { return Kmalloc(size, flags, HW_PC); }
void* kzalloc(size_t size, gfp_t flags) { return Kmalloc(size, flags | __GFP_ZERO, HW_PC, "kzalloc"); }
void* kmalloc_array(size_t n, size_t size, gfp_t flags) { return KmallocArray(n, size, flags, HW_PC); }
void* kcalloc(size_t n, size_t size, gfp_t flags) { return KmallocArray(n, size, flags | __GFP_ZERO, HW_PC); }
void* __kmalloc_track_caller(size_t size, gfp_t flags, unsigned long caller) { return Kmalloc(size, flags, caller); }

void kfree(const void* p) {
  if (!ZERO_OR_NULL_PTR(p)) Kfree(p, "kfree");
}

void kfree_sensitive(const void* p) {
  if (ZERO_OR_NULL_PTR(p)) return;
  Clear(p, HeapFind(p, "kfree_sensitive").size);
  Kfree(p, "kfree_sensitive");
}

void kfree_bulk(size_t size, void** p) {
  for (size_t i = 0; i < size; ++i) kfree(p[i]);
}

size_t ksize(const void* p) {
  if (ZERO_OR_NULL_PTR(p)) return 0;
  const Allocation* a = engine.arena.Find(reinterpret_cast<uintptr_t>(p));
  return a ? a->size : 0;
}

void* krealloc(const void* p, size_t size, gfp_t flags) {
  const uint64_t pc = HW_PC;
  if (size == 0) {
    kfree(p);
    return ZERO_SIZE_PTR;
  }
  if (ZERO_OR_NULL_PTR(p)) return Kmalloc(size, flags, pc, "krealloc");
  const size_t old = HeapFind(p, "krealloc").size;
  if (size <= old) {
    engine.Point(Op::Kmalloc, p, "krealloc", size);
    engine.arena.Shrink(HeapFind(p, "krealloc"), size);
    return const_cast<void*>(p);
  }
  void* grown = Kmalloc(size, flags, pc, "krealloc");
  if (!grown) return nullptr;
  ReadOf(p, old);
  std::memcpy(grown, p, old);
  Kfree(p, "krealloc");
  return grown;
}

void* krealloc_array(void* p, size_t n, size_t size, gfp_t flags) {
  size_t bytes;
  if (__builtin_mul_overflow(n, size, &bytes)) return nullptr;
  return krealloc(p, bytes, flags);
}

char* kstrdup(const char* s, gfp_t flags) { return s ? Copy(s, Length(s, SIZE_MAX), flags, HW_PC, "kstrdup") : nullptr; }
const char* kstrdup_const(const char* s, gfp_t flags) {
  return s ? Copy(s, Length(s, SIZE_MAX), flags, HW_PC, "kstrdup_const") : nullptr;
}
void kfree_const(const void* p) { kfree(p); }
char* kstrndup(const char* s, size_t max, gfp_t flags) {
  return s ? Copy(s, Length(s, max), flags, HW_PC, "kstrndup") : nullptr;
}

void* kmemdup(const void* from, size_t size, gfp_t flags) {
  void* p = Kmalloc(size, flags, HW_PC, "kmemdup");
  if (!p || size == 0) return p;
  ReadOf(from, size);
  return std::memcpy(p, from, size);
}

char* kmemdup_nul(const char* s, size_t size, gfp_t flags) {
  if (!s) return nullptr;
  ReadOf(s, size);
  return Copy(s, size, flags, HW_PC, "kmemdup_nul");
}

char* kvasprintf(gfp_t flags, const char* format, va_list args) {
  va_list again;
  va_copy(again, args);
  const int n = vsnprintf(nullptr, 0, format, args);
  auto* p = n < 0 ? nullptr : static_cast<char*>(Kmalloc(static_cast<size_t>(n) + 1, flags, HW_PC, "kasprintf"));
  if (p) vsnprintf(p, static_cast<size_t>(n) + 1, format, again);
  va_end(again);
  return p;
}

char* kasprintf(gfp_t flags, const char* format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(nullptr, 0, format, args);
  va_end(args);
  auto* p = n < 0 ? nullptr : static_cast<char*>(Kmalloc(static_cast<size_t>(n) + 1, flags, HW_PC, "kasprintf"));
  if (p) vsnprintf(p, static_cast<size_t>(n) + 1, format, again);
  va_end(again);
  return p;
}

void* kvmalloc(size_t size, gfp_t flags) { return Kvmalloc(size, flags, HW_PC); }
void* kvzalloc(size_t size, gfp_t flags) { return Kvmalloc(size, flags | __GFP_ZERO, HW_PC); }
void* kvmalloc_array(size_t n, size_t size, gfp_t flags) {
  size_t bytes;
  return __builtin_mul_overflow(n, size, &bytes) ? nullptr : Kvmalloc(bytes, flags, HW_PC);
}
void* kvcalloc(size_t n, size_t size, gfp_t flags) {
  size_t bytes;
  return __builtin_mul_overflow(n, size, &bytes) ? nullptr : Kvmalloc(bytes, flags | __GFP_ZERO, HW_PC);
}

void* kvrealloc(const void* p, size_t old, size_t size, gfp_t flags) {
  if (old >= size) return const_cast<void*>(p);
  void* grown = Kvmalloc(size, flags, HW_PC);
  if (!grown) return nullptr;
  ReadOf(p, old);
  std::memcpy(grown, p, old);
  kvfree(p);
  return grown;
}

// Source: kvfree(), mm/util.c, 6.1: might_sleep_if(!in_interrupt()) comes with vfree() alone.
void kvfree(const void* p) {
  if (ZERO_OR_NULL_PTR(p)) return;
  if (IsVmalloc(p)) return vfree(p);
  Kfree(p, "kvfree");
}

void kvfree_sensitive(const void* p, size_t size) {
  if (ZERO_OR_NULL_PTR(p)) return;
  Clear(p, size);
  kvfree(p);
}

bool is_vmalloc_addr(const void* p) { return IsVmalloc(p); }

}  // extern "C"
