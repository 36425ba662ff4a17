// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Context rules: no sleeping in atomic context, nothing held or switched off at the end of a task.
#include "check/checks.h"

namespace hotweave {
namespace {

std::string HeldNames(const Task& task) {
  std::string names;
  for (uint32_t i = 0; i < task.held_count; ++i) {
    if (!names.empty()) names += ", ";
    names += task.held[i].map ? task.held[i].map->name : "?";
  }
  return names;
}

}  // namespace

namespace {

// Why the task must not sleep: the strictest reason. Interrupts are off in hard handlers anyway.
const char* WhyAtomic(const Task& t) {
  if (t.irq) return t.softirq ? "in a softirq handler" : "in an interrupt handler";
  if (t.stop) return "in a function that a stopper runs in place of every task of its CPU";
  if (t.irqs_off) return "with interrupts off";
  if (t.bh_off) return "with bottom halves off";
  if (t.preempt) return "with preemption off";
  if (t.rcu_nesting) return "inside an RCU reader";
  return "between non_block_start() and non_block_end()";
}

// What a task that ends, or a handler that returns, has not put back: the words for it and its name, or nullptr.
struct Leftover {
  const char* what = nullptr;
  const char* name = nullptr;
};

Leftover LeftoverOf(const Task& t) {
  // A handler runs with preemption off, a hard one with interrupts off.
  const bool hard = t.irq && !t.softirq;
  if (t.preempt > (t.irq ? 1 : 0)) return {"with preemption off", "preempt_count"};
  if (t.bh_off) return {"with bottom halves off", "softirq_count"};
  if (t.irqs_off && !hard) return {"with interrupts off", "irqs_disabled"};
  if (t.migrate_off) return {"with migration off", "migration_disabled"};
  if (t.non_block) return {"between non_block_start() and non_block_end()", "non_block_count"};
  return {};
}

}  // namespace

void Checks::OnMightSleep(Op op, const void* object) {
  const Task& self = *hot.task;
  Failure f;
  f.kind = Kind::SleepInAtomic;
  f.address = object;
  f.sentence = std::string(self.comm) + " calls " + std::string(OpName(op)) + ", which may sleep, " + WhyAtomic(self);
  if (self.held_count) f.sentence += " (holding " + HeldNames(self) + ")";
  engine.Fail(std::move(f));
}

void Checks::OnTaskExit(Task& task) {
  const std::string ends = std::string(task.comm) + (task.irq ? " returns " : " ends ");
  Failure f;
  f.kind = Kind::LockLeak;
  if (task.held_count) {
    f.sentence = ends + "while it holds " + HeldNames(task);
    for (uint32_t i = 0; i < task.held_count; ++i) f.names.push_back(task.held[i].map ? task.held[i].map->name : "?");
    f.address = task.held[0].lock;
    engine.Fail(std::move(f));
  }
  lockdep_.TaskExit("ends");
  const Leftover left = LeftoverOf(task);
  if (!left.what) return;
  f.sentence = ends + left.what;
  f.names = {left.name};
  engine.Fail(std::move(f));
}

}  // namespace hotweave
