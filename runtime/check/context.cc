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

void Checks::OnMightSleep(Op op, const void* object) {
  const Task& self = *hot.task;
  Failure f;
  f.kind = Kind::SleepInAtomic;
  f.address = object;
  f.sentence = std::string(self.comm) + " calls " + std::string(OpName(op)) + ", which may sleep, ";
  if (self.irq) {
    f.sentence += "in an interrupt handler";
  } else if (self.stop) {
    f.sentence += "in a function that a stopper runs in place of every task of its CPU";
  } else if (self.irqs_off) {
    f.sentence += "with interrupts off";
  } else if (self.preempt) {
    f.sentence += "with preemption off";
  } else if (self.bh_off) {
    f.sentence += "with bottom halves off";
  } else {
    f.sentence += "inside an RCU reader";
  }
  if (self.held_count) f.sentence += " (holding " + HeldNames(self) + ")";
  engine.Fail(std::move(f));
}

void Checks::OnTaskExit(Task& task) {
  if (task.held_count) {
    Failure f;
    f.kind = Kind::LockLeak;
    f.sentence = std::string(task.comm) + " ends while it holds " + HeldNames(task);
    for (uint32_t i = 0; i < task.held_count; ++i) f.names.push_back(task.held[i].map ? task.held[i].map->name : "?");
    f.address = task.held[0].lock;
    engine.Fail(std::move(f));
  }
  lockdep_.TaskExit("ends");
  // A handler runs with preemption off, and its return puts interrupts back as they were.
  const bool preempt = task.preempt > (task.irq ? 1 : 0);
  if (preempt || (task.irqs_off && !task.irq)) {
    Failure f;
    f.kind = Kind::LockLeak;
    f.sentence = std::string(task.comm) + " ends with " + (preempt ? "preemption" : "interrupts") + " off";
    f.names = {preempt ? "preempt_count" : "irqs_disabled"};
    engine.Fail(std::move(f));
  }
}

}  // namespace hotweave
