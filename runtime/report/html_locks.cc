// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The lock-order section of the HTML page. See html_locks.h.
#include "report/html_locks.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "report/events.h"
#include "report/graphs.h"
#include "report/html_data.h"
#include "report/html_graph.h"
#include "report/html_text.h"
#include "report/story.h"
#include "report/timeline.h"

namespace hotweave {
namespace {

constexpr size_t kMostNodes = 14;      // of the picture of nestings
constexpr size_t kFewNodes = 5;        // so few that others are shown as well
constexpr size_t kMostRows = 60;       // of their table
constexpr size_t kMostFrames = 6;      // of a stack

// `wanted` was asked for with `held` in hand.
struct Nesting {
  std::string held, wanted, task, where;   // where, by whom: the first time
  uint32_t count = 0;
  bool bad = false;
};

class LockOrder {
 public:
  LockOrder(const Trace& trace, const Finding& finding, SymbolSource& symbols)
      : trace_(trace), finding_(finding), symbols_(symbols), teller_(trace, finding, false, symbols), timeline_(TimelineOf(trace)) {
    FindCycle();
    FindNestings();
  }

  std::string Section() const {
    if (nestings_.empty() && cycle_.edges.empty()) return Element("p", "No task asked for a lock while it held another one.", "class=\"none\"");
    std::string out = "<div class=\"beside\">";
    if (!cycle_.edges.empty()) {
      out += "<div>" + Element("h3", "The cycle") + "<figure>" +
             CircleSvg(cycle_, "cycle", "The cycle of locks: an arrow leads from a lock that is held to one that is wanted") +
             Element("figcaption", "An arrow leads from what a task holds to what it wants; beside it, who does so.") + "</figure>\n";
      out += Stacks() + "</div>";
    }
    return out + "<div>" + Picture() + "</div></div>\n" + Table();
  }

 private:
  std::string TaskName(uint32_t task) const { return task < trace_.tasks.size() ? trace_.tasks[task].name : "?"; }

  void AddToCycle(const std::string& held, const std::string& wanted, const std::string& label, const std::string& tip) {
    const size_t from = cycle_.NodeOf(held), to = cycle_.NodeOf(wanted);
    cycle_.nodes[from].bad = cycle_.nodes[to].bad = true;
    for (const Graph::Edge& e : cycle_.edges)
      if (e.from == from && e.to == to && e.label == label) return;
    cycle_.edges.push_back({from, to, label, tip, true, true, {}});
  }

  // Of a report about lock order: its edges. Of a deadlock: what is waited for by one party for the sake of another.
  void FindCycle() {
    for (const LockEdge& e : finding_.locks.edges)
      AddToCycle(e.held.title, e.wanted.title, TaskName(e.wanted.task), Place(e.wanted));
    if (!cycle_.edges.empty()) return;
    const std::vector<WaitEdge>& waits = finding_.waits;
    const std::vector<bool> in_cycle = hotweave::InCycle(waits);
    for (size_t k = 0; k < waits.size(); k++)
      for (size_t l = 0; l < waits.size(); l++) {
        if (!in_cycle[k] || !in_cycle[l] || waits[l].on != waits[k].task) continue;
        AddToCycle(Resource(waits[l]), Resource(waits[k]), TaskName(waits[k].task), "");
      }
  }

  static std::string Resource(const WaitEdge& w) {
    if (w.why == WaitEdge::Why::Cpu) return "a CPU";
    if (w.why == WaitEdge::Why::Exit) return "the end of " + w.what;
    return w.what.empty() ? "its turn" : w.what;
  }

  std::string Place(const LockEnd& end) const { return PlaceOfStack(trace_, end.stack, symbols_); }

  bool InCycle(const std::string& held, const std::string& wanted) const {
    return std::any_of(cycle_.edges.begin(), cycle_.edges.end(), [&](const Graph::Edge& e) {
      return cycle_.nodes[e.from].label == held && cycle_.nodes[e.to].label == wanted;
    });
  }

