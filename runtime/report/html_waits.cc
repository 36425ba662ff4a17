// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The wait-for section of the HTML page. See html_locks.h.
#include <algorithm>
#include <tuple>
#include <vector>

#include "report/graphs.h"
#include "report/html_graph.h"
#include "report/html_locks.h"
#include "report/html_text.h"
#include "report/story.h"
#include "report/timeline.h"

namespace hotweave {
namespace {

constexpr size_t kMostEdges = 60, kMostMoments = 60;   // the latest ones
constexpr uint32_t kNobody = ~0u;

struct Wait {
  uint32_t task = 0, on = kNobody;
  std::string what;
  bool bad = false;
  std::vector<std::pair<uint32_t, uint32_t>> when;   // first and last events
};

class WaitFor {
 public:
  WaitFor(const Trace& trace, const Finding& finding, SymbolSource& symbols)
      : trace_(trace), finding_(finding), symbols_(symbols), timeline_(TimelineOf(trace)), end_(static_cast<uint32_t>(trace.events.size())) {
    for (const TaskSpan& s : timeline_.tasks)
      if (s.state == TaskSpan::State::Blocked && s.cause < end_) Follow(s);
    AddEnd();
    // Those that are over longest are the first to go.
    std::sort(waits_.begin(), waits_.end(), [](const Wait& a, const Wait& b) {
      return std::tie(b.when.back().second, a.task, a.on, a.what) < std::tie(a.when.back().second, b.task, b.on, b.what);
    });
    if (waits_.size() > kMostEdges) waits_.resize(kMostEdges);
    std::sort(waits_.begin(), waits_.end(), [](const Wait& a, const Wait& b) {
      return std::tie(a.task, a.when.front(), a.on, a.what) < std::tie(b.task, b.when.front(), b.on, b.what);
    });
  }

  std::string Section() const {
    if (waits_.empty()) return Element("p", "No task ever had to wait.", "class=\"none\"");
    Graph graph;
    const std::vector<uint32_t> tasks = TasksInOrder();
    for (const uint32_t task : tasks) graph.nodes.push_back({trace_.tasks[task].name, false});
    auto node = [&](uint32_t task) { return static_cast<size_t>(std::find(tasks.begin(), tasks.end(), task) - tasks.begin()); };
    std::string alone;
    for (const Wait& w : waits_) {
      const bool now = w.when.back().second + 1 == end_;
      if (w.on == kNobody) {
        alone += Alone(w, now);
        continue;
      }
      if (w.bad) graph.nodes[node(w.task)].bad = graph.nodes[node(w.on)].bad = true;
      graph.edges.push_back({node(w.task), node(w.on), w.what, trace_.tasks[w.task].name + " waits for " + w.what, w.bad, now, w.when});
    }
    std::string out = "<p class=\"moment\" id=\"wait-moment\">At the end of the execution.</p>\n";
    if (!graph.nodes.empty())
      out += "<figure>" + CircleSvg(graph, "waits", "Who waits for whom: an arrow leads from a task to the one that must act before it can go on") +
             Element("figcaption", "An arrow leads from a task that waits to the one that must act first; beside it, what is waited for.") +
             "</figure>\n";
    return alone.empty() ? out : out + "<ul class=\"alone\">" + alone + "</ul>\n";
  }

 private:
  // Those that wait for each other: the cycle first, as the finding goes round it.
  std::vector<uint32_t> TasksInOrder() const {
    std::vector<uint32_t> there, tasks;
    const auto has = [](const std::vector<uint32_t>& list, uint32_t task) { return std::find(list.begin(), list.end(), task) != list.end(); };
    for (const Wait& w : waits_)
      for (const uint32_t task : {w.task, w.on})
        if (w.on != kNobody && !has(there, task)) there.push_back(task);
    std::sort(there.begin(), there.end());
    for (const Site& s : finding_.sites)
      if (has(there, s.task) && !has(tasks, s.task)) tasks.push_back(s.task);
    for (const uint32_t task : there)
      if (!has(tasks, task)) tasks.push_back(task);
    return tasks;
  }

