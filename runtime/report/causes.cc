// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See causes.h.
#include "report/causes.h"

#include <algorithm>

#include "report/events.h"

namespace hotweave {
namespace {

bool IsShared(const Trace& trace, const Event& e) {
  return e.object < trace.objects.size() && trace.objects[e.object].kind != TraceObject::Kind::Stack && e.size;
}

bool SameGranule(const Event& a, const Event& b) { return a.object == b.object && a.offset / 8 == b.offset / 8; }

class Finder {
 public:
  Finder(const Trace& trace, uint32_t task, uint32_t first, uint32_t last, const std::vector<uint32_t>& parties, Look look)
      : trace_(trace), task_(task), first_(first), last_(last), parties_(parties), missed_(look != Look::Seen),
        waits_(look == Look::Waiting) {}

  Causes Find() {
    for (uint32_t look : Looks()) {
      if (found_ == kMostPlaces) break;
      found_ += Consider(look) ? 1 : 0;
    }
    return std::move(causes_);
  }

 private:
  const Event& At(uint32_t i) const { return trace_.events[i]; }

  // The last look of the task at each place, latest first.
  std::vector<uint32_t> Looks() const {
    std::vector<uint32_t> looks;
    for (uint32_t i = last_ + 1; i-- > first_ && looks.size() < kMostLooks;) {
      const Event& e = At(i);
      if (e.task != task_ || !(IsLoad(e.op) || e.op == Op::Rmw) || !IsShared(trace_, e)) continue;
      if (std::none_of(looks.begin(), looks.end(), [&](uint32_t k) { return SameGranule(At(k), e); })) looks.push_back(i);
    }
    return looks;
  }

  bool IsOthersStore(uint32_t i, const Event& look) const {
    const Event& e = At(i);
    return e.task != task_ && IsStore(e.op) && SameGranule(e, look) &&
           std::find(parties_.begin(), parties_.end(), uint32_t{e.task}) != parties_.end();
  }

  void Take(uint32_t store) {
    causes_.events.insert(store);
    causes_.tasks.insert(At(store).task);
  }

  bool Consider(uint32_t look) {
    bool changed = false;
    for (uint32_t i = look; i-- > first_ && !changed;) {
      if (IsOthersStore(i, At(look))) Take(i), TakeLookBefore(i, look), changed = true;
    }
    for (uint32_t i = look + 1; missed_ && i <= last_; i++) {
      if (IsOthersStore(i, At(look))) Take(i), changed = true;
    }
    if (changed) causes_.events.insert(look);
    if (!changed && waits_) {
      for (uint32_t i = first_; i <= last_; i++) {
        if (At(i).task == task_ && IsLoad(At(i).op) && SameGranule(At(i), At(look))) causes_.events.insert(i);
      }
    }
    return changed || waits_;
  }

  // What the task had seen there before the other one changed it.
  void TakeLookBefore(uint32_t store, uint32_t look) {
    for (uint32_t i = store; i-- > first_;) {
      if (At(i).task != task_ || !IsLoad(At(i).op) || !SameGranule(At(i), At(look))) continue;
      causes_.events.insert(i);
      return;
    }
  }

  const Trace& trace_;
  uint32_t task_, first_, last_;
  const std::vector<uint32_t>& parties_;
  bool missed_, waits_;
  size_t found_ = 0;
  Causes causes_;
};

}  // namespace

Look LookOf(Kind kind) {
  if (kind == Kind::HungTask || kind == Kind::Livelock) return Look::Waiting;
  return kind == Kind::VanishedPage || kind == Kind::UseAfterFree ? Look::Missed : Look::Seen;
}

Causes FindCauses(const Trace& trace, uint32_t task, uint32_t first, uint32_t last, const std::vector<uint32_t>& parties, Look look) {
  if (trace.events.empty()) return {};
  last = std::min(last, static_cast<uint32_t>(trace.events.size() - 1));
  return Finder(trace, task, first, last, parties, look).Find();
}

}  // namespace hotweave
