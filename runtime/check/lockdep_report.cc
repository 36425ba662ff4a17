// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: findings, in the kernel's words. See lockdep.h. Depends on core.
#include <algorithm>

#include "check/lockdep.h"
#include "core/symbols.h"
#include "core/tracer.h"

namespace hotweave {
namespace {

const char* ModeName(int read) { return read == 0 ? "" : read == 1 ? " (read)" : " (recursive read)"; }

std::string TaskName(uint32_t task) {
  return task < engine.task_count ? std::string(engine.tasks[task].comm) : std::string("?");
}

// "HARDIRQ-safe"; read: "HARDIRQ-READ-safe". Source: state_name(), 6.1.
std::string StateName(unsigned bit) {
  return std::string(bit & kUsageSoft ? "SOFTIRQ" : "HARDIRQ") + (bit & kUsageRead ? "-READ" : "");
}

// "{IN-HARDIRQ-W}". Source: usage_str, kernel/locking/lockdep.c, 6.1.
std::string UsageName(unsigned bit) {
  return std::string(bit & kUsageEnabled ? "{" : "{IN-") + (bit & kUsageSoft ? "SOFTIRQ" : "HARDIRQ") +
         (bit & kUsageEnabled ? "-ON" : "") + (bit & kUsageRead ? "-R}" : "-W}");
}

// In words: "taken in hard interrupts", "held with soft interrupts on".
std::string UsageWords(unsigned bit) {
  const std::string which = bit & kUsageSoft ? "soft" : "hard";
  const std::string mode = bit & kUsageRead ? " for read" : "";
  return bit & kUsageEnabled ? "held" + mode + " with " + which + " interrupts on" : "taken" + mode + " in " + which + " interrupts";
}

// The function that a stack of the trace begins with.
std::string Place(uint32_t stack) {
  if (!engine.tracing() || stack == ~0u) return "";
  const Stack& s = engine.tracer()->trace().stacks[stack];
  return s.empty() ? "" : ", at: " + FunctionName(s[0] - 1);
}

FailureSite SiteAt(std::string role, uint32_t task, uint32_t event, uint32_t stack) {
  FailureSite s{std::move(role), task, event, {}};
  if (engine.tracing() && stack != ~0u) s.stack = engine.tracer()->trace().stacks[stack];
  return s;
}

// Names around a cycle, from the least: the same cycle entered elsewhere is the same bug.
std::vector<std::string> CycleNames(const std::vector<LockEdge>& edges) {
  std::vector<std::string> names;
  for (const LockEdge& e : edges) names.push_back(e.held.title);
  std::rotate(names.begin(), std::min_element(names.begin(), names.end()), names.end());
  return names;
}

std::string Takes(const LockEnd& end) { return (end.completion ? "waits for " : "takes ") + end.name + ModeName(end.read); }

// "a took B while it held A".
std::string Told(const LockEdge& e) {
  return TaskName(e.wanted.task) + (e.wanted.completion ? " waited for " : " took ") + e.wanted.name + ModeName(e.wanted.read) +
         (e.held.completion ? " before it completed " : " while it held ") + e.held.name + ModeName(e.held.read);
}

void AddSites(Failure* f, const LockEdge& e) {
  const std::string during = (e.held.completion ? " before it completes " : " while it holds ") + e.held.name + ModeName(e.held.read);
  f->sites.push_back(SiteAt(Takes(e.wanted) + during, e.wanted.task, e.wanted.event, e.wanted.stack));
  f->sites.push_back(SiteAt(Takes(e.held), e.held.task, e.held.event, e.held.stack));
}

}  // namespace

// ---- Ends, edges, paths --------------------------------------------------------------------------------

LockEnd Lockdep::EndOf(const lock_class& c, uint8_t read, uint32_t task, uint32_t event, uint32_t stack) const {
  return {NameOf(c), NameOf(c, false), read, task, event, stack, c.completion};
}

LockEnd Lockdep::EndOf(const LockdepHeld& h) const { return EndOf(*h.cls, h.read, h.task, h.event, h.stack); }

LockEdge Lockdep::EdgeOf(const LockdepHeld& prev, const LockdepHeld& next) const { return {EndOf(prev), EndOf(next)}; }

LockEdge Lockdep::EdgeOf(const Dependency& d, unsigned label) const {
  const DependencySite& s = d.sites[label];
  return {EndOf(classes_[d.from], s.from_read, s.from_task, s.from_event, s.from_stack),
          EndOf(classes_[d.to], s.to_read, s.to_task, s.to_event, s.to_stack)};
}

std::vector<LockEdge> Lockdep::PathOf(uint32_t node, bool forward, bool after_recursive) const {
  std::vector<uint32_t> steps;
  for (uint32_t n = node; nodes_[n].dependency; n = nodes_[n].parent) steps.push_back(n);
  std::reverse(steps.begin(), steps.end());
  // Of the labels of each step, the strongest that may follow the one before.
  std::vector<LockEdge> path;
  bool recursive = config_.rules == LockdepRules::New && after_recursive;
  for (uint32_t n : steps) {
    const Dependency& d = dependencies_[nodes_[n].dependency];
    static constexpr uint8_t kForward[] = {kEN, kSN, kER, kSR}, kBackward[] = {kEN, kER, kSN, kSR};
    for (uint8_t label : forward ? kForward : kBackward) {
      if (!(d.labels >> label & 1)) continue;
      const bool shared = label == kSR || label == kSN, taken_recursively = label == kSR || label == kER;
      if (recursive && (forward ? shared : taken_recursively)) continue;
      path.push_back(EdgeOf(d, label));
      recursive = config_.rules == LockdepRules::New && (forward ? taken_recursively : shared);
      break;
    }
  }
  if (!forward) std::reverse(path.begin(), path.end());
  return path;
}

std::string Lockdep::UsagePlace(const lock_class& c, unsigned bit) const {
  const lock_class::UsageSite& s = c.usage_sites[bit];
  return UsageName(bit) + " state was registered by " + TaskName(s.task) + Place(s.stack);
}

// Source: lockdep_print_held_locks(), kernel/locking/lockdep.c, 6.1.
std::vector<std::string> Lockdep::HeldLines() const {
  const TaskState* t = StateOf(*hot.task);
  const uint32_t depth = t ? t->depth : 0;
  std::vector<std::string> lines;
  if (!depth) return lines;
  lines.push_back(std::to_string(depth) + (depth == 1 ? " lock" : " locks") + " held by " + hot.task->comm + ":");
  for (uint32_t i = 0; i < depth; ++i) {
    lines.push_back(" #" + std::to_string(i) + ": " + FullNameOf(*t->held[i].cls) + ModeName(t->held[i].read) +
                    Place(t->held[i].stack));
  }
  return lines;
}

// ---- Findings ------------------------------------------------------------------------------------------

// The kernel switches lockdep off after its first report; here the execution ends with it. One that is failing anyway
// goes on without lockdep.
void Lockdep::Finish(Failure f) {
  silent_ = true;
  if (engine.failing()) return;
  f.level = "faithful";
  engine.Fail(std::move(f));
}

// Source: print_circular_bug(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportCycle(const LockdepHeld& prev, const LockdepHeld& next, uint32_t node) {
  Failure f;
  f.kind = Kind::LockOrder;
  f.address = next.map;
  f.locks.shape = LockReport::Shape::Cycle;
  f.locks.headline = "WARNING: possible circular locking dependency detected";
  f.locks.edges = {EdgeOf(prev, next)};
  for (LockEdge& e : PathOf(node, true, next.read == 2)) f.locks.edges.push_back(std::move(e));
  f.names = CycleNames(f.locks.edges);
  const std::string self = hot.task->comm;
  // What closes the cycle may have been taken before, by a task that now completes what another one waits for.
  f.sentence = prev.cls->completion ? Told(f.locks.edges[0]) : self + " " + Takes(f.locks.edges[0].wanted) + " while it holds " +
                                                                   NameOf(*prev.cls) + ModeName(prev.read);
  f.sentence += "; the other way round: ";
  for (size_t i = 1; i < f.locks.edges.size(); ++i) f.sentence += (i > 1 ? ", " : "") + Told(f.locks.edges[i]);
  f.details = {f.locks.headline, self + " is trying to acquire lock:", " " + FullNameOf(*next.cls) + Place(next.stack),
               "but task is already holding lock:", " " + FullNameOf(*prev.cls) + Place(prev.stack),
               "which lock already depends on the new lock.", "the existing dependency chain (in reverse order) is:"};
  for (size_t i = f.locks.edges.size(); i-- > 1;) {
    const LockEnd& end = f.locks.edges[i].wanted;
    f.details.push_back(" -> #" + std::to_string(i) + " (" + end.name + ")" + ModeName(end.read) + " by " + TaskName(end.task) +
                        Place(end.stack));
  }
  f.details.push_back(" -> #0 (" + NameOf(*next.cls) + ")" + ModeName(next.read) + " by " + self + Place(next.stack));
  std::string chain = "Chain exists of: ";
  for (size_t i = 1; i < f.locks.edges.size(); ++i) chain += f.locks.edges[i].held.name + " --> ";
  f.details.push_back(chain + NameOf(*prev.cls));
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  for (const LockEdge& e : f.locks.edges) AddSites(&f, e);
  Finish(std::move(f));
}

