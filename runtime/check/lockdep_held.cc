// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: stacks of held locks and wait types. See lockdep.h. Depends on core.
#include "check/lockdep.h"

#include <algorithm>

#include "core/tracer.h"

namespace hotweave {

void Lockdep::Begin(const LockdepConfig& config) {
  config_ = config;
  if (++execution_ == 0) {   // after 2^32 executions the marks of old ones would be taken for new
    std::fill(class_slots_.begin(), class_slots_.end(), ClassSlot{});
    std::fill(chain_slots_.begin(), chain_slots_.end(), ChainSlot{});
    for (TaskState& t : tasks_) t.execution = 0;
    execution_ = 1;
  }
  class_count_ = chain_count_ = generation_ = usage_seen_ = waits_begun_ = 0;
  awaited_.clear();
  silent_ = config.rules == LockdepRules::Off;
  dependencies_.clear();
  dynamic_keys_.clear();
}

Lockdep::TaskState& Lockdep::Here() {
  TaskState& t = tasks_[hot.task->index];
  if (__builtin_expect(t.execution != execution_, 0)) {
    t.execution = execution_;
    t.depth = t.off = t.pins_made = t.past_count = 0;
    t.chain = 0;
  }
  return t;
}

const Lockdep::TaskState* Lockdep::StateOf(const Task& task) const {
  const TaskState& t = tasks_[task.index];
  return t.execution == execution_ ? &t : nullptr;
}

bool Lockdep::Active() const {
  const TaskState* t = StateOf(*hot.task);
  return !silent_ && !(t && t->off);
}

bool Lockdep::IsOff(const Task& task) const {
  const TaskState* t = StateOf(task);
  return t && t->off;
}

void Lockdep::Off() { ++Here().off; }

void Lockdep::On() {
  TaskState& t = Here();
  if (t.off) --t.off;
}

uint32_t Lockdep::Depth(const Task& task) const {
  const TaskState* t = StateOf(task);
  return t ? t->depth : 0;
}

uint32_t Lockdep::StackHere() { return engine.tracer()->Intern(engine.StackOf(*hot.task)); }
uint32_t Lockdep::LastEvent() { return engine.tracer()->LastEvent(); }

void Lockdep::Acquire(lockdep_map& map, const LockAcquire& how) {
  if (__builtin_expect(silent_, 0) || Here().off) return;
  AcquireReferences(map, how, 0, 0, IrqsOffHere());
}

// Source: __lock_acquire(), kernel/locking/lockdep.c, 6.1.
void Lockdep::AcquireReferences(lockdep_map& map, const LockAcquire& how, uint32_t references, uint32_t pins,
                                bool irqs_off) {
  TaskState& t = Here();
  lock_class* const cls = ClassOf(map, how.subclass);
  if (silent_) return;
  const bool check = how.check && map.key != &__lockdep_no_validate__;
  if (t.depth && how.nest && t.held[t.depth - 1].cls == cls) {
    LockdepHeld& top = t.held[t.depth - 1];
    if (!top.references) ++top.references;
    top.references += references ? references : 1;
    return;
  }
  if (t.depth == kMaxHeldLocks) engine.OutOfBudget("too many locks held by one task");
  LockdepHeld& next = t.held[t.depth];
  next = {cls,
          &map,
          how.nest,
          t.chain,
          references,
          pins,
          engine.tracing() ? LastEvent() : ~0u,
          engine.tracing() ? StackHere() : ~0u,
          static_cast<uint8_t>(how.read),
          0,
          how.trylock,
          check,
          irqs_off,
          hot.task->index};
  CheckWaitContext(t, next);
  if (silent_) return;
  MarkUsage(next);
  if (silent_) return;
  const uint64_t chain = Extend(t.chain, next);
  if (how.nest && IsHeld(*how.nest, -1) == 0) return ReportNestNotHeld(next);
  Validate(t, next, chain);
  if (silent_) return;
  t.chain = chain;
  ++t.depth;
  if (__builtin_expect(!awaited_.empty(), 0)) Remember(t, next);
}

// What is taken must not wait longer than what is held allows. Source: check_wait_context(), 6.1.
void Lockdep::CheckWaitContext(const TaskState& t, LockdepHeld& next) {
  const uint8_t below = t.depth ? t.held[t.depth - 1].wait_inner : TaskWaitContext();
  const uint8_t inner = next.cls->wait_inner;
  next.wait_inner = inner && inner < below ? inner : below;
  if (!inner || next.trylock) return;
  const uint8_t outer = next.cls->wait_outer ? next.cls->wait_outer : inner;
  if (outer > below) ReportWaitContext(next, below);
}

// Source: match_held_lock(), kernel/locking/lockdep.c, 6.1.
bool Lockdep::Matches(const LockdepHeld& h, const lockdep_map& map) {
  if (h.map == &map) return true;
  return h.references && h.nest && h.cls->key == map.key && h.cls->subclass == 0;
}

// Index of the innermost entry of the lock; depth if there is none.
uint32_t Lockdep::Find(const TaskState& t, const lockdep_map& map) const {
  for (uint32_t i = t.depth; i-- > 0;) {
    if (Matches(t.held[i], map)) return i;
  }
  return t.depth;
}

void Lockdep::PopTo(TaskState& t, uint32_t depth) {
  t.chain = t.held[depth].previous_chain;
  t.depth = depth;
}

// The entry is held on top of others than before: its sequence is validated again.
// Source: reacquire_held_locks(), kernel/locking/lockdep.c, 6.1.
void Lockdep::Reacquire(const LockdepHeld& h) {
  const uint32_t depth = Here().depth;
  AcquireReferences(*h.map, {h.cls->subclass, h.read, h.trylock, h.check, const_cast<lockdep_map*>(h.nest)}, h.references,
                    h.pins, h.irqs_off);
  TaskState& t = Here();
  if (silent_ || t.depth == depth) return;
  t.held[depth].event = h.event;
  t.held[depth].stack = h.stack;
}

// Source: __lock_release(), kernel/locking/lockdep.c, 6.1.
void Lockdep::Release(lockdep_map& map) {
  if (__builtin_expect(silent_, 0)) return;
  TaskState& t = Here();
  if (t.off) return;
  const uint32_t at = Find(t, map);
  if (at == t.depth) return ReportImbalance(map);
  LockdepHeld& h = t.held[at];
  if (h.pins) {
    ReportMisuse("WARNING: releasing a pinned lock", "the lock " + NameOf(*h.cls) + " is released while it is pinned", &map);
  }
  if (h.references && --h.references) return;
  const uint32_t depth = t.depth;
  if (at + 1 == depth) return PopTo(t, at);
  LockdepHeld above[kMaxHeldLocks];
  std::copy(t.held + at + 1, t.held + depth, above);
  PopTo(t, at);
  for (uint32_t i = 0; i + at + 1 < depth && !silent_; ++i) Reacquire(above[i]);
}

// The lock becomes another class while it is held. Source: __lock_set_class(), kernel/locking/lockdep.c, 6.1.
void Lockdep::SetClass(lockdep_map& map, const char* name, lock_class_key* key, unsigned subclass) {
  if (!Active()) return;
  TaskState& t = Here();
  const uint32_t at = Find(t, map);
  if (at == t.depth) return ReportImbalance(map);
  map.name = name;
  map.key = key;
  InitMap(map, 0);
  const uint32_t depth = t.depth;
  LockdepHeld above[kMaxHeldLocks];
  std::copy(t.held + at, t.held + depth, above);
  above[0].cls = Register(map, subclass);
  PopTo(t, at);
  for (uint32_t i = 0; i + at < depth && !silent_; ++i) Reacquire(above[i]);
}

// A writer becomes a reader. Source: __lock_downgrade(), kernel/locking/lockdep.c, 6.1.
void Lockdep::Downgrade(lockdep_map& map) {
  if (!Active()) return;
  TaskState& t = Here();
  const uint32_t at = Find(t, map);
  if (at == t.depth) return ReportImbalance(map);
  const uint32_t depth = t.depth;
  LockdepHeld above[kMaxHeldLocks];
  std::copy(t.held + at, t.held + depth, above);
  if (above[0].read) {
    ReportMisuse("WARNING: downgrading a read lock",
                 "the lock " + NameOf(*above[0].cls) + " is downgraded, but held for read already", &map);
  }
  above[0].read = 1;
  PopTo(t, at);
  for (uint32_t i = 0; i + at < depth && !silent_; ++i) Reacquire(above[i]);
}

}  // namespace hotweave
