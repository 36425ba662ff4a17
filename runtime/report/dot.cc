// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See dot.h.
#include "report/dot.h"

#include <algorithm>
#include <set>
#include <vector>

#include "report/graphs.h"
#include "report/held_locks.h"
#include "report/story.h"

namespace hotweave {
namespace {

constexpr size_t kMostPlaces = 3;   // of an edge
constexpr const char* kRed = "color=\"#b91c1c\" fontcolor=\"#b91c1c\" penwidth=2";

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? std::string("\\l") : std::string(1, c);
  }
  return out + "\"";
}

class Graphs {
 public:
  Graphs(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols)
      : trace_(trace), finding_(finding), context_(context), symbols_(symbols) {}

  std::string Render() {
    LockOrder();
    WaitFor();
    return std::move(out_);
  }

 private:
  void Line(const std::string& line) { out_ += line + "\n"; }

  void Begin(const char* name, const std::string& what) {
    std::string title = context_.target;
    if (!context_.profile.empty()) title += "@" + context_.profile;
    title += ": " + what + "\n" + finding_.fingerprint + "\n";
    Line("digraph " + std::string(name) + " {");
    Line("  graph [label=" + Quoted(title) + " labelloc=t labeljust=l fontname=\"Helvetica\" fontsize=14 rankdir=TB]");
    Line("  node [shape=box style=rounded fontname=\"Helvetica\" fontsize=12]");
    Line("  edge [fontname=\"Helvetica\" fontsize=10]");
  }

  std::string TaskName(uint32_t task) const { return task < trace_.tasks.size() ? trace_.tasks[task].name : "?"; }

  // ---- Which lock after which ----

  void LockOrder() {
    std::vector<LockOrderEdge> edges = LockOrderOf(trace_, finding_, symbols_);
    if (!context_.all) edges = BeforeCycle(edges);
    Begin("lock_order", "locks in the order in which tasks took them");
    Nodes(edges);
    for (const LockOrderEdge& e : edges) {
      std::string style = e.in_cycle ? " " + std::string(kRed) : "";
      Line("  " + Quoted(e.held) + " -> " + Quoted(e.wanted) + " [label=" + Quoted(Places(e)) + style + "]");
    }
    if (edges.empty()) Line("  " + Quoted("no task asked for a lock while it held another one") + " [shape=plaintext]");
    Line("}");
  }

  void Nodes(const std::vector<LockOrderEdge>& edges) {
    std::set<std::string> all, red;
    for (const LockOrderEdge& e : edges) {
      for (const std::string& name : {e.held, e.wanted}) {
        all.insert(name);
        if (e.in_cycle) red.insert(name);
      }
    }
    for (const std::string& name : all) Line("  " + Quoted(name) + (red.contains(name) ? " [" + std::string(kRed) + "]" : ""));
  }

  std::string Places(const LockOrderEdge& e) const {
    std::vector<std::string> places;
    for (const LockOrderEdge::Instance& i : e.instances) {
      const std::string place = TaskName(i.task) + ": " + i.place + "\n";
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
    std::string out;
    for (size_t i = 0; i < std::min(places.size(), kMostPlaces); ++i) out += places[i];
    if (places.size() > kMostPlaces) out += "and " + std::to_string(places.size() - kMostPlaces) + " more\n";
    return out;
  }

  // ---- Who waits for whom ----

  void WaitFor() {
    const std::vector<WaitEdge> waits = WaitsOf(trace_, finding_, symbols_);
    const std::vector<bool> in_cycle = InCycle(waits);
    Begin("wait_for", "who waits for whom at the end");
    std::set<uint32_t> tasks, red;
    for (size_t i = 0; i < waits.size(); ++i) {
      for (uint32_t task : {waits[i].task, waits[i].on}) {
        if (task < trace_.tasks.size()) tasks.insert(task);
        if (in_cycle[i]) red.insert(task);
      }
    }
    for (uint32_t task : tasks) TaskNode(task, red.contains(task));
    for (size_t i = 0; i < waits.size(); ++i) Wait(waits[i], in_cycle[i], i);
    if (waits.empty()) Line("  " + Quoted("no task waits for another one") + " [shape=plaintext]");
    Line("}");
  }

  void TaskNode(uint32_t task, bool red) {
    std::string label = TaskName(task) + "\n";
    if (task < trace_.held_at_end.size()) {
      for (const HeldLock& h : trace_.held_at_end[task]) label += "holds " + Held(h) + "\n";
    }
    if (const std::string at = WhereAtEnd(task); !at.empty()) label += "at " + at + "\n";
    Line("  " + Node(task) + " [label=" + Quoted(label) + (red ? " " + std::string(kRed) : "") + "]");
  }

  static std::string Node(uint32_t task) { return "t" + std::to_string(task); }

  std::string Place(uint32_t event) const {
    return event < trace_.events.size() ? PlaceOfStack(trace_, trace_.events[event].stack, symbols_) : "";
  }

  std::string Held(const HeldLock& h) const {
    std::string out = LockName(trace_, h.name, h.object, h.offset, symbols_);
    if (*h.mode) out += std::string(" (") + h.mode + ")";
    const std::string place = Place(h.event);
    return place.empty() ? out : out + ", taken at " + place;
  }

  // Where the task is: its latest own event.
  std::string WhereAtEnd(uint32_t task) const {
    for (uint32_t i = static_cast<uint32_t>(trace_.events.size()); i-- > 0;) {
      const Event& e = trace_.events[i];
      if (e.task == task && e.op != Op::Woken && e.op != Op::Timer) return Place(i);
    }
    return "";
  }

  static std::string Why(const WaitEdge& e) {
    switch (e.why) {
      case WaitEdge::Why::Event: return "waits for " + e.what;
      case WaitEdge::Why::Held: return "waits for " + e.what + (e.shared ? " (read)" : "");
      case WaitEdge::Why::Queued: return "waits for " + e.what + (e.shared ? " (read)" : "") + ", in the queue behind";
      case WaitEdge::Why::Exit: return "waits for the end of";
      case WaitEdge::Why::Needs: return "waits for " + e.what + ", which needs";
      case WaitEdge::Why::Cpu: return "waits for the CPU of";
      case WaitEdge::Why::Interrupted: return "is interrupted by";
      case WaitEdge::Why::Disabled: return "is disabled by";
    }
    return "";
  }

  void Wait(const WaitEdge& e, bool red, size_t number) {
    std::string to = Node(e.on);
    std::string style = red ? " " + std::string(kRed) : "";
    if (e.on >= trace_.tasks.size()) {
      to = "nobody" + std::to_string(number);
      Line("  " + to + " [label=" + Quoted("nobody is left to do it") + " shape=plaintext]");
      style += " style=dashed";
    }
    Line("  " + Node(e.task) + " -> " + to + " [label=" + Quoted(Why(e)) + style + "]");
  }

  const Trace& trace_;
  const Finding& finding_;
  const ReportContext& context_;
  SymbolSource& symbols_;
  std::string out_;
};

}  // namespace

std::string DotReport(const Trace& trace, const Finding& finding, const ReportContext& context, SymbolSource& symbols) {
  return Graphs(trace, finding, context, symbols).Render();
}

}  // namespace hotweave
