// SPDX-License-Identifier: GPL-2.0-only OR MIT
// See graphs.h.
#include "report/graphs.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "report/held_locks.h"
#include "report/story.h"

namespace hotweave {
namespace {

bool IsRcu(Op op) { return op == Op::RcuReadLock; }

// The task's own latest event.
uint32_t LastEventOf(const Trace& trace, uint32_t task, Op op) {
  for (uint32_t i = static_cast<uint32_t>(trace.events.size()); i-- > 0;) {
    const Event& e = trace.events[i];
    if (e.task == task && e.op == op) return i;
  }
  return Event::kNone;
}

class LockOrder {
 public:
  LockOrder(const Trace& trace, const Finding& finding, SymbolSource& symbols)
      : trace_(trace), finding_(finding), symbols_(symbols) {}

  std::vector<LockOrderEdge> Collect() {
    HeldLocks held(trace_);
    for (uint32_t i = 0; i < trace_.events.size(); ++i) {
      held.Feed(i);
      const Event& e = trace_.events[i];
      if (ClassOf(e.op) != OpClass::Lock || IsTrylock(e.op) || IsRcu(e.op)) continue;
      AddRequests(held.Held(e.task), i);
    }
    MarkReport();
    MarkDeadlock();
    return std::move(edges_);
  }

 private:
  Op OpOf(const HeldLock& h) const { return h.event < trace_.events.size() ? trace_.events[h.event].op : Op::kCount; }

  std::string PlaceOf(uint32_t stack) const { return PlaceOfStack(trace_, stack, symbols_); }

  LockOrderEdge& Edge(const std::string& held, const std::string& wanted) {
    auto same = [&](const LockOrderEdge& e) { return e.held == held && e.wanted == wanted; };
    const auto found = std::find_if(edges_.begin(), edges_.end(), same);
    if (found != edges_.end()) return *found;
    edges_.push_back({held, wanted, {}, false});
    return edges_.back();
  }

  static void Add(LockOrderEdge& edge, LockOrderEdge::Instance instance) {
    if (std::find(edge.instances.begin(), edge.instances.end(), instance) == edge.instances.end()) {
      edge.instances.push_back(std::move(instance));
    }
  }

  // As lockdep: from the latest lock, and from those before it as far as trylocks have no dependency of their own.
  // Source: check_prevs_add(), 6.1.
  void AddRequests(const std::vector<HeldLock>& held, uint32_t i) {
    for (auto h = held.rbegin(); h != held.rend(); ++h) {
      if (IsRcu(OpOf(*h))) continue;
      AddRequest(*h, i);
      if (!IsTrylock(OpOf(*h))) break;
    }
  }

  // The same lock again is not an order.
  void AddRequest(const HeldLock& h, uint32_t i) {
    const Event& e = trace_.events[i];
    if (IsAbout(e, h)) return;
    const std::string held = LockName(trace_, h.name, h.object, h.offset, symbols_);
    const std::string wanted = LockName(trace_, e.text, e.object, e.offset, symbols_);
    const uint32_t taken = h.event < trace_.events.size() ? trace_.events[h.event].stack : Event::kNone;
    Add(Edge(held, wanted), {e.task, PlaceOf(e.stack), PlaceOf(taken)});
  }

  void MarkReport() {
    for (const LockEdge& e : finding_.locks.edges) {
      LockOrderEdge& edge = Edge(e.held.title, e.wanted.title);
      edge.in_cycle = true;
      if (edge.instances.empty()) Add(edge, {e.wanted.task, PlaceOf(e.wanted.stack), PlaceOf(e.held.stack)});
    }
  }

  // What a task of a deadlock wants, after what it holds and another one of them wants: an edge, or a path in between.
  void MarkDeadlock() {
    const std::vector<WaitEdge>& waits = finding_.waits;
    const std::vector<bool> in_cycle = InCycle(waits);
    for (size_t k = 0; k < waits.size(); ++k) {
      for (size_t l = 0; l < waits.size(); ++l) {
        if (!in_cycle[k] || !in_cycle[l] || waits[l].on != waits[k].task || waits[l].what == waits[k].what) continue;
        const bool for_lock = waits[k].why == WaitEdge::Why::Held || waits[k].why == WaitEdge::Why::Queued;
        if (for_lock && waits[l].why == WaitEdge::Why::Held) MarkWait(waits[l].what, waits[k]);
      }
    }
  }

  void MarkWait(const std::string& held, const WaitEdge& wait) {
    if (wait.task >= trace_.held_at_end.size() || MarkPath(held, wait)) return;
    LockOrderEdge& edge = Edge(held, wait.what);
    edge.in_cycle = true;
    const uint32_t blocked = LastEventOf(trace_, wait.task, Op::Blocked);
    for (const HeldLock& h : trace_.held_at_end[wait.task]) {
      if (!edge.instances.empty() || blocked == Event::kNone || NameOf(h) != held) continue;
      const uint32_t taken = h.event < trace_.events.size() ? trace_.events[h.event].stack : Event::kNone;
      Add(edge, {wait.task, PlaceOf(trace_.events[blocked].stack), PlaceOf(taken)});
    }
  }