// Source: print_deadlock_bug(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportRecursion(const LockdepHeld& prev, const LockdepHeld& next) {
  Failure f;
  f.kind = Kind::RecursiveLock;
  f.address = next.map;
  f.locks.shape = LockReport::Shape::Recursion;
  f.locks.headline = "WARNING: possible recursive locking detected";
  f.locks.edges = {EdgeOf(prev, next)};
  f.names = {NameOf(*next.cls, false)};
  const std::string self = hot.task->comm, name = NameOf(*next.cls);
  f.sentence = self + " takes " + name + ModeName(next.read) + " while it holds " +
               (prev.map == next.map ? "it" : "another lock of that class") + ModeName(prev.read);
  f.details = {f.locks.headline, self + " is trying to acquire lock:", " " + FullNameOf(*next.cls) + Place(next.stack),
               "but task is already holding lock:", " " + FullNameOf(*prev.cls) + Place(prev.stack)};
  if (prev.map != next.map) f.details.push_back("May be due to missing lock nesting notation");
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  AddSites(&f, f.locks.edges[0]);
  Finish(std::move(f));
}

// Source: print_usage_bug(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportUsage(const LockdepHeld& h, unsigned bit, unsigned conflicting) {
  Failure f;
  f.kind = Kind::IrqLockOrder;
  f.address = h.map;
  f.locks.shape = LockReport::Shape::Usage;
  f.locks.headline = "WARNING: inconsistent lock state";
  const lock_class& c = *h.cls;
  const lock_class::UsageSite &now = c.usage_sites[bit], &before = c.usage_sites[conflicting];
  f.locks.edges = {{EndOf(c, conflicting & kUsageRead, before.task, before.event, before.stack),
                    EndOf(c, bit & kUsageRead, now.task, now.event, now.stack)}};
  f.names = {NameOf(c, false)};
  f.sentence = NameOf(c) + " is " + UsageWords(bit) + " by " + hot.task->comm + ", and was " + UsageWords(conflicting) + " by " +
               TaskName(before.task) + ": the interrupt may come while it is held there";
  f.details = {f.locks.headline, "inconsistent " + UsageName(conflicting) + " -> " + UsageName(bit) + " usage.",
               std::string(hot.task->comm) + " takes:", " " + FullNameOf(c) + Place(h.stack), UsagePlace(c, conflicting)};
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  f.sites = {SiteAt(UsageWords(bit), now.task, now.event, now.stack),
             SiteAt(UsageWords(conflicting), before.task, before.event, before.stack)};
  Finish(std::move(f));
}

