// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The callbacks that clang's -fsanitize=thread instrumentation makes before each access, and the marked
// accesses of <hotweave/access.h>. An access is a scheduling point first, then checked, then happens: no
// other task runs between the check and the access itself.
//
// The fast path: countdown, one shadow load, compare, return.
#include <hotweave/access.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/engine.h"
#include "core/internal.h"
#include "core/tracer.h"
#include "memory/model.h"
#include "memory/shadow.h"

namespace hotweave {
namespace {

constexpr uintptr_t kNullPages = 64 << 10;   // nothing lives below

// The addresses that no other task can reach (constants, the engine's own data) are no scheduling points.
inline bool Tracked(const volatile void* p) { return reinterpret_cast<uintptr_t>(p) - hot.base < hot.span; }

[[gnu::noinline]] void Untracked(const volatile void* p, size_t size, bool write) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (hot.span != 0 && address < kNullPages) GetMemoryObserver()->OnNullAccess(address, size, write);
}

void DecideAccess(Op op, const void* address, size_t size) {
  engine.Decide(op, address, nullptr, size);
  if (Tracer* tracer = engine.tracer()) tracer->Access(Current(), op, address, size, Current().nth);
}

inline void PointAccess(Op op, const volatile void* address, size_t size) {
  if (__builtin_expect(--hot.countdown <= 0, 0)) DecideAccess(op, const_cast<const void*>(address), size);
}

constexpr uint64_t SlotKind(bool write, bool plain) { return (write ? kSlotWrite : 0) | (plain ? kSlotPlain : 0); }

// True if the cell's latest access is of this task and epoch, covers the same bytes and is at least as strong:
// then this one adds nothing. The access does not cross a granule.
template <size_t kSize, bool kWrite, bool kPlain>
inline __attribute__((always_inline)) bool Known(const volatile void* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  constexpr uint64_t kKind = SlotKind(kWrite, kPlain);
  constexpr uint64_t kMask = ((uint64_t{1} << kSize) - 1) << kSlotMaskShift;
  const uint64_t access = hot.epoch | kKind | (kSize == 8 ? kMask : kMask << (address & 7));
  // Bits of the kind that the earlier access may have and this one does not.
  return ((hot.shadow[(address - hot.base) >> 3].slot[0] ^ access) & ~(kSlotKind & ~kKind)) == 0;
}

// Everything but the common case. Decides first: other tasks may run before the access is checked.
template <size_t kSize, bool kWrite, bool kPlain>
[[gnu::noinline]] void DecideAndCheck(void* p) {
  DecideAccess(kPlain ? (kWrite ? Op::Write : Op::Read) : (kWrite ? Op::Store : Op::Load), p, kSize);
  if (!Known<kSize, kWrite, kPlain>(p)) AccessSlow(reinterpret_cast<uintptr_t>(p), kSize, kWrite, kPlain);
}

// An access that the compiler knows to be aligned. All slow cases are tail calls: no frame is set up here.
template <size_t kSize, bool kWrite, bool kPlain>
inline __attribute__((always_inline)) void Access(void* p) {
  if (__builtin_expect(!Tracked(p), 0)) return Untracked(p, kSize, kWrite);
  if (__builtin_expect(--hot.countdown <= 0, 0)) return DecideAndCheck<kSize, kWrite, kPlain>(p);
  if (__builtin_expect(Known<kSize, kWrite, kPlain>(p), 1)) return;
  AccessSlow(reinterpret_cast<uintptr_t>(p), kSize, kWrite, kPlain);
}

// Any alignment and size.
void Range(const void* p, size_t size, bool write, bool plain = true) {
  if (size == 0) return;
  if (!Tracked(p)) return Untracked(p, size, write);
  PointAccess(plain ? (write ? Op::Write : Op::Read) : (write ? Op::Store : Op::Load), p, size);
  AccessSlow(reinterpret_cast<uintptr_t>(p), size, write, plain);
}

// A marked access after its decision.
void CheckMarked(const volatile void* p, unsigned size, bool write) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  if (size != 8 || (write ? !Known<8, true, false>(p) : !Known<8, false, false>(p))) AccessSlow(address, size, write, false);
}

