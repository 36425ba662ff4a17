// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See behaviour.h.
#include "behaviour.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "core/op.h"
#include "report/segments.h"

namespace hotweave {
namespace {

uint64_t Hash(const std::string& text) { return XXH3_64bits(text.data(), text.size()); }

// Whether an operation changes what it is done to: of two that do not, the order says nothing.
bool Changes(Op op) { return op != Op::Read && op != Op::Load && op != Op::Fence && op != Op::AssertExclusive; }

// Done to an object by a task itself.
bool Counts(const Event& e) { return e.object != Event::kNone && ClassOf(e.op) != OpClass::Engine; }

struct Doer {
  uint16_t task;
  Op op;
  bool operator<(const Doer& o) const { return std::tie(task, op) < std::tie(o.task, o.op); }
};

// What happened last at a place.
struct Place {
  bool changed = false;
  Doer last_change{};
  std::set<Doer> since;   // who looked since
};

using Name = std::tuple<uint32_t, uint32_t, Doer, Doer>;   // object, cell of eight bytes, first, then

std::set<Name> NamesOf(const Trace& trace) {
  std::map<std::pair<uint32_t, uint32_t>, Place> places;
  std::set<Name> out;
  for (const Event& e : trace.events) {
    if (!Counts(e)) continue;
    Place& p = places[{e.object, e.offset / 8}];
    const Doer now{e.task, e.op};
    auto note = [&](const Doer& before) {
      if (before.task != now.task) out.insert({e.object, e.offset / 8, before, now});
    };
    if (!Changes(e.op)) {
      if (p.changed) note(p.last_change);
      p.since.insert(now);
      continue;
    }
    if (p.changed && p.since.empty()) note(p.last_change);
    for (const Doer& reader : p.since) note(reader);
    p = {true, now, {}};
  }
  return out;
}

}  // namespace

std::vector<uint64_t> HandOversOf(const Trace& trace) {
  std::set<uint64_t> hashes;
  for (const auto& [object, cell, before, now] : NamesOf(trace)) {
    hashes.insert(Hash(fmt::format("{}+{} {} {} {} {}", trace.objects[object].name, cell, trace.tasks[before.task].name,
                                   OpName(before.op), trace.tasks[now.task].name, OpName(now.op))));
  }
  return {hashes.begin(), hashes.end()};
}

uint64_t OrderOf(const Trace& trace, const Finding* finding) {
  std::string tasks;
  for (const Segment& s : SegmentsOf(trace, finding)) tasks += trace.tasks[s.task].name + "\n";
  return Hash(tasks);
}

}  // namespace hotweave
