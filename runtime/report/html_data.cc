// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See html_data.h.
#include "report/html_data.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include <nlohmann/json.hpp>

#include "report/events.h"
#include "report/html_sources.h"
#include "report/html_text.h"
#include "report/html_values.h"
#include "report/segments.h"
#include "report/story.h"
#include "report/timeline.h"

namespace hotweave {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostTimes = 20;   // that one thing stands on the path

// Numbers for strings, in the order of their first use.
class Strings {
 public:
  size_t operator[](const std::string& text) {
    const auto [entry, added] = numbers_.try_emplace(text, list_.size());
    if (added) list_.push_back(text);
    return entry->second;
  }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::map<std::string, size_t> numbers_;
  std::vector<std::string> list_;
};

// How early an event is left out when not all fit: 0 last.
std::vector<uint8_t> Ranks(const Trace& trace, const Finding& finding, const std::vector<uint32_t>& path) {
  const std::vector<Segment> segments = SegmentsOf(trace, &finding);
  const uint32_t met = segments.empty() ? 0 : segments.front().first;
  std::vector<uint8_t> ranks(trace.events.size());
  for (uint32_t i = 0; i < ranks.size(); i++) {
    const Op op = trace.events[i].op;
    const OpClass cls = ClassOf(op);
    const bool structure = cls == OpClass::Lock || cls == OpClass::Unlock || cls == OpClass::Engine || cls == OpClass::Task;
    ranks[i] = static_cast<uint8_t>((structure ? 1 : 2) + (i < met ? 2 : 0));
  }
  for (const uint32_t i : path) ranks[i] = 0;
  return ranks;
}

class Description {
 public:
  Description(const Trace& trace, const Finding& finding, SymbolSource& symbols)
      : trace_(trace),
        finding_(finding),
        symbols_(symbols),
        teller_(trace, finding, false, symbols),
        timeline_(TimelineOf(trace)),
        path_(Path(trace, finding, symbols)),
        values_(ValuesInDispute(trace, finding, symbols)) {
    std::vector<uint8_t> ranks = Ranks(trace, finding, path_);
    order_.resize(trace.events.size());
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
      return ranks[a] != ranks[b] ? ranks[a] < ranks[b] : a > b;
    });
  }

  size_t most() const { return order_.size(); }

  // With the n events that matter most.
  ExecutionData Tell(size_t n) {
    kept_.assign(trace_.events.size(), false);
    for (size_t i = 0; i < n; i++) kept_[order_[i]] = true;
    strings_ = {};
    frames_.clear();
    stacks_.clear();
    nodes_.clear();
    frames_list_ = nodes_list_ = Json::array();
    sources_ = SourceWindows(symbols_);
    Json j;
    j["count"] = trace_.events.size();
    j["tasks"] = Tasks();
    Events(&j);
    j["spans"] = Spans();
    j["locks"] = Locks();
    j["arrows"] = Arrows();
    j["path"] = path_;
    j["sites"] = Sites();
    j["values"] = Values();
    j["stacks"] = nodes_list_;   // after all that names stacks
    j["frames"] = frames_list_;
    j["files"] = Files();
    j["strings"] = strings_.list();
    return {ForScript(j.dump(-1, ' ', false, Json::error_handler_t::replace)), order_.size() - n, !sources_.empty()};
  }

 private:
  // What the story tells, the sites, and the preemptions on the way: the decisions. Of what a task does over and over,
  // the first and the last times.
  static std::vector<uint32_t> Path(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
    const std::vector<uint32_t> told = EventsOfStory(trace, finding, symbols);
    std::map<std::tuple<uint16_t, Op, uint32_t, uint32_t, uint32_t>, std::vector<uint32_t>> same;
    for (const uint32_t i : told) {
      const Event& e = trace.events[i];
      same[{e.task, e.op, e.object, e.offset, e.stack}].push_back(i);
    }
    std::set<uint32_t> path;
    for (const auto& [key, times] : same)
      for (size_t k = 0; k < times.size(); k++)
        if (times.size() <= kMostTimes || k < kMostTimes / 2 || k + kMostTimes / 2 >= times.size()) path.insert(times[k]);
    for (const Site& s : finding.sites)
      if (s.event < trace.events.size()) path.insert(s.event);
    for (uint32_t i = 0; i < trace.events.size(); i++)
      if (trace.events[i].preempted) path.insert(i);
    return {path.begin(), path.end()};
  }

  // True if an event of the span is shown.
  bool Seen(uint32_t begin, uint32_t end) const {
    const auto from = kept_.begin() + begin, to = kept_.begin() + std::min<size_t>(end, kept_.size());
    return from < to && std::find(from, to, true) != to;
  }

  Json Tasks() {
    Json out = Json::array();
    for (const TraceTask& t : trace_.tasks) out.push_back({{"name", t.name}, {"irq", t.irq}});
    return out;
  }

  // Ranges of events that are there, runs of one task on one CPU, and two columns: words and stacks.
  void Events(Json* j) {
    Json ranges = Json::array(), runs = Json::array(), what = Json::array(), stack = Json::array();
    uint32_t last = Event::kNone, position = 0;
    const Event* before = nullptr;
    for (uint32_t i = 0; i < kept_.size(); i++) {
      if (!kept_[i]) continue;
      const Event& e = trace_.events[i];
      if (last != i - 1 || ranges.empty()) ranges.push_back({i, i});
      ranges.back()[1] = last = i;
      if (!before || before->task != e.task || before->cpu != e.cpu) runs.push_back({position, e.task, e.cpu});
      what.push_back(strings_[Words(i)]);
      stack.push_back(StackNumber(e.stack));
      before = &e;
      position++;
    }
    (*j)["ranges"] = std::move(ranges);
    (*j)["runs"] = std::move(runs);
    (*j)["what"] = std::move(what);
    (*j)["stack"] = std::move(stack);
  }

  std::string Words(uint32_t i) const {
    const Event& e = trace_.events[i];
    const bool transition = e.op == Op::Switch || e.op == Op::Preempt;
    return transition && e.other < trace_.tasks.size() ? teller_.Transition(i, e.other, "→") : teller_.What(i);
  }

  // Stacks are paths of a tree: each node a frame and its caller's node, -1 above the outermost.
  int64_t StackNumber(uint32_t stack) {
    if (stack >= trace_.stacks.size() || trace_.stacks[stack].empty()) return -1;
    const auto [entry, added] = stacks_.try_emplace(stack, -1);
    if (!added) return entry->second;
    const std::vector<Frame> frames = TargetFrames(trace_.stacks[stack], symbols_);
    int64_t node = -1;
    for (auto f = frames.rbegin(); f != frames.rend(); ++f) node = NodeOf(node, FrameNumber(*f));
    return entry->second = node;
  }

  int64_t NodeOf(int64_t caller, size_t frame) {
    const auto [entry, added] = nodes_.try_emplace({caller, frame}, static_cast<int64_t>(nodes_.size()));
    if (added) nodes_list_.push_back({frame, caller});
    return entry->second;
  }

  size_t FrameNumber(const Frame& f) {
    const auto key = std::make_tuple(f.function, f.file, f.line);
    const auto [entry, added] = frames_.try_emplace(key, frames_.size());
    if (added) {
      frames_list_.push_back({strings_[f.function], strings_[f.file], f.line});
      sources_.Want(f.file, f.line);
    }
    return entry->second;
  }

  Json Spans() {
    Json out = Json::array();
    for (const TaskSpan& s : timeline_.tasks) {
      if (!Seen(s.begin, s.end)) continue;
      const bool waits = s.state == TaskSpan::State::Blocked && s.cause < trace_.events.size();
      out.push_back({s.task, static_cast<int>(s.state), s.begin, s.end, s.cpu, strings_[waits ? teller_.What(s.cause) : ""]});
    }
    return out;
  }

  Json Locks() {
    Json out = Json::array();
    for (const LockSpan& s : timeline_.locks) {
      if (!Seen(s.begin, s.end)) continue;
      const uint32_t at = s.lock.event;
      const std::string where = at < trace_.events.size() ? teller_.Where(at) : "";
      out.push_back({s.task, strings_[NameOfHeld(trace_, s.lock, symbols_)], strings_[s.lock.mode], s.begin, s.end,
                     strings_[where], at});
    }
    return out;
  }

  Json Arrows() {
    Json out = Json::array();
    for (const Arrow& a : timeline_.arrows) {
      if (!kept_[a.from]) continue;
      out.push_back({static_cast<int>(a.kind), a.from, trace_.events[a.from].task, trace_.events[a.to].task,
                     trace_.events[a.from].preempted ? 1 : 0});
    }
    return out;
  }

  Json Sites() {
    Json out = Json::array();
    for (const Site& s : finding_.sites) {
      const int64_t at = s.event < trace_.events.size() ? int64_t{s.event} : -1;   // -1: known by its stack alone
      out.push_back({at, strings_[s.role], s.task, StackNumber(s.stack)});
    }
    return out;
  }

  Json Values() {
    Json out = Json::array();
    for (const DisputedValue& v : values_) {
      Json series = Json::array();
      for (const DisputedValue::Access& a : v.accesses)
        series.push_back({a.event, trace_.events[a.event].task, a.store ? 1 : 0,
                          a.value.empty() ? Json(-1) : Json(strings_[a.value]), strings_[teller_.Where(a.event)]});
      out.push_back({{"name", v.name}, {"path", v.path}, {"disputed", v.disputed}, {"series", std::move(series)}});
    }
    return out;
  }

  Json Files() {
    Json out = Json::array();
    for (const SourceWindows::File& f : sources_.Files()) {
      Json windows = Json::array();
      for (const SourceWindows::Window& w : f.windows) windows.push_back({w.first, w.text});
      out.push_back({strings_[f.name], std::move(windows)});
    }
    return out;
  }

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  EventTeller teller_;
  Timeline timeline_;
  std::vector<uint32_t> path_;
  std::vector<DisputedValue> values_;
  std::vector<uint32_t> order_;   // events, those that matter most first
  std::vector<bool> kept_;
  Strings strings_;
  std::map<uint32_t, int64_t> stacks_;   // number in the trace, node of the innermost frame
  std::map<std::pair<int64_t, size_t>, int64_t> nodes_;
  Json nodes_list_;
  std::map<std::tuple<std::string, std::string, uint32_t>, size_t> frames_;
  Json frames_list_;
  SourceWindows sources_;
};

}  // namespace

std::string NameOfHeld(const Trace& trace, const HeldLock& lock, SymbolSource& symbols) {
  std::string name = LockName(trace, lock.name, lock.object, lock.offset, symbols);
  if (name == "?" && lock.event < trace.events.size()) name = OpName(trace.events[lock.event].op);
  return name;
}

ExecutionData DescribeExecution(const Trace& trace, const Finding& finding, size_t most_bytes, SymbolSource& symbols) {
  Description description(trace, finding, symbols);
  size_t n = description.most();
  ExecutionData data = description.Tell(n);
  while (data.json.size() > most_bytes && n > 0) {
    const size_t fits = static_cast<size_t>(static_cast<double>(n) * 0.97 * static_cast<double>(most_bytes) /
                                            static_cast<double>(data.json.size()));
    n = std::min(fits, n - 1);
    data = description.Tell(n);
  }
  return data;
}

}  // namespace hotweave