// Release and acquire clocks of addresses: what a marked store published, a marked load picks up. Open
// addressing; an entry belongs to the execution whose number it carries.
struct AddressClock {
  uintptr_t address;
  uint64_t generation;
  uint32_t clock;
};
constexpr uint32_t kAddressClocks = 1 << 16;
AddressClock address_clocks[kAddressClocks];
uint32_t address_clocks_used;

uint32_t& ClockOf(const volatile void* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  const uint64_t generation = engine.clock_base();
  uint32_t i = static_cast<uint32_t>((address >> 3) * 0x9e3779b1u) >> 16;
  static uint64_t counted_generation;
  if (counted_generation != generation) {
    counted_generation = generation;
    address_clocks_used = 0;
  }
  for (;; i = (i + 1) % kAddressClocks) {
    AddressClock& c = address_clocks[i];
    if (c.generation != generation) {
      if (++address_clocks_used > kAddressClocks / 2) engine.OutOfBudget("too many atomic variables");
      c = {address, generation, 0};
    }
    if (c.address == address) return c.clock;
  }
}

bool Acquires(hotweave_order o) { return o == HOTWEAVE_ACQUIRE || o == HOTWEAVE_FULL; }
bool Releases(hotweave_order o) { return o == HOTWEAVE_RELEASE || o == HOTWEAVE_FULL; }

// A relaxed load orders what it saw at the next acquiring fence, a relaxed store publishes what preceded the
// latest releasing fence (smp_rmb/smp_wmb/smp_mb): the C11 rules for fences, which the LKMM's include.
void OrderLoad(const volatile void* p, hotweave_order order) {
  const uint32_t clock = ClockOf(p);
  if (!clock) return;
  if (Acquires(order)) {
    engine.Acquire(clock);
  } else {
    engine.AcquireAtFence(clock);
  }
}

void OrderStore(const volatile void* p, hotweave_order order, bool rmw) {
  uint32_t& clock = ClockOf(p);
  if (Releases(order)) {
    rmw ? engine.ReleaseJoin(clock) : engine.Release(clock);
  } else {
    engine.ReleaseFenced(clock, rmw);
  }
}

}  // namespace

void AccessPoint(Op op, const void* address, size_t size) { PointAccess(op, address, size); }

}  // namespace hotweave

using namespace hotweave;

// ---- Marked accesses -------------------------------------------------------------------------------------

// What an untracked address (outside executions: any) gets: the access itself, after the null check.

extern "C" uint64_t hotweave_load(const volatile void* p, unsigned size, hotweave_order order) {
  if (!Tracked(p)) {
    Untracked(p, size, false);
    return RawLoad(p, size);
  }
  PointAccess(Op::Load, p, size);
  CheckMarked(p, size, false);
  const uint64_t value = Model().Load(p, size, order);
  OrderLoad(p, order);
  return value;
}

extern "C" void hotweave_store(volatile void* p, unsigned size, uint64_t value, hotweave_order order) {
  if (!Tracked(p)) {
    Untracked(p, size, true);
    return RawStore(p, size, value);
  }
  PointAccess(Op::Store, p, size);
  CheckMarked(p, size, true);
  OrderStore(p, order, false);
  Model().Store(p, size, value, order);
}

namespace {

// A fully ordered operation is one between two full barriers, for other variables too: Documentation/atomic_t.txt.
void FullFence(hotweave_order order) {
  if (order == HOTWEAVE_FULL) engine.Fence(true, true);
}

uint64_t Apply(hotweave_rmw_op op, uint64_t old, uint64_t operand) {
  switch (op) {
    case HOTWEAVE_ADD: return old + operand;
    case HOTWEAVE_SUB: return old - operand;
    case HOTWEAVE_AND: return old & operand;
    case HOTWEAVE_OR: return old | operand;
    case HOTWEAVE_XOR: return old ^ operand;
    case HOTWEAVE_XCHG: return operand;
  }
  InternalError("an unknown read-modify-write operation");
}

}  // namespace

