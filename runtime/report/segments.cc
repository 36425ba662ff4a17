// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See segments.h.
#include "report/segments.h"

#include <algorithm>

namespace hotweave {
namespace {

// Done by the task itself, not to it: a wake-up stands with the one who wakes.
bool IsStep(const Event& e) { return e.op != Op::Woken && e.op != Op::Timer; }

// Where the second of them comes to be: what one did alone before was setting up.
uint32_t BeginOf(const Trace& trace, const std::vector<uint32_t>& parties) {
  size_t there = static_cast<size_t>(std::count(parties.begin(), parties.end(), 0u));   // the first task always is
  for (uint32_t i = 0; i < trace.events.size() && there < 2; ++i) {
    const Event& e = trace.events[i];
    if (e.op == Op::TaskCreate && std::find(parties.begin(), parties.end(), e.other) != parties.end() && ++there == 2) return i;
  }
  return 0;
}

}  // namespace

std::vector<uint32_t> PartiesOf(const Trace& trace, const Finding* finding) {
  std::vector<uint32_t> parties;
  auto add = [&](uint32_t task) {
    if (task < trace.tasks.size() && std::find(parties.begin(), parties.end(), task) == parties.end()) parties.push_back(task);
  };
  if (finding) {
    for (const Site& s : finding->sites) add(s.task);
  }
  if (parties.size() >= 2) return parties;
  parties.clear();
  for (uint32_t t = 1; t < trace.tasks.size(); ++t) {
    const TraceTask& task = trace.tasks[t];
    if (!task.irq && task.parent == 0 && task.name.find('/') == task.name.npos) add(t);
  }
  return parties;
}

std::vector<Segment> SegmentsOf(const Trace& trace, const Finding* finding) {
  const std::vector<uint32_t> parties = PartiesOf(trace, finding);
  std::vector<Segment> segments;
  for (uint32_t i = BeginOf(trace, parties); i < trace.events.size(); ++i) {
    const Event& e = trace.events[i];
    if (!IsStep(e) || std::find(parties.begin(), parties.end(), e.task) == parties.end()) continue;
    if (segments.empty() || segments.back().task != e.task) segments.push_back({e.task, i, i});
    segments.back().last = i;
  }
  return segments;
}

std::string DescribeSegments(const Trace& trace, const Finding* finding) {
  constexpr size_t kNamed = 12;
  const std::vector<Segment> segments = SegmentsOf(trace, finding);
  std::string out = std::to_string(segments.size()) + (segments.size() == 1 ? " segment" : " segments");
  for (size_t i = 0; i < segments.size() && i < kNamed; ++i) out += (i ? ", " : ": ") + trace.tasks[segments[i].task].name;
  return segments.size() > kNamed ? out + " ..." : out;
}

}  // namespace hotweave
