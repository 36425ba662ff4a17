// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See held_locks.h.
#include "report/held_locks.h"

#include <algorithm>

namespace hotweave {

bool IsTrylock(Op op) { return OpName(op).ends_with("_trylock"); }

const char* ModeOf(Op op) {
  switch (op) {
    case Op::DownRead:
    case Op::DownReadTrylock:
    case Op::PercpuDownRead:
    case Op::PercpuDownReadTrylock:
    case Op::HotplugReadLock:
      return "read";
    case Op::DownWrite:
    case Op::DownWriteTrylock:
    case Op::PercpuDownWrite:
    case Op::HotplugWriteLock:
      return "write";
    default:
      return "";
  }
}

HeldLocks::HeldLocks(const Trace& trace)
    : trace_(trace), held_(trace.tasks.size()), pending_(trace.tasks.size(), Event::kNone) {
  for (const Event& e : trace.events)
    if (e.op == Op::Acquired) reported_.insert({e.object, e.offset});
}

bool HeldLocks::IsReported(uint32_t event) const {
  return reported_.contains({trace_.events[event].object, trace_.events[event].offset});
}

void HeldLocks::Acquire(uint32_t task, uint32_t event, Op op) {
  const Event& e = trace_.events[event];
  held_[task].push_back({e.object, e.offset, e.text, ModeOf(op), event});
}

void HeldLocks::Release(uint32_t task, const Event& event) {
  std::vector<HeldLock>& held = held_[task];
  const auto last = std::find_if(held.rbegin(), held.rend(), [&](const HeldLock& h) {
    return h.object == event.object && h.offset == event.offset;
  });
  if (last != held.rend()) held.erase(std::next(last).base());
}

void HeldLocks::Feed(uint32_t index) {
  const Event& e = trace_.events[index];
  const OpClass cls = ClassOf(e.op);
  uint32_t& pending = pending_[e.task];
  if (e.op == Op::Acquired) {
    const bool matches = pending != Event::kNone && trace_.events[pending].object == e.object &&
                         trace_.events[pending].offset == e.offset;
    Acquire(e.task, index, matches ? trace_.events[pending].op : e.op);
    if (matches) pending = Event::kNone;
    return;
  }
  if (cls == OpClass::Engine) return;
  if (pending != Event::kNone && !IsReported(pending)) Acquire(e.task, pending, trace_.events[pending].op);
  pending = Event::kNone;
  if (e.op == Op::DowngradeWrite) {
    for (HeldLock& h : held_[e.task])
      if (h.object == e.object && h.offset == e.offset) h.mode = "read";
  } else if (cls == OpClass::Unlock) {
    Release(e.task, e);
  } else if (cls == OpClass::Lock) {
    if (IsReported(index) || !IsTrylock(e.op)) pending = index;
  }
}

}  // namespace hotweave