// Source: print_irq_inversion_bug(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportInversion(const LockdepHeld& h, unsigned bit, uint32_t node, bool forward) {
  Failure f;
  f.kind = Kind::IrqLockOrder;
  f.address = h.map;
  f.locks.shape = LockReport::Shape::IrqPath;
  f.locks.headline = "WARNING: possible irq lock inversion dependency detected";
  const lock_class& c = *h.cls;
  const lock_class& other = *nodes_[node].cls;
  f.locks.edges = PathOf(node, forward, forward ? h.read == 2 : h.read != 0);
  unsigned opposite = (bit & ~static_cast<unsigned>(kUsageRead)) ^ kUsageEnabled;
  if (!(other.usage >> opposite & 1)) opposite += kUsageRead;
  f.names = {NameOf(forward ? c : other, false), NameOf(forward ? other : c, false)};
  f.sentence = NameOf(c) + " is " + UsageWords(bit) + " by " + hot.task->comm + "; " + NameOf(other) + " is " +
               UsageWords(opposite) + " and " + (forward ? "taken inside it" : "it is taken inside that") +
               ": the interrupt may come in between";
  f.details = {f.locks.headline,
               std::string(hot.task->comm) + " just changed the state of lock:",
               " " + FullNameOf(c) + Place(h.stack),
               std::string(forward ? "but this lock took another, " : "but this lock was taken by another, ") + StateName(bit) +
                   (forward ? "-unsafe lock in the past:" : "-safe lock in the past:"),
               " " + FullNameOf(other)};
  for (const LockEdge& e : f.locks.edges) f.details.push_back(" " + e.held.name + " --> " + e.wanted.name + " by " + TaskName(e.wanted.task) + Place(e.wanted.stack));
  f.details.push_back(UsagePlace(other, opposite));
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  const lock_class::UsageSite &now = c.usage_sites[bit], &before = other.usage_sites[opposite];
  f.sites = {SiteAt(NameOf(c) + ": " + UsageWords(bit), now.task, now.event, now.stack),
             SiteAt(NameOf(other) + ": " + UsageWords(opposite), before.task, before.event, before.stack)};
  for (const LockEdge& e : f.locks.edges) AddSites(&f, e);
  Finish(std::move(f));
}