  void Add(const std::string& held, const std::string& wanted, uint32_t event) {
    auto n = std::find_if(nestings_.begin(), nestings_.end(), [&](const Nesting& n) { return n.held == held && n.wanted == wanted; });
    if (n == nestings_.end()) {
      const uint32_t task = event < trace_.events.size() ? trace_.events[event].task : Event::kNone;
      n = nestings_.insert(n, {held, wanted, TaskName(task), event < trace_.events.size() ? teller_.Where(event) : "", 0,
                               InCycle(held, wanted)});
    }
    n->count++;
  }

  // Locks that were got, and at the end those that are still waited for.
  void FindNestings() {
    std::vector<std::vector<const LockSpan*>> by_task(trace_.tasks.size());
    for (const LockSpan& s : timeline_.locks) by_task[s.task].push_back(&s);
    for (const LockSpan& s : timeline_.locks)
      for (const LockSpan* held : by_task[s.task]) {
        if (held->lock.event < s.lock.event && held->end > s.lock.event)
          Add(NameOfHeld(trace_, held->lock, symbols_), NameOfHeld(trace_, s.lock, symbols_), s.lock.event);
      }
    for (const uint32_t blocked : BlockedAtEnd(trace_)) {
      if (blocked == Event::kNone) continue;
      const Event& e = trace_.events[blocked];
      if (!e.text && e.object == Event::kNone) continue;
      for (const LockSpan* held : by_task[e.task])
        if (held->end > blocked)
          Add(NameOfHeld(trace_, held->lock, symbols_), LockName(trace_, e.text, e.object, e.offset, symbols_), blocked);
    }
    std::vector<Nesting> sorted;   // the cycle's first
    for (const bool bad : {true, false})
      std::copy_if(nestings_.begin(), nestings_.end(), std::back_inserter(sorted), [&](const Nesting& n) { return n.bad == bad; });
    nestings_ = std::move(sorted);
  }

  // What the finding speaks of, what is next to that, then whatever came first.
  std::vector<std::string> Chosen() const {
    std::vector<std::string> chosen;
    auto add = [&](const std::string& name) {
      if (chosen.size() < kMostNodes && std::find(chosen.begin(), chosen.end(), name) == chosen.end()) chosen.push_back(name);
    };
    auto has = [&](const std::string& name) { return std::find(chosen.begin(), chosen.end(), name) != chosen.end(); };
    for (const Graph::Node& n : cycle_.nodes) add(n.label);
    for (const LockSpan& s : timeline_.locks)
      for (const Site& site : finding_.sites)
        if (site.task == s.task && s.begin <= site.event && site.event <= s.end) add(NameOfHeld(trace_, s.lock, symbols_));
    const std::vector<std::string> first = chosen;
    for (const Nesting& n : nestings_) {
      const bool near = std::find(first.begin(), first.end(), n.held) != first.end() ||
                        std::find(first.begin(), first.end(), n.wanted) != first.end();
      if (near) add(n.held), add(n.wanted);
    }
    if (chosen.size() < kFewNodes)
      for (const Nesting& n : nestings_) add(n.held), add(n.wanted);
    std::erase_if(chosen, [&](const std::string& name) {
      return std::none_of(nestings_.begin(), nestings_.end(), [&](const Nesting& n) {
        return (n.held == name && has(n.wanted)) || (n.wanted == name && has(n.held));
      });
    });
    return chosen;
  }

  // There is a lock between the two.
  bool Follows(const Nesting& outer) const {
    const auto nested = [&](const std::string& held, const std::string& wanted) {
      return std::any_of(nestings_.begin(), nestings_.end(), [&](const Nesting& n) { return n.held == held && n.wanted == wanted; });
    };
    return std::any_of(nestings_.begin(), nestings_.end(), [&](const Nesting& n) {
      return n.held == outer.held && n.wanted != outer.wanted && n.wanted != outer.held && nested(n.wanted, outer.wanted) &&
             !nested(n.wanted, outer.held) && !nested(outer.wanted, n.wanted);
    });
  }

