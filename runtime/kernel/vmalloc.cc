// SPDX-License-Identifier: GPL-2.0-only OR MIT
// vmalloc() and whole pages. Contracts: <linux/vmalloc.h>, <linux/gfp.h>. Follows mm/vmalloc.c and mm/page_alloc.c of
// Linux 6.1.
#include <linux/vmalloc.h>

#include "kernel/heap.h"
#include "kernel/lock.h"

using namespace hotweave;

namespace {

constexpr unsigned kMaxOrder = 11;

void* Vmalloc(unsigned long size, gfp_t flags, uint64_t pc) {
  if (size == 0) return nullptr;
  return HeapAllocate({size, flags, pc, "vmalloc", HeapKind::Vmalloc, PAGE_SIZE});
}

void Vfree(const void* p) {
  engine.Point(Op::Kfree, p, nullptr);
  Allocation& a = HeapFind(p, "vfree");
  if (a.kind != HeapKind::Vmalloc) WrongFree(a, p, "vfree() of {object}, which vmalloc() did not return");
  HeapFree(a);
}

void FreePages(const void* p, size_t bytes, const char* function) {
  engine.Point(Op::Kfree, p, nullptr);
  Allocation& a = HeapFind(p, function);
  if (a.kind != HeapKind::Pages) {
    WrongFree(a, p, std::string(function) + "() of {object}, which are no pages");
  }
  if (a.size != bytes) {
    WrongFree(a, p, std::string(function) + "() of " + std::to_string(bytes) + " bytes, but " + std::to_string(a.size) +
                        " were allocated");
  }
  HeapFree(a);
}

void* Pages(size_t bytes, gfp_t flags, uint64_t pc, size_t align) {
  return HeapAllocate({bytes, flags, pc, "get_free_pages", HeapKind::Pages, align});
}

size_t WholePages(size_t bytes) { return (bytes + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1); }

}  // namespace

extern "C" {

void* vmalloc(unsigned long size) { return Vmalloc(size, GFP_KERNEL, HW_PC); }
void* vzalloc(unsigned long size) { return Vmalloc(size, GFP_KERNEL | __GFP_ZERO, HW_PC); }
void* __vmalloc(unsigned long size, gfp_t flags) { return Vmalloc(size, flags, HW_PC); }
void* vmalloc_array(size_t n, size_t size) {
  size_t bytes;
  return __builtin_mul_overflow(n, size, &bytes) ? nullptr : Vmalloc(bytes, GFP_KERNEL, HW_PC);
}
void* vcalloc(size_t n, size_t size) {
  size_t bytes;
  return __builtin_mul_overflow(n, size, &bytes) ? nullptr : Vmalloc(bytes, GFP_KERNEL | __GFP_ZERO, HW_PC);
}

// Source: vfree(), 6.1: in an interrupt it is put off, elsewhere it may sleep.
void vfree(const void* p) {
  if (!p) return;
  if (!Current().irq) MightSleep(Op::Kfree, p);
  Vfree(p);
}

void vfree_atomic(const void* p) {
  if (p) Vfree(p);
}

unsigned long __get_free_pages(gfp_t flags, unsigned order) {
  if (order >= kMaxOrder) return 0;
  const size_t bytes = PAGE_SIZE << order;
  return reinterpret_cast<unsigned long>(Pages(bytes, flags, HW_PC, PAGE_SIZE));
}

unsigned long get_zeroed_page(gfp_t flags) {
  return reinterpret_cast<unsigned long>(Pages(PAGE_SIZE, flags | __GFP_ZERO, HW_PC, PAGE_SIZE));
}

void free_pages(unsigned long address, unsigned order) {
  if (address) FreePages(reinterpret_cast<const void*>(address), PAGE_SIZE << order, "free_pages");
}

void* alloc_pages_exact(size_t size, gfp_t flags) {
  return size ? Pages(WholePages(size), flags, HW_PC, PAGE_SIZE) : nullptr;
}

void free_pages_exact(void* p, size_t size) {
  if (p) FreePages(p, WholePages(size), "free_pages_exact");
}

}  // extern "C"