  // A wait for something that no task is known to owe.
  std::string Alone(const Wait& w, bool now) const {
    std::string when;
    for (const auto& [first, last] : w.when) when += (when.empty() ? "" : " ") + std::to_string(first) + "-" + std::to_string(last);
    return Element("li", trace_.tasks[w.task].name + " waits for " + w.what + ": anybody may end that",
                   "class=\"edge" + std::string(now ? "" : " off") + "\" data-when=\"" + when + "\"") + "\n";
  }

  void Add(uint32_t task, uint32_t on, const std::string& what, uint32_t first, uint32_t last, bool bad) {
    auto w = std::find_if(waits_.begin(), waits_.end(), [&](const Wait& w) { return w.task == task && w.on == on && w.what == what; });
    if (w == waits_.end()) w = waits_.insert(w, {task, on, what, false, {}});
    w->bad |= bad;
    if (w->when.size() == kMostMoments) w->when.erase(w->when.begin());
    w->when.push_back({first, last});
  }

  // The task that it joins, if that is what it waits for.
  uint32_t Joined(const Event& blocked) const {
    if (blocked.arg != static_cast<uint64_t>(Op::Join) || !blocked.text) return kNobody;
    for (uint32_t t = 0; t < trace_.tasks.size(); t++)
      if (trace_.tasks[t].name == blocked.text) return t;
    return kNobody;
  }

  void Follow(const TaskSpan& s) {
    const Event& e = trace_.events[s.cause];
    // What the detector found at the end is better than what can be read off the trace.
    const uint32_t last = s.end == end_ && !finding_.waits.empty() ? end_ - 1 : s.end;
    if (last <= s.begin) return;
    const uint32_t joined = Joined(e);
    if (joined != kNobody) return Add(s.task, joined, "its end", s.begin, last - 1, false);
    const bool named = (e.text && *e.text) || e.object != Event::kNone;
    const std::string what = named ? LockName(trace_, e.text, e.object, e.offset, symbols_) : std::string(OpName(static_cast<Op>(e.arg)));
    bool held = false;
    for (const LockSpan& l : timeline_.locks) {
      if (l.task == s.task || l.lock.object != e.object || l.lock.offset != e.offset || e.object == Event::kNone) continue;
      const uint32_t from = std::max(l.begin, s.begin), to = std::min(l.end, last);
      if (from >= to) continue;
      Add(s.task, l.task, what, from, to - 1, false);
      held = true;
    }
    if (!held) Add(s.task, kNobody, what, s.begin, last - 1, false);
  }

  static std::string Describe(const WaitEdge& w) {
    switch (w.why) {
      case WaitEdge::Why::Exit: return "its end";
      case WaitEdge::Why::Cpu: return "its CPU";
      case WaitEdge::Why::Interrupted: return "the handler to return";
      case WaitEdge::Why::Disabled: return "its CPU to let it in";
      case WaitEdge::Why::Queued: return w.what + (w.shared ? " (read, queued)" : " (queued)");
      default: return w.what + (w.shared ? " (read)" : "");
    }
  }

  void AddEnd() {
    const std::vector<bool> in_cycle = InCycle(finding_.waits);
    for (size_t i = 0; i < finding_.waits.size(); i++) {
      const WaitEdge& w = finding_.waits[i];
      if (w.task >= trace_.tasks.size() || end_ == 0) continue;
      const uint32_t on = w.on < trace_.tasks.size() ? w.on : kNobody;
      Add(w.task, on, Describe(w), end_ - 1, end_ - 1, in_cycle[i]);
    }
  }

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  Timeline timeline_;
  uint32_t end_;
  std::vector<Wait> waits_;
};

}  // namespace

std::string WaitForSection(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  return WaitFor(trace, finding, symbols).Section();
}

}  // namespace hotweave
