// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Memory that nothing references when an execution is over: hotweave_check_leaks() of <hotweave/target.h>. A
// conservative mark phase, in the manner of mm/kmemleak.c.
#include <hotweave/target.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/engine.h"
#include "core/layout.h"
#include "core/percpu.h"
#include "core/trace.h"

namespace hotweave {
namespace {

uint32_t first_watched;   // index of the first allocation that must not leak

class Marker {
 public:
  explicit Marker(std::span<Allocation> all) : all_(all), reached_(all.size()) {}

  // Every aligned word of [begin, end) may be a pointer.
  void Scan(uintptr_t begin, uintptr_t end) {
    for (uintptr_t at = (begin + 7) & ~uintptr_t{7}; at + 8 <= end; at += 8) {
      uintptr_t word;
      std::memcpy(&word, reinterpret_cast<const void*>(at), sizeof(word));
      Reach(word);
    }
  }
  void Follow() {
    while (!pending_.empty()) {
      const Allocation& a = all_[pending_.back()];
      pending_.pop_back();
      Scan(a.begin, a.begin + a.size);
    }
  }
  bool Reached(uint32_t i) const { return reached_[i]; }
  void ReachIndex(uint32_t i) {
    if (reached_[i] || all_[i].freed) return;
    reached_[i] = true;
    pending_.push_back(i);
  }

 private:
  void Reach(uintptr_t word) {
    const Allocation* a = GetLayout().RegionOf(word) == Region::Arena ? engine.arena.Find(word) : nullptr;
    if (a && word < a->begin + std::max<size_t>(a->size, 1)) ReachIndex(static_cast<uint32_t>(a - all_.data()));
  }

  std::span<Allocation> all_;
  std::vector<bool> reached_;
  std::vector<uint32_t> pending_;
};

void ScanRoots(Marker& marker) {
  const Layout& l = GetLayout();
  marker.Scan(l.data_begin, l.data_end);
  marker.Scan(l.bss_begin, l.bss_end);
  for (uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    const uintptr_t copy = PercpuMemory::Offset(cpu);
    marker.Scan(l.template_begin + copy, l.template_end + copy);
  }
  for (uint32_t i = 1; i < engine.task_count; ++i) {
    const Task& t = engine.tasks[i];
    if (t.exited || t.is_clock) continue;
    marker.Scan(std::max(reinterpret_cast<uintptr_t>(t.frame), l.StackBegin(i)), l.StackEnd(i));
  }
}

[[noreturn]] void Leaked(const Allocation& a, uint32_t others) {
  Failure f;
  f.kind = Kind::Leak;
  f.address = reinterpret_cast<const void*>(a.begin);
  f.sentence = "{object} of " + std::to_string(a.size) + " bytes is never freed, and nothing references it at the end";
  if (others) f.sentence += "; nor " + std::to_string(others) + " more";
  f.sites.push_back({"allocated", a.task, Event::kNone, a.alloc_stack.empty() ? std::vector<uint64_t>{a.pc} : a.alloc_stack});
  engine.Fail(std::move(f));
}

void FindLeaks() {
  const std::span<Allocation> all = engine.arena.All();
  Marker marker(all);
  for (uint32_t i = 0; i < first_watched; ++i) marker.ReachIndex(i);
  ScanRoots(marker);
  marker.Follow();
  const Allocation* leaked = nullptr;
  uint32_t leaks = 0;
  for (uint32_t i = first_watched; i < all.size(); ++i) {
    if (all[i].freed || all[i].spare || marker.Reached(i)) continue;
    if (!leaked) leaked = &all[i];
    ++leaks;
  }
  if (leaked) Leaked(*leaked, leaks - 1);
}

}  // namespace
}  // namespace hotweave

extern "C" void hotweave_check_leaks(void) {
  hotweave::first_watched = static_cast<uint32_t>(hotweave::engine.arena.All().size());
  hotweave::engine.AtEnd(hotweave::FindLeaks);
}
