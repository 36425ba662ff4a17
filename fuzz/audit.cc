// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Callers of locks and their strict order. See audit.h.
#include "audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <span>
#include <tuple>

#include "check/checks.h"
#include "report/story.h"
#include "report/symbolizer.h"
#include "strategy/portfolio.h"

namespace hotweave {
namespace {

constexpr size_t kPathLength = 5;   // functions, at most

std::string NameOf(const LockUse& use) { return use.name ? use.name : "?"; }

std::string HeldName(const LockUse& use) {
  return use.sharing == Sharing::Exclusive ? NameOf(use) : NameOf(use) + " (shared)";
}

// "cpu_hotplug" of "cpu_hotplug.dep_map"; "" if the lock is no member of a global.
std::string ObjectOf(const LockUse& use) {
  const std::string name = NameOf(use);
  const size_t dot = name.find('.');
  return dot == std::string::npos || name[0] == '&' ? "" : name.substr(0, dot);
}

// A lock that is made of a map, a mutex, a wait queue is its map: the others are taken under it and are its own matter.
bool IsInner(const LockUse& use, std::span<const LockUse> held) {
  const std::string object = ObjectOf(use);
  return !object.empty() && std::any_of(held.begin(), held.end(), [&](const LockUse& h) {
    return h.map != use.map && ObjectOf(h) == object;
  });
}

// The label of an edge (DependencyLabel: held exclusively or shared; taken recursively or not). Beside the labels: whether
// lockdep of 4.14 would have it at all.
constexpr unsigned kExclusive = kER, kNotRecursive = kSN, kOldRules = 7;

unsigned LabelOf(Sharing held, Sharing taken) {
  return (held == Sharing::Exclusive ? kExclusive : 0) | (taken == Sharing::RecursiveReader ? 0 : kNotRecursive);
}

bool MayFollow(unsigned label, unsigned next) { return (label & kNotRecursive) || (next & kExclusive); }

}  // namespace

// ---- What executions do --------------------------------------------------------------------------------------

void LockAudit::Run(const RunOptions& given, uint64_t executions, uint64_t seed) {
  RunOptions options = given;
  options.race_detection = false;
  TheChecks().CollectLockRequests(true);
  Learned learned;
  for (uint64_t i = 0; i < executions; ++i, ++executions_) {
    Trace trace;
    findings_ += RunExecution(options, *MakeStrategy("mix", learned, seed, i), &trace).finding.has_value();
    Add();
  }
  TheChecks().CollectLockRequests(false);
}

void LockAudit::Add() {
  const LockRequests& requests = TheChecks().lock_requests();
  for (const LockRequest& r : requests.all()) {
    AddCaller(requests, r);
    if (!r.trylock) AddEdges(requests, r);
  }
}

size_t LockAudit::ClassOf(const LockUse& use) {
  const auto [it, fresh] = classes_.insert({{use.key, use.subclass}, names_.size()});
  if (fresh) {
    const std::string name = use.subclass ? fmt::format("{}/{}", NameOf(use), use.subclass) : NameOf(use);
    const unsigned nth = ++used_[name];
    names_.push_back(nth > 1 ? fmt::format("{}#{}", name, nth) : name);
  }
  return it->second;
}

// The kernel's functions on the stack: those of a scenario, and below it, say nothing about the kernel.
const AuditPath& LockAudit::PathOf(const std::vector<uint64_t>& stack) {
  const auto [it, fresh] = paths_.insert({stack, {}});
  AuditPath& path = it->second;
  if (!fresh) return path;
  for (const Frame& f : TargetFrames(stack, Symbolizer::Get())) {
    if (path.size() == kPathLength || (!path.empty() && f.file.find("scenarios/") != std::string::npos)) break;
    path.push_back(f.function);
  }
  if (path.empty()) path.push_back("(the runtime)");
  return path;
}

void LockAudit::AddCaller(const LockRequests& requests, const LockRequest& r) {
  const std::string name = NameOf(r.wanted);
  auto begins = [&](const std::string& prefix) { return name.starts_with(prefix); };
  if (std::none_of(callers_of_.begin(), callers_of_.end(), begins)) return;
  const std::span<const LockUse> all = requests.HeldBy(r);
  if (IsInner(r.wanted, all)) return;
  std::vector<std::string> held;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!IsInner(all[i], all.first(i))) held.push_back(HeldName(all[i]));
  }
  LockCaller& caller = callers_[{name, r.wanted.sharing, PathOf(r.stack)}];
  caller.held.insert(std::move(held));
  caller.tasks.insert(engine.tasks[r.task].comm);
}

