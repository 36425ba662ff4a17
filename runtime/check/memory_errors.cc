// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Accesses to memory that is not there: freed, outside any object, vanished, null.
#include "check/checks.h"
#include "core/percpu.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

Failure BadAccess(Kind kind, uintptr_t address, size_t size, bool write, const std::string& what) {
  Failure f;
  f.kind = kind;
  f.address = reinterpret_cast<const void*>(address);
  f.size = static_cast<uint32_t>(size);
  f.sentence = std::string(hot.task->comm) + (write ? " writes to " : " reads from ") + what;
  f.sites.push_back({write ? "write" : "read", hot.task->index, engine.tracing() ? engine.tracer()->LastEvent() : Event::kNone,
                     engine.StackOf(*hot.task)});
  return f;
}

// The heap or per-CPU allocation that holds or precedes the address; or nullptr.
Allocation* AllocationAt(uintptr_t address) {
  if (GetLayout().RegionOf(address) == Region::Arena) return engine.arena.Find(address);
  uint32_t cpu;
  return percpu_memory.Find(PercpuMemory::TemplateOf(address, &cpu));
}

}  // namespace

void Checks::OnBadAccess(uintptr_t address, size_t size, bool write, uint8_t state) {
  if (state == kVanished || state == kHidden) {
    const VanishedRange* range = engine.arena.FindVanished(address);
    Failure f = BadAccess(Kind::VanishedPage, address, size, write, range ? range->what : "vanished memory");
    engine.Fail(std::move(f));
  }
  if (state == kTemplate) {
    Failure f = BadAccess(Kind::WildAccess, address, size, write,
                          "{object} itself: per-CPU data is reached through per_cpu_ptr() or a this_cpu operation");
    engine.Fail(std::move(f));
  }
  Allocation* a = AllocationAt(address);
  if (state == kFreed && a) {
    Failure f = BadAccess(Kind::UseAfterFree, address, size, write,
                          std::string("{object}, which ") + engine.tasks[a->freed_by].comm + " has freed");
    f.sites.push_back({"freed", a->freed_by, Event::kNone, a->free_stack});
    f.sites.push_back({"allocated", a->task, Event::kNone, a->alloc_stack});
    engine.Fail(std::move(f));
  }
  Failure f = BadAccess(Kind::OutOfBounds, address, size, write, "memory outside any object");
  if (a) {
    f.sentence += ", just past {object} of " + std::to_string(a->size) + " bytes";
    f.sites.push_back({"allocated", a->task, Event::kNone, a->alloc_stack});
  }
  engine.Fail(std::move(f));
}

void Checks::OnNullAccess(uintptr_t address, size_t size, bool write) {
  Failure f = BadAccess(Kind::NullDeref, address, size, write,
                        address < 4096 ? "a null pointer" : "an address near zero");
  f.address = nullptr;
  engine.Fail(std::move(f));
}

}  // namespace hotweave
