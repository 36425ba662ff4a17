// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Executions per CPU-second and nanoseconds per scheduling point, races checked, for small targets under
// four kinds of schedule: the empty input, the command line's random walk, such a walk replayed, and a random
// choice at every single point. Items are executions, or scheduling points where the name says so. Without lockdep, which
// the peers do not have; the walk a second time with it.
#include <string>

#include <benchmark/benchmark.h>

#include "harness.h"
#include "tasks.h"

namespace hotweave::bench {
namespace {

struct WithoutLockdep {
  static constexpr LockdepRules kLockdep = LockdepRules::Off;
};

struct EmptyInput : WithoutLockdep {
  void Run(Runner& runner) { runner.Run(Input{}); }
};

struct Walk : WithoutLockdep {
  void Run(Runner& runner) {
    RandomWalk walk(1, runner.executions);
    runner.Run(walk);
  }
};

// A recorded walk as an input: what replaying, minimising and libFuzzer run. The first one that preempts.
struct WalkWithLockdep : Walk {
  static constexpr LockdepRules kLockdep = LockdepRules::New;
};

struct Replay : WithoutLockdep {
  Input input;
  void Run(Runner& runner) {
    for (uint64_t i = 0; input.records.empty() && i < 1000; ++i) {
      RandomWalk walk(1, i);
      input = runner.Record(walk);
    }
    runner.Run(input);
  }
};

struct EveryPoint : WithoutLockdep {
  Uniform strategy{1};
  void Run(Runner& runner) { runner.Run(strategy); }
};

// Runs a target again and again; counters are averages of one execution.
template <class Schedule>
void Measure(benchmark::State& state, Runner& runner) {
  Schedule schedule;
  for (auto _ : state) schedule.Run(runner);
  const auto average = [&](uint64_t total) {
    return benchmark::Counter(static_cast<double>(total), benchmark::Counter::kAvgIterations);
  };
  state.counters["points"] = average(runner.steps);
  state.counters["switches"] = average(runner.switches);
}

template <class Schedule>
void Executions(benchmark::State& state, const char* target) {
  Runner runner(target);
  runner.options().lockdep = Schedule::kLockdep;
  Measure<Schedule>(state, runner);
  state.SetItemsProcessed(state.iterations());
}

template <class Schedule>
void Points(benchmark::State& state, const char* target) {
  Runner runner(target);
  runner.options().lockdep = Schedule::kLockdep;
  Measure<Schedule>(state, runner);
  state.SetItemsProcessed(static_cast<int64_t>(runner.steps));
}

template <class Schedule>
void Register(const char* schedule) {
  for (const char* target : {"nothing", "two_mutexes", "a100"}) {
    const std::string name = std::string("Executions/") + target + "/" + schedule;
    benchmark::RegisterBenchmark(name.c_str(), Executions<Schedule>, target);
  }
  benchmark::RegisterBenchmark((std::string("Points/points/") + schedule).c_str(), Points<Schedule>, "points");
}

}  // namespace
}  // namespace hotweave::bench

int main(int argc, char** argv) {
  using namespace hotweave::bench;
  Register<EmptyInput>("empty");
  Register<Walk>("walk");
  Register<WalkWithLockdep>("lockdep");
  Register<Replay>("replay");
  Register<EveryPoint>("every");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
