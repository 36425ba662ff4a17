// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What an address is called. See objects.h.
#include "core/objects.h"

#include <hotweave/schedule.h>

#include <vector>

#include "core/engine.h"
#include "core/keys.h"
#include "core/layout.h"
#include "core/percpu.h"
#include "core/symbols.h"

namespace hotweave {
namespace {

// Keys of all bytes of [begin, end), which holds whole variables. By byte, since two small variables may share
// a granule of memory and yet have names of their own.
std::string CopyName(const std::string& name, uint32_t cpu);
std::vector<uint16_t> KeysOf(uintptr_t begin, uintptr_t end, uint32_t cpu = kCpus) {
  std::vector<uint16_t> keys(end - begin, kNoObjectKey);
  for (const Symbol& s : SymbolTable::Get().ObjectsBetween(begin, end)) {
    if (s.addr == GetLayout().reserve) continue;   // its parts have names of their own
    const uint64_t name = HashObjectName(cpu < kCpus ? CopyName(s.Name(), cpu) : s.Name());
    const uint64_t size = s.size ? s.size : 1;
    for (uint64_t offset = 0; offset < size && s.addr + offset < end; ++offset) {
      keys[s.addr + offset - begin] = ObjectKeyOf(name, offset);
    }
  }
  return keys;
}

std::string CopyName(const std::string& name, uint32_t cpu) { return name + "@cpu" + std::to_string(cpu); }

struct GlobalKeys {
  std::vector<uint16_t> data, bss, percpu, copies[kCpus];
  GlobalKeys() {
    const Layout& l = GetLayout();
    data = KeysOf(l.data_begin, l.data_end);
    bss = KeysOf(l.bss_begin, l.bss_end);
    percpu = KeysOf(l.template_begin, l.template_end);
    for (uint32_t cpu = 0; cpu < kCpus; ++cpu) copies[cpu] = KeysOf(l.template_begin, l.template_end, cpu);
  }
};

// Of a static or dynamic per-CPU variable, or of its copy.
uint16_t PercpuKeyAt(const GlobalKeys& globals, uintptr_t address) {
  uint32_t cpu = kCpus;
  uintptr_t pointer = PercpuMemory::TemplateOf(address, &cpu);
  if (!pointer) pointer = address;
  if (!PercpuMemory::IsTemplate(pointer)) return kNoObjectKey;
  if (PercpuMemory::IsDynamic(pointer)) {
    const PercpuAllocation* a = percpu_memory.Find(pointer);
    return a ? ObjectKeyOf(cpu < kCpus ? a->copy_hash[cpu] : a->name_hash, pointer - a->begin) : kNoObjectKey;
  }
  return (cpu < kCpus ? globals.copies[cpu] : globals.percpu)[pointer - GetLayout().template_begin];
}

void ResolvePercpu(uintptr_t address, TraceObject* o) {
  uint32_t cpu = kCpus;
  uintptr_t pointer = PercpuMemory::TemplateOf(address, &cpu);
  const uintptr_t distance = pointer ? PercpuMemory::Offset(cpu) : 0;
  if (!pointer) pointer = address;
  if (PercpuMemory::IsDynamic(pointer)) {
    const PercpuAllocation* a = percpu_memory.Find(pointer);
    if (!a) return;
    o->kind = TraceObject::Kind::Heap;
    o->name = cpu < kCpus ? CopyName(HeapName(*a), cpu) : HeapName(*a) + "@percpu";
    o->size = a->size;
    o->base = a->begin + distance;
  } else if (const Symbol* s = SymbolTable::Get().FindObject(pointer)) {
    o->kind = TraceObject::Kind::Global;
    o->name = cpu < kCpus ? CopyName(s->Name(), cpu) : s->Name();
    o->size = s->size;
    o->base = s->addr + distance;
    o->defined = s->addr;
  }
}

}  // namespace

std::string StackName(const Task& task) { return std::string(kStackOf) + task.name; }

std::string HeapName(const Allocation& a) {
  return FunctionName(a.pc - 1) + "#" + std::to_string(a.nth) + "@" + engine.tasks[a.task].name;
}

uint64_t PercpuNameHash(const Allocation& a, uint32_t cpu) {
  return HashObjectName(cpu < kCpus ? CopyName(HeapName(a), cpu) : HeapName(a) + "@percpu");
}

TraceObject ResolveObject(uintptr_t address, uint32_t* offset) {
  TraceObject o;
  *offset = 0;
  switch (GetLayout().RegionOf(address)) {
    case Region::Globals:
      if (const Symbol* s = SymbolTable::Get().FindObject(address)) {
        o.kind = TraceObject::Kind::Global;
        o.name = s->Name();
        o.size = s->size;
        o.base = s->addr;
      }
      break;
    case Region::Arena:
      if (const Allocation* a = engine.arena.Find(address)) {
        o.kind = TraceObject::Kind::Heap;
        o.name = HeapName(*a);
        o.size = a->size;
        o.base = a->begin;
      }
      break;
    case Region::Stack: {
      const auto task = static_cast<uint32_t>((address - GetLayout().stacks) / kStackSize);
      o.kind = TraceObject::Kind::Stack;
      o.name = StackName(engine.tasks[task]);
      o.size = kStackSize;
      o.base = engine.tasks[task].stack_top - kStackSize;
      break;
    }
    case Region::Percpu:
      ResolvePercpu(address, &o);
      break;
    case Region::None:
      break;
  }
  if (o.kind != TraceObject::Kind::None) *offset = static_cast<uint32_t>(address - o.base);
  return o;
}

uint16_t ObjectKeyAt(uintptr_t address) {
  static const GlobalKeys globals;
  const Layout& l = GetLayout();
  if (address >= l.data_begin && address < l.data_end) return globals.data[address - l.data_begin];
  if (address >= l.bss_begin && address < l.bss_end) return globals.bss[address - l.bss_begin];
  if (address - l.arena < kArenaSize) {
    const Allocation* a = engine.arena.Find(address);
    return a ? ObjectKeyOf(a->name_hash, address - a->begin) : kNoObjectKey;
  }
  if (address - l.stacks < kMaxTasks * kStackSize) {
    const Task& t = engine.tasks[(address - l.stacks) / kStackSize];
    return ObjectKeyOf(t.stack_hash, 0);   // the same wherever frames lie
  }
  if (l.RegionOf(address) == Region::Percpu) return PercpuKeyAt(globals, address);
  return kNoObjectKey;
}

}  // namespace hotweave
