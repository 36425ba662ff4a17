// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: dependencies between classes, and the search for cycles, by the old and the new rules. See lockdep.h.
// Depends on core.
#include "check/lockdep.h"

namespace hotweave {
namespace {

constexpr uint8_t kOnlyShared = 1 << kSR | 1 << kSN;
constexpr uint8_t kNotRecursive = 1 << kSN | 1 << kEN;

// Read backwards, what was "held" is "taken": -(ER)-> becomes -(SN)-> of the reverse search.
// Source: calc_depb(), kernel/locking/lockdep.c, 6.1.
uint8_t Reversed(uint8_t labels) {
  const uint8_t er = labels >> kER & 1, sn = labels >> kSN & 1;
  return static_cast<uint8_t>((labels & (1 << kSR | 1 << kEN)) | er << kSN | sn << kER);
}

}  // namespace

// True if the sequence of held locks with this key was validated before; remembers it. When the cache is full, nothing
// more is remembered, and sequences are validated again. Source: lookup_chain_cache_add(), 6.1.
bool Lockdep::KnownChain(uint64_t chain) {
  uint32_t at = static_cast<uint32_t>(chain >> 16) % kLockChains;
  for (;; at = (at + 1) % kLockChains) {
    ChainSlot& slot = chain_slots_[at];
    if (slot.execution != execution_) break;
    if (slot.key == chain) return true;
  }
  if (chain_count_ >= kLockChains / 4 * 3) return false;
  ++chain_count_;
  chain_slots_[at] = {chain, execution_};
  return false;
}

// Only the new rules tell readers from writers in the sequence. Source: hlock_id(), 6.1.
uint64_t Lockdep::Extend(uint64_t chain, const LockdepHeld& next) const {
  const uint64_t id = next.cls->index + 1 + (config_.rules == LockdepRules::New ? uint64_t{next.read} << 16 : 0);
  chain = (chain ^ id) * 0x9e3779b97f4a7c15ull;
  return chain ^ chain >> 29;
}

// Source: validate_chain(), kernel/locking/lockdep.c, 4.14 and 6.1.
void Lockdep::Validate(TaskState& t, LockdepHeld& next, uint64_t chain) {
  if (next.trylock || !next.check || KnownChain(chain)) return;
  const int same = CheckSameClass(t, next);
  if (same == 0 || silent_) return;
  if (same == 2 && config_.rules == LockdepRules::Old) next.read = 2;   // it adds no dependencies, nor on top of it
  if (t.depth && same != 2) AddDependencies(t, next);
}

// Is the class held already, by this task or by what it interrupts? Source: check_deadlock(), 4.14 and 6.1.
int Lockdep::CheckSameClass(const TaskState& t, LockdepHeld& next) {
  bool nest_held = false;
  for (uint32_t i = 0; i < t.depth; ++i) {
    const LockdepHeld& prev = t.held[i];
    if (next.nest && prev.map == next.nest) nest_held = true;
    if (prev.cls != next.cls) continue;
    if (next.read == 2 && prev.read) {
      if (config_.rules == LockdepRules::Old) return 2;
      continue;
    }
    if (nest_held) return 2;
    ReportRecursion(prev, next);
    return 0;
  }
  return 1;
}

// From the innermost lock outwards, up to the first one that was not tried: it is connected to those further out.
// Source: check_prevs_add(), 4.14 and 6.1.
void Lockdep::AddDependencies(const TaskState& t, const LockdepHeld& next) {
  for (uint32_t i = t.depth; i-- > 0;) {
    const LockdepHeld& prev = t.held[i];
    if (!prev.check || (config_.rules == LockdepRules::Old && prev.read == 2)) continue;
    AddDependency(prev, next);
    if (silent_ || !prev.trylock) return;
  }
}

// Source: __calc_dep_bit(), kernel/locking/lockdep.c, 6.1.
uint8_t Lockdep::LabelOf(const LockdepHeld& prev, const LockdepHeld& next) {
  return static_cast<uint8_t>((prev.read == 0 ? 1 : 0) + (next.read != 2 ? 2 : 0));
}

DependencySite Lockdep::SiteOf(const LockdepHeld& prev, const LockdepHeld& next) const {
  return {prev.task, next.task, prev.read, next.read, prev.event, prev.stack, next.event, next.stack, prev.map, next.map};
}

// Source: check_prev_add(), 4.14 and 6.1 (without CONFIG_LOCKDEP_SMALL's check for redundant dependencies).
void Lockdep::AddDependency(const LockdepHeld& prev, const LockdepHeld& next) {
  const uint8_t label = LabelOf(prev, next);
  uint32_t known = prev.cls->first_after;
  while (known && dependencies_[known].to != next.cls->index) known = dependencies_[known].next_after;
  const uint32_t way_back = FindWayBack(next, prev);
  if (way_back != kNoNode) {
    if (prev.cls == next.cls) return ReportRecursion(prev, next);
    return ReportCycle(prev, next, way_back);
  }
  CheckIrqUsage(prev, next);
  if (silent_) return;
  if (config_.rules == LockdepRules::Old && (prev.read == 2 || next.read == 2)) return;
  if (known) {
    Dependency& d = dependencies_[known];
    if (!(d.labels >> label & 1)) d.sites[label] = SiteOf(prev, next);
    d.labels |= static_cast<uint8_t>(1 << label);
    return;
  }
  if (dependencies_.empty()) dependencies_.emplace_back();
  if (dependencies_.size() >= kMaxLockDependencies) engine.OutOfBudget("too many lock dependencies");
  const auto index = static_cast<uint32_t>(dependencies_.size());
  Dependency d{prev.cls->index, next.cls->index, 0, 0, static_cast<uint8_t>(1 << label), {}};
  d.sites[label] = SiteOf(prev, next);
  dependencies_.push_back(d);
  auto append = [&](uint32_t& first, uint32_t& last, uint32_t Dependency::*link) {
    if (last) {
      dependencies_[last].*link = index;
    } else {
      first = index;
    }
    last = index;
  };
  append(prev.cls->first_after, prev.cls->last_after, &Dependency::next_after);
  append(next.cls->first_before, next.cls->last_before, &Dependency::next_before);
}

// Breadth first from `root`, which comes first itself. `only_recursive`: as if the way to the root ended in -(*R)->.
// By the new rules only strong paths count, and, as in the kernel, the first path to a class decides for all. The nodes
// up to the match stay in nodes_. Source: __bfs(), 4.14 and 6.1.
template <typename Match, typename Skip>
uint32_t Lockdep::Search(bool forward, lock_class* root, bool only_recursive, Match match, Skip skip) {
  const bool strong = config_.rules == LockdepRules::New;
  ++generation_;
  nodes_.clear();
  nodes_.push_back({root, 0, 0, strong && only_recursive});
  for (uint32_t at = 0; at < nodes_.size(); ++at) {
    Node n = nodes_[at];
    if (n.cls->visited == generation_) continue;
    n.cls->visited = generation_;
    if (strong && n.dependency) {
      uint8_t labels = dependencies_[n.dependency].labels;
      if (!forward) labels = Reversed(labels);
      if (nodes_[n.parent].only_recursive) labels &= static_cast<uint8_t>(~kOnlyShared);
      if (!labels) continue;
      nodes_[at].only_recursive = n.only_recursive = !(labels & kNotRecursive);
    }
    if (skip(n)) continue;
    if (match(n)) return at;
    for (uint32_t d = forward ? n.cls->first_after : n.cls->first_before; d;) {
      const Dependency& dep = dependencies_[d];
      lock_class& next = classes_[forward ? dep.to : dep.from];
      if (next.visited != generation_) nodes_.push_back({&next, at, d, false});
      d = forward ? dep.next_after : dep.next_before;
    }
  }
  return kNoNode;
}

// A path from `next` to `prev`, whose last step may be followed by prev -> next. Source: check_noncircular(),
// hlock_conflict(), 6.1; class_equal(), 4.14.
uint32_t Lockdep::FindWayBack(const LockdepHeld& next, const LockdepHeld& prev) {
  const bool strong = config_.rules == LockdepRules::New;
  return Search(
      true, next.cls, next.read == 2,
      [&](const Node& n) { return n.cls == prev.cls && (!strong || prev.read == 0 || !n.only_recursive); },
      [](const Node&) { return false; });
}

// Classes of local_lock_t do not take part. Source: usage_skip(), kernel/locking/lockdep.c, 6.1.
uint32_t Lockdep::SearchUsage(bool forward, const LockdepHeld& from, uint32_t mask) {
  const bool only_recursive = forward ? from.read == 2 : from.read != 0;
  return Search(
      forward, from.cls, only_recursive,
      [&](const Node& n) { return (n.cls->usage & (n.only_recursive ? kUsageNotRead : kUsageIrq) & mask) != 0; },
      [](const Node& n) { return n.cls->lock_type == LD_LOCK_PERCPU; });
}

uint32_t Lockdep::UsageBefore(const LockdepHeld& prev) {
  uint32_t mask = 0;
  Search(
      false, prev.cls, prev.read != 0,
      [&](const Node& n) {
        mask |= n.cls->usage & (n.only_recursive ? kUsageNotRead : kUsageIrq);
        return false;
      },
      [](const Node& n) { return n.cls->lock_type == LD_LOCK_PERCPU; });
  return mask;
}

// Takes a class out of the graph.
void Lockdep::RemoveDependenciesOf(lock_class& c) {
  auto unlink = [&](uint32_t& first, uint32_t& last, uint32_t Dependency::*link, uint32_t gone) {
    uint32_t previous = 0;
    for (uint32_t d = first; d; previous = d, d = dependencies_[d].*link) {
      if (d != gone) continue;
      (previous ? dependencies_[previous].*link : first) = dependencies_[d].*link;
      if (last == d) last = previous;
      return;
    }
  };
  for (uint32_t d = c.first_after; d; d = dependencies_[d].next_after) {
    lock_class& other = classes_[dependencies_[d].to];
    unlink(other.first_before, other.last_before, &Dependency::next_before, d);
  }
  for (uint32_t d = c.first_before; d; d = dependencies_[d].next_before) {
    lock_class& other = classes_[dependencies_[d].from];
    unlink(other.first_after, other.last_after, &Dependency::next_after, d);
  }
  c.first_after = c.last_after = c.first_before = c.last_before = 0;
}

}  // namespace hotweave
