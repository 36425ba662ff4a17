// SPDX-License-Identifier: GPL-2.0-only OR MIT
// <linux/kcsan-checks.h>. The declarations follow kernel/kcsan/core.c of Linux 6.1; the checks are those of
// shadow.h.
#include "memory/kcsan.h"

#include <linux/kcsan-checks.h>

#include <vector>

#include "core/engine.h"
#include "core/tracer.h"
#include "memory/model.h"
#include "memory/shadow.h"

namespace hotweave {

bool assertions_stand;

namespace {

// An assertion that stands over an interval (mask 0), or about the bits of `mask` since its epoch.
struct Standing {
  uintptr_t address;
  size_t size;
  uint64_t slot;    // of the assertion, as in the shadow
  uint64_t mask;    // bits of `value`
  uint64_t value;   // of these bits when it was made
  uint32_t id;
  bool write;       // nobody else may even read
};
std::vector<Standing> standing;
uint32_t last_id;
Standing changing;   // the assertion about bits that the write before the next point may break

bool Overlap(const Standing& s, uintptr_t address, size_t size) {
  return address < s.address + s.size && s.address < address + size;
}

uint32_t OwnerOf(const Standing& s) { return static_cast<uint32_t>(s.slot >> kSlotTaskShift & 0xff); }

bool OrderedBefore(const Standing& s) { return s.slot >> kSlotClockShift <= hot.task->clock[OwnerOf(s)]; }

uint64_t SlotOf(bool write) {
  return (hot.epoch & ~kSlotDeclared) | 0xff << kSlotMaskShift | kSlotPlain | kSlotAssert | (write ? kSlotWrite : 0);
}

void BitsAfterTheWrite() {
  const uint64_t now = RawLoad(reinterpret_cast<const void*>(changing.address), static_cast<unsigned>(changing.size));
  GetMemoryObserver()->OnDisputed((now & changing.mask) != changing.value);
}

bool MachineSize(size_t size) { return size == 1 || size == 2 || size == 4 || size == 8; }

void AssertBits(uintptr_t address, size_t size, uint64_t mask) {
  if (!MachineSize(size)) return;
  const uint64_t value = RawLoad(reinterpret_cast<const void*>(address), static_cast<unsigned>(size));
  standing.push_back({address, size, SlotOf(false), mask, value & mask, ++last_id, false});
  assertions_stand = true;
  ShadowRevisit(address, size);
}

}  // namespace

void AssertionsBegin() {
  standing.clear();
  last_id = 0;
  assertions_stand = false;
}

void CheckStandingAssertions(uintptr_t address, size_t size, bool write) {
  for (const Standing& s : standing) {
    if (!Overlap(s, address, size) || OwnerOf(s) == hot.task->index || !(write || s.write)) continue;
    const Conflict conflict{s.slot, address, size, write, true, false};
    if (!s.mask) {
      GetMemoryObserver()->OnRace(conflict);
    } else if (!OrderedBefore(s)) {
      GetMemoryObserver()->OnDispute(conflict);
      changing = s;
      engine.AtNextPoint(BitsAfterTheWrite);
    }
  }
}

bool DeclaredMarked(bool assertion) {
  AccessDeclarations& d = hot.task->declared;
  if (d.nested || d.flat) return true;
  if (assertion || d.next <= 0) return false;
  --d.next;
  Redeclare();
  return true;
}

}  // namespace hotweave

using namespace hotweave;

namespace {

Op OpOf(int type) {
  if (type & KCSAN_ACCESS_ASSERT) return Op::AssertExclusive;
  if (type & KCSAN_ACCESS_ATOMIC) {
    return type & KCSAN_ACCESS_COMPOUND ? Op::Rmw : type & KCSAN_ACCESS_WRITE ? Op::Store : Op::Load;
  }
  return type & KCSAN_ACCESS_WRITE ? Op::Write : Op::Read;
}

bool Tracked(uintptr_t address) { return address - hot.base < hot.span; }

}  // namespace

extern "C" void __kcsan_check_access(const volatile void* p, size_t size, int type) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (size == 0) return;
  const bool write = type & KCSAN_ACCESS_WRITE, assertion = type & KCSAN_ACCESS_ASSERT;
  if (!Tracked(address)) return;
  AccessPoint(OpOf(type), const_cast<const void*>(p), size);
  if (assertion && Current().declared.mask) {
    if (!hot.race_off) AssertBits(address, size, Current().declared.mask);
    return;
  }
  AccessSlow(address, size, write, !(type & KCSAN_ACCESS_ATOMIC), assertion);
}

extern "C" void kcsan_disable_current(void) { ++hot.race_off; }
extern "C" void kcsan_enable_current(void) { --hot.race_off; }
extern "C" void kcsan_enable_current_nowarn(void) { --hot.race_off; }

extern "C" void kcsan_nestable_atomic_begin(void) {
  ++Current().declared.nested;
  Redeclare();
}
extern "C" void kcsan_nestable_atomic_end(void) {
  --Current().declared.nested;
  Redeclare();
}
extern "C" void kcsan_flat_atomic_begin(void) {
  Current().declared.flat = true;
  Redeclare();
}
extern "C" void kcsan_flat_atomic_end(void) {
  Current().declared.flat = false;
  Redeclare();
}
extern "C" void kcsan_atomic_next(int n) {
  Current().declared.next = n;
  Redeclare();
}
extern "C" void kcsan_set_access_mask(unsigned long mask) { Current().declared.mask = mask; }

extern "C" kcsan_scoped_access* kcsan_begin_scoped_access(const volatile void* p, size_t size, int type,
                                                          kcsan_scoped_access* sa) {
  __kcsan_check_access(p, size, type);
  *sa = {p, size, type, ++last_id};
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (hot.race_off || !Tracked(address)) return sa;
  const bool write = type & KCSAN_ACCESS_WRITE;
  standing.push_back({address, size, SlotOf(write), 0, 0, sa->slot, write});
  assertions_stand = true;
  return sa;
}

extern "C" void kcsan_end_scoped_access(kcsan_scoped_access* sa) {
  __kcsan_check_access(sa->ptr, sa->size, sa->type);
  std::erase_if(standing, [&](const Standing& s) { return s.id == sa->slot; });
  assertions_stand = !standing.empty();
}
