// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Every schedule of a target without a bound, up to the order of independent steps: dynamic partial-order reduction
// (Flanagan and Godefroid, POPL 2005) with source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic
// partial order reduction", POPL 2014, algorithm 1). One execution of each class of equivalent ones is run to its end; a
// few more are begun and given up when all tasks that can run are asleep.
//
// When a step is complete, it is compared with the steps of other tasks before it. If it depends on one and nothing
// orders them but this dependence, both orders are possible: at the node before the earlier one, a task is added that begins
// a path to the other order. Steps and their dependence: steps.h. What is peculiar here:
// * A task may be unable to run because it waits. What wakes it precedes its next step; that order is no race.
// * A task may be unable to run because another one keeps its CPU. Then the step that gave the CPU free is no race
//   either, but the one that took it is: the latest step of that task that the later one depends on, with the later task able to
//   run, is taken in its place; if there is none, every task is added.
// * A step that ends the execution depends on all others; before it, every task is added.
// * Values of a choice are all taken, in the step that draws it.
// * Tasks that spin for each other can go on for ever without a bound. --max-steps ends such executions, and the search is
//   then not complete.
//
// Depends on core, steps.h, exhaustive.h.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "strategy/exhaustive.h"

namespace hotweave {

class Traces final : public Search {
 public:
  Traces();
  bool Advance(bool finding) override;
  double Covered() const override;
  std::vector<Decision> Decisions() const override;
  bool cut() const override { return cut_; }
  uint64_t questions() const override { return question_; }
  uint64_t branches() const override { return stack_.size() - 1; }
  uint64_t restarts() const override { return restarts_; }

  void Begin(Attention* attention) override;
  Task* AtPoint(const Point& point, std::span<Task* const> others, Attention* attention) override;
  Task* AtBlock(const Point& point, std::span<Task* const> others, Attention* attention) override;
  uint32_t Choose(uint32_t, uint32_t n) override { return Draw(n, n); }
  uint32_t ChooseWhether(uint32_t, uint32_t n, uint32_t value) override { return Draw(n, value); }
  void OnTouch(const void* address, size_t size, bool write) override { steps_.OnTouch(address, size, write); }
  void OnWake(const Task& task) override { steps_.OnWake(task); }
  void OnCommon(Common what, bool write) override { steps_.OnCommon(what, write); }
  void OnUnasked(const Task& next) override;

 private:
  using Tasks = std::bitset<kMaxTasks>;
  struct Drawn {
    uint64_t question;
    std::vector<uint16_t> values;
    uint32_t taken = 0;
  };
  // The state before a step, and the step.
  struct Node {
    uint64_t question = 0;              // 0: nobody was asked
    std::vector<uint16_t> options;      // tasks that could run; the default first
    Tasks able, awake;                  // the same as a set; tasks that do not wait
    Tasks wanted, done;
    std::vector<Step> sleep;            // what these tasks would do next has been explored
    uint32_t chosen = kMaxTasks;
    std::vector<Drawn> drawn;           // choices in the step
    Step step, whole;                   // with the choices as they are; with any
    std::vector<uint32_t> clock;        // by task: 1 + number of its latest step that precedes this one, or is it
    bool ended = false;
  };
  Task* Decide(const Point& point, std::span<Task* const> others);
  uint32_t Draw(uint32_t n, uint32_t asked);
  void Enter(Node node, uint32_t deflt);
  void Finish(bool blocked, bool fails);
  void Compare(uint32_t d);
  void Reverse(uint32_t i, uint32_t d, const std::vector<uint32_t>& clock);
  bool ReverseEarlier(uint32_t i, uint32_t d);
  Tasks Initials(uint32_t i, uint32_t d, const std::vector<uint32_t>& clock) const;
  static bool Asleep(const Node& node, uint32_t task);
  bool NextOf(Node* node);
  Node& Latest() { return stack_[depth_ - 1]; }

  StepRecorder steps_{true};
  std::vector<Node> stack_;   // the first one stands for what precedes the second task
  size_t depth_ = 1, drawn_ = 0;
  uint64_t question_ = 0, restarts_ = 0;
  bool cut_ = false, over_ = false, anew_ = false;
};

}  // namespace hotweave