// Source: print_bad_irq_dependency(), find_exclusive_match(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportIrqDependency(const LockdepHeld& prev, const LockdepHeld& next, const lock_class& safe,
                                  const lock_class& unsafe, std::vector<LockEdge> before, std::vector<LockEdge> after) {
  unsigned in = kUsageBits, enabled = 0;
  for (unsigned bit : {0u, 1u, 4u, 5u}) {
    if (in != kUsageBits || !(safe.usage >> bit & 1)) continue;
    for (unsigned other : {(bit & ~1u) + kUsageEnabled, (bit & ~1u) + kUsageEnabled + kUsageRead}) {
      if (in == kUsageBits && unsafe.usage >> other & 1) in = bit, enabled = other;
    }
  }
  if (in == kUsageBits) return;
  const std::string state = StateName(in & ~1u);
  Failure f;
  f.kind = Kind::IrqLockOrder;
  f.address = next.map;
  f.locks.shape = LockReport::Shape::IrqPath;
  f.locks.headline = "WARNING: " + state + "-safe -> " + state + "-unsafe lock order detected";
  f.locks.edges = std::move(before);
  f.locks.edges.push_back(EdgeOf(prev, next));
  for (LockEdge& e : after) f.locks.edges.push_back(std::move(e));
  f.names = {NameOf(safe, false), NameOf(unsafe, false)};
  f.sentence = std::string(hot.task->comm) + " takes " + NameOf(*next.cls) + " while it holds " + NameOf(*prev.cls) + ", so that " +
               NameOf(unsafe) + ", which is " + UsageWords(enabled) + ", is taken inside " + NameOf(safe) + ", which is " +
               UsageWords(in) + ": the interrupt may come in between";
  f.details = {f.locks.headline, std::string(hot.task->comm) + " is trying to acquire:", " " + FullNameOf(*next.cls) + Place(next.stack),
               "and this task is already holding:", " " + FullNameOf(*prev.cls) + Place(prev.stack),
               "which would create a new lock dependency: " + NameOf(*prev.cls) + " -> " + NameOf(*next.cls),
               "but this new dependency connects a " + StateName(in) + "-irq-safe lock:", " " + FullNameOf(safe),
               UsagePlace(safe, in), "to a " + StateName(enabled) + "-irq-unsafe lock:", " " + FullNameOf(unsafe),
               UsagePlace(unsafe, enabled)};
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  AddSites(&f, EdgeOf(prev, next));
  const lock_class::UsageSite &s = safe.usage_sites[in], &u = unsafe.usage_sites[enabled];
  f.sites.push_back(SiteAt(NameOf(safe) + ": " + UsageWords(in), s.task, s.event, s.stack));
  f.sites.push_back(SiteAt(NameOf(unsafe) + ": " + UsageWords(enabled), u.task, u.event, u.stack));
  for (const LockEdge& e : f.locks.edges) {
    if (e.wanted.event != next.event) AddSites(&f, e);
  }
  Finish(std::move(f));
}

