// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See cost.h.
#include "cost.h"

#include <tuple>

#include "report/segments.h"

namespace hotweave {
namespace {

uint64_t Awkwardness(const std::string& op) {
  const Op o = OpByName(op);
  if (o == Op::kCount) return 0;
  switch (ClassOf(o)) {
    case OpClass::Access: return 4;
    case OpClass::Lock:
    case OpClass::Unlock:
    case OpClass::Wait:
    case OpClass::Engine: return 0;   // blocked
    default: return 1;
  }
}

// Tasks in cyclic order of creation: the first that can run is the default.
uint64_t Distance(const Trace& trace, const std::string& from, const std::string& to) {
  const uint64_t n = trace.tasks.size();
  uint64_t a = 0, b = 0;
  for (uint64_t i = 0; i < n; ++i) {
    if (trace.tasks[i].name == from) a = i;
    if (trace.tasks[i].name == to) b = i;
  }
  return (b + n - a) % n;
}

// A record's place: its hash is that of the event before it.
uint64_t EventsAfter(const Trace& trace, const Schedule& schedule) {
  uint64_t sum = 0;
  size_t next = 0;
  for (size_t i = 0; i < trace.events.size() && next < schedule.records.size(); ++i) {
    for (; next < schedule.records.size() && schedule.records[next].hash == trace.events[i].hash; ++next) {
      sum += trace.events.size() - i;
    }
  }
  return sum;
}

}  // namespace

Cost CostOf(const Attempt& a) {
  Cost c;
  c.departures = a.departures();
  c.decisions = c.departures - TurnsOf(a.schedule);
  c.harmless = a.result.finding->kind == Kind::DataRace && !ShowsLostUpdate(a);
  c.segments = SegmentsOf(a.trace, &*a.result.finding).size();
  c.switches = a.result.switches;
  for (const NamedRecord& r : a.schedule.records) {
    c.accesses += Awkwardness(r.op);
    c.detours += Distance(a.trace, r.task, r.to);
  }
  for (const NamedChoice& n : a.schedule.choices) c.operands += n.choice.value;
  c.early = EventsAfter(a.trace, a.schedule);
  return c;
}

bool Simpler(const Cost& a, const Cost& b, Order order) {
  auto first = [&](const Cost& c) {   // a race that shows its harm is worth a segment more
    const uint64_t fewest = order == Order::FewestDepartures ? c.departures : 0;
    return std::tuple(fewest, c.harmless, c.segments);
  };
  auto rest = [](const Cost& c) {
    return std::tuple(c.decisions, c.departures, c.switches, c.accesses, c.operands, c.detours, c.early);
  };
  return std::pair(first(a), rest(a)) < std::pair(first(b), rest(b));
}

}  // namespace hotweave
