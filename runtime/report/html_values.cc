// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html_values.h.
#include "report/html_values.h"

#include <algorithm>
#include <tuple>

#include "report/events.h"
#include "report/segments.h"

namespace hotweave {
namespace {

constexpr size_t kMostAccesses = 300;    // of one field
constexpr size_t kMostFields = 8;
constexpr uint32_t kLookBack = 200;      // events of the finding's task before it

struct Place {
  uint32_t object, offset, size;
  bool operator==(const Place&) const = default;
};

bool IsPlace(const Event& e) { return e.object != Event::kNone && e.has_values && (IsLoad(e.op) || IsStore(e.op)); }
Place PlaceOf(const Event& e) { return {e.object, e.offset, e.size}; }

void AddOnce(const Place& p, std::vector<Place>* places) {
  if (places->size() < kMostFields && std::find(places->begin(), places->end(), p) == places->end()) places->push_back(p);
}

std::vector<Place> InDispute(const Trace& trace, const Finding& f) {
  std::vector<Place> places;
  for (const Event& e : trace.events) {
    const bool overlaps = e.object == f.object && e.offset < f.offset + std::max(f.size, 1u) && f.offset < e.offset + e.size;
    if (IsPlace(e) && overlaps) AddOnce(PlaceOf(e), &places);
  }
  return places;
}

// The latest reads of the task first; what has the name of a variable before what was allocated.
std::vector<Place> ReadBefore(const Trace& trace, const Finding& f) {
  std::vector<Place> places, allocated;
  if (f.sites.empty() || trace.events.empty()) return places;
  const uint32_t task = f.sites[0].task;
  const std::vector<Segment> segments = SegmentsOf(trace, &f);
  const uint32_t met = segments.empty() ? 0 : segments.front().first;
  const auto written_by_others = [&](const Place& p, uint32_t before) {
    for (uint32_t i = met; i < before; i++) {
      const Event& e = trace.events[i];
      if (e.task != task && IsPlace(e) && IsStore(e.op) && PlaceOf(e) == p) return true;
    }
    return false;
  };
  uint32_t seen = 0;
  for (uint32_t i = std::min<uint32_t>(f.sites[0].event, static_cast<uint32_t>(trace.events.size())); i-- > 0 && seen < kLookBack;) {
    const Event& e = trace.events[i];
    if (e.task != task) continue;
    seen++;
    const bool named = IsPlace(e) && trace.objects[e.object].kind == TraceObject::Kind::Global;
    if (IsPlace(e) && IsLoad(e.op) && written_by_others(PlaceOf(e), i)) AddOnce(PlaceOf(e), named ? &places : &allocated);
  }
  for (const Place& p : allocated) AddOnce(p, &places);
  return places;
}

DisputedValue Follow(const Trace& trace, const EventTeller& teller, const Place& p, SymbolSource& symbols) {
  DisputedValue v;
  v.name = symbols.ShortField(trace.objects[p.object], p.offset);
  v.path = symbols.FieldPath(trace.objects[p.object], p.offset);
  for (uint32_t i = 0; i < trace.events.size(); i++) {
    const Event& e = trace.events[i];
    if (IsPlace(e) && PlaceOf(e) == p) v.accesses.push_back({i, IsStore(e.op), teller.NewValue(i)});
  }
  if (v.accesses.size() > kMostAccesses)
    v.accesses.erase(v.accesses.begin(), v.accesses.end() - static_cast<std::ptrdiff_t>(kMostAccesses));
  return v;
}

}  // namespace

std::vector<DisputedValue> ValuesInDispute(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  const EventTeller teller(trace, finding, false, symbols);
  const bool named = finding.object < trace.objects.size();
  std::vector<DisputedValue> values;
  for (const Place& p : named ? InDispute(trace, finding) : ReadBefore(trace, finding)) {
    values.push_back(Follow(trace, teller, p, symbols));
    values.back().disputed = named;
  }
  return values;
}

}  // namespace hotweave