// Source: print_lock_invalid_wait_context(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportWaitContext(const LockdepHeld& next, uint8_t context) {
  static constexpr const char* kContexts[] = {"", "anything", "a raw spinlock", "a spinlock", "a sleeping lock", ""};
  Failure f;
  f.kind = Kind::WaitContext;
  f.address = next.map;
  f.locks.shape = LockReport::Shape::Other;
  f.locks.headline = "WARNING: invalid wait context";
  f.names = {NameOf(*next.cls, false)};
  f.sentence = std::string(hot.task->comm) + " takes " + NameOf(*next.cls) + ", " +
               (next.cls->wait_inner >= LD_WAIT_SLEEP ? "a sleeping lock" : "which sleeps with PREEMPT_RT") +
               ", where it may wait for no more than " + kContexts[std::min<uint8_t>(context, LD_WAIT_MAX)];
  f.details = {f.locks.headline, std::string(hot.task->comm) + " is trying to lock:", " " + FullNameOf(*next.cls) + Place(next.stack)};
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  f.sites = {SiteAt("takes " + NameOf(*next.cls), hot.task->index, next.event, next.stack)};
  Finish(std::move(f));
}

// Source: print_lock_nested_lock_not_held(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportNestNotHeld(const LockdepHeld& next) {
  const char* nest = next.nest->name;
  ReportMisuse("WARNING: Nested lock was not taken",
               std::string(hot.task->comm) + " takes " + NameOf(*next.cls) + " nested in " + (nest ? nest : "?") +
                   ", which it does not hold",
               next.map);
}

// Source: print_unlock_imbalance_bug(), kernel/locking/lockdep.c, 6.1.
void Lockdep::ReportImbalance(const lockdep_map& map) {
  ReportMisuse("WARNING: bad unlock balance detected!",
               std::string(hot.task->comm) + " releases " + (map.name ? map.name : "?") + ", which it does not hold", &map);
}

void Lockdep::ReportMisuse(const char* headline, std::string sentence, const lockdep_map* map) {
  Failure f;
  f.kind = Kind::LockMisuse;
  f.address = map;
  f.locks.shape = LockReport::Shape::Other;
  f.locks.headline = headline;
  f.sentence = std::move(sentence);
  if (map && map->name) f.names = {map->name};
  f.details = {headline};
  for (std::string& line : HeldLines()) f.details.push_back(std::move(line));
  Finish(std::move(f));
}

}  // namespace hotweave