  std::string Picture() const {
    if (nestings_.empty()) return "";
    Graph graph;
    const std::vector<std::string> chosen = Chosen();
    for (const std::string& name : chosen) {
      graph.NodeOf(name);
      graph.nodes.back().bad = std::any_of(cycle_.nodes.begin(), cycle_.nodes.end(), [&](const Graph::Node& n) { return n.label == name; });
    }
    size_t left_out = 0;
    for (const Nesting& n : nestings_) {
      if (!n.bad && Follows(n)) continue;
      const auto known = [&](const std::string& name) { return std::find(chosen.begin(), chosen.end(), name) != chosen.end(); };
      if (!known(n.held) || !known(n.wanted))
        left_out++;
      else
        graph.edges.push_back({graph.NodeOf(n.held), graph.NodeOf(n.wanted), "", n.task + ": " + n.wanted + " inside of " + n.held + ", " +
                               n.where, n.bad, true, {}});
    }
    std::string caption = "Which lock was asked for inside of which, in this execution: outer ones above, inner ones below. What follows from "
                          "two others is not drawn.";
    if (!cycle_.edges.empty()) caption += " Red: the cycle.";
    if (left_out) caption += " " + std::to_string(left_out) + " nestings of other locks are in the table alone.";
    return Element("h3", "Nestings") + "<figure>" + LayeredSvg(graph, "nestings", caption) + Element("figcaption", caption) + "</figure>\n";
  }

  std::string Stack(const LockEnd& end) const {
    std::string out = "<div><h4>" + Escape(TaskName(end.task)) + (end.completion ? " waits for " : " takes ") + "<code>" +
                      Escape(end.title) + "</code>" + (end.read ? " (read)" : "") + "</h4><ol class=\"stack\" start=\"0\">";
    if (end.stack < trace_.stacks.size()) {
      std::vector<Frame> frames = TargetFrames(trace_.stacks[end.stack], symbols_);
      if (frames.size() > kMostFrames) frames.resize(kMostFrames);
      for (const Frame& f : frames) out += Element("li", ShortPlace(f));
    }
    return out + "</ol></div>";
  }

  // Both acquisitions of each edge.
  std::string Stacks() const {
    std::string out;
    for (const LockEdge& e : finding_.locks.edges) {
      out += "<details" + std::string(finding_.locks.edges.size() <= 2 ? " open" : "") + "><summary>" +
             Element("code", e.held.title) + " before " + Element("code", e.wanted.title) + ", by " + Escape(TaskName(e.wanted.task)) +
             "</summary><div class=\"pair\">" + Stack(e.held) + Stack(e.wanted) + "</div></details>\n";
    }
    return out;
  }

  std::string Table() const {
    if (nestings_.empty()) return "";
    std::string out = "<details class=\"nestings\"><summary>All " + std::to_string(nestings_.size()) +
                      " nestings</summary><div class=\"scroll\"><table><thead><tr><th scope=\"col\">held</th><th scope=\"col\">asked for</th>"
                      "<th scope=\"col\">times</th><th scope=\"col\">first by</th><th scope=\"col\">where</th></tr></thead><tbody>\n";
    for (size_t i = 0; i < std::min(nestings_.size(), kMostRows); i++) {
      const Nesting& n = nestings_[i];
      out += "<tr" + std::string(n.bad ? " class=\"bad\"" : "") + ">" + Element("td", n.held) + Element("td", n.wanted) +
             Element("td", std::to_string(n.count), "class=\"number\"") + Element("td", n.task) + Element("td", n.where) + "</tr>\n";
    }
    out += "</tbody></table></div>";
    if (nestings_.size() > kMostRows) out += Element("p", std::to_string(nestings_.size() - kMostRows) + " more are left out.");
    return out + "</details>\n";
  }

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  EventTeller teller_;
  Timeline timeline_;
  Graph cycle_;
  std::vector<Nesting> nestings_;
};

}  // namespace

std::string LockOrderSection(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  return LockOrder(trace, finding, symbols).Section();
}

}  // namespace hotweave
