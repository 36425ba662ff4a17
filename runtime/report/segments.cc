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

// Tasks that did something that the finding is about.
std::vector<uint32_t> NamedIn(const Trace& trace, const Finding& finding) {
  std::vector<uint32_t> tasks;
  for (const Site& s : finding.sites) {
    if (s.task < trace.tasks.size() && std::find(tasks.begin(), tasks.end(), s.task) == tasks.end()) tasks.push_back(s.task);
  }
  return tasks;
}

// Memory and locks that several tasks touch and one of them changes, by eight bytes.
class Shared {
 public:
  explicit Shared(const Trace& trace) : places_(trace.objects.size()) {
    for (const Event& e : trace.events) {
      if (e.object >= places_.size()) continue;
      std::vector<Place>& places = places_[e.object];
      if (places.size() <= LastOf(e)) places.resize(LastOf(e) + 1);
      for (uint32_t g = FirstOf(e); g <= LastOf(e); ++g) Touch(e, &places[g]);
    }
  }

  // Could another task tell whether this was done?
  bool Concerns(const Event& e) const {
    if (e.op == Op::Woken || e.op == Op::TaskCreate) return true;
    if (e.object >= places_.size()) return false;
    for (uint32_t g = FirstOf(e); g <= LastOf(e); ++g) {
      if (places_[e.object][g].several && places_[e.object][g].changes) return true;
    }
    return false;
  }

 private:
  struct Place {
    uint32_t task = Event::kNone;
    bool several = false, changes = false;
  };

  static uint32_t FirstOf(const Event& e) { return e.offset / 8; }
  static uint32_t LastOf(const Event& e) { return (e.offset + std::max(e.size, 1u) - 1) / 8; }
  static void Touch(const Event& e, Place* p) {
    p->several |= p->task != Event::kNone && p->task != e.task;
    p->task = e.task;
    p->changes |= e.op != Op::Read && e.op != Op::Load;
  }

  std::vector<std::vector<Place>> places_;   // by object and granule
};

// Takes away the runs of other tasks than the failing one in which they do nothing that concerns anybody, as to come back from a
// wait and to end; the runs before and after become one if they are of one task.
void DropIdle(const Trace& trace, uint32_t failing, std::vector<Segment>* segments) {
  const Shared shared(trace);
  std::vector<Segment> left;
  for (size_t k = 0; k < segments->size(); ++k) {
    const Segment& s = (*segments)[k];
    bool ends = false, concerns = s.task == failing;
    const size_t end = k + 1 < segments->size() ? (*segments)[k + 1].first : trace.events.size();   // whom it wakes at last included
    for (size_t i = s.first; i < end && !ends; ++i) {
      if (trace.events[i].task != s.task) continue;
      ends = trace.events[i].op == Op::TaskExit;
      concerns |= shared.Concerns(trace.events[i]);
    }
    if (!concerns) continue;
    if (left.empty() || left.back().task != s.task) {
      left.push_back(s);
    } else {
      left.back().last = s.last;
    }
  }
  *segments = std::move(left);
}

}  // namespace

std::vector<uint32_t> PartiesOf(const Trace& trace, const Finding* finding) {
  std::vector<uint32_t> parties = finding ? NamedIn(trace, *finding) : std::vector<uint32_t>();
  if (parties.size() >= 2) return parties;
  parties.clear();
  for (uint32_t t = 1; t < trace.tasks.size(); ++t) {
    const TraceTask& task = trace.tasks[t];
    if (!task.irq && task.parent == 0 && task.name.find('/') == task.name.npos) parties.push_back(t);
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
  const std::vector<uint32_t> named = finding ? NamedIn(trace, *finding) : std::vector<uint32_t>();
  if (named.size() == 1) DropIdle(trace, named[0], &segments);
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
