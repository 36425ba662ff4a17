// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Deadlocks: cycles in the wait-for graph, found when the last edge appears (other tasks may still run),
// and tasks that wait when nothing can run any more (hung).
//
// An edge leads from a waiting task to each task that must act first: the owner of the lock, for a writer
// every reader, for a queued task of a FIFO lock whoever is queued ahead in a conflicting mode, the task
// whose exit is waited for. All edges of a task are conditions that must all be met, so any cycle is final.
// A primitive that waits for something else names its blockers by a predicate (Wait::blocked_by): readers of a
// grace period, the worker of a work. A task under an interrupt handler goes on when that has returned: an edge
// as well. When nothing can run, a task without a CPU waits for those that occupy the CPUs. Waits for events
// (completions, wake-ups) have no edges: anybody might cause them.
#include <algorithm>

#include "check/checks.h"
#include "core/trace.h"

namespace hotweave {
namespace {

bool IsFifo(Op op) {
  return op == Op::DownRead || op == Op::DownWrite || op == Op::PercpuDownRead || op == Op::PercpuDownWrite ||
         op == Op::ReadLock || op == Op::WriteLock;
}

// The handler on top of the task on its CPU, or nullptr. (A hard interrupt may be on top of a soft one.)
const Task* HandlerOver(const Task& t) {
  for (const Task* h = engine.cpus[t.cpu].on; h && h->irq; h = h->interrupted) {
    if (h->interrupted == &t) return h;
  }
  return nullptr;
}

// The task that keeps a handler from its CPU: with interrupts or bottom halves off, or in a handler itself.
const Task* KeptOffBy(const Task& t) {
  const Task* on = engine.cpus[t.cpu].on;
  if (!t.irq || !t.runnable || t.exited || !on || on == &t || HandlerOver(t)) return nullptr;
  for (const Task* h = on; h && h->irq; h = h->interrupted) {
    if (h == &t) return nullptr;
  }
  if (on->irqs_off || (t.softirq && (on->irq || on->bh_off))) return on;
  return nullptr;
}

// Nothing can run: waiting for a CPU is final too.
bool stuck = false;

// Runnable, but every CPU that it may use is taken by a task that spins or cannot be displaced.
bool WaitsForCpu(const Task& t) { return stuck && t.runnable && !t.exited && !t.is_clock && engine.CpuFor(t) < 0; }

std::vector<const Task*> BlockersOf(const Task& t) {
  std::vector<const Task*> out;
  auto add = [&](const Task* u) {
    if (u && std::find(out.begin(), out.end(), u) == out.end()) out.push_back(u);
  };
  add(HandlerOver(t));
  if (const Task* on = KeptOffBy(t)) {
    add(on);
    return out;
  }
  if (WaitsForCpu(t)) {
    for (uint32_t c = 0; c < kCpus; ++c) {
      const Task* on = engine.cpus[c].on;
      if (on != &t && engine.cpus[c].online && (!t.bound || c == t.cpu)) add(on);
    }
    return out;
  }
  if (!t.wait.hard || t.wake_time) return out;
  if (t.wait.on) {
    add(t.wait.on);
    return out;
  }
  if (t.wait.blocked_by) {
    for (const Task& u : engine.live()) {
      if (!u.exited && t.wait.blocked_by(t, u)) add(&u);
    }
    return out;
  }
  const auto* lock = static_cast<const hotweave_lock*>(t.wait.blocker ? t.wait.blocker : t.wait.object);
  add(static_cast<const Task*>(lock->owner));
  if (!t.wait.shared) {
    for (const Task& u : engine.live()) {
      if (&u != &t && engine.Holds(u, t.wait.object)) add(&u);
    }
    if (engine.Holds(t, t.wait.object)) add(&t);
  }
  if (IsFifo(t.wait.op)) {
    const size_t queued = out.size();
    const Task* u = static_cast<const Task*>(lock->first_waiter);
    for (; u && u != &t; u = u->next_waiter) {
      if (!(u->shared_waiter && t.shared_waiter)) add(u);
    }
    if (!u) out.resize(queued);   // it waits beside the queue
  }
  return out;
}

bool Waits(const Task& t) { return !t.runnable && !t.exited && t.wait.op != Op::kCount; }
bool CannotGoOn(const Task& t) { return Waits(t) || HandlerOver(t) || KeptOffBy(t) || WaitsForCpu(t); }

// Depth-first search for a way back to `goal`; `path` holds the tasks of the cycle on success.
bool Search(const Task& from, const Task& goal, std::vector<const Task*>& path, std::vector<bool>& seen) {
  path.push_back(&from);
  for (const Task* next : BlockersOf(from)) {
    if (next == &goal) return true;
    if (seen[next->index] || !CannotGoOn(*next)) continue;
    seen[next->index] = true;
    if (Search(*next, goal, path, seen)) return true;
  }
  path.pop_back();
  return false;
}

std::string NameOf(const Wait& w) { return w.name ? w.name : std::string(OpName(w.op)); }

// What the task waits for, and who must act first.
std::string Edge(const Task& t) {
  std::string out = std::string(t.comm);
  if (const Task* on = KeptOffBy(t)) {
    return out + " cannot begin: " + on->comm + " has it disabled on its CPU";
  } else if (WaitsForCpu(t)) {
    out += " waits for a CPU";
  } else if (const Task* handler = HandlerOver(t)) {
    return out + " is interrupted by " + handler->comm;
  } else {
    out += " waits for " + NameOf(t.wait) + (t.wait.on ? " to exit" : "") + (t.wait.shared ? " (read)" : "");
  }
  const char* by = WaitsForCpu(t) ? " occupied by " : t.wait.on || t.wait.blocked_by ? " that needs " : " held by ";
  for (const Task* b : BlockersOf(t)) {
    const bool ahead = !t.wait.on && !t.wait.blocked_by && !WaitsForCpu(t) && !engine.Holds(*b, t.wait.object);
    out += std::string(ahead ? " behind " : by) + b->comm;
    by = ", ";
  }
  if (t.held_count) {
    out += "; holds";
    for (uint32_t i = 0; i < t.held_count; ++i) {
      out += std::string(i ? ", " : " ") + (t.held[i].map && t.held[i].map->name ? t.held[i].map->name : "?");
      if (t.held[i].mode == LockMode::Shared) out += " (read)";
    }
  }
  return out;
}

WaitEdge::Why WhyOf(const Task& t, const Task& blocker) {
  if (KeptOffBy(t)) return WaitEdge::Why::Disabled;
  if (WaitsForCpu(t)) return WaitEdge::Why::Cpu;
  if (HandlerOver(t) == &blocker) return WaitEdge::Why::Interrupted;
  if (t.wait.on) return WaitEdge::Why::Exit;
  if (t.wait.blocked_by) return WaitEdge::Why::Needs;
  return engine.Holds(blocker, t.wait.object) ? WaitEdge::Why::Held : WaitEdge::Why::Queued;
}

// One edge for each task that must act, one to nobody if any could.
void AddEdges(const Task& t, Failure* f) {
  WaitEdge e;
  e.task = t.index;
  if (Waits(t)) e.what = NameOf(t.wait);
  e.shared = t.wait.shared;
  const std::vector<const Task*> blockers = BlockersOf(t);
  for (const Task* b : blockers) {
    e.on = b->index;
    e.why = WhyOf(t, *b);
    f->waits.push_back(e);
  }
  if (blockers.empty()) f->waits.push_back(e);
}

// Every task that cannot go on, one line each.
void DescribeGraph(Failure* f) {
  f->details.push_back("wait-for graph:");
  for (const Task& t : engine.live()) {
    if (!CannotGoOn(t) || (t.idle && BlockersOf(t).empty())) continue;
    f->details.push_back("    " + Edge(t));
    AddEdges(t, f);
  }
}

[[noreturn]] void ReportCycle(const std::vector<const Task*>& cycle) {
  Failure f;
  DescribeGraph(&f);
  const bool self = cycle.size() == 1 && !cycle[0]->wait.on && !cycle[0]->wait.blocked_by;
  f.kind = self ? Kind::RecursiveLock : Kind::Deadlock;
  f.address = cycle[0]->wait.object;
  for (size_t i = 0; i < cycle.size(); ++i) {
    const Task& t = *cycle[i];
    const Task& next = *cycle[(i + 1) % cycle.size()];
    if (i) f.sentence += "; ";
    if (HandlerOver(t) == &next) {
      f.sentence += std::string(t.comm) + " is interrupted by " + next.comm;
      f.sites.push_back({std::string(t.comm) + " is interrupted", t.index, Event::kNone, engine.StackOf(t)});
      continue;
    }
    if (KeptOffBy(t) == &next) {
      f.sentence += std::string(t.comm) + " cannot begin: " + next.comm + " has it disabled on its CPU";
      f.names.push_back(t.softirq ? "softirq" : "irq");
      continue;
    }
    if (WaitsForCpu(t)) {
      f.sentence += std::string(t.comm) + " waits for the CPU that " + next.comm + " occupies";
      f.names.push_back("CPU");
      f.sites.push_back({std::string(t.comm) + " waits for a CPU", t.index, Event::kNone, engine.StackOf(t)});
      continue;
    }
    f.sentence += std::string(t.comm) + " waits for " + NameOf(t.wait);
    if (t.wait.on) {
      f.sentence += " to exit";
    } else if (t.wait.blocked_by) {
      f.sentence += ", which needs " + std::string(&next == &t ? "itself" : next.comm) + " first";
    } else if (self) {
      f.sentence += ", which it holds itself";
    } else if (engine.Holds(next, t.wait.object)) {
      f.sentence += ", which " + std::string(next.comm) + " holds";
    } else {
      f.sentence += ", in the queue behind " + std::string(next.comm);
    }
    f.names.push_back(NameOf(t.wait));
    f.sites.push_back({std::string(t.comm) + " waits", t.index, Event::kNone, engine.StackOf(t)});
  }
  // The same cycle entered elsewhere is the same bug.
  std::rotate(f.names.begin(), std::min_element(f.names.begin(), f.names.end()), f.names.end());
  engine.Fail(std::move(f));
}

void FindCycle(const Task& from) {
  std::vector<const Task*> path;
  std::vector<bool> seen(engine.task_count);
  if (Search(from, from, path, seen)) ReportCycle(path);
}

}  // namespace

void Checks::OnBlocked(Task& task) {
  stuck = false;
  if (!task.wait.hard || engine.failing()) return;
  // The common case: one owner, and nothing stops it.
  if (task.wait.op == Op::MutexLock || task.wait.op == Op::SpinLock) {
    const auto* owner = static_cast<const Task*>(static_cast<const hotweave_lock*>(task.wait.object)->owner);
    if (owner && owner != &task && !CannotGoOn(*owner)) return;
  }
  FindCycle(task);
}

void Checks::OnStuck() {
  stuck = false;
  std::vector<const Task*> waiting;
  for (const Task& t : engine.live()) {
    if (Waits(t) && !t.idle) waiting.push_back(&t);
  }
  if (waiting.empty()) return;
  stuck = true;
  for (const Task* t : waiting) FindCycle(*t);
  Failure f;
  DescribeGraph(&f);
  f.kind = Kind::HungTask;
  for (const Task* t : waiting) {
    if (!f.sentence.empty()) f.sentence += "; ";
    f.sentence += std::string(t->comm) + " waits for " + NameOf(t->wait);
    // A task that waits for another hung one is not the cause.
    if (!BlockersOf(*t).empty()) continue;
    f.names.push_back(NameOf(t->wait));
    f.sites.push_back({std::string(t->comm) + " waits", t->index, Event::kNone, engine.StackOf(*t)});
  }
  f.sentence += "; no task is left that could do it";
  if (f.names.empty()) f.names.push_back(NameOf(waiting[0]->wait));
  std::sort(f.names.begin(), f.names.end());
  engine.Fail(std::move(f));
}

}  // namespace hotweave
