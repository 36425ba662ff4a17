// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Who holds which bit: what makes waits for bit spinlocks edges of the wait-for graph. Contract:
// <linux/bit_spinlock.h>. Follows include/linux/bit_spinlock.h of Linux 6.1.
#include <linux/bit_spinlock.h>

#include <vector>

#include "kernel/lock.h"
#include "kernel/reset.h"
#include "memory/model.h"

using namespace hotweave;

namespace {

struct Bit {
  unsigned long* word;   // that the bit is in
  unsigned long mask;
  Task* owner;           // nullptr: free, or nobody that is known
};

// Of this execution. Few at a time.
std::vector<Bit> bits;
const bool registered = OnExecutionBegin([] { bits.clear(); });

Bit& BitAt(int number, unsigned long* addr) {
  unsigned long* word = addr + BIT_WORD(number);
  const unsigned long mask = BIT_MASK(number);
  for (Bit& b : bits) {
    if (b.word == word && b.mask == mask) return b;
  }
  bits.push_back({word, mask, nullptr});
  return bits.back();
}

bool IsSet(const Bit& b) { return RawLoad(b.word, sizeof(*b.word)) & b.mask; }

bool NeedsOwner(const Task& self, const Task& other) {
  for (const Bit& b : bits) {
    if (b.word == self.wait.object && b.mask == self.wait.detail && b.owner == &other) return true;
  }
  return false;
}

}  // namespace

extern "C" void hotweave_bit_spin_wait(int number, unsigned long* addr) {
  ++engine.statistics.contended;
  const Bit bit = BitAt(number, addr);
  if (!bit.owner) return engine.Relax();
  while (IsSet(bit) && BitAt(number, addr).owner) {
    // It gives way if it could before it came here.
    engine.Block({.op = Op::BitSpinLock, .object = bit.word, .name = "bit spinlock", .spinning = InAtomic(Current()),
                  .hard = true, .detail = bit.mask, .blocked_by = NeedsOwner});
  }
}

extern "C" void hotweave_bit_spin_owner(int number, unsigned long* addr, bool takes) {
  Bit& bit = BitAt(number, addr);
  if (!takes && bit.owner && bit.owner != hot.task) {
    LockMisuse(bit.word, "bit spinlock",
               std::string(hot.task->comm) + " unlocks a bit spinlock, which " + bit.owner->comm + " holds");
  }
  bit.owner = takes ? hot.task : nullptr;
}

extern "C" void hotweave_bit_spin_wake(int number, unsigned long* addr) {
  const Bit& bit = BitAt(number, addr);
  for (Task& t : engine.live()) {
    if (!t.runnable && t.wait.op == Op::BitSpinLock && t.wait.object == bit.word && t.wait.detail == bit.mask) {
      engine.Unblock(t);
    }
  }
}