extern "C" uint64_t hotweave_rmw(volatile void* p, unsigned size, hotweave_rmw_op op, uint64_t operand,
                                 hotweave_order order) {
  if (!Tracked(p)) {
    Untracked(p, size, true);
    const uint64_t old = RawLoad(p, size);
    RawStore(p, size, Apply(op, old, operand));
    return old;
  }
  PointAccess(Op::Rmw, p, size);
  CheckMarked(p, size, true);
  OrderLoad(p, order);
  OrderStore(p, order, true);
  FullFence(order);
  const uint64_t old = Model().LoadForUpdate(p, size, order);
  Model().Store(p, size, Apply(op, old, operand), order);
  return old;
}

extern "C" bool hotweave_cmpxchg(volatile void* p, unsigned size, uint64_t* expected, uint64_t desired,
                                 hotweave_order order) {
  const bool tracked = Tracked(p);
  if (tracked) {
    PointAccess(Op::Rmw, p, size);
  } else {
    Untracked(p, size, true);
  }
  const uint64_t old = tracked ? Model().LoadForUpdate(p, size, order) : RawLoad(p, size);
  const uint64_t width = size == 8 ? ~uint64_t{0} : (uint64_t{1} << size * 8) - 1;
  const bool equal = old == (*expected & width);
  if (tracked && equal) {
    CheckMarked(p, size, true);
    OrderLoad(p, order);
    OrderStore(p, order, true);
    FullFence(order);
    Model().Store(p, size, desired, order);
  } else if (tracked) {
    CheckMarked(p, size, false);
    OrderLoad(p, HOTWEAVE_RELAXED);
  } else if (equal) {
    RawStore(p, size, desired);
  }
  if (!equal) *expected = old;
  return equal;
}

extern "C" void hotweave_fence(enum hotweave_fence fence) {
  if (!hot.span) return;
  engine.Point(Op::Fence, nullptr);
  engine.Fence(fence == HOTWEAVE_MB || fence == HOTWEAVE_RMB, fence == HOTWEAVE_MB || fence == HOTWEAVE_WMB);
  Model().Fence(fence);
}

extern "C" void hotweave_data_race_begin(void) { ++hot.race_off; }
extern "C" void hotweave_data_race_end(void) { --hot.race_off; }

// ---- What the compiler calls -----------------------------------------------------------------------------

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_update(void** p, void*) { Access<8, true, true>(p); }
void __tsan_vptr_read(void** p) { Access<8, false, true>(p); }

#define HW_ACCESS(size)                                                                             \
  void __tsan_read##size(void* p) { Access<size, false, true>(p); }                                 \
  void __tsan_write##size(void* p) { Access<size, true, true>(p); }                                 \
  void __tsan_unaligned_read##size(void* p) { Range(p, size, false); }                              \
  void __tsan_unaligned_write##size(void* p) { Range(p, size, true); }                              \
  void __tsan_volatile_read##size(void* p) { Access<size, false, false>(p); }                       \
  void __tsan_volatile_write##size(void* p) { Access<size, true, false>(p); }                       \
  void __tsan_unaligned_volatile_read##size(void* p) { Range(p, size, false, false); }              \
  void __tsan_unaligned_volatile_write##size(void* p) { Range(p, size, true, false); }              \
  void __tsan_read_write##size(void* p) { Access<size, true, true>(p); }                            \
  void __tsan_unaligned_read_write##size(void* p) { Range(p, size, true); }
HW_ACCESS(1)
HW_ACCESS(2)
HW_ACCESS(4)
HW_ACCESS(8)
#undef HW_ACCESS

#define HW_ACCESS16(prefix, kind)                                            \
  void __tsan_##prefix##16(void* p) { Range(p, 16, kind); }                  \
  void __tsan_unaligned_##prefix##16(void* p) { Range(p, 16, kind); }
HW_ACCESS16(read, false)
HW_ACCESS16(write, true)
HW_ACCESS16(volatile_read, false)
HW_ACCESS16(volatile_write, true)
HW_ACCESS16(read_write, true)
#undef HW_ACCESS16

void __tsan_read_range(void* p, size_t size) { Range(p, size, false); }
void __tsan_write_range(void* p, size_t size) { Range(p, size, true); }

