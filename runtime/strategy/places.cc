// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See places.h.
#include "strategy/places.h"

#include <sys/mman.h>

#include <algorithm>

#include "core/internal.h"
#include "core/layout.h"

namespace hotweave {
namespace {

void* Reserve(size_t bytes) {
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  HW_CHECK(p != MAP_FAILED);
  return p;
}

constexpr size_t kFewestSlots = size_t{1} << 16;
constexpr size_t kMostSlots = size_t{1} << 27;   // 1 GiB; further states are not remembered, and explored again

}  // namespace

PlaceTable::PlaceTable() : uses_(1), kinds_(1) {
  const size_t size = (GetLayout().span / 8 + 1 + kGranules) * sizeof(Info);
  static Info* const info = static_cast<Info*>(Reserve(size));   // one for the process: searches follow each other
  madvise(static_cast<void*>(info), size, MADV_DONTNEED);
  info_ = info;
}

void PlaceTable::BeginExecution() {
  ++execution_;
  state_ = 0;
  uses_used_ = 0;
  tasks_.assign(kMaxTasks, History{});
}

PlaceTable::Info& PlaceTable::At(Place place) {
  Info& i = info_[place];
  if (i.execution != execution_) {
    i.execution = execution_;
    i.written = i.reads = 0;
    i.uses = 0;
  }
  return i;
}

void PlaceTable::TaskCreated(uint32_t creator, uint32_t created) {
  History& h = tasks_[created];
  const History& c = tasks_[creator];
  std::copy(c.born, c.born + kMaxTasks, h.born);
  h.born[creator] = c.steps + 1;
}

void PlaceTable::TaskJoined(uint32_t task, uint32_t exited) {
  History& h = tasks_[task];
  const History& e = tasks_[exited];
  for (uint32_t t = 0; t < kMaxTasks; ++t) h.born[t] = std::max(h.born[t], e.born[t]);
  h.born[exited] = e.steps;
}

bool PlaceTable::Shared(Place place, bool write, uint32_t task, const Guards& guards) const {
  const Info& info = info_[place];
  if (info.all) return true;
  if (!info.kinds) return false;
  for (const Kind& k : kinds_[info.kinds]) {
    if (k.task == task && k.write == write && k.guards == guards) return true;
  }
  return false;
}

bool PlaceTable::Shared(const Step& step) const {
  return std::any_of(step.touches.begin(), step.touches.end(),
                     [&](const Touch& t) { return Shared(t.place, t.write, step.task, step.guards); });
}

// Touches that look so have met others; true if that is new.
bool PlaceTable::Learn(Info& info, uint32_t task, bool write, const Guards& guards) {
  if (info.all) return false;
  if (!info.kinds) {
    info.kinds = static_cast<uint32_t>(kinds_.size());
    kinds_.emplace_back();
    ++shared_count_;
  }
  std::vector<Kind>& kinds = kinds_[info.kinds];
  for (const Kind& k : kinds) {
    if (k.task == task && k.write == write && k.guards == guards) return false;
  }
  if (kinds.size() == kMostUses) info.all = true;
  kinds.push_back({static_cast<uint16_t>(task), write, guards});
  return true;
}

// Notes the touch; true if it shows something to be shared that was not known to be.
bool PlaceTable::Meet(Info& info, const Step& step, const Touch& touch) {
  if (info.all) return false;
  const History& h = tasks_[step.task];
  if (!info.uses) {
    info.uses = static_cast<uint32_t>(++uses_used_);
    if (uses_.size() == uses_used_) uses_.emplace_back();
    uses_[info.uses].clear();
  }
  std::vector<Use>& uses = uses_[info.uses];
  Use* own = nullptr;
  bool news = false, meets = false;
  for (Use& u : uses) {
    if (u.task == step.task) {
      if (u.write == touch.write && u.guards == step.guards) own = &u;
      continue;
    }
    if (!(u.write || touch.write) || u.step <= h.born[u.task] || u.guards.Exclude(step.guards)) continue;
    if (CountsForItself(touch.place, u.write)) news |= Learn(info, u.task, u.write, u.guards);
    meets = true;
  }
  if (meets && CountsForItself(touch.place, touch.write)) news |= Learn(info, step.task, touch.write, step.guards);
  if (own) {
    own->step = h.steps;
  } else if (uses.size() == kMostUses) {
    info.all = news = true;
  } else {
    uses.push_back({static_cast<uint16_t>(step.task), touch.write, h.steps, step.guards});
  }
  return news;
}

uint64_t PlaceTable::Part(uint32_t task) const {
  const History& h = tasks_[task];
  return Mix(Mix(h.latest, h.choices), uint64_t{task} << 32 | h.steps);
}

bool PlaceTable::Note(const Step& step) {
  History& h = tasks_[step.task];
  state_ -= Part(step.task);
  ++h.steps;
  for (const uint32_t cpu : {step.cpu, uint32_t{engine.tasks[step.task].cpu}}) {
    if (cpu != h.cpu) h.choices = Mix(h.choices, uint64_t{h.steps} << 32 | cpu);   // from this step on it is there
    h.cpu = cpu;
  }
  bool news = false;
  uint64_t sum = 0;
  bool any = false;
  for (const Touch& t : step.touches) {
    Info& i = At(t.place);
    news |= Meet(i, step, t);
    if (SaysWhoRuns(t.place) || !Shared(t.place, t.write, step.task, step.guards)) continue;
    sum += Mix(Mix(t.place, i.written), t.write ? i.reads : 0);
    any = true;
  }
  if (any) {
    h.latest = Mix(Mix(h.latest, sum), Mix(h.choices, uint64_t{step.task} << 32 | h.steps));
    for (const Touch& t : step.touches) {
      if (SaysWhoRuns(t.place) || !Shared(t.place, t.write, step.task, step.guards)) continue;
      Info& i = At(t.place);
      if (t.write) {
        i.written = Mix(h.latest, t.place);
        i.reads = 0;
      } else {
        i.reads += Mix(h.latest, t.place);
      }
    }
  }
  state_ += Part(step.task);
  return news;
}

void PlaceTable::NoteChoice(uint32_t task, uint32_t value) {
  state_ -= Part(task);
  tasks_[task].choices = Mix(tasks_[task].choices, value + 1);
  state_ += Part(task);
}

// ---- States ----------------------------------------------------------------------------------------------

void SeenStates::Clear() {
  slots_.assign(kFewestSlots, 0);
  used_ = 0;
}

void SeenStates::Grow() {
  std::vector<uint64_t> old(slots_.size() * 2, 0);
  old.swap(slots_);
  const uint64_t mask = slots_.size() - 1;
  for (uint64_t slot : old) {
    if (!slot) continue;
    uint64_t i = (slot >> 8) & mask;
    while (slots_[i]) i = (i + 1) & mask;
    slots_[i] = slot;
  }
}

bool SeenStates::Has(uint64_t hash, uint32_t cost) const {
  const uint64_t wanted = (hash | 1) << 8;
  const uint64_t mask = slots_.size() - 1;
  for (uint64_t i = (wanted >> 8) & mask; slots_[i]; i = (i + 1) & mask) {
    if (slots_[i] >> 8 == wanted >> 8) return (slots_[i] & 0xff) <= cost;
  }
  return false;
}

bool SeenStates::Enter(uint64_t hash, uint32_t cost) {
  const uint64_t wanted = (hash | 1) << 8 | cost;
  const uint64_t mask = slots_.size() - 1;
  for (uint64_t i = (wanted >> 8) & mask;; i = (i + 1) & mask) {
    uint64_t& slot = slots_[i];
    if (slot && slot >> 8 == wanted >> 8) {
      if ((slot & 0xff) <= cost) return false;
      slot = wanted;
      return true;
    }
    if (slot) continue;
    if (used_ * 2 >= slots_.size()) {
      if (slots_.size() >= kMostSlots) return true;
      Grow();
      return Enter(hash, cost);
    }
    slot = wanted;
    ++used_;
    return true;
  }
}

}  // namespace hotweave
