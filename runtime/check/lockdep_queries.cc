// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: what is asked of it rather than reported by it, and what must hold at ends. See lockdep.h. Depends on core.
#include "check/lockdep.h"

namespace hotweave {
namespace {

bool Overlaps(const lockdep_map* map, const void* begin, size_t size) {
  const auto a = reinterpret_cast<uintptr_t>(map), b = reinterpret_cast<uintptr_t>(begin);
  return a < b + size && b < a + sizeof(lockdep_map);
}

// Not 0: 0 means that nothing is pinned. Each pin adds its own number, so that they can be told apart.
constexpr unsigned kFirstCookie = 1;

}  // namespace

// Source: lock_is_held_type(), kernel/locking/lockdep.c, 6.1.
int Lockdep::IsHeld(const lockdep_map& map, int read) {
  if (!Active()) return -1;
  const TaskState& t = Here();
  for (uint32_t i = 0; i < t.depth; ++i) {
    if (Matches(t.held[i], map)) return read == -1 || (read != 0) == (t.held[i].read != 0);
  }
  // A handler runs on top of what it interrupts, and what that holds is held.
  for (const Task* below = hot.task; below && below->irq;) {
    below = below->interrupted;
    const TaskState* b = below ? StateOf(*below) : nullptr;
    for (uint32_t i = 0; b && i < b->depth; ++i) {
      if (Matches(b->held[i], map)) return read == -1 || (read != 0) == (b->held[i].read != 0);
    }
  }
  return 0;
}

const lockdep_map* Lockdep::AnyHeldLockIn(const void* begin, size_t size, const Task** owner) const {
  for (const Task& task : engine.live()) {
    const TaskState* t = StateOf(task);
    for (uint32_t i = 0; t && i < t->depth; ++i) {
      if (!Overlaps(t->held[i].map, begin, size)) continue;
      if (owner) *owner = &task;
      return t->held[i].map;
    }
  }
  return nullptr;
}

// Source: debug_check_no_locks_freed(), which kfree() and the init functions of locks call, 6.1.
void Lockdep::InitLock(const void* begin, size_t size) {
  if (!Active()) return;
  const TaskState* t = StateOf(*hot.task);
  for (uint32_t i = 0; t && i < t->depth; ++i) {
    if (!Overlaps(t->held[i].map, begin, size)) continue;
    const std::string name = NameOf(*t->held[i].cls);
    return ReportMisuse("WARNING: held lock freed!", std::string(hot.task->comm) + " frees or initialises the memory of " + name + ", which it holds",
                        t->held[i].map);
  }
}

// Source: debug_check_no_locks_held(), lockdep_sys_exit(), kernel/locking/lockdep.c, 6.1.
void Lockdep::TaskExit(const char* moment) {
  if (!Active()) return;
  ForgetPast();
  const TaskState* t = StateOf(*hot.task);
  if (!t || !t->depth) return;
  Failure f;
  f.kind = Kind::LockLeak;
  f.address = t->held[0].map;
  f.locks.shape = LockReport::Shape::Other;
  f.locks.headline = "WARNING: lock held at task exit time, still held!";
  f.sentence = std::string(hot.task->comm) + " " + moment + " while it holds ";
  for (uint32_t i = 0; i < t->depth; ++i) {
    f.sentence += (i ? ", " : "") + NameOf(*t->held[i].cls);
    f.names.push_back(NameOf(*t->held[i].cls, false));
  }
  f.details = HeldLines();
  Finish(std::move(f));
}

// Source: __lock_pin_lock(), __lock_repin_lock(), __lock_unpin_lock(), kernel/locking/lockdep.c, 6.1.
unsigned Lockdep::Pin(lockdep_map& map) {
  if (!Active()) return 0;
  TaskState& t = Here();
  const uint32_t at = Find(t, map);
  if (at == t.depth) {
    ReportMisuse("WARNING: pinning an unheld lock", std::string("the lock ") + map.name + " is pinned, but not held", &map);
    return 0;
  }
  const unsigned cookie = kFirstCookie + t.pins_made++ % 0xffff;
  t.held[at].pins += cookie;
  return cookie;
}

void Lockdep::Repin(lockdep_map& map, unsigned cookie) {
  if (!Active()) return;
  TaskState& t = Here();
  const uint32_t at = Find(t, map);
  if (at == t.depth) {
    return ReportMisuse("WARNING: pinning an unheld lock", std::string("the lock ") + map.name + " is pinned again, but not held",
                        &map);
  }
  t.held[at].pins += cookie;
}

void Lockdep::Unpin(lockdep_map& map, unsigned cookie) {
  if (!Active()) return;
  TaskState& t = Here();
  const uint32_t at = Find(t, map);
  const char* wrong = nullptr;
  if (at == t.depth) {
    wrong = "unpinning an unheld lock";
  } else if (!t.held[at].pins) {
    wrong = "unpinning an unpinned lock";
  } else if (t.held[at].pins < cookie) {
    wrong = "pin count corrupted";
  }
  if (!wrong) {
    t.held[at].pins -= cookie;
    return;
  }
  ReportMisuse("WARNING: unpinning", std::string(hot.task->comm) + ": " + wrong + ": " + map.name, &map);
}

}  // namespace hotweave
