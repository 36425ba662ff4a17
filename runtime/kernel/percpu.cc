// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Per-CPU variables and alloc_percpu(). Contracts: <linux/percpu.h>, <linux/percpu-defs.h>. Follow
// include/asm-generic/percpu.h and mm/percpu.c of Linux 6.1.
#include "kernel/percpu.h"

#include <hotweave/hooks.h>
#include <linux/percpu.h>

#include "core/keys.h"
#include "core/objects.h"
#include "core/percpu.h"
#include "core/symbols.h"
#include "core/tracer.h"
#include "kernel/heap.h"
#include "kernel/lock.h"
#include "memory/model.h"
#include "memory/shadow.h"

using namespace hotweave;

namespace {

constexpr uintptr_t kNullPages = 64 << 10;

uintptr_t Address(const volatile void* p) { return reinterpret_cast<uintptr_t>(p); }
void* Pointer(uintptr_t address) { return reinterpret_cast<void*>(address); }

[[noreturn]] void Wild(const volatile void* p, const char* sentence) {
  Failure f;
  f.kind = Kind::WildAccess;
  f.address = const_cast<const void*>(p);
  f.sentence = std::string(hot.task->comm) + sentence;
  engine.Fail(std::move(f));
}

// The copy that a per-CPU pointer has on `cpu`.
uintptr_t CopyOf(const volatile void* ptr, uint32_t cpu) {
  const uintptr_t pointer = Address(ptr);
  if (cpu < kCpus && PercpuMemory::IsTemplate(pointer)) return pointer + PercpuMemory::Offset(cpu);
  if (pointer >= kNullPages && !PercpuMemory::IsTemplate(pointer)) {
    Wild(ptr, " takes {object} for per-CPU data: it is neither a per-CPU variable nor from alloc_percpu()");
  }
  return pointer;
}

// One instruction on the current CPU's copy: a scheduling point, then `access` in one step with everything that
// this CPU does. Source: this_cpu_generic_to_op(), 6.1.
template <typename F>
uint64_t OnThisCpu(Op op, const volatile void* pcp, unsigned size, F access) {
  const void* object = const_cast<const void*>(pcp);
  if (__builtin_expect(--hot.countdown <= 0, 0)) {
    engine.Decide(op, object);
    Tracer* tracer = engine.tracer();
    const uintptr_t at = tracer ? CopyOf(pcp, Current().cpu) : 0;
    if (at >= kNullPages) tracer->Access(Current(), op, Pointer(at), size, Current().nth);
  }
  const Task& self = Current();
  const uintptr_t copy = CopyOf(pcp, self.cpu);
  if (copy < kNullPages) GetMemoryObserver()->OnNullAccess(copy, size, op != Op::Load);
  engine.Touches(Pointer(copy), size, op != Op::Load);
  const uint8_t section = Engine::MoreExclusions(self);
  engine.ContextEnter(section);
  const uint64_t value = access(Pointer(copy));
  engine.ContextLeave(section);
  return value;
}

void Mark(const void* p, unsigned size, bool write) { AccessSlow(Address(p), size, write, false); }

uint64_t Apply(hotweave_rmw_op op, uint64_t old, uint64_t operand) {
  switch (op) {
    case HOTWEAVE_ADD: return old + operand;
    case HOTWEAVE_SUB: return old - operand;
    case HOTWEAVE_AND: return old & operand;
    case HOTWEAVE_OR: return old | operand;
    case HOTWEAVE_XOR: return old ^ operand;
    case HOTWEAVE_XCHG: return operand;
  }
  return old;
}

uint64_t Truncate(uint64_t value, unsigned size) {
  return size == 8 ? value : value & ((uint64_t{1} << size * 8) - 1);
}

}  // namespace

// ---- Addresses -----------------------------------------------------------------------------------------

extern "C" unsigned long hotweave_per_cpu_offset(unsigned cpu) { return cpu < kCpus ? PercpuMemory::Offset(cpu) : 0; }

extern "C" void* hotweave_per_cpu_ptr(const volatile void* ptr, unsigned cpu) { return Pointer(CopyOf(ptr, cpu)); }

extern "C" void* hotweave_this_cpu_ptr(const volatile void* ptr, const char* what) {
  if (what) CheckStaysOnCpu(what);
  return Pointer(CopyOf(ptr, Current().cpu));
}

extern "C" bool __is_kernel_percpu_address(unsigned long address, unsigned long* canonical) {
  uint32_t cpu;
  const uintptr_t pointer = PercpuMemory::TemplateOf(address, &cpu);
  if (!pointer || !PercpuMemory::IsTemplate(pointer) || PercpuMemory::IsDynamic(pointer)) return false;
  if (canonical) *canonical = pointer + PercpuMemory::Offset(0);
  return true;
}

extern "C" bool is_kernel_percpu_address(unsigned long address) { return __is_kernel_percpu_address(address, nullptr); }

// ---- this_cpu operations -------------------------------------------------------------------------------

extern "C" uint64_t hotweave_this_cpu_load(const volatile void* pcp, unsigned size) {
  return OnThisCpu(Op::Load, pcp, size, [&](void* p) {
    Mark(p, size, false);
    return Model().Load(p, size, HOTWEAVE_RELAXED);
  });
}