void LockAudit::AddEdges(const LockRequests& requests, const LockRequest& r) {
  const std::span<const LockUse> all = requests.HeldBy(r);
  if (IsInner(r.wanted, all)) return;
  const size_t taken = ClassOf(r.wanted);
  const bool visible = r.wanted.key != &__lockdep_no_validate__;
  for (size_t i = 0; i < all.size(); ++i) {
    const LockUse& h = all[i];
    const size_t held = ClassOf(h);
    if (held == taken || IsInner(h, all.first(i))) continue;
    Edge& e = edges_[{held, taken}];
    e.labels |= static_cast<uint8_t>(1u << LabelOf(h.sharing, r.wanted.sharing));
    e.validated |= visible && h.key != &__lockdep_no_validate__;
    if (h.sharing != Sharing::RecursiveReader && r.wanted.sharing != Sharing::RecursiveReader) e.labels |= 1u << kOldRules;
    std::set<Gate> against;
    for (const LockUse& g : all) {
      const bool own = g.map == h.map || (!ObjectOf(g).empty() && ObjectOf(g) == ObjectOf(h));
      if (g.sharing == Sharing::Exclusive && !own) against.insert({g.map, NameOf(g)});
    }
    if (e.gates_known) {
      std::erase_if(e.gates, [&](const Gate& g) { return !against.count(g); });
      continue;
    }
    e.gates_known = true;
    e.gates = std::move(against);
    e.first = {names_[held], names_[taken], h.sharing, r.wanted.sharing, engine.tasks[r.task].comm, PathOf(r.stack)};
  }
}

// ---- What it comes to ------------------------------------------------------------------------------------------

std::vector<LockCaller> LockAudit::Callers() const {
  std::vector<LockCaller> out;
  for (const auto& [key, caller] : callers_) {
    out.push_back(caller);
    std::tie(out.back().lock, out.back().sharing, out.back().functions) = key;
  }
  return out;
}

// The classes on a shortest way from one to the other, both included; empty if there is none.
std::vector<size_t> LockAudit::WayBack(size_t from, size_t to) const {
  std::map<size_t, size_t> parent{{from, from}};
  std::deque<size_t> queue{from};
  while (!queue.empty() && !parent.count(to)) {
    const size_t here = queue.front();
    queue.pop_front();
    for (auto it = edges_.lower_bound({here, 0}); it != edges_.end() && it->first.first == here; ++it) {
      if (parent.insert({it->first.second, here}).second) queue.push_back(it->first.second);
    }
  }
  std::vector<size_t> way;
  if (!parent.count(to)) return way;
  for (size_t at = to; at != from; at = parent[at]) way.insert(way.begin(), at);
  way.insert(way.begin(), from);
  return way;
}

// Can labels be chosen all around, with this one for the first edge?
bool LockAudit::IsStrong(const std::vector<const Edge*>& edges, unsigned first) {
  if (!(edges[0]->labels >> first & 1)) return false;
  unsigned possible = 1u << first;   // labels of the latest edge
  for (size_t i = 1; i < edges.size(); ++i) {
    unsigned next = 0;
    for (unsigned a = 0; a < kLabels; ++a) {
      for (unsigned b = 0; b < kLabels; ++b) {
        if ((possible >> a & 1) && (edges[i]->labels >> b & 1) && MayFollow(a, b)) next |= 1u << b;
      }
    }
    possible = next;
  }
  for (unsigned a = 0; a < kLabels; ++a) {
    if ((possible >> a & 1) && MayFollow(a, first)) return true;
  }
  return false;
}

// Rules of 6.1: a way is strong if no recursive reader is followed by somebody who holds as a reader. Rules of 4.14: edges
// from or to recursive readers do not exist.
LockInversion LockAudit::Judge(const std::vector<size_t>& cycle) const {
  LockInversion out;
  std::vector<const Edge*> edges;
  for (size_t i = 0; i < cycle.size(); ++i) edges.push_back(&edges_.at({cycle[i], cycle[(i + 1) % cycle.size()]}));
  const bool visible = std::all_of(edges.begin(), edges.end(), [](const Edge* e) { return e->validated; });
  out.old_rules = visible && std::all_of(edges.begin(), edges.end(), [](const Edge* e) { return e->labels >> kOldRules & 1; });
  for (unsigned first = 0; visible && first < kLabels; ++first) out.new_rules |= IsStrong(edges, first);
  std::set<Gate> gates = edges[0]->gates;
  for (const Edge* e : edges) {
    out.orders.push_back(e->first);
    std::erase_if(gates, [&](const Gate& g) { return !e->gates.count(g); });
  }
  for (const Gate& g : gates) out.gates.insert(g.second);
  return out;
}

std::vector<LockInversion> LockAudit::Inversions() const {
  std::set<std::set<size_t>> seen;
  std::vector<std::vector<size_t>> cycles;
  for (const auto& [ends, edge] : edges_) {
    std::vector<size_t> cycle = WayBack(ends.second, ends.first);
    if (cycle.empty() || !seen.insert({cycle.begin(), cycle.end()}).second) continue;
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    cycles.push_back(std::move(cycle));
  }
  std::sort(cycles.begin(), cycles.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  std::vector<LockInversion> out;
  std::vector<std::set<size_t>> told;
  for (const auto& cycle : cycles) {
    const std::set<size_t> classes(cycle.begin(), cycle.end());
    auto within = [&](const std::set<size_t>& t) { return std::includes(classes.begin(), classes.end(), t.begin(), t.end()); };
    if (std::any_of(told.begin(), told.end(), within)) continue;
    told.push_back(classes);
    out.push_back(Judge(cycle));
  }
  return out;
}

}  // namespace hotweave