  // Along what the task took between the two; false if some step of that is no edge.
  bool MarkPath(const std::string& held, const WaitEdge& wait) {
    std::vector<std::string> names;
    for (const HeldLock& h : trace_.held_at_end[wait.task]) {
      const std::string name = NameOf(h);
      if ((names.empty() && name != held) || (!names.empty() && names.back() == name)) continue;
      names.push_back(name);
    }
    names.push_back(wait.what);
    std::vector<LockOrderEdge*> path;
    for (size_t i = 0; i + 1 < names.size(); ++i) {
      auto is_step = [&](const LockOrderEdge& e) { return e.held == names[i] && e.wanted == names[i + 1]; };
      const auto found = std::find_if(edges_.begin(), edges_.end(), is_step);
      if (found == edges_.end()) return false;
      path.push_back(&*found);
    }
    for (LockOrderEdge* e : path) e->in_cycle = true;
    return !path.empty();
  }

  std::string NameOf(const HeldLock& h) const { return LockName(trace_, h.name, h.object, h.offset, symbols_); }

  const Trace& trace_;
  const Finding& finding_;
  SymbolSource& symbols_;
  std::vector<LockOrderEdge> edges_;
};

bool HoldsAtEnd(const Trace& trace, uint32_t task, const Event& e) {
  if (task >= trace.held_at_end.size() || e.object == Event::kNone) return false;
  const std::vector<HeldLock>& held = trace.held_at_end[task];
  return std::any_of(held.begin(), held.end(), [&](const HeldLock& h) { return h.object == e.object && h.offset == e.offset; });
}

}  // namespace

std::vector<LockOrderEdge> LockOrderOf(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  return LockOrder(trace, finding, symbols).Collect();
}

std::vector<LockOrderEdge> BeforeCycle(const std::vector<LockOrderEdge>& edges) {
  std::set<std::string> lead_there;
  for (const LockOrderEdge& e : edges) {
    if (e.in_cycle) lead_there.insert({e.held, e.wanted});
  }
  if (lead_there.empty()) return edges;
  for (size_t before = 0; before != lead_there.size();) {
    before = lead_there.size();
    for (const LockOrderEdge& e : edges) {
      if (lead_there.contains(e.wanted)) lead_there.insert(e.held);
    }
  }
  std::vector<LockOrderEdge> out;
  std::copy_if(edges.begin(), edges.end(), std::back_inserter(out), [&](const LockOrderEdge& e) { return lead_there.contains(e.wanted); });
  return out;
}

std::vector<uint32_t> BlockedAtEnd(const Trace& trace) {
  std::vector<uint32_t> blocked(trace.tasks.size(), Event::kNone);
  for (uint32_t i = 0; i < trace.events.size(); ++i) {
    const Event& e = trace.events[i];
    if (e.op == Op::Blocked) {
      blocked[e.task] = i;
    } else if (e.op == Op::Woken) {
      if (e.other < blocked.size()) blocked[e.other] = Event::kNone;
    } else if (e.op != Op::Switch) {
      blocked[e.task] = Event::kNone;
    }
  }
  return blocked;
}

std::vector<WaitEdge> WaitsOf(const Trace& trace, const Finding& finding, SymbolSource& symbols) {
  if (!finding.waits.empty()) return finding.waits;
  std::vector<WaitEdge> waits;
  const std::vector<uint32_t> blocked = BlockedAtEnd(trace);
  for (uint32_t t = 0; t < blocked.size(); ++t) {
    if (blocked[t] == Event::kNone) continue;
    const Event& e = trace.events[blocked[t]];
    if (static_cast<Op>(e.arg) == Op::Join) {
      const uint32_t join = LastEventOf(trace, t, Op::Join);
      const uint32_t on = join == Event::kNone ? Event::kNone : trace.events[join].other;
      if (on != Event::kNone) waits.push_back({t, on, WaitEdge::Why::Exit, "join", false});
      continue;
    }
    for (uint32_t u = 0; u < trace.tasks.size(); ++u) {
      if (u == t || !HoldsAtEnd(trace, u, e)) continue;
      waits.push_back({t, u, WaitEdge::Why::Held, LockName(trace, e.text, e.object, e.offset, symbols), false});
    }
  }
  return waits;
}

std::vector<bool> InCycle(const std::vector<WaitEdge>& waits) {
  auto reaches = [&](uint32_t from, uint32_t goal) {
    std::set<uint32_t> seen{from};
    std::vector<uint32_t> left{from};
    while (!left.empty()) {
      const uint32_t task = left.back();
      left.pop_back();
      if (task == goal) return true;
      for (const WaitEdge& e : waits) {
        if (e.task == task && e.on != ~0u && seen.insert(e.on).second) left.push_back(e.on);
      }
    }
    return false;
  };
  std::vector<bool> out;
  for (const WaitEdge& e : waits) out.push_back(e.on != ~0u && reaches(e.on, e.task));
  return out;
}

}  // namespace hotweave
