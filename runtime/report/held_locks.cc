// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See held_locks.h.
#include "report/held_locks.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>

namespace hotweave {
namespace {

// What has no place in memory that targets see is told apart by its name: an RCU reader is not a CPU hotplug lock.
bool SameLock(uint32_t object, uint32_t offset, const char* name, const Event& e) {
  if (object != e.object || offset != e.offset) return false;
  if (object != Event::kNone) return true;
  return name && e.text && std::string_view(name) == e.text;
}

}  // namespace

bool IsAbout(const Event& event, const HeldLock& lock) { return SameLock(lock.object, lock.offset, lock.name, event); }

bool IsTrylock(Op op) { return OpName(op).ends_with("_trylock"); }

const char* ModeOf(Op op) {
  switch (op) {
    case Op::DownRead:
    case Op::DownReadTrylock:
    case Op::PercpuDownRead:
    case Op::PercpuDownReadTrylock:
    case Op::ReadLock:
    case Op::ReadTrylock:
    case Op::RcuReadLock:
    case Op::SrcuReadLock:
      return "read";
    case Op::DownWrite:
    case Op::DownWriteTrylock:
    case Op::PercpuDownWrite:
    case Op::WriteLock:
    case Op::WriteTrylock:
      return "write";
    default:
      return "";
  }
}

HeldLocks::HeldLocks(const Trace& trace)
    : trace_(trace),
      held_(trace.tasks.size()),
      pending_(trace.tasks.size(), Event::kNone),
      last_(trace.tasks.size(), Event::kNone) {
  FindTrylocks();
}

bool HeldLocks::SamePlace(uint32_t a, uint32_t b) const {
  if (a == Event::kNone) return false;
  const Event& e = trace_.events[a];
  return SameLock(e.object, e.offset, e.text, trace_.events[b]);
}

bool HeldLocks::HeldAtEnd(const Event& e) const {
  if (e.task >= trace_.held_at_end.size()) return false;
  const std::vector<HeldLock>& held = trace_.held_at_end[e.task];
  return std::any_of(held.begin(), held.end(),
                     [&](const HeldLock& h) { return IsAbout(e, h); });
}

// From the end: what a task does next with a lock tells whether it had got it.
void HeldLocks::FindTrylocks() {
  std::map<std::tuple<uint32_t, uint32_t, uint32_t>, OpClass> next;
  for (uint32_t i = static_cast<uint32_t>(trace_.events.size()); i-- > 0;) {
    const Event& e = trace_.events[i];
    const OpClass cls = ClassOf(e.op);
    const bool note = e.op == Op::Note && e.object != Event::kNone;
    if (cls != OpClass::Lock && cls != OpClass::Unlock && !note) continue;
    const auto place = std::make_tuple(uint32_t{e.task}, e.object, e.offset);
    const auto found = next.find(place);
    if (IsTrylock(e.op) && (found == next.end() ? HeldAtEnd(e) : found->second == OpClass::Unlock))
      trylocks_.insert(i);
    next[place] = cls;
  }
}

void HeldLocks::Acquire(uint32_t task, uint32_t event, Op op) {
  const Event& e = trace_.events[event];
  held_[task].push_back({e.object, e.offset, e.text, ModeOf(op), event});
}

void HeldLocks::Release(uint32_t task, const Event& event) {
  std::vector<HeldLock>& held = held_[task];
  const auto last = std::find_if(held.rbegin(), held.rend(),
                                 [&](const HeldLock& h) { return IsAbout(event, h); });
  if (last != held.rend()) held.erase(std::next(last).base());
}

// The task has gone on: what it was about to lock, it holds.
void HeldLocks::Settle(uint32_t task) {
  if (pending_[task] != Event::kNone) Acquire(task, pending_[task], trace_.events[pending_[task]].op);
  pending_[task] = Event::kNone;
}

void HeldLocks::Feed(uint32_t index) {
  const Event& e = trace_.events[index];
  const uint32_t task = e.task;
  const OpClass cls = ClassOf(e.op);
  if (e.op == Op::Acquired) {
    const bool matches = SamePlace(last_[task], index);
    if (pending_[task] == Event::kNone && matches) Release(task, e);  // it was counted too early
    pending_[task] = Event::kNone;
    Acquire(task, index, matches ? trace_.events[last_[task]].op : e.op);
  } else if (e.op == Op::Blocked && SamePlace(last_[task], index)) {
    if (pending_[task] == Event::kNone) Release(task, e);
    pending_[task] = last_[task];
  } else if (e.op == Op::Note && SamePlace(pending_[task], index)) {
    pending_[task] = Event::kNone;   // interrupted: it did not get it
  }
  if (cls == OpClass::Engine) return;
  Settle(task);
  if (e.op == Op::DowngradeWrite) {
    for (HeldLock& h : held_[task])
      if (IsAbout(e, h)) h.mode = "read";
  } else if (cls == OpClass::Unlock) {
    Release(task, e);
  } else if (cls == OpClass::Lock && (!IsTrylock(e.op) || trylocks_.contains(index))) {
    pending_[task] = last_[task] = index;
  }
}

}  // namespace hotweave
