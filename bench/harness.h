// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the engine benchmarks share: running a target of this program again and again, the way the command
// line does it, and strategies that only a benchmark wants.
// Depends on <hotweave/run.h> and the Strategy interface; on nothing of fuzz/.
#pragma once

#include <cstdio>
#include <cstdlib>

#include <utility>
#include <vector>

#include <hotweave/run.h>

#include "core/strategy.h"
#include "core/trace.h"
#include "stopwatch.h"
#include "strategy/random.h"
#include "strategy/random_walk.h"

namespace hotweave::bench {

// The default everywhere, with given values for the first task's first choices.
class Chosen final : public Strategy {
 public:
  explicit Chosen(std::vector<uint32_t> values) : values_(std::move(values)) {}
  void Begin(Attention*) override {}
  Task* AtPoint(const Point&, std::span<Task* const>, Attention*) override { return nullptr; }
  Task* AtBlock(const Point&, std::span<Task* const> others, Attention*) override { return others[0]; }
  uint32_t Choose(uint32_t nth, uint32_t) override { return nth <= values_.size() ? values_[nth - 1] : 0; }

 private:
  std::vector<uint32_t> values_;
};

// Switches to the next runnable task at every point.
class Alternate final : public Strategy {
 public:
  void Begin(Attention* attention) override { attention->gap = 1; }
  Task* AtPoint(const Point&, std::span<Task* const> others, Attention* attention) override {
    attention->gap = 1;
    return others.empty() ? nullptr : others[0];
  }
  Task* AtBlock(const Point&, std::span<Task* const> others, Attention*) override { return others[0]; }
  uint32_t Choose(uint32_t, uint32_t) override { return 0; }
};

// Uniform random walk: at every point each runnable task, the current one included, with one probability.
// The simplest of random schedulers, and the dearest thing a strategy can ask of the engine.
class Uniform final : public Strategy {
 public:
  explicit Uniform(uint64_t seed) : random_(seed) {}
  void Begin(Attention* attention) override { attention->gap = 1; }
  Task* AtPoint(const Point&, std::span<Task* const> others, Attention* attention) override {
    attention->gap = 1;
    const uint32_t pick = random_.Below(static_cast<uint32_t>(others.size()) + 1);
    return pick == others.size() ? nullptr : others[pick];
  }
  Task* AtBlock(const Point&, std::span<Task* const> others, Attention*) override {
    return others[random_.Below(static_cast<uint32_t>(others.size()))];
  }
  uint32_t Choose(uint32_t, uint32_t) override { return 0; }

 private:
  Random random_;
};

// A target of this program. Every execution has to pass: a benchmark of a broken target measures nothing.
class Runner {
 public:
  explicit Runner(const char* target) {
    options_.target = FindTarget(target);
    options_.max_steps = uint64_t{1} << 40;
    if (!options_.target) Die("no such target", target);
  }

  void Run(Strategy& strategy) { Judge(RunExecution(options_, strategy)); }
  void Run(const Input& input) { Judge(RunInput(options_, input)); }

  // The departures that this strategy makes in one (traced, uncounted) execution.
  Input Record(Strategy& strategy) {
    Trace trace;
    Schedule schedule;
    if (RunExecution(options_, strategy, &trace, &schedule).verdict != VerdictKind::Pass) Die("cannot record", "");
    return schedule.ToInput();
  }

  RunOptions& options() { return options_; }

  uint64_t executions = 0;
  uint64_t steps = 0;      // scheduling points of all executions
  uint64_t switches = 0;

 private:
  [[noreturn]] static void Die(const char* what, const char* which) {
    std::fprintf(stderr, "bench: %s: %s\n", what, which);
    std::exit(70);
  }

  void Judge(const RunResult& result) {
    if (result.verdict != VerdictKind::Pass) {
      Die("the execution did not pass", result.finding ? result.finding->sentence.c_str() : result.budget_reason);
    }
    ++executions;
    steps += result.steps;
    switches += result.switches;
  }

  RunOptions options_;
};

}  // namespace hotweave::bench
