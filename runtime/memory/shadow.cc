// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Race detection and the state of memory, slow path. See shadow.h.
#include "memory/shadow.h"

#include <cstring>
#include <vector>

#include "core/engine.h"
#include "memory/kcsan.h"

namespace hotweave {
namespace {

MemoryObserver* memory_observer = nullptr;

constexpr uint32_t kMaxKept = 4 * kMaxTasks;   // of one cell

struct ChainNode {
  uint64_t slot;
  uint32_t next;   // 0: end
};
std::vector<ChainNode> chain(1);

inline uint64_t ClockOf(uint64_t slot) { return slot >> kSlotClockShift; }
inline uint32_t TaskOf(uint64_t slot) { return static_cast<uint32_t>(slot >> kSlotTaskShift & 0xff); }
inline uint64_t MaskOf(uint64_t slot) { return slot >> kSlotMaskShift & 0xff; }

// One access to one granule, against the cell's slots.
class CellCheck {
 public:
  CellCheck(uint64_t access, uintptr_t address, size_t size) : access_(access), address_(address), size_(size) {}

  void Run(ShadowCell& cell) {
    // slot[0] is the latest access: if it is of an earlier execution, so is everything in the cell.
    if (Stale(cell.slot[0])) {
      cell = {{access_, 0}};
      return;
    }
    if (cell.slot[1] == 0) {
      const uint64_t slot = cell.slot[0];
      Compare(slot);
      if (Covers(slot)) return;
      cell = {{access_, Droppable(slot) ? 0 : slot}};
      return;
    }
    RunChain(cell);
  }

 private:
  [[gnu::noinline]] void RunChain(ShadowCell& cell) {
    uint64_t kept[kMaxKept];
    uint32_t n = 0;
    bool subsumed = false;
    auto visit = [&](uint64_t slot) {
      Compare(slot);
      if (Droppable(slot)) return;
      if (Covers(slot)) subsumed = true;
      if (n == kMaxKept) engine.OutOfBudget("too many concurrent accesses to one address");
      kept[n++] = slot;
    };
    visit(cell.slot[0]);
    if (cell.slot[1] & kSlotChain) {
      for (uint32_t i = static_cast<uint32_t>(cell.slot[1] >> 8); i; i = chain[i].next) {
        visit(chain[i].slot);
      }
    } else if (cell.slot[1]) {
      visit(cell.slot[1]);
    }
    if (subsumed) return;
    Write(cell, kept, n);
  }

  bool Stale(uint64_t slot) const { return ClockOf(slot) <= engine.clock_base(); }
  bool Ordered(uint64_t slot) const { return ClockOf(slot) <= hot.task->clock[TaskOf(slot)]; }

  void Compare(uint64_t slot) {
    if (!(MaskOf(slot) & MaskOf(access_)) || TaskOf(slot) == TaskOf(access_)) return;
    const bool either_write = (slot | access_) & kSlotWrite;
    const bool either_plain = (slot | access_) & kSlotPlain;
    if (!either_write) return;
    const bool real = !((slot | access_) & kSlotAssert);
    if (!Ordered(slot)) {
      if (either_plain) {
        memory_observer->OnRace({slot, address_, size_, (access_ & kSlotWrite) != 0, (access_ & kSlotPlain) != 0,
                                 (access_ & kSlotAssert) != 0});
      }
    } else if (slot & access_ & kSlotWrite && real) {
      memory_observer->OnHandOver(address_, TaskOf(slot), TaskOf(access_));
    }
  }

  // Whatever would race with `slot` later would race with this access too.
  bool Droppable(uint64_t slot) const {
    const bool inside = (MaskOf(slot) & ~MaskOf(access_)) == 0;
    const bool weaker = (slot & ~access_ & kSlotKind) == 0;
    return inside && weaker && (TaskOf(slot) == TaskOf(access_) || Ordered(slot));
  }
  // `slot` already says all that this access would.
  bool Covers(uint64_t slot) const {
    return (slot >> kSlotTaskShift) == (access_ >> kSlotTaskShift) && (MaskOf(access_) & ~MaskOf(slot)) == 0 &&
           (access_ & ~slot & kSlotKind) == 0;
  }

  void Write(ShadowCell& cell, const uint64_t* kept, uint32_t n) {
    cell.slot[0] = access_;
    cell.slot[1] = n == 0 ? 0 : kept[0];
    if (n < 2) return;
    if (chain.size() + n > kMaxShadowChain) engine.OutOfBudget("too many concurrent readers of one address");
    uint32_t next = 0;
    for (uint32_t i = n; i-- > 0;) {
      chain.push_back({kept[i], next});
      next = static_cast<uint32_t>(chain.size()) - 1;
    }
    cell.slot[1] = uint64_t{next} << 8 | kSlotChain;
  }

  uint64_t access_;
  uintptr_t address_;
  size_t size_;
};

}  // namespace

void SetMemoryObserver(MemoryObserver* observer) { memory_observer = observer; }
MemoryObserver* GetMemoryObserver() { return memory_observer; }

void ShadowBegin() {
  chain.resize(1);
  AssertionsBegin();
}

void Redeclare() {
  hot.epoch = (hot.epoch & ~kSlotDeclared) | (hot.task->declared.any() ? kSlotDeclared : 0);
}

// An access of the current task to no byte at all.
void ShadowRevisit(uintptr_t address, size_t size) {
  for (uintptr_t a = address & ~uintptr_t{7}; a < address + size; a += 8) {
    CellCheck(hot.epoch & ~kSlotDeclared, a, 0).Run(hot.shadow[(a - hot.base) >> 3]);
  }
}

void ShadowForget(uintptr_t begin, size_t size) {
  std::memset(static_cast<void*>(&hot.shadow[(begin - hot.base) >> 3]), 0, ((size + 7) >> 3) * sizeof(ShadowCell));
}

void AccessSlow(uintptr_t address, size_t size, bool write, bool plain, bool assertion) {
  const uint8_t state = engine.arena.StateOf(address, size);
  if (state != kAddressable && !(state == kHidden && hot.task->sees_hidden)) {
    memory_observer->OnBadAccess(address, size, write, state);
    return;
  }
  // With races off for good, marked accesses still show who hands over to whom.
  if (hot.race_off && (plain || engine.race_detection())) return;
  if (__builtin_expect(hot.epoch & kSlotDeclared, 0) && plain) plain = !DeclaredMarked(assertion);
  if (__builtin_expect(assertions_stand, 0) && !assertion) CheckStandingAssertions(address, size, write);
  const uint64_t epoch = hot.epoch & ~kSlotDeclared;
  const uint64_t kind = (write ? kSlotWrite : 0) | (plain ? kSlotPlain : 0) | (assertion ? kSlotAssert : 0);
  if (__builtin_expect((address & 7) + size <= 8, 1)) {
    const uint64_t mask = ((uint64_t{1} << size) - 1) << (address & 7);
    CellCheck(epoch | mask << kSlotMaskShift | kind, address, size).Run(hot.shadow[(address - hot.base) >> 3]);
    return;
  }
  const uintptr_t end = address + size;
  for (uintptr_t a = address; a < end;) {
    const uintptr_t granule = a & ~uintptr_t{7};
    const uintptr_t stop = granule + 8 < end ? granule + 8 : end;
    const uint64_t mask = ((uint64_t{1} << (stop - granule)) - 1) & ~((uint64_t{1} << (a - granule)) - 1);
    CellCheck(epoch | mask << kSlotMaskShift | kind, address, size).Run(hot.shadow[(granule - hot.base) >> 3]);
    a = stop;
  }
}

}  // namespace hotweave