// A fault inside these is the target's, though it happens in the C library.
void* __tsan_memset(void* p, int c, size_t n) {
  Range(p, n, true);
  hot.copying = true;
  std::memset(p, c, n);
  hot.copying = false;
  return p;
}
void* __tsan_memcpy(void* to, const void* from, size_t n) {
  Range(from, n, false);
  Range(to, n, true);
  engine.Touches(from, n, false);   // only now is it read
  hot.copying = true;
  std::memcpy(to, from, n);
  hot.copying = false;
  return to;
}
void* __tsan_memmove(void* to, const void* from, size_t n) {
  Range(from, n, false);
  Range(to, n, true);
  engine.Touches(from, n, false);   // only now is it read
  hot.copying = true;
  std::memmove(to, from, n);
  hot.copying = false;
  return to;
}

// C11 and C++ atomics of target code, with the compiler's memory orders.

}  // extern "C"

namespace {

// __ATOMIC_RELAXED 0, CONSUME 1, ACQUIRE 2, RELEASE 3, ACQ_REL 4, SEQ_CST 5.
hotweave_order OrderOf(int mo) {
  if (mo == __ATOMIC_RELAXED) return HOTWEAVE_RELAXED;
  if (mo == __ATOMIC_ACQUIRE || mo == __ATOMIC_CONSUME) return HOTWEAVE_ACQUIRE;
  return mo == __ATOMIC_RELEASE ? HOTWEAVE_RELEASE : HOTWEAVE_FULL;
}

template <typename T>
T Nand(volatile T* p, T v, int mo) {
  uint64_t expected = hotweave_load(p, sizeof(T), HOTWEAVE_RELAXED);
  while (!hotweave_cmpxchg(p, sizeof(T), &expected, static_cast<T>(~(expected & v)), OrderOf(mo))) {
  }
  return static_cast<T>(expected);
}

template <typename T>
int CompareExchange(volatile T* p, T* expected, T desired, int mo) {
  uint64_t e = *expected;
  const bool ok = hotweave_cmpxchg(p, sizeof(T), &e, desired, OrderOf(mo));
  *expected = static_cast<T>(e);
  return ok;
}

}  // namespace

extern "C" {

#define HW_RMW(bits, type, name, op)                                                         \
  type __tsan_atomic##bits##_##name(volatile type* p, type v, int mo) {                      \
    return static_cast<type>(hotweave_rmw(p, sizeof(type), op, v, OrderOf(mo)));             \
  }
#define HW_ATOMIC(bits, type)                                                                \
  type __tsan_atomic##bits##_load(const volatile type* p, int mo) {                          \
    return static_cast<type>(hotweave_load(p, sizeof(type), OrderOf(mo)));                   \
  }                                                                                          \
  void __tsan_atomic##bits##_store(volatile type* p, type v, int mo) {                       \
    hotweave_store(p, sizeof(type), v, OrderOf(mo));                                         \
  }                                                                                          \
  HW_RMW(bits, type, exchange, HOTWEAVE_XCHG)                                                \
  HW_RMW(bits, type, fetch_add, HOTWEAVE_ADD)                                                \
  HW_RMW(bits, type, fetch_sub, HOTWEAVE_SUB)                                                \
  HW_RMW(bits, type, fetch_and, HOTWEAVE_AND)                                                \
  HW_RMW(bits, type, fetch_or, HOTWEAVE_OR)                                                  \
  HW_RMW(bits, type, fetch_xor, HOTWEAVE_XOR)                                                \
  type __tsan_atomic##bits##_fetch_nand(volatile type* p, type v, int mo) { return Nand(p, v, mo); }            \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile type* p, type* e, type v, int mo, int) {           \
    return CompareExchange(p, e, v, mo);                                                     \
  }                                                                                          \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile type* p, type* e, type v, int mo, int) {             \
    return CompareExchange(p, e, v, mo);                                                     \
  }                                                                                          \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type* p, type e, type v, int mo, int) {              \
    CompareExchange(p, &e, v, mo);                                                           \
    return e;                                                                                \
  }
HW_ATOMIC(8, uint8_t)
HW_ATOMIC(16, uint16_t)
HW_ATOMIC(32, uint32_t)
HW_ATOMIC(64, uint64_t)
#undef HW_ATOMIC
#undef HW_RMW

void __tsan_atomic_thread_fence(int mo) {
  if (mo != __ATOMIC_RELAXED) hotweave_fence(HOTWEAVE_MB);
}
void __tsan_atomic_signal_fence(int) {}

}  // extern "C"