extern "C" void hotweave_this_cpu_store(volatile void* pcp, unsigned size, uint64_t value) {
  OnThisCpu(Op::Store, pcp, size, [&](void* p) {
    Mark(p, size, true);
    Model().Store(p, size, value, HOTWEAVE_RELAXED);
    return value;
  });
}

extern "C" uint64_t hotweave_this_cpu_rmw(volatile void* pcp, unsigned size, hotweave_rmw_op op, uint64_t operand) {
  return OnThisCpu(Op::Rmw, pcp, size, [&](void* p) {
    Mark(p, size, true);
    const uint64_t old = Model().LoadForUpdate(p, size, HOTWEAVE_RELAXED);
    Model().Store(p, size, Apply(op, old, operand), HOTWEAVE_RELAXED);
    return old;
  });
}

extern "C" uint64_t hotweave_this_cpu_cmpxchg(volatile void* pcp, unsigned size, uint64_t old, uint64_t desired) {
  return OnThisCpu(Op::Rmw, pcp, size, [&](void* p) {
    const bool equal = RawLoad(p, size) == Truncate(old, size);
    Mark(p, size, equal);
    const uint64_t found = Model().LoadForUpdate(p, size, HOTWEAVE_RELAXED);
    if (equal) Model().Store(p, size, desired, HOTWEAVE_RELAXED);
    return found;
  });
}

// ---- Allocation ----------------------------------------------------------------------------------------

namespace {

// Which allocation of this task at this function it is, from 1.
uint32_t NthAllocation(uint16_t task, uint64_t pc) {
  const Symbol* function = SymbolTable::Get().FindFunction(pc - 1);
  uint32_t n = 0;
  for (const PercpuAllocation& a : percpu_memory.allocations()) {
    n += a.task == task && SymbolTable::Get().FindFunction(a.pc - 1) == function;
  }
  return n;
}

// Source: pcpu_alloc(), 6.1.
void* Allocate(size_t size, size_t align, gfp_t gfp, uint64_t pc) {
  if (gfpflags_allow_blocking(gfp)) MightSleep(Op::Kmalloc, nullptr);
  engine.Point(Op::Kmalloc, nullptr, "percpu", size);
  if (size == 0 || size > PCPU_MIN_UNIT_SIZE || align > 4096 || (align & (align - 1)) != 0) {
    hotweave_warn("mm/percpu.c", 0, "illegal size or align for percpu allocation", nullptr);
  }
  if (AllocationFails(gfp)) return nullptr;
  PercpuAllocation* a = percpu_memory.Allocate(size, align);
  if (!a) engine.OutOfBudget("the memory of alloc_percpu() is exhausted");
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) ShadowForget(a->begin + PercpuMemory::Offset(cpu), size);
  a->pc = pc;
  a->task = Current().index;
  if (engine.naming()) {
    a->nth = NthAllocation(a->task, pc);
    a->name_hash = PercpuNameHash(*a, kCpus);
    for (uint32_t cpu = 0; cpu < kCpus; ++cpu) a->copy_hash[cpu] = PercpuNameHash(*a, cpu);
  }
  if (engine.tracing()) a->alloc_stack = engine.StackOf(Current());
  return Pointer(a->begin);
}

[[noreturn]] void BadFree(const void* p, Kind kind, const char* sentence) {
  Failure f;
  f.kind = kind;
  f.sentence = sentence;
  f.address = p;
  engine.Fail(std::move(f));
}

}  // namespace

// A program that links a ported allocator takes it instead of these three.
extern "C" [[gnu::weak]] void* __alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp) {
  return Allocate(size, align, gfp, HW_PC);
}
extern "C" [[gnu::weak]] void* __alloc_percpu(size_t size, size_t align) { return Allocate(size, align, GFP_KERNEL, HW_PC); }
extern "C" [[gnu::weak]] void free_percpu(void* ptr) {
  if (ptr) hotweave_percpu_area_free(ptr);
}

// ---- What a ported allocator gives away ----------------------------------------------------------------

namespace {

PercpuAllocation& FindArea(void* ptr) {
  PercpuAllocation* a = percpu_memory.Find(Address(ptr));
  if (!a || a->begin != Address(ptr)) {
    BadFree(ptr, Kind::OutOfBounds, "free_percpu() of something that alloc_percpu() did not return");
  }
  if (a->freed) BadFree(ptr, Kind::UseAfterFree, "per-CPU memory is freed twice");
  return *a;
}

}  // namespace

extern "C" void* hotweave_percpu_area(size_t size, size_t align, gfp_t gfp, const void* caller, void* owner) {
  void* p = Allocate(size, align, gfp, reinterpret_cast<uint64_t>(caller));
  if (p) percpu_memory.Find(Address(p))->owner = owner;
  return p;
}

extern "C" void* hotweave_percpu_area_owner(void* ptr) { return FindArea(ptr).owner; }

extern "C" void hotweave_percpu_area_free(void* ptr) {
  engine.Point(Op::Kfree, ptr, "percpu");
  PercpuAllocation* a = &FindArea(ptr);
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    const uintptr_t copy = a->begin + PercpuMemory::Offset(cpu);
    engine.Touches(Pointer(copy), a->size, true);
    AccessSlow(copy, a->size, true, true);
    ShadowForget(copy, a->size);
  }
  a->freed_by = Current().index;
  if (engine.tracing()) a->free_stack = engine.StackOf(Current());
  percpu_memory.Free(*a);
}
